/** Files of a person, which are whole or not there: exports that are written and read. */
import { randomBytes } from "node:crypto";
import { link, lstat, open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { PliError, type ErrorCode } from "@pli/engine/errors";
import type { NewFile, ReadFile } from "../world.ts";

const PIECE = 1 << 18;

/**
 * Begins a file beside the place where it will be, readable by this user alone. `file_exists`,
 * `file_unreadable`, `disk_full`, `disk_read_only`.
 */
export async function createFile(path: string): Promise<NewFile> {
  if (await isThere(path)) throw new PliError("file_exists");
  const draft = `${path}.${randomBytes(4).toString("hex")}.part`;
  const file = await failing(open(draft, "wx", 0o600));
  let isOpen = true;

  async function close(): Promise<void> {
    if (!isOpen) return;
    isOpen = false;
    await failing(file.close());
  }

  return {
    write: (bytes) => failing(writeAll(file, bytes)),
    close: async () => {
      await failing(file.sync());
      await close();
    },
    reopen: async () => streamOf(await failing(open(draft, "r"))),
    keep: () => failing(moveTo(draft, path)),
    discard: async () => {
      await close().catch(() => undefined);
      await rm(draft, { force: true }).catch(() => undefined);
    },
  };
}

/** A file that is there. `file_unreadable`. */
export async function openFile(path: string): Promise<ReadFile> {
  const { size } = await failing(stat(path));
  return { bytes: size, open: async () => streamOf(await failing(open(path, "r"))) };
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** One write of the system may take a part only. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at);
    at += bytesWritten;
  }
}

/** Never takes the place of another file, also one that was made meanwhile, where links exist. */
async function moveTo(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
    await rm(draft);
  } catch (error) {
    if (codeIn(error) === "EEXIST" || (await isThere(path))) throw error;
    await rename(draft, path);
  }
}

function streamOf(file: FileHandle): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: async (controller) => {
      try {
        const { bytesRead, buffer } = await file.read(new Uint8Array(PIECE), 0, PIECE);
        if (bytesRead > 0) return controller.enqueue(buffer.subarray(0, bytesRead));
      } catch (error) {
        await file.close().catch(() => undefined);
        throw failureOf(error);
      }
      await file.close();
      controller.close();
    },
    cancel: () => file.close().catch(() => undefined),
  });
}

const failing = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    throw failureOf(error);
  });

const CODES: Readonly<Record<string, ErrorCode>> = {
  EEXIST: "file_exists",
  ENOSPC: "disk_full",
  EDQUOT: "disk_full",
  EFBIG: "disk_full",
  EROFS: "disk_read_only",
};

const failureOf = (error: unknown): PliError => new PliError(CODES[codeIn(error)] ?? "file_unreadable");
const codeIn = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

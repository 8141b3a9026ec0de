/**
 * Where a browser puts an export. A browser that can write into a file of the person's does; any
 * other keeps it until it is downloaded.
 */
import type { Target } from "@pli/archive";
import { PliError } from "@pli/engine/errors";

/** An export on its way to the person. */
export interface Place extends Target {
  /** Removes what was written. Never rejects. */
  discard(): Promise<void>;
  /** The file, where it still has to be downloaded. */
  download(): Blob | undefined;
}

/** What the File System Access API has, where there is one. */
interface FileHandle {
  createWritable(): Promise<WritableFile>;
  getFile(): Promise<Blob>;
  remove?(): Promise<void>;
}
interface WritableFile {
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
  abort(): Promise<void>;
}
type Picker = (options: { suggestedName: string }) => Promise<FileHandle>;

/** A piece that is handed to the browser, which may put it on its disk. */
const PIECE_BYTES = 4 << 20;

function picker(): Picker | undefined {
  const { showSaveFilePicker } = window as { showSaveFilePicker?: Picker };
  return typeof showSaveFilePicker === "function" ? showSaveFilePicker.bind(window) : undefined;
}

/** Whether an export goes straight into a file. */
export const writesFiles = (): boolean => picker() !== undefined;

/** Asks for a place; undefined when the person closes the question. Call it at once at a click. */
export async function choosePlace(name: string): Promise<Place | undefined> {
  const pick = picker();
  if (pick === undefined) return inBrowser();
  try {
    return await inFile(await pick({ suggestedName: name }));
  } catch (error) {
    if (nameOf(error) === "AbortError") return undefined;
    throw failureOf(error);
  }
}

async function inFile(handle: FileHandle): Promise<Place> {
  const file = await handle.createWritable();
  let isOpen = true;
  return {
    write: (bytes) => failing(file.write(bytes)),
    close: async () => {
      await failing(file.close());
      isOpen = false;
    },
    reopen: async () => (await failing(handle.getFile())).stream(),
    discard: async () => {
      if (isOpen) await file.abort().catch(() => undefined);
      await handle.remove?.().catch(() => undefined);
    },
    download: () => undefined,
  };
}

function inBrowser(): Place {
  let blobs: Blob[] = [];
  let parts: BlobPart[] = [];
  let held = 0;

  function hand(): void {
    blobs.push(new Blob(parts));
    [parts, held] = [[], 0];
  }

  const whole = (): Blob => new Blob(blobs, { type: "application/octet-stream" });
  return {
    write: async (bytes) => {
      parts.push(bytes.slice());
      held += bytes.length;
      if (held >= PIECE_BYTES) hand();
    },
    close: async () => hand(),
    reopen: async () => whole().stream(),
    discard: async () => void ([blobs, parts] = [[], []]),
    download: whole,
  };
}

const failing = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    throw failureOf(error);
  });

const failureOf = (error: unknown): PliError =>
  new PliError(nameOf(error) === "QuotaExceededError" ? "disk_full" : "file_unreadable");

const nameOf = (error: unknown): string => (error instanceof Error || error instanceof DOMException ? error.name : "");

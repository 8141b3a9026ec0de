import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { NoSpace, type SyncFile, type SyncFolder } from "@pli/database";

const PRIVATE = 0o600;
const FULL: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** The files of one folder, each readable by its owner alone. A sync is an fsync; creating and deleting sync the folder. */
export function createDiskFolder(path: string): SyncFolder {
  return {
    open: (name, create) => {
      const full = join(path, name);
      if (existsSync(full)) return diskFile(openSync(full, constants.O_RDWR | constants.O_NOFOLLOW));
      if (!create) return undefined;
      const file = diskFile(createPrivate(full));
      syncFolder(path);
      return file;
    },
    exists: (name) => existsSync(join(path, name)),
    remove: (name) => {
      rmSync(join(path, name), { force: true });
      syncFolder(path);
    },
  };
}

const createPrivate = (full: string): number =>
  mindingSpace(() => openSync(full, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, PRIVATE));

/** Makes the creation or deletion of a file in it durable. Windows has no such call: its file system does it by itself. */
export function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function diskFile(descriptor: number): SyncFile {
  return {
    read: (into, position) => readAll(descriptor, into, position),
    write: (bytes, position) => mindingSpace(() => writeAll(descriptor, bytes, position)),
    truncate: (size) => mindingSpace(() => ftruncateSync(descriptor, size)),
    sync: () => mindingSpace(() => fsyncSync(descriptor)),
    size: () => fstatSync(descriptor).size,
    close: () => closeSync(descriptor),
  };
}

function readAll(descriptor: number, into: Uint8Array, position: number): number {
  let done = 0;
  while (done < into.length) {
    const count = readSync(descriptor, into, done, into.length - done, position + done);
    if (count === 0) return done;
    done += count;
  }
  return done;
}

function writeAll(descriptor: number, bytes: Uint8Array, position: number): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
}

function mindingSpace<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (FULL.has((error as NodeJS.ErrnoException).code ?? "")) throw new NoSpace();
    throw error;
  }
}

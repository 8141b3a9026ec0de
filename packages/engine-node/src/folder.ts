/** The files of a database on disk. */
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
import { NoSpace, ReadOnly, type SyncFile, type SyncFolder } from "@pli/database";
import { DatabaseError } from "@pli/engine/ports";

const PRIVATE = 0o600;
const FULL: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
const UNWRITABLE: ReadonlySet<string> = new Set(["EROFS", "EACCES", "EPERM"]);

/**
 * The files of one folder, each readable by its owner alone. A sync is an fsync. Creating and
 * deleting a file sync the folder. A file that may not be written is opened for reading only; with
 * `readOnly`, every file is.
 */
export function createDiskFolder(path: string, readOnly = false): SyncFolder {
  return {
    open: (name, create) => {
      const full = join(path, name);
      if (existsSync(full)) return readOnly ? openToRead(full) : openThere(full);
      if (!create) return undefined;
      if (readOnly) throw new ReadOnly();
      const file = diskFile(createPrivate(full));
      syncFolder(path);
      return file;
    },
    exists: (name) => existsSync(join(path, name)),
    remove: (name) => {
      if (readOnly) throw new ReadOnly();
      withDiskErrors(() => rmSync(join(path, name), { force: true }));
      syncFolder(path);
    },
  };
}

function openThere(full: string): SyncFile {
  try {
    return diskFile(openSync(full, constants.O_RDWR | constants.O_NOFOLLOW));
  } catch (error) {
    if (!isUnwritable(error)) throw error;
    return openToRead(full);
  }
}

const openToRead = (full: string): SyncFile => ({
  ...diskFile(openSync(full, constants.O_RDONLY | constants.O_NOFOLLOW)),
  readOnly: true,
});

const createPrivate = (full: string): number =>
  withDiskErrors(() => openSync(full, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, PRIVATE));

/**
 * Makes the creation or deletion of a file in a folder durable. Windows has no such call, because
 * its file system does it by itself.
 */
export function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** An open file as the database uses it. */
export function diskFile(descriptor: number): SyncFile {
  return {
    read: (into, position) => readAll(descriptor, into, position),
    write: (bytes, position) => withDiskErrors(() => writeAll(descriptor, bytes, position)),
    truncate: (size) => withDiskErrors(() => ftruncateSync(descriptor, size)),
    sync: () => withDiskErrors(() => fsyncSync(descriptor)),
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

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "";
/** Whether the disk has no room left. */
export const isFull = (error: unknown): boolean => FULL.has(codeOf(error));
/** Whether the system does not let this process write. */
export const isUnwritable = (error: unknown): boolean => UNWRITABLE.has(codeOf(error));

/** Throws what the database expects of a disk that is full or read-only. */
function withDiskErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isFull(error)) throw new NoSpace();
    throw isUnwritable(error) ? new ReadOnly() : error;
  }
}

/**
 * A failure of the disk with its stable code, `disk_full` or `disk_read_only`; others as they are.
 */
export function namedByDisk(error: unknown): unknown {
  if (isFull(error)) return new DatabaseError("disk_full");
  return isUnwritable(error) ? new DatabaseError("disk_read_only") : error;
}

import {
  close,
  constants,
  fdatasync,
  fdatasyncSync,
  fstat,
  ftruncate,
  futimes,
  open,
  read,
  readSync,
  writev,
  writevSync,
  type Stats,
} from "node:fs";
import { mkdir, readdir, readFile, rename, rm, utimes } from "node:fs/promises";

/** An open file. Errors are the system's, with its `code`. */
export interface DiskFile {
  /** Writes all pieces, one after the other, from `at` on. */
  write(pieces: readonly Uint8Array[], at: number): Promise<void>;
  /** Fills `into` from `at` on. Returns the bytes read, fewer only at the end of the file. */
  read(into: Uint8Array, at: number): Promise<number>;
  /** Resolves when all that was written is on the disk. `little` is at most some 512 KiB. */
  sync(little?: boolean): Promise<void>;
  size(): Promise<number>;
  truncate(size: number): Promise<void>;
  setTimes(seconds: number): Promise<void>;
  close(): Promise<void>;
}

/** The file system as the log engine uses it. */
export interface Disk {
  /** `read` and `write` need an existing file; `create` makes it, or empties it. */
  open(path: string, mode: "read" | "write" | "create"): Promise<DiskFile>;
  /** All of a file; undefined when there is none. */
  readAll(path: string): Promise<Buffer | undefined>;
  /** The names in a folder; none when there is no such folder. */
  names(folder: string): Promise<string[]>;
  makeFolder(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or a whole folder, if there is one. */
  remove(path: string): Promise<void>;
  /** Makes new, changed and removed names in a folder durable. */
  syncFolder(path: string): Promise<void>;
  setTimes(path: string, seconds: number): Promise<void>;
}

const FLAGS = {
  read: constants.O_RDONLY,
  write: constants.O_RDWR,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC,
};

export const nodeDisk: Disk = {
  open: async (path, mode) => fileOn(await call<number>((done) => open(path, FLAGS[mode], 0o600, done))),
  readAll: (path) => unlessMissing<Buffer | undefined>(readFile(path), undefined),
  names: (folder) => unlessMissing(readdir(folder), []),
  makeFolder: async (path) => void (await mkdir(path, { recursive: true, mode: 0o700 })),
  rename,
  remove: (path) => rm(path, { recursive: true, force: true }),
  syncFolder: async (path) => {
    if (process.platform === "win32") return;
    const folder = await nodeDisk.open(path, "read");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
  setTimes: (path, seconds) => utimes(path, seconds, seconds),
};

const unlessMissing = async <T>(work: Promise<T>, missing: NoInfer<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return missing;
    throw error;
  }
};

/** Some callbacks have no value, and some pass undefined for no error. */
type Done<T> = (error: NodeJS.ErrnoException | null | undefined, value?: T) => void;

const call = <T = void>(begin: (done: Done<T>) => void): Promise<T> =>
  new Promise((resolve, reject) => {
    begin((error, value) => (error ? reject(error) : resolve(value as T)));
  });

/** Copying this much into the system's memory takes less time than waking another thread. */
const AT_ONCE_BYTES = 512 * 1024;

/**
 * Does work on this thread as long as it is quick. When it takes longer than `slowMs`, the disk
 * blocks the thread, and the next `slowOnes` pieces of work go to other threads.
 */
const createPace = (slowMs: number, slowOnes: number) => {
  let slow = 0;
  return async <T>(now: () => T, elsewhere: () => Promise<T>): Promise<T> => {
    if (slow > 0) slow -= 1;
    if (slow > 0) return elsewhere();
    const started = performance.now();
    const result = now();
    if (performance.now() - started > slowMs) slow = slowOnes;
    return result;
  };
};

/** A read from the system's memory takes microseconds. */
const atPaceOfReads = createPace(1, 256);
/**
 * Waking another thread, and being woken by it, takes a third of a millisecond: about as long as a
 * disk takes for a commit.
 */
const atPaceOfSyncs = createPace(3, 32);

/** Callbacks are cheaper than a FileHandle, and every put comes through here. */
const fileOn = (fd: number): DiskFile => {
  const writeSome = async (pieces: readonly Uint8Array[], at: number): Promise<number> => {
    const size = pieces.reduce((bytes, { length }) => bytes + length, 0);
    return size <= AT_ONCE_BYTES ? writevSync(fd, pieces, at) : call((done) => writev(fd, pieces, at, done));
  };
  const readSome = (into: Uint8Array, at: number): Promise<number> => {
    const elsewhere = (): Promise<number> => call((done) => read(fd, into, 0, into.length, at, done));
    if (into.length > AT_ONCE_BYTES) return elsewhere();
    return atPaceOfReads(() => readSync(fd, into, 0, into.length, at), elsewhere);
  };
  return {
    write: async (pieces, at) => {
      let [left, position] = [pieces, at];
      while (left.length > 0) {
        const written = await writeSome(left, position);
        left = after(left, written);
        position += written;
      }
    },
    read: async (into, at) => {
      let filled = 0;
      while (filled < into.length) {
        const count = await readSome(into.subarray(filled), at + filled);
        if (count === 0) break;
        filled += count;
      }
      return filled;
    },
    sync: (little = false) => {
      const elsewhere = (): Promise<void> => call((done) => fdatasync(fd, done));
      return little ? atPaceOfSyncs(() => fdatasyncSync(fd), elsewhere) : elsewhere();
    },
    size: async () => (await call<Stats>((done) => fstat(fd, done))).size,
    truncate: (size) => call((done) => ftruncate(fd, size, done)),
    setTimes: (seconds) => call((done) => futimes(fd, seconds, seconds, done)),
    close: () => call((done) => close(fd, done)),
  };
};

/** What is left of the pieces after the first `bytes`. */
const after = (pieces: readonly Uint8Array[], bytes: number): readonly Uint8Array[] => {
  const [first, ...rest] = pieces;
  if (first === undefined) return [];
  return bytes < first.length ? [first.subarray(bytes), ...rest] : after(rest, bytes - first.length);
};

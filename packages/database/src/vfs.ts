import { SQLITE } from "./code.ts";

/** A pointer into the WebAssembly memory. */
export type Pointer = number;

/**
 * The methods of a SQLite VFS as wa-sqlite calls them (sqlite.org/c3ref/vfs.html, io_methods.html).
 */
export interface SqliteVfs {
  readonly name: string;
  readonly mxPathname: number;
  hasAsyncMethod(method: string): boolean;
  xOpen(vfs: Pointer, name: Pointer, file: Pointer, flags: number, outFlags: Pointer): number;
  xClose(file: Pointer): number;
  xRead(file: Pointer, at: Pointer, bytes: number, low: number, high: number): number;
  xWrite(file: Pointer, at: Pointer, bytes: number, low: number, high: number): number;
  /** Set by `openDatabase`, whatever it was. */
  xSectorSize(file: Pointer): number;
}

/** One open file. Every method is synchronous and throws on failure. */
export interface SyncFile {
  /** The file can be read and is never written. */
  readonly readOnly?: boolean;
  /** Bytes read into `into` from `position`; fewer than asked for only at the end of the file. */
  read(into: Uint8Array, position: number): number;
  /** Writes all of `bytes`, or throws. */
  write(bytes: Uint8Array, position: number): void;
  truncate(size: number): void;
  /** Returns once everything written is durable. */
  sync(): void;
  size(): number;
  close(): void;
}

/**
 * A flat folder of files. Names have no slash. Creating and deleting are durable when the call or
 * the next `sync` returns.
 */
export interface SyncFolder {
  /** Opens, and creates when `create`; undefined when absent. */
  open(name: string, create: boolean): SyncFile | undefined;
  exists(name: string): boolean;
  /** Absent files are no error. */
  remove(name: string): void;
}

/** Thrown by a `SyncFile` or `SyncFolder` that has no room left. */
export class NoSpace extends Error {}
/** Thrown by a `SyncFile` or `SyncFolder` that may be read, and not written. */
export class ReadOnly extends Error {}

const OPEN_READ_ONLY = 0x01;
const OPEN_READ_WRITE = 0x02;
const OPEN_CREATE = 0x04;
/**
 * What SQLite assumes of every disk by default: a write cut short harms only the bytes being
 * written.
 */
const POWER_SAFE_OVERWRITE = 0x1000;
const OPEN_DELETE_ON_CLOSE = 0x08;
const TWO_32 = 2 ** 32;
const MAX_NAME_BYTES = 64;
const decoder = new TextDecoder();

/** SQLite knows a VFS by its name, for the life of a module. */
let made = 0;

/** What a VFS needs of the module: its memory, which may move as it grows. */
interface Memory {
  readonly HEAPU8: Uint8Array;
}

/**
 * A SQLite VFS over a folder of synchronous files, for one process: locks are the owner's business.
 */
export function createFolderVfs(memory: Memory, folder: SyncFolder): SqliteVfs {
  const name = `pli-${made++}`;
  const open = new Map<Pointer, { file: SyncFile; name: string; removeOnClose: boolean }>();
  let temporary = 0;
  let unreadable = false;

  /**
   * The enciphering VFS hides a read that failed, so nothing may be changed after one: a journal
   * half read must stay.
   */
  const unlessUnreadable = (): void => {
    if (unreadable) throw new Error("a read failed before");
  };
  const readFrom = (file: SyncFile, into: Uint8Array, at: number): number => {
    try {
      return file.read(into, at);
    } catch (error) {
      unreadable = true;
      throw error;
    }
  };

  const view = (): DataView => new DataView(memory.HEAPU8.buffer);
  const bytes = (at: Pointer, length: number): Uint8Array => memory.HEAPU8.subarray(at, at + length);
  const nameAt = (at: Pointer): string =>
    at === 0 ? `temporary-${temporary++}` : decoder.decode(bytes(at, memory.HEAPU8.indexOf(0, at) - at).slice());
  const fileAt = (at: Pointer): SyncFile => {
    const entry = open.get(at);
    if (entry === undefined) throw new Error("no such open file");
    return entry.file;
  };

  const methods = {
    name,
    mxPathname: MAX_NAME_BYTES,
    hasAsyncMethod: () => false,
    xOpen: (_vfs: Pointer, zName: Pointer, at: Pointer, flags: number, outFlags: Pointer) => {
      const fileName = nameAt(zName);
      const file = folder.open(fileName, (flags & OPEN_CREATE) !== 0);
      if (file === undefined) return SQLITE.cantOpen;
      open.set(at, { file, name: fileName, removeOnClose: (flags & OPEN_DELETE_ON_CLOSE) !== 0 });
      view().setInt32(outFlags, file.readOnly === true ? asReadOnly(flags) : flags, true);
      return SQLITE.ok;
    },
    xClose: (at: Pointer) => {
      const entry = open.get(at);
      open.delete(at);
      entry?.file.close();
      if (entry?.removeOnClose === true) folder.remove(entry.name);
      return SQLITE.ok;
    },
    xRead: (at: Pointer, into: Pointer, length: number, low: number, high: number) => {
      const target = bytes(into, length);
      const count = readFrom(fileAt(at), target, position(low, high));
      if (count === length) return SQLITE.ok;
      target.fill(0, count);
      return SQLITE.ioErrorShortRead;
    },
    xWrite: (at: Pointer, from: Pointer, length: number, low: number, high: number) => {
      unlessUnreadable();
      fileAt(at).write(bytes(from, length), position(low, high));
      return SQLITE.ok;
    },
    xTruncate: (at: Pointer, low: number, high: number) => {
      unlessUnreadable();
      fileAt(at).truncate(position(low, high));
      return SQLITE.ok;
    },
    xSync: (at: Pointer) => {
      unlessUnreadable();
      fileAt(at).sync();
      return SQLITE.ok;
    },
    xFileSize: (at: Pointer, out: Pointer) => {
      view().setBigInt64(out, BigInt(fileAt(at).size()), true);
      return SQLITE.ok;
    },
    xDelete: (_vfs: Pointer, zName: Pointer) => {
      unlessUnreadable();
      folder.remove(nameAt(zName));
      return SQLITE.ok;
    },
    xAccess: (_vfs: Pointer, zName: Pointer, _flags: number, out: Pointer) => {
      view().setInt32(out, folder.exists(nameAt(zName)) ? 1 : 0, true);
      return SQLITE.ok;
    },
    xFullPathname: (_vfs: Pointer, zName: Pointer, room: number, out: Pointer) => {
      const end = memory.HEAPU8.indexOf(0, zName);
      if (end - zName >= room) return SQLITE.cantOpen;
      memory.HEAPU8.copyWithin(out, zName, end + 1);
      return SQLITE.ok;
    },
    xLock: () => SQLITE.ok,
    xUnlock: () => SQLITE.ok,
    xCheckReservedLock: (_at: Pointer, out: Pointer) => {
      view().setInt32(out, 0, true);
      return SQLITE.ok;
    },
    // The enciphering VFS calls these whether they are there or not, and what is not there traps:
    // the first after every failure to open, read or write. The time is the Clock's business,
    // randomness the module's own.
    xGetLastError: () => SQLITE.ok,
    xSleep: () => SQLITE.ok,
    xRandomness: () => SQLITE.ok,
    xCurrentTime: () => SQLITE.error,
    xCurrentTimeInt64: () => SQLITE.error,
    xFileControl: () => SQLITE.notFound,
    xSectorSize: () => 512,
    xDeviceCharacteristics: () => POWER_SAFE_OVERWRITE,
  };
  return guarded(methods);
}

const asReadOnly = (flags: number): number => (flags & ~(OPEN_READ_WRITE | OPEN_CREATE)) | OPEN_READ_ONLY;

const position = (low: number, high: number): number => high * TWO_32 + (low >>> 0);

/** No exception may cross the WebAssembly frames: each becomes a result code. */
function guarded<T extends object>(methods: T): T {
  const safe = Object.entries(methods).map(([key, method]: [string, unknown]) =>
    typeof method === "function" && key.startsWith("x")
      ? [key, guard(method as Method, failureOf(key))]
      : [key, method],
  );
  return Object.fromEntries(safe) as T;
}

type Method = (...parameters: number[]) => number;

const failureOf = (method: string): number => {
  if (method === "xRead") return SQLITE.ioErrorRead;
  return method === "xWrite" ? SQLITE.ioErrorWrite : SQLITE.ioError;
};

const guard =
  (method: Method, failure: number): Method =>
  (...parameters) => {
    try {
      return method(...parameters);
    } catch (error) {
      if (error instanceof NoSpace) return SQLITE.full;
      return error instanceof ReadOnly ? SQLITE.readOnly : failure;
    }
  };

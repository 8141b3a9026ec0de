/**
 * The files of a hidden profile within one spare. All of it goes through one key stream (ChaCha20),
 * so that to others it stays the random bytes that it was. The database's files have their own
 * cipher below that: the veil hides what that one leaves in the clear, sizes and the heads of
 * journals. A byte has its place in the stream, so a write changes what it writes and nothing else,
 * as on a disk; two pictures of one spare tell what changed (docs/adr/0039).
 *
 * After the slot: a directory with the true length of each file, then the key file and its journal
 * in places of their own, then the database from the front and its journal from the back.
 */
import { createCipheriv, createHmac, timingSafeEqual } from "node:crypto";
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { NoSpace, type SyncFile, type SyncFolder } from "@pli/database";
import { DatabaseError } from "@pli/engine/ports";
import { diskFile } from "./folder.ts";
import { DATABASE_NAME } from "./home-files.ts";

const SECTOR = 512;
const CHUNK = 4096;
const KEY_FILE_AT = CHUNK;
const KEY_JOURNAL_AT = KEY_FILE_AT + 16 * CHUNK;
const DATA_AT = KEY_JOURNAL_AT + 16 * CHUNK;
const BLOCK_BYTES = 64;
const MARK = Buffer.from("pli veil");
const ENTRY_BYTES = MARK.length + 8;
/** In the directory: the length of a file that is not there. */
const ABSENT = -1;

/** Each file in the order of its directory entry, which has a sector of its own. */
const NAMES = [DATABASE_NAME, `${DATABASE_NAME}-journal`, `${DATABASE_NAME}.key`, `${DATABASE_NAME}.key-journal`];

/** Bytes at a position of the spare, veiled when written and unveiled when read. */
interface Veiled {
  readonly bytes: number;
  read(into: Uint8Array, at: number): number;
  write(bytes: Uint8Array, at: number): void;
  sync(): void;
  close(): void;
}

/** Where a position of a file lies, and how many bytes follow it there. */
type Place = (position: number) => { at: number; run: number };

/** Makes the directory of an empty folder, over whatever was there. */
export function emptyVeil(path: string, key: Uint8Array): void {
  const veiled = openVeiled(path, key);
  try {
    for (const number of NAMES.keys()) writeLength(veiled, number, ABSENT);
    veiled.sync();
  } finally {
    veiled.close();
  }
}

/**
 * The folder of the database in a spare that `emptyVeil` made. Throws `database_damaged` when it is
 * not that of this key: another hidden profile took its place, or the disk lost it. `close` once
 * the database is closed.
 */
export function openVeil(path: string, key: Uint8Array): SyncFolder & { close(): void } {
  const veiled = openVeiled(path, key);
  const lengths = NAMES.map((_, number) => readLength(veiled, number));
  if (lengths.includes(undefined)) {
    veiled.close();
    throw new DatabaseError("database_damaged", "the spare has no directory");
  }
  return folderOver(
    veiled,
    lengths.map((length) => length ?? ABSENT),
  );
}

function folderOver(veiled: Veiled, lengths: number[]): SyncFolder & { close(): void } {
  const changed = new Set<number>();
  /** The end of the data that the database, or its journal, takes from its side. */
  const taken = (number: number): number => Math.ceil(Math.max(lengths[number] ?? 0, 0) / CHUNK) * CHUNK;
  const limit = (number: number): number =>
    number > 1 ? 16 * CHUNK : Math.floor((veiled.bytes - DATA_AT) / CHUNK) * CHUNK - taken(1 - number);
  const places = placesIn(veiled.bytes);

  function resize(number: number, length: number): void {
    if (lengths[number] === length) return;
    lengths[number] = length;
    changed.add(number);
  }

  function settle(): void {
    for (const number of changed) writeLength(veiled, number, lengths[number] ?? ABSENT);
    changed.clear();
    veiled.sync();
  }

  const fileAt = (number: number): SyncFile => ({
    read: (into, position) => {
      const count = Math.max(Math.min(into.length, (lengths[number] ?? 0) - position), 0);
      pieces(places[number], position, count, (at, from, to) => veiled.read(into.subarray(from, to), at));
      return count;
    },
    write: (bytes, position) => {
      const end = position + bytes.length;
      if (end > limit(number)) throw new NoSpace();
      const gap = position - (lengths[number] ?? 0);
      if (gap > 0) fileAt(number).write(new Uint8Array(gap), lengths[number] ?? 0);
      pieces(places[number], position, bytes.length, (at, from, to) => veiled.write(bytes.subarray(from, to), at));
      if (end > (lengths[number] ?? 0)) resize(number, end);
    },
    truncate: (size) => {
      if (size >= (lengths[number] ?? 0)) return;
      resize(number, size);
      settle();
    },
    sync: settle,
    size: () => Math.max(lengths[number] ?? 0, 0),
    close: () => undefined,
  });

  return {
    open: (name, create) => {
      const number = NAMES.indexOf(name);
      if (number < 0) return undefined;
      if (lengths[number] === ABSENT) {
        if (!create) return undefined;
        resize(number, 0);
        settle();
      }
      return fileAt(number);
    },
    exists: (name) => (lengths[NAMES.indexOf(name)] ?? ABSENT) !== ABSENT,
    remove: (name) => {
      const number = NAMES.indexOf(name);
      if (number < 0 || lengths[number] === ABSENT) return;
      resize(number, ABSENT);
      settle();
    },
    close: () => veiled.close(),
  };
}

/** In the order of `NAMES`. */
function placesIn(bytes: number): Place[] {
  const straight =
    (start: number): Place =>
    (position) => ({ at: start + position, run: Number.MAX_SAFE_INTEGER });
  const end = DATA_AT + Math.floor((bytes - DATA_AT) / CHUNK) * CHUNK;
  const backwards: Place = (position) => {
    const within = position % CHUNK;
    return { at: end - (Math.floor(position / CHUNK) + 1) * CHUNK + within, run: CHUNK - within };
  };
  return [straight(DATA_AT), backwards, straight(KEY_FILE_AT), straight(KEY_JOURNAL_AT)];
}

/** Calls for each run of a stretch of a file. */
function pieces(
  place: Place | undefined,
  position: number,
  count: number,
  each: (at: number, from: number, to: number) => void,
): void {
  if (place === undefined) throw new RangeError("no such file");
  for (let done = 0; done < count;) {
    const { at, run } = place(position + done);
    const next = Math.min(count, done + run);
    each(at, done, next);
    done = next;
  }
}

/** Sectors after the slot's, one for each file, so that one is written whole. */
const entryAt = (number: number): number => SECTOR * (number + 1);

function writeLength(veiled: Veiled, number: number, length: number): void {
  const entry = Buffer.alloc(ENTRY_BYTES);
  MARK.copy(entry);
  entry.writeDoubleBE(length, MARK.length);
  veiled.write(entry, entryAt(number));
}

function readLength(veiled: Veiled, number: number): number | undefined {
  const entry = Buffer.alloc(ENTRY_BYTES);
  const isWhole = veiled.read(entry, entryAt(number)) === ENTRY_BYTES;
  if (!isWhole || !timingSafeEqual(entry.subarray(0, MARK.length), MARK)) return undefined;
  const length = entry.readDoubleBE(MARK.length);
  const isLength = Number.isSafeInteger(length) && length >= ABSENT && length <= veiled.bytes;
  return isLength ? length : undefined;
}

function openVeiled(path: string, key: Uint8Array): Veiled {
  const descriptor = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
  const file = diskFile(descriptor);
  const streamKey = createHmac("sha256", key).update("pli veil of a spare").digest();
  return {
    bytes: fstatSync(descriptor).size,
    read: (into, at) => {
      const count = file.read(into, at);
      into.set(streamed(streamKey, into.subarray(0, count), at));
      return count;
    },
    write: (bytes, at) => file.write(streamed(streamKey, bytes, at), at),
    sync: () => file.sync(),
    close: () => {
      closeSync(descriptor);
      streamKey.fill(0);
    },
  };
}

/** Bytes xored with the stream from this position on. The IV is a block counter, then no nonce. */
function streamed(key: Uint8Array, bytes: Uint8Array, at: number): Uint8Array {
  const iv = Buffer.alloc(16);
  iv.writeUInt32LE(Math.floor(at / BLOCK_BYTES));
  const cipher = createCipheriv("chacha20", key, iv);
  cipher.update(new Uint8Array(at % BLOCK_BYTES));
  return cipher.update(bytes);
}

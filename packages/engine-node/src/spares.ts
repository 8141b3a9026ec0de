/**
 * The room for hidden profiles: two files of one size beside the database, random from end to end
 * to anybody without the passphrase of one. Each begins with a slot, as those of the lock; what
 * follows is under the key in that slot (`veil.ts`).
 */
import { randomFillSync, randomInt } from "node:crypto";
import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { PliError } from "@pli/engine/errors";
import { SLOT_BYTES, type Spares } from "@pli/engine/lock-record";
import { isUnwritable, syncFolder } from "./folder.ts";
import { overwrite, writeInPlace } from "./overwrite.ts";

/** In the order of their numbers. */
export const SPARE_NAMES = ["spare-1", "spare-2"] as const;
const PIECE_BYTES = 1 << 20;
/** Less than this holds no profile that is used. */
const LEAST_MIB = 8;
const MOST_MIB = 65_536;

/** Whether a home has room for hidden profiles. Whether any is there, nobody can tell. */
export const hasRoom = (home: string): boolean => SPARE_NAMES.every((name) => existsSync(join(home, name)));

/** The file of a spare. */
export const sparePath = (home: string, spare: number): string => join(home, SPARE_NAMES[spare] ?? "");

/** The slot of each spare, in the order of their numbers; none in a home without room. */
export function readSpares(home: string): Spares {
  if (!hasRoom(home)) return [];
  return SPARE_NAMES.map((name) => {
    const slot = new Uint8Array(SLOT_BYTES);
    const file = openSync(join(home, name), constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      readSync(file, slot, 0, SLOT_BYTES, 0);
    } finally {
      closeSync(file);
    }
    return slot;
  });
}

/**
 * Puts a slot in its place. From then on its passphrase opens the spare, and no former one does.
 */
export const writeSpare = (home: string, spare: number, slot: Uint8Array): void =>
  writeInPlace(sparePath(home, spare), slot, 0);

/**
 * Makes the room: both files are there, or neither counts. Throws `room_there`, and what a full
 * disk gives, having removed what was made.
 */
export function makeRoom(home: string, mib: number): void {
  if (hasRoom(home)) throw new PliError("room_there");
  const bytes = Math.min(Math.max(Math.trunc(mib), LEAST_MIB), MOST_MIB) * PIECE_BYTES;
  try {
    for (const name of SPARE_NAMES) fillNew(join(home, `${name}.new`), bytes);
    for (const name of SPARE_NAMES) renameSync(join(home, `${name}.new`), join(home, name));
    syncFolder(home);
  } catch (error) {
    for (const name of SPARE_NAMES) for (const made of [name, `${name}.new`]) rmSync(join(home, made), { force: true });
    throw error;
  }
}

/** Overwrites what opens the spares, then removes them. */
export function removeRoom(home: string): void {
  if (!hasRoom(home)) throw new PliError("room_missing");
  for (const name of SPARE_NAMES) writeInPlace(join(home, name), randomFillSync(new Uint8Array(SLOT_BYTES)), 0);
  for (const name of SPARE_NAMES) overwrite(join(home, name));
  for (const name of SPARE_NAMES) rmSync(join(home, name), { force: true });
  syncFolder(home);
}

/** A spare by chance that is not one of these. Throws `room_full`. */
export function chooseSpare(kept: ReadonlySet<number>): number {
  const free = SPARE_NAMES.map((_, number) => number).filter((number) => !kept.has(number));
  const chosen = free.length === 0 ? undefined : free[randomInt(free.length)];
  if (chosen === undefined) throw new PliError("room_full");
  return chosen;
}

/**
 * Gives every file of a home with room one time, so that none says which of the profiles was used.
 */
export function evenTimes(home: string): void {
  if (!hasRoom(home)) return;
  const now = new Date();
  for (const entry of readdirSync(home, { withFileTypes: true })) {
    try {
      if (entry.isFile()) utimesSync(join(home, entry.name), now, now);
    } catch (error) {
      if (!isUnwritable(error) && (error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}

function fillNew(path: string, bytes: number): void {
  rmSync(path, { force: true });
  const file = openSync(path, "wx", 0o600);
  try {
    for (let at = 0; at < bytes; at += PIECE_BYTES)
      writeAll(file, randomFillSync(new Uint8Array(Math.min(PIECE_BYTES, bytes - at))), at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, at + done);
}

/** Erases the home of a profile: its keys first, so that what is left opens nothing. */
import { randomFillSync } from "node:crypto";
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  rmdirSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseError } from "@pli/engine/ports";
import { syncFolder } from "./folder.ts";
import { ERASING_FILE, KEY_FILE, SEALED_FILE } from "./home-files.ts";
import { takeLock } from "./lock.ts";
import { writeWhole } from "./whole-file.ts";

/** Everything that stands in a home beside `profiles`, and what an interrupted change leaves. */
const FILES = /^(pli\.(db|sock)|key|tries|store|lock|lock-offered|erasing)([.-].*)?$/u;

/**
 * Overwrites the keys of a home, then removes its files, and the folder when nothing else is in it.
 * From the mark on it is no profile any more; calling this again finishes what was interrupted.
 * Rejects with `database_locked` while a process runs on it.
 */
export async function eraseHome(home: string): Promise<void> {
  const lock = takeLock(join(home, "lock"));
  if (lock === undefined) throw new DatabaseError("database_locked");
  try {
    await writeWhole(home, ERASING_FILE, "");
    for (const name of [KEY_FILE, SEALED_FILE]) overwrite(join(home, name));
    // The mark goes last: until then a crash leaves a home that is finished the next time.
    const names = readdirSync(home).filter((name) => FILES.test(name) && name !== ERASING_FILE && name !== "lock");
    names.sort();
    for (const name of names) rmSync(join(home, name), { force: true });
    syncFolder(home);
  } finally {
    lock.release();
  }
  rmSync(join(home, "lock"), { force: true });
  rmSync(join(home, ERASING_FILE), { force: true });
  if (readdirSync(home).length === 0) rmdirSync(home);
}

/** Whether an erasure of this home has begun and not ended. */
export const isErasing = (home: string): boolean => existsSync(join(home, ERASING_FILE));

/** Puts random bytes where the file's bytes are, and waits until the disk says that it has them. */
function overwrite(path: string): void {
  if (!existsSync(path)) return;
  const file = openSync(path, "r+");
  try {
    writeSync(file, randomFillSync(Buffer.alloc(fstatSync(file).size)), 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

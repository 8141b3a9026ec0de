/** Erases the home of a profile, or its data: keys first, so that what is left opens nothing. */
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseError } from "@pli/engine/ports";
import { syncFolder } from "./folder.ts";
import { ERASING_FILE, KEY_FILE, SEALED_FILE } from "./home-files.ts";
import { takeLock, waitForLock } from "./lock.ts";
import { overwrite } from "./overwrite.ts";
import { SPARE_NAMES } from "./spares.ts";
import { writeWhole } from "./whole-file.ts";

/** Everything that stands in a home beside `profiles`, and what an interrupted change leaves. */
const FILES = /^(pli\.(db|sock)|key|tries|store|lock|lock-offered|erasing|spare-[12])([.-].*)?$/u;
/** The database, its journal and its key file. */
const DATABASE_FILES = /^pli\.db([.-].*)?$/u;

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
    for (const name of [KEY_FILE, SEALED_FILE, ...SPARE_NAMES]) overwrite(join(home, name));
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

/**
 * Removes the database of a home whose key is gone already. Processes that run on it see that it is
 * not there any more and end; this waits for them, and removes what they wrote meanwhile. Rejects
 * with `database_locked` when one does not end.
 */
export async function eraseDatabase(home: string): Promise<void> {
  removeDatabase(home);
  const lock = await waitForLock(join(home, "lock"));
  try {
    removeDatabase(home);
  } finally {
    lock.release();
  }
}

function removeDatabase(home: string): void {
  for (const name of readdirSync(home)) if (DATABASE_FILES.test(name)) rmSync(join(home, name), { force: true });
  syncFolder(home);
}

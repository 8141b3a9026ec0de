/** One process at a time holds the lock of a home. */
import { closeSync, constants, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { DatabaseError } from "@pli/engine/ports";
import { isUnwritable } from "./folder.ts";

const RETRY_MS = 20;
/** Longer than a passphrase takes to be tried by several processes in turn. */
const PATIENCE_MS = 15_000;

/** Held until `release`, or until this process ends: the system then releases it. */
export interface Lock {
  /**
   * The lock file may not be written. Any number of processes then hold the lock, and none may
   * change anything in the folder.
   */
  readonly readOnly: boolean;
  release(): void;
}

/**
 * Takes the lock of a file; undefined when another process holds it. It is the file lock of SQLite,
 * because Node has no other that ends with its process on every platform. The file stays empty, so
 * that a full disk can be locked too.
 */
export function takeLock(path: string): Lock | undefined {
  if (!makeFile(path)) return { readOnly: true, release: () => undefined };
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return { readOnly: false, release: () => database.close() };
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}

/** Takes the lock once others have released it. Rejects with `database_locked` after some time. */
export async function waitForLock(path: string): Promise<Lock> {
  for (const start = performance.now(); ; await new Promise((done) => setTimeout(done, RETRY_MS))) {
    const lock = takeLock(path);
    if (lock !== undefined) return lock;
    if (performance.now() - start > PATIENCE_MS) throw new DatabaseError("database_locked");
  }
}

/** Makes the file, readable by its owner alone. False where it may not be written. */
function makeFile(path: string): boolean {
  try {
    closeSync(openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600));
    return true;
  } catch (error) {
    if (isUnwritable(error)) return false;
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  return /locked|busy/i.test((error as Error).message);
}

/** Counts the tries of a home's passphrase, for all processes and across restarts. */
import { closeSync, constants, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import { PauseError } from "@pli/engine/errors";
import { counted, NO_TRIES, parseTries, waited, type Tries } from "@pli/engine/lock";
import { DatabaseError } from "@pli/engine/ports";
import { isFull, isUnwritable } from "./folder.ts";
import { takeLock, type Lock } from "./lock.ts";

const FILE = "tries";
const LOCK_FILE = "tries.lock";
/** Always as long, so that a full disk takes a change of it. */
const FILE_BYTES = 128;
const RETRY_MS = 20;
/** Longer than a passphrase takes to be tried by several processes in turn. */
const PATIENCE_MS = 15_000;

/** Seconds since this machine started: nobody sets this clock. */
export type Uptime = () => number;

/**
 * Tries a passphrase once, in turn with all processes on the home. `attempt` throws when it is
 * wrong. Rejects with `PauseError` while there is a pause, without trying. Where nothing can be
 * written (a full disk without the file yet, a folder that may only be read), the try is not
 * counted: nobody is kept out of what is theirs.
 */
export async function countedTry<T>(home: string, attempt: () => T, now: Uptime = uptime): Promise<T> {
  const lock = await inTurn(join(home, LOCK_FILE));
  try {
    const tries = readTries(home, now());
    if (tries.waitMs > 0) throw new PauseError(tries.waitMs);
    writeTries(home, counted(tries), now());
    const opened = attempt();
    writeTries(home, NO_TRIES, now());
    return opened;
  } finally {
    lock.release();
  }
}

async function inTurn(path: string): Promise<Lock> {
  for (const start = performance.now(); ; await new Promise((done) => setTimeout(done, RETRY_MS))) {
    const lock = takeLock(path);
    if (lock !== undefined) return lock;
    if (performance.now() - start > PATIENCE_MS) throw new DatabaseError("database_locked");
  }
}

/**
 * What was kept, less the time since. That is at least the time since the machine started, or since
 * the last try in the same run of it: a clock that somebody sets plays no part.
 */
function readTries(home: string, now: number): Tries {
  try {
    const kept: unknown = JSON.parse(readFileSync(join(home, FILE), "utf8"));
    const { at } = kept as { at?: unknown };
    const then = typeof at === "number" ? at : now;
    return waited(parseTries(kept), 1000 * (now >= then ? now - then : now));
  } catch {
    return NO_TRIES;
  }
}

function writeTries(home: string, tries: Tries, at: number): void {
  try {
    const file = openSync(join(home, FILE), constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
    try {
      writeSync(file, JSON.stringify({ ...tries, at }).padEnd(FILE_BYTES), 0);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (!isFull(error) && !isUnwritable(error)) throw error;
  }
}

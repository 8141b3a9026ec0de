/** Counts the tries of a home's passphrase, for all processes and across restarts. */
import { closeSync, constants, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import { PauseError } from "@pli/engine/errors";
import { counted, NO_TRIES, parseTries, waited, type Tries } from "@pli/engine/lock";
import { isFull, isUnwritable } from "./folder.ts";
import { waitForLock } from "./lock.ts";

const FILE = "tries";
const LOCK_FILE = "tries.lock";
/** Always as long, so that a full disk takes a change of it. */
const FILE_BYTES = 128;

/** Seconds since this machine started: nobody sets this clock. */
export type Uptime = () => number;

/**
 * Tries a passphrase once, in turn with all processes on the home. `attempt` throws when it is
 * wrong. Rejects with `PauseError` while there is a pause, without trying. Where nothing can be
 * written (a full disk without the file yet, a folder that may only be read), the try is not
 * counted: nobody is kept out of what is theirs.
 */
export async function countedTry<T>(home: string, attempt: () => T, now: Uptime = uptime): Promise<T> {
  const lock = await waitForLock(join(home, LOCK_FILE));
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

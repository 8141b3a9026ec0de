import { chmodSync, existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** Held until `release`, or until this process ends in whatever way: the system lets go of it. */
export interface Lock {
  release(): void;
}

/**
 * Takes the lock that this file stands for; undefined when another process holds it. SQLite's own file lock, since Node has
 * no other that dies with its process on every platform.
 */
export function takeLock(path: string): Lock | undefined {
  const fresh = !existsSync(path);
  const database = new DatabaseSync(path);
  if (fresh) chmodSync(path, 0o600);
  try {
    database.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
    return { release: () => database.close() };
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  return /locked|busy/i.test((error as Error).message);
}

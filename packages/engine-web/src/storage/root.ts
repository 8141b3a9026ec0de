import { PliError } from "@pli/engine/errors";
import { DatabaseError } from "@pli/engine/ports";

/** Another tab, or one that has just died, may hold a file for a moment more. */
const PATIENCE_MS = 5000;
const PAUSE_MS = 50;

/** The private files of this origin. */
export async function rootDirectory(): Promise<FileSystemDirectoryHandle> {
  if (navigator.storage?.getDirectory === undefined) throw new PliError("browser_unsupported");
  try {
    return await navigator.storage.getDirectory();
  } catch {
    throw new PliError("storage_blocked");
  }
}

/**
 * Takes files, again while another worker holds one of them. Rejects with `disk_full`, and with
 * `database_locked` once that has lasted.
 */
export async function taken<T>(take: () => Promise<T>): Promise<T> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    try {
      return await take();
    } catch (error) {
      if (isNamed(error, "QuotaExceededError")) throw new DatabaseError("disk_full");
      if (!isNamed(error, "NoModificationAllowedError")) throw error;
      if (waited >= PATIENCE_MS) throw new DatabaseError("database_locked");
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** What this gives, or undefined where there is no such file or folder. */
export async function ifThere<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isNamed(error, "NotFoundError")) return undefined;
    throw error;
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof DOMException && error.name === name;
}

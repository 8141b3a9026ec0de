import wasmUrl from "@journeyapps/wa-sqlite/dist/mc-wa-sqlite.wasm?url";
import { createFolderVfs, createSqlite, openDatabase } from "@pli/database";
import type { EncryptedDatabase } from "@pli/database";
import { PliError } from "@pli/engine/errors";
import { DatabaseError } from "@pli/engine/ports";
import { takeOpfsFolder } from "./opfs-folder.ts";
import type { OpfsFolder } from "./opfs-folder.ts";

const DATABASE = "pli.db";
const FILES = [DATABASE, `${DATABASE}-journal`, `${DATABASE}.key`, `${DATABASE}.key-journal`];
/** A tab that has just died may hold its files for a moment more. */
const PATIENCE_MS = 5000;
const PAUSE_MS = 50;

/**
 * The encrypted database of this origin, in its folder `name` of the origin private file system,
 * for this worker alone. `database_locked` when another one keeps it; otherwise fails as
 * `openDatabase` does. Nothing is ever deleted.
 */
export async function openWebDatabase(name: string, key: Uint8Array): Promise<EncryptedDatabase> {
  const root = await rootDirectory();
  const folder = await taken(await root.getDirectoryHandle(name, { create: true }));
  try {
    const module = await createSqlite({ locate: () => wasmUrl });
    const database = await openDatabase({ module, vfs: createFolderVfs(module, folder), name: DATABASE, key });
    return { ...database, close: () => database.close().finally(() => folder.release()) };
  } catch (error) {
    folder.release();
    throw error;
  }
}

/** Whether the folder holds any byte. */
export async function webDatabaseExists(name: string): Promise<boolean> {
  const folder = await folderNamed(name);
  if (folder === undefined) return false;
  for await (const entry of folder.values()) if (entry.kind === "file" && (await entry.getFile()).size > 0) return true;
  return false;
}

export async function eraseWebDatabase(name: string): Promise<void> {
  if ((await folderNamed(name)) === undefined) return;
  const root = await rootDirectory();
  await root.removeEntry(name, { recursive: true });
}

async function folderNamed(name: string): Promise<FileSystemDirectoryHandle | undefined> {
  const root = await rootDirectory();
  try {
    return await root.getDirectoryHandle(name);
  } catch (error) {
    if (isNamed(error, "NotFoundError")) return undefined;
    throw error;
  }
}

async function rootDirectory(): Promise<FileSystemDirectoryHandle> {
  if (navigator.storage?.getDirectory === undefined) throw new PliError("browser_unsupported");
  try {
    return await navigator.storage.getDirectory();
  } catch {
    throw new PliError("storage_blocked");
  }
}

async function taken(directory: FileSystemDirectoryHandle): Promise<OpfsFolder> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    try {
      return await takeOpfsFolder(directory, FILES);
    } catch (error) {
      if (isNamed(error, "QuotaExceededError")) throw new DatabaseError("disk_full");
      if (!isNamed(error, "NoModificationAllowedError")) throw error;
      if (waited >= PATIENCE_MS) throw new DatabaseError("database_locked");
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof DOMException && error.name === name;
}

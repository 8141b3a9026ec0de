import wasmUrl from "@journeyapps/wa-sqlite/dist/mc-wa-sqlite.wasm?url";
import { createFolderVfs, createSqlite, openDatabase } from "@pli/database";
import type { EncryptedDatabase } from "@pli/database";
import { takeOpfsFolder } from "./opfs-folder.ts";
import { ifThere, rootDirectory, taken } from "./root.ts";

const DATABASE = "pli.db";
const FILES = [DATABASE, `${DATABASE}-journal`, `${DATABASE}.key`, `${DATABASE}.key-journal`];

/**
 * The encrypted database of this origin, in its folder `name` of the origin private file system,
 * for this worker alone. `database_locked` when another one keeps it; otherwise fails as
 * `openDatabase` does. Nothing is ever deleted.
 */
export async function openWebDatabase(name: string, key: Uint8Array): Promise<EncryptedDatabase> {
  const root = await rootDirectory();
  const directory = await root.getDirectoryHandle(name, { create: true });
  const folder = await taken(() => takeOpfsFolder(directory, FILES));
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
  return ifThere(() => root.getDirectoryHandle(name));
}

/** The database of a home, on disk. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createFolderVfs, createSqlite, type EncryptedDatabase, openDatabase, type SyncFolder } from "@pli/database";
import { createDiskFolder } from "./folder.ts";
import { DATABASE_NAME } from "./home-files.ts";
import { openVeil } from "./veil.ts";

/**
 * Opens the encrypted database of a folder that exists, or makes it. The lock of the home makes
 * sure that one process does so at a time. With `readOnly` any number of processes can read, and
 * every write fails with `disk_read_only`. Rejects with `DatabaseError`.
 */
export async function openDiskDatabase(
  folder: string,
  key: Uint8Array,
  { readOnly }: { readOnly?: boolean } = {},
): Promise<EncryptedDatabase> {
  return openIn(createDiskFolder(folder, readOnly), key);
}

/** Opens the database of a hidden profile, or makes it, in the file of its spare. */
export async function openSpareDatabase(path: string, key: Uint8Array): Promise<EncryptedDatabase> {
  const folder = openVeil(path, key);
  try {
    const database = await openIn(folder, key);
    let closed: Promise<void> | undefined;
    return { ...database, close: () => (closed ??= database.close().finally(() => folder.close())) };
  } catch (error) {
    folder.close();
    throw error;
  }
}

async function openIn(folder: SyncFolder, key: Uint8Array): Promise<EncryptedDatabase> {
  const wasm = createRequire(import.meta.url).resolve("@journeyapps/wa-sqlite/dist/mc-wa-sqlite.wasm");
  const module = await createSqlite({ wasm: await readFile(wasm) });
  return openDatabase({ module, vfs: createFolderVfs(module, folder), name: DATABASE_NAME, key });
}

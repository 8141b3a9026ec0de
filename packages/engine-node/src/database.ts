import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createFolderVfs, createSqlite, type EncryptedDatabase, openDatabase } from "@pli/database";
import { createDiskFolder } from "./folder.ts";

/** Name of the database in a home; beside it stand its journal and its key file. */
export const DATABASE_NAME = "pli.db";

/**
 * Opens, or makes, the encrypted database of a folder that exists. One process at a time: the lock
 * of the home sees to it. With `readOnly` any number may read it, and every write is refused:
 * `disk_read_only`. Rejects with `DatabaseError`.
 */
export async function openDiskDatabase(
  folder: string,
  key: Uint8Array,
  p: { readOnly?: boolean } = {},
): Promise<EncryptedDatabase> {
  const wasm = createRequire(import.meta.url).resolve("@journeyapps/wa-sqlite/dist/mc-wa-sqlite.wasm");
  const module = await createSqlite({ wasm: await readFile(wasm) });
  return openDatabase({
    module,
    vfs: createFolderVfs(module, createDiskFolder(folder, p.readOnly)),
    name: DATABASE_NAME,
    key,
  });
}

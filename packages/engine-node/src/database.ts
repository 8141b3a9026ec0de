/** The database of a home, on disk. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createFolderVfs, createSqlite, type EncryptedDatabase, openDatabase } from "@pli/database";
import { createDiskFolder } from "./folder.ts";

/** The name of the database in a home. Its journal and its key file stand beside it. */
export const DATABASE_NAME = "pli.db";

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
  const wasm = createRequire(import.meta.url).resolve("@journeyapps/wa-sqlite/dist/mc-wa-sqlite.wasm");
  const module = await createSqlite({ wasm: await readFile(wasm) });
  return openDatabase({
    module,
    vfs: createFolderVfs(module, createDiskFolder(folder, readOnly)),
    name: DATABASE_NAME,
    key,
  });
}

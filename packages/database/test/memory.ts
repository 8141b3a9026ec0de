import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import {
  createFolderVfs,
  createSqlite,
  type EncryptedDatabase,
  type MemoryFolder,
  openDatabase,
  type SqliteModule,
} from "../src/index.ts";

const wasm = createRequire(import.meta.url).resolve("@journeyapps/wa-sqlite/dist/mc-wa-sqlite.wasm");
export const sqlite: SqliteModule = await createSqlite({ wasm: readFileSync(wasm) });

export const KEY = new Uint8Array(32).fill(0x11);

export const openIn = (folder: MemoryFolder, key: Uint8Array = KEY): Promise<EncryptedDatabase> =>
  openDatabase({ module: sqlite, vfs: createFolderVfs(sqlite, folder), name: "test.db", key });

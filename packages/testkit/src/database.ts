import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createFolderVfs, createMemoryFolder, createSqlite, type MemoryFolder, openDatabase } from "@pli/database";
import type { EncryptedDatabase } from "@pli/database";
import { watchDatabase } from "./watched-database.ts";

let sqlite: ReturnType<typeof createSqlite> | undefined;

/** One SQLite for all tests of a process. */
function sharedSqlite(): ReturnType<typeof createSqlite> {
  const file = createRequire(import.meta.url).resolve("@journeyapps/wa-sqlite/dist/mc-wa-sqlite.wasm");
  sqlite ??= createSqlite({ wasm: readFileSync(file) });
  return sqlite;
}

/** A VFS over whatever folder its present database is in. */
interface Berth {
  readonly vfs: ReturnType<typeof createFolderVfs>;
  moor(folder: MemoryFolder): void;
}

/**
 * SQLite keeps a VFS as long as its module: those of closed databases serve the next ones, or
 * thousands would pile up.
 */
const free: Berth[] = [];

async function berth(): Promise<Berth> {
  const module = await sharedSqlite();
  const known = free.pop();
  if (known !== undefined) return known;
  let folder = createMemoryFolder();
  const vfs = createFolderVfs(module, {
    open: (name, create) => folder.open(name, create),
    exists: (name) => folder.exists(name),
    remove: (name) => folder.remove(name),
  });
  return { vfs, moor: (next) => void (folder = next) };
}

/**
 * The folder of a test database and the key that opens it: give them again to reopen what was
 * written.
 */
export interface TestDisk {
  readonly folder: MemoryFolder;
  readonly key: Uint8Array;
  /**
   * A test has changed rows behind the engine's back: what the engine says of them is no mistake.
   */
  readonly isSpoilt?: true;
}

export function createTestDisk(): TestDisk {
  return { folder: createMemoryFolder(), key: new Uint8Array(32).fill(0x42) };
}

/**
 * The state of a disk at this moment, as after a power cut: what is written later does not show in
 * it.
 */
export function copyDisk({ folder, key }: TestDisk): TestDisk {
  const copy = createMemoryFolder();
  for (const [name, bytes] of folder.files) copy.files.set(name, bytes.slice());
  return { folder: copy, key };
}

/**
 * A real encrypted database whose files are in memory. Limit `disk.folder.limit` to fill it, change
 * `disk.folder.files` to damage it. Close it before its disk is opened again. A mistake of
 * ours in one of its transactions fails the whole run (watched-database.ts).
 */
export async function openTestDatabase(disk: TestDisk = createTestDisk()): Promise<EncryptedDatabase> {
  const module = await sharedSqlite();
  const place = await berth();
  place.moor(disk.folder);
  const opened = await openDatabase({ module, vfs: place.vfs, name: "pli.db", key: disk.key });
  const database = disk.isSpoilt === true ? opened : watchDatabase(opened);
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await database.close();
    place.moor(createMemoryFolder());
    free.push(place);
  };
  return { ...database, close: () => (closing ??= close()) };
}

/**
 * The engine's Database port on SQLite, encrypted, the same in a browser and in Node
 * (docs/adr/0002).
 */
export type { EncryptedDatabase } from "./database.ts";
export { createMemoryFolder, type MemoryFolder } from "./memory-folder.ts";
export { KEY_BYTES, openDatabase, type OpenDatabase } from "./open.ts";
export { createSqlite, type SqliteModule } from "./sqlite.ts";
export { createFolderVfs, NoSpace, ReadOnly, type SqliteVfs, type SyncFile, type SyncFolder } from "./vfs.ts";

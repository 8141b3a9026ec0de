/** Opens the SQLite files of a store. */
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { storageError } from "../../storage/storage-error.ts";
import { naming } from "./sqlite-error.ts";
import { syncFolder } from "./sync-folder.ts";

const FORMAT_VERSION = 1;

/**
 * Opens an SQLite file of ours for this process alone. The lock dies with the process. A new file
 * gets `schema`, `kind` (SQLite's application id) and the format version in one transaction; an
 * existing file must carry both. With WAL and synchronous FULL, a commit that returned is on the
 * disk.
 */
export const openFile = (path: string, kind: number, schema: string): DatabaseSync =>
  naming(path, () => {
    const db = new DatabaseSync(path, { timeout: 0 });
    try {
      db.exec("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; BEGIN IMMEDIATE;");
      checkFormat(db, path, kind, schema);
      db.exec("COMMIT");
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });

const checkFormat = (db: DatabaseSync, path: string, kind: number, schema: string): void => {
  const version = numberFrom(db, "PRAGMA user_version");
  const tables = numberFrom(db, "SELECT count(*) FROM sqlite_schema");
  if (version === 0 && tables === 0) {
    db.exec(`PRAGMA application_id=${kind}; PRAGMA user_version=${FORMAT_VERSION}; ${schema}`);
    syncFolder(dirname(path));
    return;
  }
  if (numberFrom(db, "PRAGMA application_id") !== kind) throw storageError("data_damaged", path);
  if (version > FORMAT_VERSION) throw storageError("data_newer", path);
};

export const numberFrom = (db: DatabaseSync, sql: string): number => {
  const row = db.prepare(sql).get();
  return Number(row === undefined ? 0 : Object.values(row)[0]);
};

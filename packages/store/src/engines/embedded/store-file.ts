import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { DAY_MS } from "../../base/clock.ts";
import type { Beginning } from "../../storage/storage.ts";
import { tooFewFeeds } from "../../storage/storage-error.ts";
import { forgetTimes } from "./data-folder.ts";
import { naming } from "./sqlite-error.ts";
import { openFile } from "./sqlite-file.ts";

/**
 * `store.db` keeps what outlives every day: the store's id, the position that each feed had reached
 * when days were last deleted, and the probe. The open file is the lock on the folder.
 */
export interface StoreFile {
  readonly storeId: Uint8Array;
  reached(feed: number): number;
  saveReached(feed: number, position: number): void;
  probe(): void;
  close(): void;
}

const KIND = 0x504c4953;
const SCHEMA = `
  CREATE TABLE store (id BLOB NOT NULL) STRICT;
  CREATE TABLE reached (feed INTEGER PRIMARY KEY, position INTEGER NOT NULL) STRICT;
  CREATE TABLE probe (only INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT;
`;

/**
 * New data begins with `begin`; existing data stays as it is. Throws `data_unusable` when the data
 * has more than `feeds` feeds, since the cells of the others would be out of reach.
 */
export const openStoreFile = (folder: string, feeds: number, begin?: Beginning): StoreFile => {
  const path = join(folder, "store.db");
  const db = openFile(path, KIND, SCHEMA);
  try {
    return naming(path, () => storeFileOn(db, path, { folder, feeds, begin }));
  } catch (error) {
    db.close();
    throw error;
  }
};

const storeFileOn = (
  db: DatabaseSync,
  path: string,
  options: { readonly folder: string; readonly feeds: number; readonly begin: Beginning | undefined },
): StoreFile => {
  const { folder, feeds, begin } = options;
  if (db.prepare("SELECT id FROM store").get() === undefined) {
    db.exec("BEGIN");
    const first = db.prepare("INSERT INTO reached (feed, position) VALUES (?, ?)");
    for (const [feed, position] of (begin?.firsts ?? []).entries()) first.run(feed, position);
    db.prepare("INSERT INTO store (id) VALUES (?)").run(begin?.storeId ?? randomBytes(16));
    db.exec("COMMIT");
  }
  noteFeeds(db, folder, feeds);
  const row = db.prepare("SELECT id FROM store").get() as { id: Uint8Array };
  const reached = db.prepare("SELECT position FROM reached WHERE feed = ?");
  const save = db.prepare("INSERT OR REPLACE INTO reached (feed, position) VALUES (?, ?)");
  const writeProbe = db.prepare("INSERT OR REPLACE INTO probe (only, value) VALUES (1, ?)");
  const readProbe = db.prepare("SELECT value FROM probe WHERE only = 1");
  return {
    storeId: row.id,
    reached: (feed) => (reached.get(feed) as { position: number } | undefined)?.position ?? 0,
    saveReached: (feed, position) => naming(path, () => save.run(feed, position)),
    probe: () =>
      naming(path, () => {
        const value = randomBytes(16);
        writeProbe.run(value);
        const back = readProbe.get() as { value: Uint8Array };
        if (!value.equals(back.value)) throw new Error("the probe read back otherwise");
      }),
    close: () => {
      db.close();
      forgetTimes(path, Math.floor(Date.now() / DAY_MS));
    },
  };
};

/** Gives every feed a row, which it keeps for ever. */
const noteFeeds = (db: DatabaseSync, folder: string, feeds: number): void => {
  const { made } = db.prepare("SELECT coalesce(max(feed) + 1, 0) AS made FROM reached").get() as { made: number };
  if (made > feeds) throw tooFewFeeds(folder, made, feeds);
  if (made === feeds) return;
  db.exec("BEGIN");
  const add = db.prepare("INSERT OR IGNORE INTO reached (feed, position) VALUES (?, 0)");
  for (let feed = made; feed < feeds; feed += 1) add.run(feed);
  db.exec("COMMIT");
};

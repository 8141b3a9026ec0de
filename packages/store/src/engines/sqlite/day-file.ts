import { feedOf, type Block, type Cell, type Entry, type Label } from "@pli/protocol/wire";
import type { BlockPage, Put, PutResult } from "../../storage/storage.ts";
import { naming } from "../embedded/sqlite-error.ts";
import { openFile } from "../embedded/sqlite-file.ts";
import { openBlockTable } from "./block-table.ts";
import { feedSchema, openFeedTable, type FeedTable } from "./feed-table.ts";

/**
 * One day of the store in one SQLite file, which is deleted whole when the day expires. It has a
 * table of position, label and cell for each feed, one table of blocks, and nothing else.
 */
export interface DayFile {
  readonly path: string;
  /**
   * The first position of this day in a feed, and the one after the last. Each commit moves the
   * end.
   */
  first(feed: number): number;
  end(feed: number): number;
  begin(): void;
  commit(): void;
  rollback(): void;
  /** Call this between `begin` and `commit`. Stores the put unless its label is taken. */
  put(put: Put): PutResult;
  get(label: Label, feed: number): Cell | undefined;
  getBlock(label: Label): Block | undefined;
  read(feed: number, from: number, max: number): readonly Entry[];
  /** The labels that `read` would return. */
  labelsFrom(feed: number, from: number, max: number): readonly Label[];
  /** At most `max` labels behind `after` in byte order, to build a filter in small steps. */
  labels(table: "blocks" | number, after: Uint8Array, max: number): readonly Label[];
  count(): number;
  blocksAfter(row: number, max: number): BlockPage;
  close(): void;
}

const KIND = 0x504c4944;
const CHECKPOINT_PAGES = 2000;

/** Opens or creates the file of a day. In a new file, each feed begins at `starts[feed]`. */
export const openDayFile = (path: string, starts: readonly number[]): DayFile => {
  const db = openFile(path, KIND, schema(starts));
  return naming(path, () => {
    db.exec(`PRAGMA wal_autocheckpoint=${CHECKPOINT_PAGES}`);
    const feeds = starts.map((start, feed) => openFeedTable(db, feed, start));
    const blocks = openBlockTable(db);
    const feedAt = (feed: number): FeedTable => {
      const found = feeds[feed];
      if (found === undefined) throw new RangeError(`there is no feed ${feed}`);
      return found;
    };
    return {
      path,
      first: (feed) => feedAt(feed).first,
      end: (feed) => feedAt(feed).end(),
      begin: () => db.exec("BEGIN IMMEDIATE"),
      commit: () => db.exec("COMMIT"),
      rollback: () => {
        if (db.isTransaction) db.exec("ROLLBACK");
        for (const feed of feeds) feed.reload();
      },
      put: ({ kind, label, bytes }) =>
        kind === "cell" ? feedAt(feedOf(label)).put(label, bytes) : blocks.put(label, bytes),
      get: (label, feed) => naming(path, () => feedAt(feed).get(label)),
      getBlock: (label) => naming(path, () => blocks.get(label)),
      read: (feed, from, max) => naming(path, () => feedAt(feed).read(from, max)),
      labelsFrom: (feed, from, max) => naming(path, () => feedAt(feed).labels(from, max)),
      labels: (table, after, max) =>
        naming(path, () => {
          const name = table === "blocks" ? "blocks" : `feed_${table}`;
          const rows = db.prepare(`SELECT label FROM ${name} WHERE label > ? ORDER BY label LIMIT ?`).all(after, max);
          return rows.map((row) => row["label"] as Label);
        }),
      blocksAfter: (row, max) => naming(path, () => blocks.after(row, max)),
      count: () => feeds.reduce((sum, feed) => sum + feed.end() - feed.first, blocks.count()),
      close: () => {
        db.close();
      },
    };
  });
};

const schema = (starts: readonly number[]): string => `
  CREATE TABLE feeds (feed INTEGER PRIMARY KEY, first INTEGER NOT NULL) STRICT;
  CREATE TABLE blocks (label BLOB NOT NULL UNIQUE, block BLOB NOT NULL) STRICT;
  ${starts.map((start, feed) => feedSchema(feed, start)).join("\n")}
`;

import type { Block, Cell, Entry, Label } from "@pli/protocol/wire";
import { sameOutcome } from "../embedded/same-outcome.ts";
import type { BlockPage, Put, PutResult } from "../../storage/storage.ts";
import { naming } from "../embedded/sqlite-error.ts";
import { numberFrom, openFile } from "../embedded/sqlite-file.ts";

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
    const readFirst = db.prepare("SELECT first FROM feeds WHERE feed = ?");
    const feeds = starts.map((start, feed) => {
      const row = readFirst.get(feed) as { first: number } | undefined;
      return feedTable(feed, row?.first ?? start, row !== undefined);
    });
    const insertBlock = db.prepare("INSERT INTO blocks (label, block) VALUES (?, ?) ON CONFLICT (label) DO NOTHING");
    const selectBlocks = db.prepare(
      "SELECT rowid AS place, label, block FROM blocks WHERE rowid > ? AND rowid <= ? ORDER BY rowid LIMIT ?",
    );
    let listed = 0;
    const selectBlock = db.prepare("SELECT block FROM blocks WHERE label = ?");

    function feedTable(feed: number, first: number, exists: boolean) {
      if (!exists) db.exec(feedSchema(feed, first));
      const last = db.prepare(`SELECT max(position) AS last FROM feed_${feed}`);
      const end = (): number => ((last.get() as { last: number | null }).last ?? first - 1) + 1;
      return {
        first,
        end: end(),
        readEnd: end,
        insert: db.prepare(
          `INSERT INTO feed_${feed} (position, label, cell) VALUES (?, ?, ?) ON CONFLICT (label) DO NOTHING`,
        ),
        select: db.prepare(`SELECT cell FROM feed_${feed} WHERE label = ?`),
        range: db.prepare(`SELECT label, cell FROM feed_${feed} WHERE position >= ? ORDER BY position LIMIT ?`),
        labels: db.prepare(`SELECT label FROM feed_${feed} WHERE position >= ? ORDER BY position LIMIT ?`),
      };
    }
    const feedAt = (feed: number) => {
      const found = feeds[feed];
      if (found === undefined) throw new RangeError(`there is no feed ${feed}`);
      return found;
    };
    const get = (label: Label, feed: number): Cell | undefined =>
      (feedAt(feed).select.get(label) as { cell: Cell } | undefined)?.cell;
    const getBlock = (label: Label): Block | undefined =>
      (selectBlock.get(label) as { block: Block } | undefined)?.block;
    const putCell = (label: Label, cell: Cell): PutResult => {
      const feed = feedAt((label[0] ?? 0) * 256 + (label[1] ?? 0));
      const position = feed.end;
      if (Number(feed.insert.run(position, label, cell).changes) === 1) {
        feed.end += 1;
        return { outcome: "created", position };
      }
      return sameOutcome((feed.select.get(label) as { cell: Cell }).cell, cell);
    };
    const putBlock = (label: Label, block: Block): PutResult => {
      if (Number(insertBlock.run(label, block).changes) === 1) return { outcome: "created" };
      return sameOutcome(getBlock(label) ?? new Uint8Array(0), block);
    };
    return {
      path,
      first: (feed) => feedAt(feed).first,
      end: (feed) => feedAt(feed).end,
      begin: () => db.exec("BEGIN IMMEDIATE"),
      commit: () => db.exec("COMMIT"),
      rollback: () => {
        if (db.isTransaction) db.exec("ROLLBACK");
        for (const feed of feeds) feed.end = feed.readEnd();
      },
      put: (put) => (put.kind === "cell" ? putCell(put.label, put.bytes) : putBlock(put.label, put.bytes)),
      get: (label, feed) => naming(path, () => get(label, feed)),
      getBlock: (label) => naming(path, () => getBlock(label)),
      read: (feed, from, max) => naming(path, () => feedAt(feed).range.all(from, max) as unknown as Entry[]),
      labelsFrom: (feed, from, max) =>
        naming(path, () =>
          feedAt(feed)
            .labels.all(from, max)
            .map((row) => row["label"] as Label),
        ),
      labels: (table, after, max) =>
        naming(path, () => {
          const name = table === "blocks" ? "blocks" : `feed_${table}`;
          const rows = db.prepare(`SELECT label FROM ${name} WHERE label > ? ORDER BY label LIMIT ?`).all(after, max);
          return rows.map((row) => row["label"] as Label);
        }),
      blocksAfter: (row, max) =>
        naming(path, () => {
          if (row === 0) listed = numberFrom(db, "SELECT max(rowid) FROM blocks");
          const rows = selectBlocks.all(row, listed, max) as unknown as { place: number; label: Label; block: Block }[];
          return { blocks: rows, last: rows.at(-1)?.place ?? row };
        }),
      count: () =>
        feeds.reduce((sum, feed) => sum + feed.end - feed.first, numberFrom(db, "SELECT count(*) FROM blocks")),
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

const feedSchema = (feed: number, first: number): string => `
  INSERT INTO feeds (feed, first) VALUES (${feed}, ${first});
  CREATE TABLE feed_${feed} (position INTEGER PRIMARY KEY, label BLOB NOT NULL UNIQUE, cell BLOB NOT NULL) STRICT;
`;

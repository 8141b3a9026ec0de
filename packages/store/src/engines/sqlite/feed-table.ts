import type { DatabaseSync } from "node:sqlite";
import type { Cell, Entry, Label } from "@pli/protocol/wire";
import type { PutResult } from "../../storage/storage.ts";
import { sameOutcome } from "../embedded/same-outcome.ts";

/** The table of one feed in the file of one day. */
export interface FeedTable {
  /** The first position of the day. */
  readonly first: number;
  /** The position after the last. */
  end(): number;
  /** Reads `end` from the file again, after a rollback. */
  reload(): void;
  put(label: Label, cell: Cell): PutResult;
  get(label: Label): Cell | undefined;
  read(from: number, max: number): readonly Entry[];
  labels(from: number, max: number): readonly Label[];
}

/** Opens the table, or makes it when the file does not have it yet: it begins at `start` then. */
export const openFeedTable = (db: DatabaseSync, feed: number, start: number): FeedTable => {
  const row = db.prepare("SELECT first FROM feeds WHERE feed = ?").get(feed) as { first: number } | undefined;
  if (row === undefined) db.exec(feedSchema(feed, start));
  const first = row?.first ?? start;
  const table = `feed_${feed}`;
  const last = db.prepare(`SELECT max(position) AS last FROM ${table}`);
  const insert = db.prepare(
    `INSERT INTO ${table} (position, label, cell) VALUES (?, ?, ?) ON CONFLICT (label) DO NOTHING`,
  );
  const select = db.prepare(`SELECT cell FROM ${table} WHERE label = ?`);
  const range = db.prepare(`SELECT label, cell FROM ${table} WHERE position >= ? ORDER BY position LIMIT ?`);
  const labels = db.prepare(`SELECT label FROM ${table} WHERE position >= ? ORDER BY position LIMIT ?`);
  const readEnd = (): number => ((last.get() as { last: number | null }).last ?? first - 1) + 1;
  let end = readEnd();
  return {
    first,
    end: () => end,
    reload: () => {
      end = readEnd();
    },
    put: (label, cell) => {
      const position = end;
      if (Number(insert.run(position, label, cell).changes) === 1) {
        end += 1;
        return { outcome: "created", position };
      }
      return sameOutcome((select.get(label) as { cell: Cell }).cell, cell);
    },
    get: (label) => (select.get(label) as { cell: Cell } | undefined)?.cell,
    read: (from, max) => range.all(from, max) as unknown as Entry[],
    labels: (from, max) => labels.all(from, max).map((entry) => entry["label"] as Label),
  };
};

/** The table of a feed, and its row in `feeds`. */
export const feedSchema = (feed: number, first: number): string => `
  INSERT INTO feeds (feed, first) VALUES (${feed}, ${first});
  CREATE TABLE feed_${feed} (position INTEGER PRIMARY KEY, label BLOB NOT NULL UNIQUE, cell BLOB NOT NULL) STRICT;
`;

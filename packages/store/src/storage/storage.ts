import type { Block, Cell, Entry, Label } from "@pli/protocol/wire";

/** One thing to store: a cell or a block under its label. Cells and blocks have tables of their own. */
export type Put =
  | { readonly kind: "cell"; readonly label: Label; readonly bytes: Cell }
  | { readonly kind: "block"; readonly label: Label; readonly bytes: Block };

/** What became of a put. `position` is there when a cell was new: its place in its feed. */
export interface PutResult {
  readonly outcome: "created" | "taken";
  readonly position?: number;
}

/** Where a feed stands: `oldest` is the first position kept, `next` the one the next cell will have. */
export interface FeedRange {
  readonly oldest: number;
  readonly next: number;
}

/** Why data could not be kept or read. `file` is set when one file is the matter.
 *
 * - `store_full` the disk is full; nothing of the commit was stored, and what was there still reads
 * - `data_newer` the folder was written by a newer version; `data_damaged` a file is not what it should be
 * - `data_locked` another process uses the folder; `data_unusable` it cannot be opened or written
 * - `internal` anything else; it is not known whether the commit took effect */
export type StorageCode = "store_full" | "data_newer" | "data_damaged" | "data_locked" | "data_unusable" | "internal";

export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly code: StorageCode;
  readonly file: string | undefined;

  constructor(code: StorageCode, message: string, options: { file?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.file = options.file;
  }
}

/** What the store needs of a disk (section 3). Nothing reaches it but labels, cells, blocks and days: a day is the number of whole
 * days since 1970, and no finer time is ever written. One commit at a time; reads may come at any moment, and see whole commits.
 * Every engine passes `test/storage-contract.ts`. */
export interface Storage {
  /** 16 random bytes made with the data. */
  readonly storeId: Uint8Array;
  /** The newest day that holds anything, if one does. */
  lastDay(): number | undefined;
  /** Stores each put whose label is free on every day kept, in order, on `day` or on `lastDay` if that is later. Resolves once all
   * is durable, with one result for each put. Rejects with a StorageError. */
  commit(puts: readonly Put[], day: number): Promise<readonly PutResult[]>;
  get(label: Label): Promise<Cell | undefined>;
  getBlock(label: Label): Promise<Block | undefined>;
  range(feed: number): FeedRange;
  /** Consecutive entries from position `from` or, if that has expired, from the oldest: at least one unless `from` is `next`, at most `max`. */
  read(
    feed: number,
    from: number,
    max: number,
  ): Promise<{ readonly first: number; readonly entries: readonly Entry[] }>;
  /** As `read`, but the labels alone: what a feed in tag form needs. */
  labels(
    feed: number,
    from: number,
    max: number,
  ): Promise<{ readonly first: number; readonly labels: readonly Label[] }>;
  /** How many cells of a feed were accepted on a day; 0 for a day that is not kept. */
  cellsOn(feed: number, day: number): number;
  /** Deletes every day before `firstDayKept`, and returns the days deleted. Positions go on. */
  expire(firstDayKept: number): Promise<readonly number[]>;
  /** Gives the newest day another, later number: it was written while the clock was in doubt. */
  redate(day: number): Promise<void>;
  /** Writes something outside the feeds, durably, and reads it back. Rejects when that fails. */
  probe(): Promise<void>;
  /** Bytes free for new data. */
  freeBytes(): Promise<number>;
  close(): Promise<void>;
}

import type { Block, Cell, Entry, Label } from "@pli/protocol/wire";

/**
 * One thing to store: a cell or a block under its label. Cells and blocks have tables of their own.
 */
export type Put =
  | { readonly kind: "cell"; readonly label: Label; readonly bytes: Cell }
  | { readonly kind: "block"; readonly label: Label; readonly bytes: Block };

/**
 * What became of a put. `position` is there when this put made the cell: its place in its feed.
 * `failed` is only of engines that can keep a part of a commit: with `store_busy` nothing of this
 * put was stored, with another code it is not known.
 */
export type PutResult =
  | { readonly outcome: "created" | "taken"; readonly position?: number }
  | { readonly outcome: "failed"; readonly code: StorageCode; readonly position?: undefined };

/** New cells of one feed at consecutive positions from `first`, durable. */
export type Listener = (feed: number, first: number, entries: readonly Entry[]) => void;

/**
 * Where a feed stands: `oldest` is the first position kept, `next` the one the next cell will have.
 */
export interface FeedRange {
  readonly oldest: number;
  readonly next: number;
}

/**
 * Why data could not be kept or read. `file` is set when one file is the matter.
 *
 * - `store_full` the disk is full; nothing of the commit was stored, and what was there still reads
 * - `data_newer` the folder was written by a newer version; `data_damaged` a file is not what it
 *   should be
 * - `data_locked` another process uses the folder; `data_unusable` it cannot be opened or written
 * - `store_busy` too little of the engine can be reached: nothing was stored
 * - `internal` anything else; it is not known whether the commit took effect
 */
export type StorageCode =
  | "store_full"
  | "data_newer"
  | "data_damaged"
  | "data_locked"
  | "data_unusable"
  | "store_busy"
  | "internal";

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

/** Some of the blocks of a day, and the place of the last. */
export interface BlockPage {
  readonly blocks: readonly { readonly label: Label; readonly block: Block }[];
  readonly last: number;
}

/**
 * What data begins with when it is a copy of other data: the same id, and feeds at the positions
 * where the other's begin.
 */
export interface Beginning {
  readonly storeId: Uint8Array;
  readonly firsts: readonly number[];
}

/**
 * What the store needs of a disk (section 3). Nothing reaches it but labels, cells, blocks and
 * days: a day is the number of whole days since 1970. Reads may come at any moment. An embedded
 * engine keeps whole commits for one process; a cluster engine keeps each put by itself, for any
 * number of processes. Every engine passes `test/engines/storage-contract.ts`.
 */
export interface Storage {
  /** 16 random bytes made with the data. */
  readonly storeId: Uint8Array;
  /** How many commits may run at once. */
  readonly commitsAtOnce: number;
  /** The newest day that holds anything, if one does, as far as this process has heard. */
  lastDay(): number | undefined;
  /**
   * Stores each put whose label is free on every day kept, in order, on `day` or on `lastDay` if
   * that is later; also a commit of nothing makes the day known. Resolves once all is durable, with
   * one result for each put. Rejects with a StorageError.
   */
  commit(puts: readonly Put[], day: number): Promise<readonly PutResult[]>;
  get(label: Label): Promise<Cell | undefined>;
  getBlock(label: Label): Promise<Block | undefined>;
  /** Where the feed stands, as far as this process has heard: what its listener has been told. */
  range(feed: number): FeedRange;
  /** Where the feed stands now, whoever wrote it: never before what anybody was told earlier. */
  latestRange(feed: number): Promise<FeedRange>;
  /**
   * From now on calls `listener` with every new cell, feed by feed in order and without a gap from
   * `range(feed).next` of this moment, whoever wrote it. A process's own cells are announced before
   * their commit resolves if the engine is embedded. One listener.
   */
  listen(listener: Listener): void;
  /**
   * Consecutive entries from position `from` or, if that has expired, from the oldest: at least one
   * unless `from` is `next`, at most `max`.
   */
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
  /** Every day kept, oldest first, as far as this process has heard. */
  days(): readonly number[];
  /** The position in each feed at which a day begins; only of a day that is kept. */
  firstOn(feed: number, day: number): number;
  /**
   * Blocks of one day after the place `after` of an earlier answer, or from the beginning if that
   * is 0; none at the end. An embedded engine gives those that were there at the beginning, or at a
   * later beginning of anybody: the answers end while others are stored.
   */
  blocksOn(day: number, after: number, max: number): Promise<BlockPage>;
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

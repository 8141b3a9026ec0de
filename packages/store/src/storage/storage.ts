import type { Block, Cell, Entry, Label } from "@pli/protocol/wire";

/** A cell or a block to store under its label. One label may name one of each. */
export type Put =
  | { readonly kind: "cell"; readonly label: Label; readonly bytes: Cell }
  | { readonly kind: "block"; readonly label: Label; readonly bytes: Block };

/**
 * The outcome of a put. `position` is the cell's position in its feed, given when this put made the
 * cell. Only engines that can keep a part of a commit answer `failed`: with `store_busy` the put
 * was not stored, with another code that is unknown.
 */
export type PutResult =
  | { readonly outcome: "created" | "taken"; readonly position?: number }
  | { readonly outcome: "failed"; readonly code: StorageCode; readonly position?: undefined };

/** Receives new, durable cells of one feed at consecutive positions from `first`. */
export type Listener = (feed: number, first: number, entries: readonly Entry[]) => void;

/** `oldest` is the first position kept, `next` the position that the next cell will have. */
export interface FeedRange {
  readonly oldest: number;
  readonly next: number;
}

/**
 * Why data could not be kept or read. `file` names the file that is the cause, if one is.
 *
 * - `store_full`: the disk is full. Nothing of the commit was stored, and reads still work
 * - `data_newer`: a newer version wrote the folder
 * - `data_damaged`: a file is not what it should be
 * - `data_locked`: another process uses the folder
 * - `data_unusable`: the folder cannot be opened or written
 * - `store_busy`: too little of the engine can be reached. Nothing was stored
 * - `internal`: anything else. Whether the commit took effect is unknown
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

/** Some of the blocks of a day. `last` is the cursor behind them. */
export interface BlockPage {
  readonly blocks: readonly { readonly label: Label; readonly block: Block }[];
  readonly last: number;
}

/**
 * How data begins that is to become a copy of other data: with the same id, and with feeds at the
 * same first positions.
 */
export interface Beginning {
  readonly storeId: Uint8Array;
  readonly firsts: readonly number[];
}

/**
 * The port to the disk (section 3). Nothing reaches it but labels, cells, blocks and days; a day is
 * the number of whole days since 1970. Reads may come at any moment. An embedded engine keeps whole
 * commits for one process. A cluster engine keeps each put by itself, for any number of processes.
 * Every engine passes `test/engines/storage-contract.ts`.
 */
export interface Storage {
  /** 16 random bytes made with the data. */
  readonly storeId: Uint8Array;
  /** How many commits may run at once. */
  readonly commitsAtOnce: number;
  /** The newest day that holds anything, if there is one, as far as this process knows. */
  lastDay(): number | undefined;
  /**
   * Stores each put whose label is free on every day kept, in order, on `day` or on `lastDay` if
   * that is later. A commit without puts makes the day known. Resolves when all is durable, with
   * one result for each put. Rejects with a StorageError.
   */
  commit(puts: readonly Put[], day: number): Promise<readonly PutResult[]>;
  get(label: Label): Promise<Cell | undefined>;
  getBlock(label: Label): Promise<Block | undefined>;
  /** The range of the feed as far as this process knows: what its listener has received. */
  range(feed: number): FeedRange;
  /** The range of the feed over all processes, never before what any of them has shown. */
  latestRange(feed: number): Promise<FeedRange>;
  /**
   * Sets the one listener. It receives every new cell of every process from now on, in the order of
   * each feed and without a gap from `range(feed).next`. An embedded engine announces cells before
   * their commit resolves.
   */
  listen(listener: Listener): void;
  /**
   * Consecutive entries from position `from` or, if that has expired, from the oldest. At least
   * one, unless `from` is `next`, and at most `max`.
   */
  read(
    feed: number,
    from: number,
    max: number,
  ): Promise<{ readonly first: number; readonly entries: readonly Entry[] }>;
  /** As `read`, but only the labels: a feed in tag form needs no more. */
  labels(
    feed: number,
    from: number,
    max: number,
  ): Promise<{ readonly first: number; readonly labels: readonly Label[] }>;
  /** The number of cells of a feed accepted on a day; 0 for a day that is not kept. */
  cellsOn(feed: number, day: number): number;
  /** Every day kept, oldest first, as far as this process knows. */
  days(): readonly number[];
  /** The position at which a day begins in a feed. The day must be kept. */
  firstOn(feed: number, day: number): number;
  /**
   * Blocks of one day behind the cursor `after` of an earlier page. The cursor 0 is before the
   * first block. A page without blocks is the end. An embedded engine lists the blocks at the first
   * page and gives only those, so the pages end although others are stored meanwhile.
   */
  blocksOn(day: number, after: number, max: number): Promise<BlockPage>;
  /** Deletes every day before `firstDayKept`, and returns these days. Positions continue. */
  expire(firstDayKept: number): Promise<readonly number[]>;
  /** Renames the newest day to a later one: it was written while the clock was in doubt. */
  redate(day: number): Promise<void>;
  /** Writes a probe outside the feeds, durably, and reads it back. Rejects when that fails. */
  probe(): Promise<void>;
  /** Bytes free for new data. */
  freeBytes(): Promise<number>;
  close(): Promise<void>;
}

/**
 * The ports: everything the engine needs of the world, and nothing of how a platform gives it.
 * Adapters live in `database`, `engine-web` and `engine-node`; test doubles in `testkit`.
 */

/** What SQLite stores and gives back. Integers stay within 2^53. */
export type SqlValue = string | number | null | Uint8Array;
export type SqlRow = Record<string, SqlValue>;

/**
 * Statements inside one transaction. Statements are cached by their text: write constants, bind
 * values.
 */
export interface Sql {
  run(sql: string, parameters?: SqlValue[]): Promise<void>;
  all(sql: string, parameters?: SqlValue[]): Promise<SqlRow[]>;
}

/**
 * An encrypted SQL database held by this process alone.
 * Failures reject with `DatabaseError`, whose `code` is one of `DatabaseErrorCode`.
 */
export interface Database {
  /**
   * Runs `work` alone: transactions never overlap. Resolves once what it wrote is durable; if
   * `work` or the commit fails, nothing it wrote stays.
   */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Bytes used on disk. May be asked inside a transaction too. */
  size(): Promise<number>;
  close(): Promise<void>;
}

export type DatabaseErrorCode =
  | "database_wrong_key"
  | "database_damaged"
  | "database_newer"
  | "database_older"
  | "database_locked"
  | "disk_full"
  | "disk_read_only"
  | "database_failed";

export class DatabaseError extends Error {
  readonly code: DatabaseErrorCode;
  constructor(code: DatabaseErrorCode, detail = "") {
    super(detail === "" ? code : `${code}: ${detail}`);
    this.name = "DatabaseError";
    this.code = code;
  }
}

/** The time of day, elapsed time, and timers; all in milliseconds. */
export interface Clock {
  /** Since 1970, by a clock that may be wrong, and that somebody may move at any time. */
  now(): number;
  /**
   * Since some moment before this process began: it never goes back, and nobody moves it. It may
   * stand still while the machine sleeps.
   */
  steady(): number;
  /** Calls `work` once after `ms`; the returned function cancels it. */
  after(ms: number, work: () => void): () => void;
}

/** What a dialled socket tells its owner. After `closed` it tells nothing more. */
export interface SocketEvents {
  opened(): void;
  received(frame: Uint8Array): void;
  closed(): void;
}

export interface Socket {
  /** Queues one binary frame. After the socket closed it does nothing. */
  send(frame: Uint8Array): void;
  close(): void;
}

/**
 * Opens a binary WebSocket with the given sub-protocol. Never throws: failure is `closed` without
 * `opened`.
 */
export interface Dialer {
  dial(url: string, protocol: string, events: SocketEvents): Socket;
}

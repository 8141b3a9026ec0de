import type { Topic } from "./live.ts";
import type { Sql } from "./ports.ts";

/**
 * One transaction of the engine: what it reads and writes, what it changes for those who watch,
 * what follows it.
 */
export interface Tx {
  readonly sql: Sql;
  /** Live queries on these topics are read again once the transaction is durable. */
  changed(...topics: Topic[]): void;
  /** Runs once the transaction is durable; not at all when it fails. */
  after(work: () => void): void;
  /**
   * As `after`, for work the feed of `store` must wait for: what it finds may change which labels
   * are expected.
   */
  before(store: string, work: () => Promise<void>): void;
}

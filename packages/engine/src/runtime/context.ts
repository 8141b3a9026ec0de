import type { Crypto } from "@pli/protocol/crypto";
import type { GroupEngine } from "@pli/protocol/conversation";
import { createExpectations, type Expectations } from "../delivery/feed/expectations.ts";
import { createLive, type Live, type Topic } from "./live.ts";
import { DatabaseError, type Clock, type Database, type Sql } from "./ports.ts";
import { createBlockers, type Blockers } from "./blockers.ts";
import { createBudgets, type Budget, type Budgets, type Limit } from "./budgets.ts";
import { tryWriting } from "./storage/meta.ts";
import { createTimers, type Timers } from "./timers.ts";
import type { Tx } from "./tx.ts";

export type { Tx } from "./tx.ts";

/** Delays that people would notice and tests turn down, in milliseconds. */
export interface EngineOptions {
  /**
   * When receipts leave that did not ride in a message (attacks.md, 1 and 4). `never`: none does,
   * and none rides.
   */
  receiptSlots: ReceiptSlots | "never";
  /** How long a hole in a sender's cells is looked for before it is shown as a gap. */
  holePatience: number;
  /**
   * A device updates its leaf at its first message after this long, or after this number of
   * messages. Both have jitter.
   */
  updateAfter: number;
  updateEvery: number;
  /**
   * A device announces a new epoch of a group to some contacts after a random time between these.
   */
  groupStateDelay: readonly [number, number];
  /** Whether backups are written. Off only where a test counts puts. */
  backups: "written" | "never";
  /** What others can cause, where it is not what `LIMITS` says. */
  limits: Partial<Record<Budget, Limit>>;
}

/**
 * The slots at which everybody writes one cell, a receipt or a decoy (docs/protocol.md, section
 * 9.1). In milliseconds.
 */
export interface ReceiptSlots {
  /** A slot begins at each multiple of this, by the store's clock. */
  readonly every: number;
  /** Each writes at a random instant of so long from its beginning. */
  readonly window: number;
  /**
   * Whether who has no receipt writes a decoy. Off only where a test counts puts: then everybody
   * takes part in every slot.
   */
  readonly decoys: boolean;
}

/** What every part of the engine stands on. */
export interface Context {
  readonly crypto: Crypto;
  readonly groups: GroupEngine;
  /** Ends with the engine: nothing set on it runs after that. */
  readonly clock: Timers;
  readonly options: EngineOptions;
  readonly expectations: Expectations;
  readonly live: Live;
  readonly blockers: Blockers;
  /** What others may still cause on this device. */
  readonly budgets: Budgets;
  /**
   * Runs `work` in one database transaction. When it fails, everything held in memory is read again
   * from the database before the next one: memory never runs ahead of what is saved.
   */
  transact<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * The same after `ms` milliseconds. Nobody waits for it: when it fails, it is not tried again.
   */
  later(ms: number, work: (tx: Tx) => Promise<void>): void;
  /**
   * Reads memory back from the database if a failure made it doubtful: for who looks at it outside
   * a transaction.
   */
  refresh(): Promise<void>;
  /** Registers what reads a part's memory back after a failure, and at the start. */
  onReload(reload: (tx: Tx) => Promise<void>): void;
  /** The lasting trouble of this device, if any: `disk_full` and its like. */
  trouble(): string | undefined;
}

/** While this device is in trouble, a write of this size tries whether it is over. */
const TRY_AGAIN_MS = 10_000;
const TRIED_BYTES = 262_144;

export function createContext(deps: {
  database: Database;
  crypto: Crypto;
  groups: GroupEngine;
  clock: Clock;
  options: EngineOptions;
}): Context {
  const live = createLive();
  const expectations = createExpectations();
  const clock = createTimers(deps.clock);
  const blockers = createBlockers(clock);
  const reloads: ((tx: Tx) => Promise<void>)[] = [];
  let stale = true;
  let trouble: string | undefined;

  async function transact<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const draft = createDraft(blockers);
    try {
      const value = await deps.database.transaction(async (sql) => {
        const tx = draft.tx(sql);
        if (stale) await reloadAll(tx);
        return await work(tx).catch((error: unknown) => {
          stale = true;
          throw error;
        });
      });
      draft.follow();
      live.touch(draft.topics);
      return value;
    } catch (error) {
      stale = true;
      draft.drop();
      if (error instanceof DatabaseError) noteTrouble(error.code);
      throw error;
    }
  }

  async function reloadAll(tx: Tx): Promise<void> {
    expectations.clear();
    for (const reload of reloads) await reload(tx);
    stale = false;
  }

  function noteTrouble(code: string): void {
    if (trouble === undefined && !clock.closed) clock.after(TRY_AGAIN_MS, () => void tryAgain());
    if (trouble === code) return;
    trouble = code;
    live.touch(new Set<Topic>(["status"]));
  }

  /**
   * Some small writes fit where a message does not: the trouble is over once a larger one is
   * possible.
   */
  async function tryAgain(): Promise<void> {
    try {
      await transact((tx) => tryWriting(tx, TRIED_BYTES));
      trouble = undefined;
      live.touch(new Set<Topic>(["status"]));
    } catch {
      clock.after(TRY_AGAIN_MS, () => void tryAgain());
    }
  }

  return {
    crypto: deps.crypto,
    groups: deps.groups,
    clock,
    options: deps.options,
    expectations,
    live,
    blockers,
    budgets: createBudgets({ clock }, deps.options.limits),
    transact,
    later: (ms, work) => void clock.after(ms, () => void transact(work).catch(() => undefined)),
    refresh: () => (stale ? transact(async () => undefined) : Promise.resolve()),
    onReload: (reload) => void reloads.push(reload),
    trouble: () => trouble,
  };
}

interface Draft {
  readonly topics: ReadonlySet<Topic>;
  tx(sql: Sql): Tx;
  /** The transaction is durable. */
  follow(): void;
  /** It failed. */
  drop(): void;
}

/** What one transaction gathers until it is durable. */
function createDraft(blockers: Blockers): Draft {
  const topics = new Set<Topic>();
  const afterwards: { run(): void; drop(): void }[] = [];
  return {
    topics,
    tx: (sql) => ({
      sql,
      changed: (...changed) => changed.forEach((topic) => topics.add(topic)),
      after: (run) => void afterwards.push({ run, drop: () => undefined }),
      before: (store, work) => void afterwards.push(blockers.announce(store, work)),
    }),
    follow: () => afterwards.forEach(({ run }) => run()),
    drop: () => afterwards.forEach(({ drop }) => drop()),
  };
}

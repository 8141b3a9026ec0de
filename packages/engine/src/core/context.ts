import type { Crypto } from "@pli/protocol/crypto";
import type { GroupEngine } from "@pli/protocol/conversation";
import { createExpectations, type Expectations } from "../feed/expectations.ts";
import { createLive, type Live, type Topic } from "../query/live.ts";
import { DatabaseError, type Clock, type Database, type Sql } from "../ports.ts";

/** Delays that people would notice and tests turn down, in milliseconds. */
export interface EngineOptions {
  /** A receipt leaves after a random time between these, with all others that wait (attacks.md, 1 and 4). */
  receiptDelay: readonly [number, number];
  /** How long a hole in a sender's cells is looked for before it is shown as a gap. */
  holePatience: number;
  /** A device updates its leaf at its first message after this long, or after so many messages, with jitter. */
  updateAfter: number;
  updateEvery: number;
}

/** One transaction of the engine: what it reads and writes, what it changes for those who watch, what follows it. */
export interface Unit {
  readonly sql: Sql;
  /** Live queries on these topics are read again once the transaction is durable. */
  changed(...topics: Topic[]): void;
  /** Runs once the transaction is durable; not at all when it fails. */
  after(work: () => void): void;
  /** As `after`, for work the feed must wait for: what it finds may change which labels are expected. */
  before(work: () => Promise<void>): void;
}

/** What every part of the engine stands on. */
export interface Context {
  readonly crypto: Crypto;
  readonly groups: GroupEngine;
  readonly clock: Clock;
  readonly options: EngineOptions;
  readonly expectations: Expectations;
  readonly live: Live;
  /**
   * Runs `work` in one database transaction. When it fails, everything held in memory is read again from the database
   * before the next one: memory never runs ahead of what is saved.
   */
  transact<T>(work: (unit: Unit) => Promise<T>): Promise<T>;
  /** Work that must be done before the feed goes on. */
  readonly blockers: Promise<void>[];
  /** Registers what reads a part's memory back after a failure, and at the start. */
  onReload(reload: (unit: Unit) => Promise<void>): void;
  /** The lasting trouble of this device, if any: `disk_full` and its like. */
  trouble(): string | undefined;
}

export function createContext(p: {
  database: Database;
  crypto: Crypto;
  groups: GroupEngine;
  clock: Clock;
  options: EngineOptions;
}): Context {
  const live = createLive();
  const expectations = createExpectations();
  const reloads: ((unit: Unit) => Promise<void>)[] = [];
  const blockers: Promise<void>[] = [];
  let stale = true;
  let trouble: string | undefined;

  async function transact<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    const topics = new Set<Topic>();
    const afterwards: (() => void)[] = [];
    try {
      const value = await p.database.transaction(async (sql) => {
        const unit: Unit = {
          sql,
          changed: (...changed) => changed.forEach((topic) => topics.add(topic)),
          after: (follow) => void afterwards.push(follow),
          before: (follow) => void afterwards.push(() => void block(follow)),
        };
        if (stale) await reloadAll(unit);
        return work(unit);
      });
      noteTrouble(undefined);
      for (const follow of afterwards) follow();
      live.touch(topics);
      return value;
    } catch (error) {
      stale = true;
      if (error instanceof DatabaseError) noteTrouble(error.code);
      throw error;
    }
  }

  async function reloadAll(unit: Unit): Promise<void> {
    expectations.clear();
    for (const reload of reloads) await reload(unit);
    stale = false;
  }

  function block(work: () => Promise<void>): void {
    const running = work().finally(() => blockers.splice(blockers.indexOf(running), 1));
    blockers.push(running);
  }

  function noteTrouble(code: string | undefined): void {
    if (trouble === code) return;
    trouble = code;
    live.touch(new Set<Topic>(["status"]));
  }

  return {
    crypto: p.crypto,
    groups: p.groups,
    clock: p.clock,
    options: p.options,
    expectations,
    live,
    transact,
    blockers,
    onReload: (reload) => void reloads.push(reload),
    trouble: () => trouble,
  };
}

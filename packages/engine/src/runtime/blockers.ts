import { DatabaseError } from "./ports.ts";
import type { Timers } from "./timers.ts";

const RETRY_MS = 5_000;

/**
 * Work that a store's feed must wait for, because what it finds may change which labels are
 * expected. It is announced inside a transaction, so that nothing is read between that transaction
 * and the work.
 */
export interface Blockers {
  /**
   * Holds the feed of `store` from now on; `run` does the work once the transaction is durable,
   * `drop` lets go.
   */
  announce(store: string, work: () => Promise<void>): { run(): void; drop(): void };
  isHeld(store: string): boolean;
  /** Resolves once nothing holds the feed of `store`. Never rejects. */
  released(store: string): Promise<void>;
  /**
   * What holds the feed of one store, now or later, holds that of another from now on: it is the
   * same one.
   */
  rename(from: string, to: string): void;
}

export function createBlockers(timers: Timers): Blockers {
  const held = new Map<string, Set<Promise<void>>>();

  function announce(store: string, work: () => Promise<void>): { run(): void; drop(): void } {
    let start = (_run: boolean): void => undefined;
    const begun = new Promise<boolean>((resolve) => (start = resolve));
    const running: Promise<void> = begun
      .then((run) => (run ? persist(work) : undefined))
      .finally(() => held.forEach((blocking) => blocking.delete(running)));
    of(store).add(running);
    return { run: () => start(true), drop: () => start(false) };
  }

  function of(store: string): Set<Promise<void>> {
    const known = held.get(store) ?? new Set();
    held.set(store, known);
    return known;
  }

  /**
   * A database that fails (a full disk) is tried again; anything else has been dealt with, or is
   * saved for the next start.
   */
  async function persist(work: () => Promise<void>): Promise<void> {
    while (!timers.closed) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof DatabaseError)) return;
        await timers.pause(RETRY_MS);
      }
    }
  }

  function rename(from: string, to: string): void {
    for (const running of of(from)) of(to).add(running);
    held.set(from, of(to));
  }

  return {
    announce,
    rename,
    isHeld: (store) => of(store).size > 0,
    released: async (store) => {
      while (of(store).size > 0) await Promise.all(of(store));
    },
  };
}

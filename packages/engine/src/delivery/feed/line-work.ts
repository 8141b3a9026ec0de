/**
 * Work on what a line brings, one piece after the other: what came on an earlier line is read
 * before the place on the next is taken.
 */
import type { Timers } from "../../runtime/timers.ts";

export interface LineWork {
  /** The line that is up, or was last: work of an earlier one can tell by it that it is late. */
  current(): number;
  /** The line is gone. */
  lost(): void;
  /**
   * Does `work` after all before it. If it fails on a line that is still up, `failed` hears why.
   */
  queue(work: () => Promise<void>): void;
  /** Resolves once all work so far is done. */
  done(): Promise<void>;
}

export function createLineWork(clock: Timers, failed: (error: unknown) => void): LineWork {
  let line = 0;
  let working: Promise<void> = Promise.resolve();

  function queue(work: () => Promise<void>): void {
    const mine = line;
    working = working
      .then(() => (clock.closed ? undefined : work()))
      .catch((error: unknown) => {
        if (mine === line && !clock.closed) failed(error);
      });
  }

  return { current: () => line, lost: () => void (line += 1), queue, done: () => working };
}

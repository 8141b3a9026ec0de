import type { Clock } from "./ports.ts";

/** The clock of one engine: what it set ends with it. */
export interface Timers extends Clock {
  /**
   * How many ms ago `at` was, a time of day that was saved: the only measure of a wait that lasts
   * over a restart. A time that is in the future was saved before the clock was put back: it counts
   * as long ago as it is ahead. So a wait of `x` is over in less than twice `x`, and at once if the
   * clock was moved by more than `x`. What began in this run is measured by `steady`.
   */
  since(at: number): number;
  /** Resolves after `ms`, or as soon as the timers are closed. */
  pause(ms: number): Promise<void>;
  /** Nothing that waits runs any more, and nothing set from now on. */
  close(): void;
  readonly closed: boolean;
}

export function createTimers(clock: Clock): Timers {
  const waiting = new Set<() => void>();
  const pauses = new Set<() => void>();
  let closed = false;
  const now = (): number => Math.floor(clock.now());

  function after(ms: number, work: () => void): () => void {
    if (closed) return () => undefined;
    const stop = clock.after(ms, () => {
      waiting.delete(cancel);
      work();
    });
    const cancel = (): void => {
      waiting.delete(cancel);
      stop();
    };
    waiting.add(cancel);
    return cancel;
  }

  function pause(ms: number): Promise<void> {
    if (closed) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        pauses.delete(done);
        resolve();
      };
      pauses.add(done);
      after(ms, done);
    });
  }

  return {
    now,
    steady: () => clock.steady(),
    since: (at) => Math.abs(now() - at),
    after,
    pause,
    close: () => {
      closed = true;
      for (const cancel of waiting) cancel();
      for (const done of pauses) done();
    },
    get closed() {
      return closed;
    },
  };
}

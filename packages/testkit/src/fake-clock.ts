import type { Clock } from "@pli/engine/ports";

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly work: () => void;
}

/** The Clock port under a test's hand: time stands still until it is advanced. */
export interface FakeClock extends Clock {
  /**
   * Moves time forward, running what falls due in order, each at its own time. Between two timers
   * everything already promised gets its turn, so that a timer set by a reaction still runs if it
   * falls within `ms`.
   */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock, back or forth, without running a timer: somebody changed it. */
  set(now: number): void;
  /** Timers waiting. */
  readonly pending: number;
}

/** 1 January 2027, 12:00 UTC, unless told otherwise. */
export function createFakeClock(start = Date.UTC(2027, 0, 1, 12)): FakeClock {
  const timers = new Set<Timer>();
  let elapsed = 0;
  let offset = start;
  let order = 0;

  const next = (limit: number): Timer | undefined => {
    let first: Timer | undefined;
    for (const timer of timers) if (timer.at <= limit && (first === undefined || before(timer, first))) first = timer;
    return first;
  };

  return {
    now: () => offset + elapsed,
    steady: () => elapsed,
    after: (ms, work) => {
      const timer = { at: elapsed + Math.max(0, ms), order: order++, work };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance: async (ms) => {
      const end = elapsed + ms;
      await settled();
      for (let timer = next(end); timer !== undefined; timer = next(end)) {
        timers.delete(timer);
        elapsed = Math.max(elapsed, timer.at);
        timer.work();
        await settled();
      }
      elapsed = end;
      await settled();
    },
    set: (now) => void (offset = now - elapsed),
    get pending() {
      return timers.size;
    },
  };
}

const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Lets promises already on their way go on: a macrotask comes after any number of microtasks. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/**
 * The clock as a process has it that begins now: its steady time is its own, and is worth nothing
 * to the next one.
 */
export function processClock(clock: Clock): Clock {
  const began = clock.steady();
  return { now: clock.now, steady: () => clock.steady() - began, after: clock.after };
}

import { DAY_MS, type Clock } from "../base/clock.ts";

/**
 * How the wall clock compares with the newest day written.
 *
 * - `sure`: that day, or up to `maxStepDays` later
 * - `ahead`: later than that, because the store was off or the clock jumped. Nothing expires, and
 *   cells are written on the newest day, until the wall clock has agreed with the steady clock for
 *   the settling time
 * - `behind`: earlier. Nothing expires, and cells are written on the newest day, until the clock
 *   has caught up
 */
export type ClockState = "sure" | "ahead" | "behind";

export interface DayKeeper {
  /**
   * Looks at the clock. `day` is the day to write on. `settled` is true once, when a doubt has
   * ended by waiting. The newest day was written while the clock was in doubt, and must be redated
   * to `day` then.
   */
  look(): { readonly day: number; readonly state: ClockState; readonly settled: boolean };
}

const MAX_DRIFT_MS = 60_000;

/**
 * Decides which day it is. A clock that jumps by years never deletes anything at once
 * (docs/store.md).
 */
export const createDayKeeper = (options: {
  readonly clock: Clock;
  readonly lastDay: number | undefined;
  readonly maxStepDays: number;
  readonly settleMs: number;
}): DayKeeper => {
  const { clock, maxStepDays, settleMs } = options;
  const clockDay = (): number => Math.floor(clock.now() / DAY_MS);
  let trusted = options.lastDay ?? clockDay();
  let doubt: { wall: number; steady: number } | undefined;

  const trust = (day: number): void => {
    trusted = day;
    doubt = undefined;
  };
  const settled = (): boolean => {
    const wall = clock.now();
    const steady = clock.steady();
    doubt ??= { wall, steady };
    const drift = Math.abs(wall - doubt.wall - (steady - doubt.steady));
    if (drift > MAX_DRIFT_MS) doubt = { wall, steady };
    return steady - doubt.steady >= settleMs;
  };
  return {
    look: () => {
      const day = clockDay();
      if (day < trusted) {
        doubt = undefined;
        return { day: trusted, state: "behind", settled: false };
      }
      if (day - trusted <= maxStepDays) {
        trust(day);
        return { day, state: "sure", settled: false };
      }
      if (!settled()) return { day: trusted, state: "ahead", settled: false };
      trust(day);
      return { day, state: "sure", settled: true };
    },
  };
};

/**
 * The largest step of the clock, in days, that is believed at once. It covers a store that was off
 * over a long weekend. A clock that is wrong by as much deletes at most a seventh of what is kept.
 */
export const maxStepFor = (retentionDays: number): number => Math.min(4, Math.max(1, Math.floor(retentionDays / 7)));

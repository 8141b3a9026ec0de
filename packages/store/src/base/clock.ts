/** Time as the store sees it, in milliseconds. */
export interface Clock {
  /** The wall clock, since 1970. It may jump. */
  now(): number;
  /** Since any moment. It never goes back. */
  steady(): number;
}

export const systemClock: Clock = { now: () => Date.now(), steady: () => performance.now() };

export const DAY_SECONDS = 86_400;
export const DAY_MS = 1000 * DAY_SECONDS;

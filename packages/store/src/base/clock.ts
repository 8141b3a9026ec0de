/**
 * Time as the store sees it. `now` is the wall clock in milliseconds since 1970 and may jump;
 * `steady` only counts on.
 */
export interface Clock {
  now(): number;
  steady(): number;
}

export const systemClock: Clock = { now: () => Date.now(), steady: () => performance.now() };

export const DAY_MS = 86_400_000;

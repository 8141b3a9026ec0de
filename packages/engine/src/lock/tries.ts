/**
 * How often a wrong passphrase was typed, and how long nobody may type another one. Argon2id makes
 * one guess slow; this makes many guesses at the keyboard hopeless. It does nothing against
 * somebody who copies the files and guesses elsewhere.
 */

/** `waitMs`: what is left of the pause. */
export interface Tries {
  readonly failed: number;
  readonly waitMs: number;
}

export const NO_TRIES: Tries = { failed: 0, waitMs: 0 };

/** How many slips cost nothing. */
const FREE = 4;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** More are not told apart. */
const MOST = 1_000_000;

/**
 * The pause after a number of wrong passphrases: none, then 30 s, doubled each time, at most an
 * hour.
 */
export function pauseAfter(failed: number): number {
  if (failed <= FREE) return 0;
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failed - FREE - 1, 20), LONGEST_PAUSE_MS);
}

/**
 * One more try. It counts as wrong before anybody knows whether it is, so that ending the app in
 * the middle of it gives no free one.
 */
export function counted({ failed }: Tries): Tries {
  const next = Math.min(failed + 1, MOST);
  return { failed: next, waitMs: pauseAfter(next) };
}

/** After some waiting. Time that a clock says ran backwards is none. */
export const waited = ({ failed, waitMs }: Tries, ms: number): Tries => ({
  failed,
  waitMs: Math.max(0, waitMs - Math.max(0, ms)),
});

/**
 * What was kept of them, whatever it is: what nobody can read counts as none. A person who can
 * change it can copy the files, and is not held up by it.
 */
export function parseTries(value: unknown): Tries {
  if (typeof value !== "object" || value === null) return NO_TRIES;
  const { failed, waitMs } = value as Partial<Record<keyof Tries, unknown>>;
  if (!isCount(failed, MOST) || !isCount(waitMs, LONGEST_PAUSE_MS)) return NO_TRIES;
  return { failed, waitMs };
}

const isCount = (value: unknown, most: number): value is number =>
  typeof value === "number" && value >= 0 && value <= most;

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
/**
 * A store that has been away for long is called again after this part of that time more, and at
 * least so often.
 */
const PART_OF_ABSENCE = 0.1;
const LONGEST_AWAY_MS = 4 * 3_600_000;

/**
 * Waits before each new attempt: doubling from half a second to 30 s, each drawn between half and
 * the whole of it, so that the clients of a store that comes back do not all come at once. They
 * grow further, up to four hours, with the time in ms for which `absence` says that the store has
 * been away. `random` gives numbers in [0, 1).
 */
export function createBackoff(random: () => number, absence: () => number): { next(): number; reset(): void } {
  let attempt = 0;
  return {
    next: () => {
      const most = Math.min(LONGEST_AWAY_MS, Math.max(LONGEST_MS, absence() * PART_OF_ABSENCE));
      const longest = Math.min(most, FIRST_MS * 2 ** attempt);
      attempt += 1;
      return Math.round(longest / 2 + (random() * longest) / 2);
    },
    reset: () => {
      attempt = 0;
    },
  };
}

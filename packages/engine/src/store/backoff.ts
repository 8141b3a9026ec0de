const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** Waits before each new attempt: doubling from half a second to 30 s, each drawn between half and the whole of it, so that
 * the clients of a store that comes back do not all come at once. `random` gives numbers in [0, 1). */
export function createBackoff(random: () => number): { next(): number; reset(): void } {
  let attempt = 0;
  return {
    next: () => {
      const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
      attempt += 1;
      return Math.round(longest / 2 + (random() * longest) / 2);
    },
    reset: () => {
      attempt = 0;
    },
  };
}

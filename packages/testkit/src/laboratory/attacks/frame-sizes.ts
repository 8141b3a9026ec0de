import type { Attack } from "../attack.ts";
import { mostAlike } from "../clues.ts";
import { isPut } from "../clues.ts";

/**
 * Two who talk may send frames of the same sizes: how many of each size an address sends, but for
 * its puts.
 */
export const frameSizes: Attack = {
  name: "frame sizes",
  kind: "asking",
  reads: "sizes of frames of clients but puts",
  run: (view) => {
    const sent = view.events.filter((seen) => seen.way === "in" && !isPut(seen));
    const sizes = [...new Set(sent.map(({ type, bytes }) => `${type} ${bytes}`))];
    const profiles = new Map<string, number[]>();
    for (const { who, type, bytes } of sent) {
      const profile = profiles.get(who) ?? sizes.map(() => 0);
      profiles.set(who, profile);
      const index = sizes.indexOf(`${type} ${bytes}`);
      profile[index] = (profile[index] ?? 0) + 1;
    }
    return mostAlike(relative(profiles));
  },
};

/** Each size in shares of all that an address sent, beside what is usual. */
function relative(profiles: ReadonlyMap<string, readonly number[]>): Map<string, number[]> {
  const shares = [...profiles].map(([who, counts]) => {
    const all = counts.reduce((sum, count) => sum + count, 0);
    return [who, counts.map((count) => count / all)] as const;
  });
  const usual = (i: number): number => shares.reduce((sum, [, share]) => sum + (share[i] ?? 0), 0) / shares.length;
  return new Map(shares.map(([who, share]) => [who, share.map((value, i) => value - usual(i))]));
}

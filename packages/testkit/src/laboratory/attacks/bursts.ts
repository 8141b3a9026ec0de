import type { Attack } from "../attack.ts";
import { burstsOf, followScores, putsOf, Scores } from "../clues.ts";

const TOGETHER_MS = 1_500;
const SOON_MS = 60_000;
const SAME_MS = 900_000;
const MANY = 4;

/** A change of a group or a long text is a burst of puts: who writes soon afterwards? */
export const afterBursts: Attack = {
  name: "put within a minute after a burst",
  kind: "timing",
  reads: "times and numbers of puts",
  run: (view) => {
    const puts = putsOf(view);
    const bursts = burstsOf(puts, TOGETHER_MS).filter(({ count }) => count >= MANY);
    return followScores(bursts, puts, SOON_MS).best();
  },
};

/** Members do the same things at about the same time: bursts of one size from two addresses. */
export const sameBursts: Attack = {
  name: "bursts of one size within a quarter of an hour",
  kind: "timing",
  reads: "times and numbers of puts",
  run: (view) => {
    const bursts = burstsOf(putsOf(view), TOGETHER_MS).filter(({ count }) => count >= MANY);
    const rarity = new Map<number, number>();
    for (const { count } of bursts) rarity.set(count, (rarity.get(count) ?? 0) + 1);
    const scores = new Scores();
    for (const one of bursts) {
      for (const other of bursts) {
        if (other.count !== one.count || Math.abs(other.at - one.at) > SAME_MS) continue;
        scores.add(one.who, other.who, 1 / (rarity.get(one.count) ?? 1));
      }
    }
    return scores.best();
  },
};

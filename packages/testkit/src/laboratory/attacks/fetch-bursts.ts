import type { Attack } from "../attack.ts";
import { burstsOf, getsOf, putsOf, Scores } from "../clues.ts";

const TOGETHER_MS = 2_000;
const SOON_MS = 300_000;
const MANY = 3;

/** A long text is a burst of n puts; who fetches n times soon afterwards reads it. */
export const fetchBursts: Attack = {
  name: "as many gets as puts in a burst",
  kind: "asking",
  reads: "numbers of puts and gets, times",
  run: (view) => {
    const many = ({ count }: { count: number }): boolean => count >= MANY;
    const written = burstsOf(putsOf(view), TOGETHER_MS).filter(many);
    const fetched = burstsOf(getsOf(view), TOGETHER_MS).filter(many);
    const scores = new Scores();
    for (const { who, at, count } of written) {
      const readers = fetched.filter(
        (one) => one.at >= at && one.at <= at + SOON_MS && Math.abs(one.count - count) <= 1,
      );
      for (const reader of readers) {
        scores.add(who, reader.who, 1 / readers.length);
        scores.add(reader.who, who, 1 / readers.length);
      }
    }
    return scores.best();
  },
};

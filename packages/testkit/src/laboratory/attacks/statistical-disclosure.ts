import type { Attack } from "../attack.ts";
import { courses, putsOf, Scores } from "../clues.ts";

const ROUND_MS = 120_000;

/**
 * Statistical disclosure over many rounds: who writes more in the rounds in which this one writes
 * than in the others. (Danezis 2003; on receipts Martiny et al., NDSS 2021.)
 */
export const statisticalDisclosure: Attack = {
  name: "statistical disclosure",
  kind: "timing",
  reads: "who puts in each round of two minutes",
  run: (view) => {
    const all = courses(putsOf(view), ROUND_MS);
    const scores = new Scores();
    for (const [who, mine] of all) {
      for (const [other, theirs] of all) scores.add(who, other, difference(mine, theirs));
    }
    return scores.best();
  },
};

/**
 * How much likelier `theirs` is in a round in which `mine` is than in one in which it is not,
 * beside its own rate.
 */
function difference(mine: readonly number[], theirs: readonly number[]): number {
  let [withMe, rounds, without] = [0, 0, 0];
  for (const [i, count] of mine.entries()) {
    const is = (theirs[i] ?? 0) > 0 ? 1 : 0;
    if (count > 0) [withMe, rounds] = [withMe + is, rounds + 1];
    else without += is;
  }
  const rest = mine.length - rounds;
  if (rounds === 0 || rest === 0) return 0;
  const usual = without / rest;
  return (withMe / rounds - usual) / Math.sqrt((usual * (1 - usual)) / rounds + 1e-4);
}

import type { Guess } from "../attack.ts";
import type { Moment } from "../clues.ts";

/**
 * When a receipt for something written at `at` would leave: after `from`, and until `to`, both in
 * ms since 1970.
 */
export type ReceiptTime = (at: number) => { readonly from: number; readonly to: number };

/** A receipt comes within this many ms. */
export const receiptWithin =
  (ms: number): ReceiptTime =>
  (at) => ({ from: at, to: at + ms });

/** A receipt comes in the window of the next slot. */
export const receiptAtSlot =
  ({ every, window }: { readonly every: number; readonly window: number }): ReceiptTime =>
  (at) => {
    const begins = (Math.floor(at / every) + 1) * every;
    return { from: begins - 1, to: begins + window };
  };

/**
 * How often the same is counted at times at which no receipt could be due, to know what chance
 * gives.
 */
const CONTROLS = [-5, -4, -3, -2, 2, 3, 4, 5] as const;

/**
 * Finds who acknowledges whom: for each two, how much more often the one writes when a receipt for
 * what the other wrote would leave than at like times before and after, in standard deviations.
 * `shift`: how far those times lie from each other, in ms. For each address the other one with the
 * highest score, both ways together, if one alone has it. The same puts give the same guesses.
 */
export function receiptPartners(
  puts: readonly Moment[],
  p: { readonly receipt: ReceiptTime; readonly shift: number },
): Guess[] {
  const times = timesByAddress(puts);
  const excess = (who: string, other: string): number => {
    const theirs = times.get(other) ?? [];
    const written = times.get(who) ?? [];
    const followed = (by: number): number =>
      written.filter((at) => {
        const { from, to } = p.receipt(at);
        return isAnyIn(theirs, from + by, to + by);
      }).length;
    const usual = CONTROLS.map((n) => followed(n * p.shift)).reduce((a, b) => a + b, 0) / CONTROLS.length;
    return (followed(0) - usual) / Math.sqrt(usual + 0.5);
  };
  const names = [...times.keys()].toSorted();
  return names.flatMap((who) => {
    const others = names.filter((other) => other !== who);
    const scored = others.map((other) => ({ who, other, score: excess(who, other) + excess(other, who) }));
    const [first, second] = scored.toSorted((a, b) => b.score - a.score);
    return first === undefined || first.score === second?.score ? [] : [first];
  });
}

const timesByAddress = (puts: readonly Moment[]): Map<string, number[]> =>
  new Map(
    [...Map.groupBy(puts, ({ who }) => who)].map(([who, all]) => [
      who,
      all.map(({ at }) => at).toSorted((a, b) => a - b),
    ]),
  );

/** Whether one of these, in order of time, lies after `from` and not after `to`. */
function isAnyIn(times: readonly number[], from: number, to: number): boolean {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) > from) high = middle;
    else low = middle + 1;
  }
  return (times[low] ?? Number.POSITIVE_INFINITY) <= to;
}

import { isLinearizable, type Operation } from "./linearizable.ts";
import type { History } from "./load.ts";

/**
 * The promises that a history broke, in sentences without labels; none if all hold. `copies` are
 * the feed as each NATS node has it.
 */
export const faultsIn = (history: History, copies: readonly (readonly string[])[]): readonly string[] => {
  const [feed = []] = copies;
  const kept = new Map(feed.map((entry) => entry.split(SPACE) as [string, string]));
  const faults: string[] = [];
  for (const [i, copy] of copies.entries()) if (differ(copy, feed)) faults.push(`copy ${i} differs from copy 0`);
  for (const [i, announced] of history.announced.entries())
    if (differ(announced, feed)) faults.push(`store node ${i} announced another feed`);
  if (kept.size !== feed.length) faults.push(`${feed.length - kept.size} labels are in the feed twice`);
  for (const [label, operations] of history.operations) {
    if (!isLinearizable(operations.filter(isStrict)))
      faults.push(`a label's ${operations.length} operations have no order`);
    const created = operations.filter((one) => one.kind === "put" && one.answer === "created");
    for (const one of created)
      if (one.kind === "put" && kept.get(label) !== one.value) faults.push("an acknowledged cell is lost");
  }
  return faults;
};

/** A label holds any character, also a space: its 32 come first. */
const SPACE = /(?<=^[^]{32}) /;

const differ = (one: readonly string[], other: readonly string[]): boolean =>
  one.length !== other.length || one.some((entry, i) => entry !== other[i]);

/**
 * A leader that does not know yet that it is cut off may answer that there is nothing
 * (docs/adr/0011). These gets are counted below.
 */
const isStrict = (operation: Operation): boolean => operation.kind === "put" || operation.answer !== undefined;

/**
 * Gets that found nothing though a put had been acknowledged before they began, and the longest
 * time before, in milliseconds.
 */
export const staleGets = (history: History): { readonly count: number; readonly longestMs: number } => {
  const ages = [...history.operations.values()].flatMap((operations) => {
    const ends = operations.flatMap((one) => (one.kind === "put" && one.answer !== undefined ? [one.end] : []));
    const known = Math.min(...ends);
    return operations.flatMap((one) =>
      one.kind === "get" && one.answer === undefined && one.start > known ? [one.start - known] : [],
    );
  });
  return { count: ages.length, longestMs: Math.round(Math.max(0, ...ages)) };
};

/** The longest time without an acknowledged put between two moments. */
export const longestSilence = (acknowledged: readonly number[], from: number, to: number): number => {
  const times = [from, ...acknowledged.filter((time) => time > from && time < to).toSorted((a, b) => a - b), to];
  return Math.round(Math.max(...times.slice(1).map((time, i) => time - (times[i] ?? 0))));
};

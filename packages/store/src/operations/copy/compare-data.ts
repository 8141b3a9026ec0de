import type { Storage } from "../../storage/storage.ts";
import { lostEntry } from "../../storage/lost-entry.ts";
import { digestOf, pagesOf, type CopiedBlocks, type Digests } from "./blocks.ts";
import { CELLS_AT_ONCE, cellsIn, CopyError, type Copied, type Progress, type Source } from "./source.ts";

/**
 * Reads everything of both and compares. Blocks may be added to `from` meanwhile, but no cells and
 * no days. Rejects with a CopyError.
 */
export const compareData = async (
  from: Source,
  to: Storage,
  feeds: number,
  options: { readonly blocks?: CopiedBlocks; readonly progress?: Progress | undefined } = {},
): Promise<Copied> => {
  const { progress } = options;
  const total = cellsIn(from, feeds);
  let [done, lost, blocks] = [0, 0, 0];
  for (let feed = 0; feed < feeds; feed += 1) {
    lost += await compareFeed(from, to, feed, (cells) => progress?.("compared", (done += cells), total));
  }
  for (const day of from.days()) {
    if (!to.days().includes(day)) throw new CopyError("a day is missing");
    for (let feed = 0; feed < feeds; feed += 1) {
      if (from.firstOn(feed, day) !== to.firstOn(feed, day)) throw new CopyError("a day begins elsewhere");
    }
    blocks += await compareBlocks(from, to, day, options.blocks?.get(day));
  }
  return { days: from.days().length, cells: total, blocks, lost };
};

/** Returns the number of lost cells. */
const compareFeed = async (
  from: Source,
  to: Storage,
  feed: number,
  compared: (cells: number) => void,
): Promise<number> => {
  const [range, copied] = [from.range(feed), await to.latestRange(feed)];
  let lost = 0;
  if (range.next !== copied.next || range.oldest !== copied.oldest)
    throw new CopyError(`feed ${feed} has another length`);
  for (let at = range.oldest; at < range.next;) {
    const max = Math.min(from.cellsAtOnce ?? CELLS_AT_ONCE, range.next - at);
    const [mine, theirs] = [await from.read(feed, at, max), await to.read(feed, at, max)];
    const count = Math.min(mine.entries.length, theirs.entries.length);
    if (mine.first !== at) throw new CopyError(`feed ${feed} has no position ${at}`, "source_moved_on");
    if (count === 0 || theirs.first !== at) throw new CopyError(`feed ${feed} ends at ${at}`);
    for (let i = 0; i < count; i += 1) {
      const [one, other] = [mine.entries[i], theirs.entries[i]];
      const same =
        one !== undefined && other !== undefined && equal(one.label, other.label) && equal(one.cell, other.cell);
      if (!same) throw new CopyError(`feed ${feed} differs at ${at + i}`);
      if (equal(one.label, lostEntry(feed, at + i).label)) lost += 1;
    }
    at += count;
    compared(count);
  }
  return lost;
};

const equal = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

/**
 * `copied` are the digests of the blocks that the source had when it was copied. The copy must have
 * all of them, and none that the source does not have.
 */
const compareBlocks = async (from: Source, to: Storage, day: number, copied?: Digests): Promise<number> => {
  const [mine, theirs] = [await digestsOn(from, day), await digestsOn(to, day)];
  const holds = (all: Digests, some: Digests): boolean => [...some].every((digest) => all.has(digest));
  if (!holds(theirs, copied ?? mine) || !holds(mine, theirs)) throw new CopyError("the blocks of a day differ");
  return theirs.size;
};

const digestsOn = async (storage: Source, day: number): Promise<Digests> => {
  const digests = new Set<string>();
  for await (const page of pagesOf(storage, day)) for (const block of page) digests.add(digestOf(block));
  return digests;
};

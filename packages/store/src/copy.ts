import { createHash } from "node:crypto";
import { StorageError, type Beginning, type BlockPage, type Put, type Storage } from "./storage/storage.ts";

/** What was copied and compared. */
export interface Copied {
  readonly days: number;
  readonly cells: number;
  readonly blocks: number;
}

/** The copy is not, or cannot become, the same as what it is a copy of. The sentence says where they differ, without labels. */
export class CopyError extends Error {
  override readonly name = "CopyError";
  readonly code = "copy_differs";
}

const CELLS_AT_ONCE = 128;
const BLOCKS_AT_ONCE = 8;

/** What data that is to become a copy of `from` must begin with. */
export const beginningOf = (from: Storage, feeds: number): Beginning => ({
  storeId: from.storeId,
  firsts: Array.from({ length: feeds }, (_, feed) => from.range(feed).oldest),
});

/** Copies everything that `from` keeps to `to`, which was made with `beginningOf(from)`: every cell at its position, every cell and block on
 * its day. Then reads both and compares. May be broken off anywhere and called again: it goes on where it was. Nobody else may write either
 * meanwhile. Rejects with a CopyError, or a StorageError of either side. */
export const copyStorage = async (from: Storage, to: Storage, feeds: number): Promise<Copied> => {
  if (Buffer.compare(from.storeId, to.storeId) !== 0) throw new CopyError("the target holds another store's data");
  const reached = to.lastDay() ?? 0;
  for (const day of from.days().filter((one) => one >= reached)) {
    await to.commit([], day);
    for (let feed = 0; feed < feeds; feed += 1) await copyCells(from, to, feed, day);
    for await (const page of pagesOf(from, day)) {
      await commit(
        to,
        page.map(({ label, block }): Put => ({ kind: "block", label, bytes: block })),
        day,
      );
    }
  }
  return compare(from, to, feeds);
};

const endOn = (storage: Storage, feed: number, day: number): number => {
  const next = storage.days().find((other) => other > day);
  return next === undefined ? storage.range(feed).next : storage.firstOn(feed, next);
};

const copyCells = async (from: Storage, to: Storage, feed: number, day: number): Promise<void> => {
  const end = endOn(from, feed, day);
  for (let at = (await to.latestRange(feed)).next; at < end;) {
    const { first, entries } = await from.read(feed, at, Math.min(CELLS_AT_ONCE, end - at));
    if (first !== at || entries.length === 0) throw new CopyError(`feed ${feed} has no position ${at}`);
    const puts = entries.map(({ label, cell }): Put => ({ kind: "cell", label, bytes: cell }));
    const positions = await commit(to, puts, day);
    if (positions.some((position, i) => position !== at + i)) {
      throw new CopyError(`feed ${feed} came into another order at position ${at}: begin again with an empty target`);
    }
    at += entries.length;
  }
};

const commit = async (to: Storage, puts: readonly Put[], day: number): Promise<readonly (number | undefined)[]> => {
  const results = await to.commit(puts, day);
  for (const result of results) {
    if (result.outcome === "failed") throw new StorageError(result.code, "the target could not store a part");
    if (result.outcome === "taken") throw new CopyError("a label of the target holds other bytes");
  }
  return results.map(({ position }) => position);
};

async function* pagesOf(storage: Storage, day: number): AsyncGenerator<BlockPage["blocks"]> {
  for (let after = 0; ;) {
    const { blocks, last } = await storage.blocksOn(day, after, BLOCKS_AT_ONCE);
    if (blocks.length === 0) return;
    yield blocks;
    after = last;
  }
}

/** Reads everything of both and compares. */
const compare = async (from: Storage, to: Storage, feeds: number): Promise<Copied> => {
  let cells = 0;
  let blocks = 0;
  for (let feed = 0; feed < feeds; feed += 1) cells += await compareFeed(from, to, feed);
  for (const day of from.days()) {
    if (!to.days().includes(day)) throw new CopyError("a day is missing");
    for (let feed = 0; feed < feeds; feed += 1) {
      if (from.firstOn(feed, day) !== to.firstOn(feed, day)) throw new CopyError("a day begins elsewhere");
    }
    blocks += await compareBlocks(from, to, day);
  }
  return { days: from.days().length, cells, blocks };
};

const compareFeed = async (from: Storage, to: Storage, feed: number): Promise<number> => {
  const [range, copied] = [from.range(feed), await to.latestRange(feed)];
  if (range.next !== copied.next || range.oldest !== copied.oldest)
    throw new CopyError(`feed ${feed} has another length`);
  for (let at = range.oldest; at < range.next;) {
    const [mine, theirs] = [await from.read(feed, at, CELLS_AT_ONCE), await to.read(feed, at, CELLS_AT_ONCE)];
    const count = Math.min(mine.entries.length, theirs.entries.length);
    if (count === 0 || mine.first !== at || theirs.first !== at) throw new CopyError(`feed ${feed} ends at ${at}`);
    for (let i = 0; i < count; i += 1) {
      const [one, other] = [mine.entries[i], theirs.entries[i]];
      const same =
        one !== undefined && other !== undefined && equal(one.label, other.label) && equal(one.cell, other.cell);
      if (!same) throw new CopyError(`feed ${feed} differs at ${at + i}`);
    }
    at += count;
  }
  return range.next - range.oldest;
};

const equal = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

const compareBlocks = async (from: Storage, to: Storage, day: number): Promise<number> => {
  const [mine, theirs] = [await digestsOn(from, day), await digestsOn(to, day)];
  if (mine.length !== theirs.length || mine.some((digest, i) => digest !== theirs[i])) {
    throw new CopyError("the blocks of a day differ");
  }
  return mine.length;
};

const digestsOn = async (storage: Storage, day: number): Promise<readonly string[]> => {
  const digests: string[] = [];
  for await (const page of pagesOf(storage, day)) {
    for (const { label, block } of page) digests.push(createHash("sha256").update(label).update(block).digest("hex"));
  }
  return digests.toSorted();
};

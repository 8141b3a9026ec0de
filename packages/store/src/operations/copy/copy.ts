import { createHash } from "node:crypto";
import { lostEntry } from "../../storage/lost-entry.ts";
import { StorageError, type Beginning, type BlockPage, type Put, type Storage } from "../../storage/storage.ts";

/** What a copy is made of: a Storage that is only read, or a running store behind its socket. */
export type Source = Pick<Storage, "storeId" | "range" | "read" | "days" | "firstOn" | "blocksOn"> & {
  /** How many cells are best asked for at once, unless 128. */
  readonly cellsAtOnce?: number;
};

/**
 * What was copied and compared. `lost` of the cells were lost to the source already: what stands in
 * their place is copied.
 */
export interface Copied {
  readonly days: number;
  readonly cells: number;
  readonly blocks: number;
  readonly lost: number;
}

/** Cells copied or compared so far, of all there are. */
export type Progress = (step: "copied" | "compared", cells: number, of: number) => void;

/** The sentence says where it failed, without labels.
 *
 * - `copy_differs` the copy is not, or cannot become, the same as what it is a copy of
 * - `source_moved_on` days expired meanwhile: calling again goes on */
export class CopyError extends Error {
  override readonly name = "CopyError";
  readonly code: "copy_differs" | "source_moved_on";

  constructor(message: string, code: CopyError["code"] = "copy_differs") {
    super(message);
    this.code = code;
  }
}

const CELLS_AT_ONCE = 128;
const BLOCKS_AT_ONCE = 8;

/** What data that is to become a copy of `from` must begin with. */
export const beginningOf = (from: Source, feeds: number): Beginning => ({
  storeId: from.storeId,
  firsts: Array.from({ length: feeds }, (_, feed) => from.range(feed).oldest),
});

/**
 * Copies everything that `from` keeps to `to`, which was made with `beginningOf(from)`: every cell
 * at its position, every cell and block on its day. Then reads both and compares. May be broken off
 * anywhere and called again: it goes on where it was. Nobody else may write either meanwhile.
 * Rejects with a CopyError, or a StorageError of either side.
 */
export const copyStorage = async (from: Source, to: Storage, feeds: number): Promise<Copied> => {
  if (Buffer.compare(from.storeId, to.storeId) !== 0) throw new CopyError("the target holds another store's data");
  const blocks = await copyData(from, to, feeds);
  return compareData(from, to, feeds, { blocks });
};

type Digests = ReadonlySet<string>;

/** The blocks of each day that were copied, by the digests of label and block. */
export type CopiedBlocks = ReadonlyMap<number, Digests>;

/** The copying of copyStorage alone, whatever the ids. */
export const copyData = async (
  from: Source,
  to: Storage,
  feeds: number,
  progress?: Progress,
): Promise<CopiedBlocks> => {
  const blocks = new Map<number, Digests>();
  const reached = to.lastDay() ?? 0;
  const total = cellsIn(from, feeds);
  let done = await cellsCopied(from, to, feeds);
  for (const day of from.days().filter((one) => one >= reached)) {
    await to.commit([], day);
    for (let feed = 0; feed < feeds; feed += 1) {
      await copyCells(from, to, feed, day, (cells) => progress?.("copied", (done += cells), total));
    }
    blocks.set(day, await copyBlocks(from, to, day));
  }
  return blocks;
};

const copyBlocks = async (from: Source, to: Storage, day: number): Promise<Digests> => {
  const digests = new Set<string>();
  for await (const page of pagesOf(from, day)) {
    const puts = page.map(({ label, block }): Put => ({ kind: "block", label, bytes: block }));
    await commit(to, puts, day);
    for (const block of page) digests.add(digestOf(block));
  }
  return digests;
};

const cellsIn = (from: Source, feeds: number): number =>
  Array.from({ length: feeds }, (_, feed) => from.range(feed)).reduce(
    (sum, { oldest, next }) => sum + next - oldest,
    0,
  );

const endOn = (storage: Source, feed: number, day: number): number => {
  const next = storage.days().find((other) => other > day);
  return next === undefined ? storage.range(feed).next : storage.firstOn(feed, next);
};

const cellsCopied = async (from: Source, to: Storage, feeds: number): Promise<number> => {
  let cells = 0;
  for (let feed = 0; feed < feeds; feed += 1) {
    cells += Math.max(0, (await to.latestRange(feed)).next - from.range(feed).oldest);
  }
  return cells;
};

const copyCells = async (
  from: Source,
  to: Storage,
  feed: number,
  day: number,
  copied: (cells: number) => void,
): Promise<void> => {
  const end = endOn(from, feed, day);
  for (let at = (await to.latestRange(feed)).next; at < end;) {
    const { first, entries } = await from.read(feed, at, Math.min(from.cellsAtOnce ?? CELLS_AT_ONCE, end - at));
    if (first !== at || entries.length === 0)
      throw new CopyError(`feed ${feed} has no position ${at}`, "source_moved_on");
    const puts = entries.map(({ label, cell }): Put => ({ kind: "cell", label, bytes: cell }));
    const positions = await commit(to, puts, day);
    if (positions.some((position, i) => position !== at + i)) {
      throw new CopyError(`feed ${feed} came into another order at position ${at}: begin again with an empty target`);
    }
    at += entries.length;
    copied(entries.length);
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

async function* pagesOf(storage: Source, day: number): AsyncGenerator<BlockPage["blocks"]> {
  for (let after = 0; ;) {
    const { blocks, last } = await storage.blocksOn(day, after, BLOCKS_AT_ONCE);
    if (blocks.length === 0) return;
    yield blocks;
    after = last;
  }
}

/**
 * Reads everything of both and compares. Blocks may be added to `from` meanwhile; its cells and
 * days stay what they were.
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

/** Returns how many of the cells are lost. */
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
 * `copied` are the digests of what the source had when it was copied: all of that is in the copy,
 * and nothing that is not in the source.
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

const digestOf = ({ label, block }: BlockPage["blocks"][number]): string =>
  createHash("sha256").update(label).update(block).digest("base64");

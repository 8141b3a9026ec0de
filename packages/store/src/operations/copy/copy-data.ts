import { StorageError, type Put, type Storage } from "../../storage/storage.ts";
import { digestOf, pagesOf, type CopiedBlocks, type Digests } from "./blocks.ts";
import { CELLS_AT_ONCE, cellsIn, CopyError, type Progress, type Source } from "./source.ts";

/** Copies as `copyStorage` does, without comparing, and whatever the ids. */
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

/**
 * Measures what a machine can do for a store: the disk alone, and an engine on it. `bench/` uses
 * the same functions.
 */
import { randomBytes, randomFillSync } from "node:crypto";
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import type { Put, Storage } from "@pli/store";

const CELL_BYTES = 4096;
const LABEL_BYTES = 32;
const DAY_MS = 86_400_000;
const WARM_UP_SHARE = 0.2;

/** The given percentile, as a share, by nearest rank. Throws when there are no values. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
  if (value === undefined) throw new RangeError("no values");
  return value;
};

/**
 * The milliseconds of each append of `cells` cells and its fdatasync, to a new file, for that long.
 * At least one append.
 */
export const appendTimes = (path: string, cells: number, milliseconds: number): number[] => {
  const file = openSync(path, "w");
  const bytes = randomBytes(cells * CELL_BYTES);
  const times: number[] = [];
  for (const end = performance.now() + milliseconds; performance.now() < end || times.length === 0;) {
    const started = performance.now();
    writeSync(file, bytes);
    fdatasyncSync(file);
    times.push(performance.now() - started);
  }
  closeSync(file);
  return times;
};

/**
 * The milliseconds of each commit of an engine, without the wire. Each commit has one put of each
 * writer. At least one commit.
 */
export const commitTimes = async (storage: Storage, writers: number, milliseconds: number): Promise<number[]> => {
  const cell = new Uint8Array(randomBytes(CELL_BYTES));
  const today = Math.floor(Date.now() / DAY_MS);
  const warm = performance.now() + milliseconds * WARM_UP_SHARE;
  const times: number[] = [];
  for (const end = warm + milliseconds; performance.now() < end || times.length === 0;) {
    const puts = Array.from({ length: writers }, () => freshPut(cell));
    const started = performance.now();
    await storage.commit(puts, today);
    if (started > warm) times.push(performance.now() - started);
  }
  return times;
};

/** A put to feed 0 under a fresh label. */
const freshPut = (cell: Uint8Array): Put => {
  const label = randomFillSync(new Uint8Array(LABEL_BYTES), 2);
  return { kind: "cell", label: label as Extract<Put, { kind: "cell" }>["label"], bytes: cell as never };
};

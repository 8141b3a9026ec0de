/**
 * Measures durable puts a second over the real WebSocket, with the store in a process of its own,
 * beside what the same disk can do.
 */
import { closeSync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { appendTimes } from "../apps/server/src/bench/measure.ts";
import { createWriter } from "../packages/store/test/lib/writer.ts";
import { NO_LIMITS, startStore } from "./store-process.ts";
import { median, percentile, rounded, type Measurement } from "./measure.ts";

const ROUNDS = 5;
const SECONDS = 2;
const WARM_UP_MS = 300;
const WRITERS = [1, 10, 100];
const DISK_MS = 500;
const SEQUENTIAL_BYTES = 128 * 1024 * 1024;
const root = join(import.meta.dirname, "..");

type Series = Map<string, { unit: string; values: number[] }>;

/** Medians over the rounds; each round measures the disk and the store one after the other. */
export const run = async (): Promise<Measurement[]> => {
  mkdirSync(join(root, "test-results"), { recursive: true });
  const folder = mkdtempSync(join(root, "test-results/store-puts-"));
  const series: Series = new Map();
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      measureDisk(join(folder, `disk-${round}`), series);
      for (const writers of WRITERS) await measureStore(join(folder, `store-${round}-${writers}`), writers, series);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return Array.from(series, ([key, { unit, values }]) => {
    const [subject = "", metric = ""] = key.split("|");
    return { bench: "store-puts", subject, metric, value: rounded(median(values)), unit };
  });
};

const note = (series: Series, subject: string, metric: string, unit: string, value: number): void => {
  const key = `${subject}|${metric}`;
  const entry = series.get(key) ?? { unit, values: [] };
  series.set(key, entry);
  entry.values.push(value);
};

/**
 * Measures what the disk allows. A group commit does at least an append and fdatasync of one cell
 * of each writer.
 */
const measureDisk = (path: string, series: Series): void => {
  for (const cells of WRITERS) {
    const times = appendTimes(path, cells, DISK_MS);
    note(series, `disk, ${cells} cells an fdatasync`, "latency p50", "ms", median(times));
    note(series, `disk, ${cells} cells an fdatasync`, "cells", "1/s", (cells * 1000 * times.length) / sum(times));
  }
  const file = openSync(path, "w");
  note(series, "disk", "sequential write", "MB/s", sequentialSpeed(file));
  closeSync(file);
  rmSync(path);
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const sequentialSpeed = (file: number): number => {
  const piece = randomBytes(1024 * 1024);
  const started = performance.now();
  for (let written = 0; written < SEQUENTIAL_BYTES; written += piece.length) writeSync(file, piece);
  fdatasyncSync(file);
  return SEQUENTIAL_BYTES / 1000 / (performance.now() - started);
};

const measureStore = async (data: string, count: number, series: Series): Promise<void> => {
  const store = await startStore(data, NO_LIMITS);
  const writers = await Promise.all(Array.from({ length: count }, () => createWriter(store.origin)));
  for (const writer of writers) writer.start();
  await pause(WARM_UP_MS);
  for (const writer of writers) writer.taken();
  const started = performance.now();
  await pause(SECONDS * 1000);
  const elapsed = performance.now() - started;
  const times = writers.flatMap((writer) => writer.taken());
  note(series, `store, ${count} writers`, "durable puts", "1/s", (times.length * 1000) / elapsed);
  note(series, `store, ${count} writers`, "latency p50", "ms", median(times));
  note(series, `store, ${count} writers`, "latency p99", "ms", percentile(times, 0.99));
  await Promise.all(writers.map((writer) => writer.close()));
  await store.stop();
};

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

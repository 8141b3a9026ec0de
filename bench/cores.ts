/**
 * Measures whether a second store process pays on this machine: durable puts of 64 writers at one
 * store, and of the same writers at two, as two feeds with a process and a durable writer each
 * would be.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createWriter } from "../packages/store/test/lib/writer.ts";
import { median, rounded, type Measurement } from "./measure.ts";
import { NO_LIMITS, startStore } from "./store-process.ts";

const WRITERS = 64;
const ROUNDS = 5;
const SECONDS = 4;
const WARM_UP_MS = 1000;

export const run = async (): Promise<Measurement[]> => {
  const root = join(import.meta.dirname, "../test-results");
  mkdirSync(root, { recursive: true });
  const rounds = new Map([1, 2].map((stores) => [stores, [] as { puts: number; micros: number }[]]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [stores, results] of rounds) results.push(await measure(stores, mkdtempSync(join(root, "cores-"))));
  }
  return [...rounds].flatMap(([stores, results]) => [
    figure(stores, "durable puts", median(results.map(({ puts }) => puts)), "1/s"),
    figure(stores, "processor time of the stores a put", median(results.map(({ micros }) => micros)), "µs"),
  ]);
};

const figure = (stores: number, metric: string, value: number, unit: string): Measurement => ({
  bench: "cores",
  subject: `${stores} ${stores === 1 ? "process" : "processes"}, ${WRITERS} writers`,
  metric,
  value: rounded(value),
  unit,
});

const measure = async (count: number, folder: string): Promise<{ puts: number; micros: number }> => {
  const starting = Array.from({ length: count }, (_, i) => startStore(join(folder, String(i)), NO_LIMITS));
  const stores = await Promise.all(starting);
  const origins = stores.map(({ origin }) => origin);
  const writers = await Promise.all(Array.from({ length: WRITERS }, (_, i) => createWriter(origins[i % count] ?? "")));
  const seconds = (): number => stores.reduce((sum, store) => sum + store.cpuSeconds(), 0);
  for (const writer of writers) writer.start();
  await pause(WARM_UP_MS);
  for (const writer of writers) writer.taken();
  const before = seconds();
  await pause(SECONDS * 1000);
  const puts = writers.reduce((sum, writer) => sum + writer.taken().length, 0);
  const used = seconds() - before;
  await Promise.all(writers.map((writer) => writer.close()));
  await Promise.all(stores.map((store) => store.stop()));
  rmSync(folder, { recursive: true, force: true });
  return { puts: puts / SECONDS, micros: (used * 1_000_000) / puts };
};

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

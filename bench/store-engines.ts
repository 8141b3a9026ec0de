/**
 * Measures the embedded engines behind the Storage port, beside the bare disk with the same
 * batches: durable commits, gets, catch-up, and the start after a SIGKILL with a million cells.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { CELL_BYTES, type Cell, type Label } from "@pli/protocol/wire";
import { openStorage, type EngineName } from "../packages/store/src/engines/open-storage.ts";
import type { Put, Storage } from "../packages/store/src/storage/storage.ts";
import { median, rounded, type Measurement } from "./measure.ts";

const ROUNDS = 5;
const MS = 2000;
const WARM_UP_MS = 300;
const BATCHES = [1, 64, 256];
const SUBJECTS = ["disk", "log", "sqlite"] as const;
const DAY = 20_000;
const MANY = 1_000_000;
const GETS = 50_000;
const HOT = 2000;
const root = join(import.meta.dirname, "..");
const filler = join(import.meta.dirname, "store-filler.ts");

type Note = (subject: string, metric: string, unit: string, value: number) => void;

/** Medians over the rounds; each round measures the disk and both engines one after the other. */
export const run = async (): Promise<Measurement[]> => {
  mkdirSync(join(root, "test-results"), { recursive: true });
  const folder = mkdtempSync(join(root, "test-results/store-engines-"));
  const series = new Map<string, { unit: string; values: number[] }>();
  const note: Note = (subject, metric, unit, value) => {
    const key = `${subject}|${metric}`;
    const entry = series.get(key) ?? { unit, values: [] };
    entry.values.push(value);
    series.set(key, entry);
  };
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const batch of BATCHES) {
        for (const subject of SUBJECTS) await measurePuts(join(folder, "data"), subject, batch, note);
      }
    }
    for (const engine of ["log", "sqlite"] as const) await measureMany(join(folder, "many"), engine, note);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return Array.from(series, ([key, { unit, values }]) => {
    const [subject = "", metric = ""] = key.split("|");
    return { bench: "store-engines", subject, metric, value: rounded(median(values)), unit };
  });
};

const open = (folder: string, engine: EngineName): Promise<Storage> =>
  openStorage({ folder, feeds: 1, engine, log: () => {} });

const pool = Array.from({ length: 1024 }, () => new Uint8Array(randomBytes(CELL_BYTES)) as Cell);

const batchOf = (count: number): Put[] => {
  const labels = randomBytes(count * 32);
  return Array.from({ length: count }, (_, i) => {
    const label = new Uint8Array(labels.subarray(i * 32, i * 32 + 32)) as Label;
    label.fill(0, 0, 2);
    return { kind: "cell", label, bytes: pool[i % pool.length] as Cell };
  });
};

const measurePuts = async (path: string, subject: (typeof SUBJECTS)[number], count: number, note: Note) => {
  const { commit, close } = subject === "disk" ? bareDisk(path, count) : await engineAt(path, subject);
  await commitFor(WARM_UP_MS, commit, count);
  const { commits, ms, cpuMs } = await commitFor(MS, commit, count);
  note(`${subject}, ${count} cells a commit`, "durable cells", "1/s", (commits * count * 1000) / ms);
  note(`${subject}, ${count} cells a commit`, "CPU of a cell", "µs", (cpuMs * 1000) / (commits * count));
  await close();
  rmSync(path, { recursive: true, force: true });
};

interface Subject {
  readonly commit: (puts: readonly Put[]) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

const bareDisk = (path: string, count: number): Subject => {
  const file = openSync(path, "w");
  const bytes = randomBytes(count * CELL_BYTES);
  return {
    commit: async () => {
      writeSync(file, bytes);
      fdatasyncSync(file);
    },
    close: async () => closeSync(file),
  };
};

const engineAt = async (path: string, engine: EngineName): Promise<Subject> => {
  const storage = await open(path, engine);
  return { commit: (puts) => storage.commit(puts, DAY), close: () => storage.close() };
};

/** Without the time it takes to make the labels. */
const commitFor = async (limit: number, commit: Subject["commit"], count: number) => {
  let [commits, ms, cpuMs] = [0, 0, 0];
  while (ms < limit) {
    const puts = batchOf(count);
    const [started, before] = [performance.now(), process.cpuUsage()];
    await commit(puts);
    const used = process.cpuUsage(before);
    ms += performance.now() - started;
    cpuMs += (used.user + used.system) / 1000;
    commits += 1;
  }
  return { commits, ms, cpuMs };
};

/**
 * Another process puts a million cells, and is killed. The measurement opens its data.
 */
const measureMany = async (folder: string, engine: EngineName, note: Note): Promise<void> => {
  await fill(folder, engine);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const started = performance.now();
  const storage = await open(folder, engine);
  await storage.commit(batchOf(1), DAY);
  note(`${engine}, ${MANY} cells`, "from start to first put after SIGKILL", "ms", performance.now() - started);
  globalThis.gc?.();
  note(`${engine}, ${MANY} cells`, "memory of a cell", "bytes", (process.memoryUsage().rss - before) / MANY);
  await measureReads(storage, engine, note);
  await storage.close();
  rmSync(folder, { recursive: true, force: true });
};

const fill = async (folder: string, engine: EngineName): Promise<void> => {
  const child = spawn(process.execPath, [filler, folder, engine, String(MANY)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
};

const measureReads = async (storage: Storage, engine: EngineName, note: Note): Promise<void> => {
  const hot = batchOf(HOT);
  await storage.commit(hot, DAY);
  let started = performance.now();
  for (let i = 0; i < GETS; i += 1) await storage.get((hot[(i * 7919) % HOT] as Put).label);
  note(
    `${engine}, ${MANY} cells`,
    "gets of the newest, one at a time",
    "1/s",
    (GETS * 1000) / (performance.now() - started),
  );
  started = performance.now();
  let position = 0;
  while (position < 100_000) {
    const { first, entries } = await storage.read(0, position, 64);
    position = first + entries.length;
  }
  note(
    `${engine}, ${MANY} cells`,
    "catch-up of 100,000, 64 a read",
    "1/s",
    (position * 1000) / (performance.now() - started),
  );
};

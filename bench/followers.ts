/**
 * Twenty thousand followers of one feed in tag form: what each costs in memory while nothing happens, and how long a put cell takes to
 * reach all of them. As many as the machine lets one process have open (`ulimit -n`); `PLI_FOLLOWERS` says another number.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { type Label } from "@pli/protocol/wire";
import { greet, randomCell, randomLabel, type Client } from "../packages/store/test/client.ts";
import { stampNow } from "./crowd.ts";
import { median, rounded, type Measurement } from "./measure.ts";
import { NO_LIMITS, startStore, type StoreProcess } from "./store-process.ts";

const FOLLOWERS = Number(process.env["PLI_FOLLOWERS"] ?? 19_800);
const CROWDS = 2;
const CELLS_A_SECOND = 100;
const SECONDS = 10;
const ROUNDS = 5;
/** Idle for long enough that what the arrivals left behind is collected. */
const IDLE_MS = 30_000;
const WARM_UP_MS = 2000;
const MOST_TRIES = 60;

interface Crowd {
  readonly child: ChildProcess;
  readonly lines: Interface;
}

export const run = async (): Promise<Measurement[]> => {
  const root = join(import.meta.dirname, "../test-results");
  mkdirSync(root, { recursive: true });
  const data = mkdtempSync(join(root, "followers-"));
  const store = await startStore(data, [...NO_LIMITS, "--host", "0.0.0.0", "--full-feed-mib", "0"]);
  const crowds: Crowd[] = [];
  try {
    const before = store.resident();
    for (let i = 0; i < CROWDS; i += 1) crowds.push(await gather(store.port, Math.floor(FOLLOWERS / CROWDS)));
    await pause(IDLE_MS);
    const bytes = (store.resident() - before) / FOLLOWERS;
    const memory = figure("one idle", "memory", rounded(bytes / 1024), "KiB");
    return [memory, ...(await measureDelays(store, crowds))];
  } finally {
    for (const { child } of crowds) child.kill();
    await store.stop();
    rmSync(data, { recursive: true, force: true });
  }
};

const figure = (subject: string, metric: string, value: number, unit: string): Measurement => ({
  bench: "followers",
  subject: `${FOLLOWERS} followers, ${subject}`,
  metric,
  value,
  unit,
});

const gather = async (port: number, count: number): Promise<Crowd> => {
  const path = join(import.meta.dirname, "crowd.ts");
  const child = spawn(process.execPath, [path, String(port), String(count)], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface(child.stdout);
  await once(lines, "line");
  return { child, lines };
};

const measureDelays = async (store: StoreProcess, crowds: readonly Crowd[]): Promise<Measurement[]> => {
  const writer = await greet(store.origin);
  const rounds: { p50: number; p99: number; load: number }[] = [];
  await putFor(writer, WARM_UP_MS);
  await allDelays(crowds, (WARM_UP_MS / 1000) * CELLS_A_SECOND * Math.floor(FOLLOWERS / CROWDS) * CROWDS);
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = store.cpuSeconds();
    await putFor(writer, SECONDS * 1000);
    const load = (store.cpuSeconds() - before) / SECONDS;
    const delays = await allDelays(crowds, CELLS_A_SECOND * SECONDS * Math.floor(FOLLOWERS / CROWDS) * CROWDS);
    rounds.push({ p50: percentileOf(delays, 0.5), p99: percentileOf(delays, 0.99), load });
  }
  const named = `${CELLS_A_SECOND} cells a second`;
  return [
    figure(named, "put to delivered p50", rounded(median(rounds.map(({ p50 }) => p50))), "ms"),
    figure(named, "put to delivered p99", rounded(median(rounds.map(({ p99 }) => p99))), "ms"),
    figure(named, "store's use of one core", rounded(median(rounds.map(({ load }) => load))), ""),
  ];
};

/** Puts at a steady rate, whatever the answers take. */
const putFor = async (writer: Client, ms: number): Promise<void> => {
  const answers: Promise<unknown>[] = [];
  const started = performance.now();
  const count = (ms / 1000) * CELLS_A_SECOND;
  while (answers.length < count) {
    await pause(2);
    const due = Math.min(count, ((performance.now() - started) / 1000) * CELLS_A_SECOND);
    while (answers.length < due) answers.push(writer.ask({ type: "put", label: stampedLabel(), cell: randomCell() }));
  }
  await Promise.all(answers);
};

const stampedLabel = (): Label => {
  const label = randomLabel();
  new DataView(label.buffer).setUint32(2, stampNow());
  return label;
};

/** Waits until `expected` entries have arrived. */
const allDelays = async (crowds: readonly Crowd[], expected: number): Promise<number[]> => {
  const sum: number[] = [];
  for (let arrived = 0, tries = 0; arrived < expected; tries += 1) {
    if (tries > MOST_TRIES) throw new Error(`${arrived} entries arrived of ${expected}`);
    await pause(1000);
    for (const [ms, count] of (await delaysOf(crowds)).entries()) {
      sum[ms] = (sum[ms] ?? 0) + count;
      arrived += count;
    }
  }
  return sum;
};

const delaysOf = async (crowds: readonly Crowd[]): Promise<number[]> => {
  const sum: number[] = [];
  for (const { child, lines } of crowds) {
    const line = once(lines, "line");
    child.stdin?.write("\n");
    const [json] = (await line) as [string];
    for (const [ms, count] of (JSON.parse(json) as number[]).entries()) sum[ms] = (sum[ms] ?? 0) + count;
  }
  return sum;
};

/** In whole ms, of counts by ms. */
const percentileOf = (counts: readonly number[], share: number): number => {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let passed = 0;
  return counts.findIndex((count) => (passed += count) >= total * share);
};

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/**
 * `npm run bench -- store-readers [--engines log,sqlite] [--followers 20000] [--quick]`: what many
 * followers of one feed cost the store, which does not depend on its engine: memory of each while
 * idle, and in tag form at 100 cells a second the wait from a put to its tag, with all of them
 * reading on the store's two cores and with most at rest; and gets of the newest cells.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { percentile, type Measurement } from "./measure.ts";
import { freshKey, freshValue } from "./store/cells.ts";
import { startPli } from "./store/peers/pli.ts";
import type { RunningPeer } from "./store/peer.ts";
import type { Arrival, Asked } from "./store/readers-process.ts";
import { writeJsonLines } from "./store/report.ts";
import { Series } from "./store/series.ts";
import { killAll, pause } from "./store/server-process.ts";
import { fill, measureGets } from "./store/work.ts";

const ENGINE = "log";
const FOLLOWERS = 20_000;
const PROCESSES = 2;
const PER_SECOND = 100;
const HOT = 1000;
const PORT = 21_950;
const SETTLE_MS = 3000;
/** Long enough that what the arrivals left behind is collected, and that everybody was pinged. */
const WHOLE = { warmUp: 5, seconds: 10, idleMs: 30_000 };
const QUICK = { warmUp: 0.5, seconds: 2, idleMs: SETTLE_MS };
const READERS = join(import.meta.dirname, "store/readers-process.ts");
/** What the store has open besides its followers. */
const OTHER_FILES = 200;
const root = join(import.meta.dirname, "..");

export const run = async (args: readonly string[]): Promise<Measurement[]> => {
  const text = { type: "string" } as const;
  const options = { engines: text, followers: text, quick: { type: "boolean" } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const followers = Number(values.followers ?? (values.quick === true ? 200 : mostFollowers()));
  const rounds = values.quick === true ? 1 : 5;
  const series = new Series();
  for (let round = 0; round < rounds; round += 1) {
    for (const engine of (values.engines ?? ENGINE).split(",")) {
      await measure(engine, followers, values.quick === true ? QUICK : WHOLE, series);
    }
  }
  const measurements = series.medians("store-readers");
  const folder = join(root, args.length === 0 ? "bench/results" : "test-results/bench");
  mkdirSync(folder, { recursive: true });
  writeJsonLines(folder, "store-readers", measurements);
  return measurements;
};

/** 20,000, or what the machine lets one process hold open. */
const mostFollowers = (): number => {
  const [, limit] = /Max open files\s+\d+\s+(\d+)/.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
  return Math.min(FOLLOWERS, Number(limit) - OTHER_FILES);
};

const measure = async (engine: string, followers: number, times: typeof WHOLE, series: Series): Promise<void> => {
  const subject = `pli-${engine}`;
  mkdirSync(join(root, "test-results"), { recursive: true });
  const folder = mkdtempSync(join(root, "test-results/store-readers-"));
  console.error(`${new Date().toISOString().slice(11, 19)} ${subject}: ${followers} followers`);
  try {
    const tagForm = ["--full-feed-mib", "0"];
    const server = await startPli({ engine, place: { folder, port: PORT }, flags: tagForm });
    series.add(subject, await measureHotGets(server, times.seconds));
    await pause(SETTLE_MS);
    const before = server.process.memory();
    const readers = await startReaders(followers);
    await pause(times.idleMs);
    const each = (server.process.memory() - before) / followers;
    series.add(subject, [{ metric: `memory per idle follower of ${followers}`, value: each, unit: "B" }]);
    const fanOut = { server, readers, warmUp: times.warmUp, seconds: times.seconds };
    series.add(subject, await measureFanOut({ ...fanOut, how: "all reading" }));
    for (const reader of readers) reader.send("rest" satisfies Asked);
    series.add(subject, await measureFanOut({ ...fanOut, how: "most at rest" }));
    for (const reader of readers) reader.disconnect();
  } finally {
    await killAll();
    rmSync(folder, { recursive: true });
  }
};

const startReaders = (followers: number): Promise<ChildProcess[]> =>
  Promise.all(
    Array.from({ length: PROCESSES }, async (_, i) => {
      // An address each: one has not enough ports for all of them and those of the last round.
      const reader = fork(READERS, [String(PORT), String(Math.ceil(followers / PROCESSES)), `127.0.1.${i + 1}`]);
      const [message] = (await Promise.race([once(reader, "message"), once(reader, "exit")])) as [unknown];
      if (message !== "following") throw new Error("the followers could not connect");
      return reader;
    }),
  );

interface FanOut {
  readonly server: RunningPeer;
  readonly readers: readonly ChildProcess[];
  readonly warmUp: number;
  readonly seconds: number;
  readonly how: string;
}

const measureFanOut = async ({ server, readers, warmUp, seconds, how }: FanOut) => {
  const client = await server.connect();
  const sent = new Map<number, number>();
  const puts: Promise<void>[] = [];
  const started = performance.now();
  let cpu = 0;
  for (let n = 1 - warmUp * PER_SECOND; n <= seconds * PER_SECOND; n += 1) {
    const wait = started + ((n + warmUp * PER_SECOND) * 1000) / PER_SECOND - performance.now();
    if (wait > 0) await pause(wait);
    if (n === 1) cpu = server.process.cpu();
    const key = freshKey();
    if (n >= 1) sent.set(key.readUInt32BE(2), performance.timeOrigin + performance.now());
    puts.push(client.put(key, freshValue()));
  }
  await Promise.all(puts);
  const cores = (server.process.cpu() - cpu) / ((performance.now() - started) / 1000 - warmUp);
  await pause(SETTLE_MS);
  const waits = (await Promise.all(readers.map(arrivalsOf))).flat().flatMap(({ tag, at }) => {
    const before = sent.get(tag);
    return before === undefined ? [] : [at - before];
  });
  await client.close();
  return [
    { metric: `put to tag, ${how}, p50`, value: percentile(waits, 0.5), unit: "ms" },
    { metric: `put to tag, ${how}, p99`, value: percentile(waits, 0.99), unit: "ms" },
    { metric: `fan-out, ${how}, server CPU`, value: cores, unit: "cores" },
  ];
};

const arrivalsOf = async (reader: ChildProcess): Promise<Arrival[]> => {
  reader.send("arrivals" satisfies Asked);
  const [arrivals] = (await once(reader, "message")) as [Arrival[]];
  return arrivals;
};

const measureHotGets = async (server: RunningPeer, seconds: number) => {
  const keys: Buffer[] = [];
  await fill(server, HOT, keys);
  const figures = await measureGets(server, seconds, keys);
  return figures.map(({ metric, value, unit }) => ({
    metric: metric.replace("gets", "gets of the newest"),
    value,
    unit,
  }));
};

/**
 * `npm run bench -- store-size [--engines log,sqlite] [--sizes 100000,1000000,10000000] [--quick]`:
 * what a store costs by how much it holds: puts, gets and the restart at each size, with a plot.
 * The next size is filled on top of the last.
 */
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Measurement } from "./measure.ts";
import { freshKey, freshValue } from "./store/cells.ts";
import { ENGINES } from "@pli/store";
import { createPliPeer } from "./store/peers/pli.ts";
import type { Peer, Place } from "./store/peer.ts";
import { plotSvg } from "./store/plot.ts";
import { setting, writeJsonLines } from "./store/report.ts";
import { Series } from "./store/series.ts";
import { killAll } from "./store/server-process.ts";
import { fill, measureGets, measurePuts, type Figure } from "./store/work.ts";

const SIZES = [100_000, 1_000_000, 10_000_000];
const QUICK_SIZES = [500, 1000, 2000];
const ROUNDS = 5;
const PORT = 21_900;
/**
 * More disk than any engine takes for a cell (docs/capacity.md), and some for the rest of the
 * machine.
 */
const BYTES_EACH = 5000;
const SPARE_BYTES = 5e9;

export const run = async (args: readonly string[]): Promise<Measurement[]> => {
  const text = { type: "string" } as const;
  const options = { engines: text, sizes: text, quick: { type: "boolean" } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const quick = values.quick === true;
  const sizes = values.sizes?.split(",").map(Number) ?? (quick ? QUICK_SIZES : SIZES);
  const series = new Series();
  // Written after each: filling the largest is long, and may be broken off.
  for (const engine of values.engines?.split(",") ?? ENGINES) {
    await measureEngine(engine, sizes, quick ? 0.5 : 1, series);
    write(!quick && values.sizes === undefined, series.medians("store-size"));
  }
  return series.medians("store-size");
};

const root = join(import.meta.dirname, "..");

const measureEngine = async (
  engine: string,
  sizes: readonly number[],
  seconds: number,
  series: Series,
): Promise<void> => {
  mkdirSync(join(root, "test-results"), { recursive: true });
  const place = { folder: mkdtempSync(join(root, "test-results/store-size-")), port: PORT };
  const peer = createPliPeer(engine);
  const keys: Buffer[] = [];
  let held = 0;
  try {
    for (const size of sizes.filter((wanted) => fits(place.folder, wanted - held))) {
      console.error(`${new Date().toISOString().slice(11, 19)} ${engine}: filling up to ${size}`);
      held += await fillUp(peer, place, size - held, keys);
      held += await measureSize({ peer, place, size, seconds, keys, series });
    }
  } finally {
    await killAll();
    rmSync(place.folder, { recursive: true });
  }
};

const fits = (folder: string, cells: number): boolean => {
  const { bavail, bsize } = statfsSync(folder);
  const room = bavail * bsize > cells * BYTES_EACH + SPARE_BYTES;
  if (!room)
    console.error(`${cells} more cells do not fit this disk: ${(bavail * bsize) / 1e9} GB are free. Left out.`);
  return room;
};

const fillUp = async (peer: Peer, place: Place, count: number, keys: Buffer[]): Promise<number> => {
  const server = await peer.start(place);
  await fill(server, count, keys);
  await server.process.kill();
  return count;
};

interface Sized {
  readonly peer: Peer;
  readonly place: Place;
  readonly size: number;
  readonly seconds: number;
  readonly keys: Buffer[];
  readonly series: Series;
}

/**
 * The puts come last, since they add to what is held. Returns the number of cells that the
 * measurement put.
 */
const measureSize = async ({ peer, place, size, seconds, keys, series }: Sized): Promise<number> => {
  const subject = `${peer.name}, ${size} cells`;
  let put = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    series.add(subject, await measureRestart(peer, place));
    put += 1;
  }
  const server = await peer.start(place);
  for (let round = 0; round < ROUNDS; round += 1) series.add(subject, await measureGets(server, seconds, keys));
  for (let round = 0; round < ROUNDS; round += 1) {
    const { figures, done } = await measurePuts(server, seconds, keys);
    series.add(subject, figures);
    put += done;
  }
  await server.process.kill();
  return put;
};

const measureRestart = async (peer: Peer, place: Place): Promise<Figure[]> => {
  const before = performance.now();
  const server = await peer.start(place);
  const client = await server.connect();
  await client.put(freshKey(), freshValue());
  const seconds = (performance.now() - before) / 1000;
  const memory = server.process.memory() / 1e6;
  await server.process.kill();
  return [
    { metric: "restart", value: seconds, unit: "s" },
    { metric: "memory, restarted", value: memory, unit: "MB" },
  ];
};

const PANELS = [
  { metric: "puts", title: "durable puts a second" },
  { metric: "gets p50", title: "get, 64 readers, p50, ms" },
  { metric: "restart", title: "restart after SIGKILL, s" },
];

const write = (whole: boolean, measurements: readonly Measurement[]): void => {
  const folder = join(root, whole ? "bench/results" : "test-results/bench");
  mkdirSync(folder, { recursive: true });
  writeJsonLines(folder, "store-size", measurements);
  const panels = PANELS.map(({ metric, title }) => ({ title, points: pointsOf(metric, measurements) }));
  writeFileSync(join(folder, "store-size.svg"), plotSvg(panels, `${setting()}; medians of ${ROUNDS}`));
  console.error(`Written to ${join(folder, "store-size.svg")}`);
};

const pointsOf = (metric: string, measurements: readonly Measurement[]) =>
  measurements
    .filter((measurement) => measurement.metric === metric)
    .map(({ subject, value }) => {
      const [line = "", size = ""] = subject.split(", ");
      return { line, x: Number.parseInt(size, 10), y: value };
    });

/**
 * `npm run bench -- own-labels [--quick]`: three ways in which only a sender could write where they
 * are read (docs/adr/0013): that they work, what they cost the store, its clients and a newcomer.
 * Writes bench/results/own-labels.md.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createCrypto } from "@pli/protocol/crypto";
import type { Measurement } from "./measure.ts";
import { CHECKS, type Check } from "./own-labels/checks.ts";
import { measureCosts, measureNewcomer } from "./own-labels/costs.ts";
import { measureLoad, prepare, type Load } from "./own-labels/load.ts";
import { writeOwnLabels } from "./own-labels/report.ts";
import { readySodium } from "./own-labels/sodium.ts";
import { tryAll } from "./own-labels/trial.ts";
import { writeJsonLines } from "./store/report.ts";
import { killAll } from "./store/server-process.ts";
import { Series } from "./store/series.ts";

const WHOLE = { rounds: 13, puts: 12_000 };
const QUICK = { rounds: 1, puts: 3000 };
/**
 * Puts under way on each connection: one, as clients write, and as many as fill the store's core.
 */
const DEPTHS = [1, 16];
const root = join(import.meta.dirname, "..");

export const run = async (args: readonly string[]): Promise<Measurement[]> => {
  const { values } = parseArgs({ args: [...args], options: { quick: { type: "boolean" } } });
  const { rounds, puts } = values.quick === true ? QUICK : WHOLE;
  const kit = { crypto: await createCrypto(), sodium: await readySodium() };
  tryAll(kit);
  const series = new Series();
  const loads = prepare(kit, CHECKS, puts);
  try {
    for (let round = 0; round < rounds; round += 1) {
      console.error(`${new Date().toISOString().slice(11, 19)} round ${round + 1} of ${rounds}`);
      series.add("costs", await measureCosts(kit));
      series.add("newcomer", measureNewcomer(kit));
      // Each is first, second, … in its turn.
      const order = [...loads.slice(round % loads.length), ...loads.slice(0, round % loads.length)];
      for (const depth of DEPTHS) await measureBeside(order, depth, series);
    }
  } finally {
    await killAll();
  }
  const measurements = series.medians("own-labels");
  const folder = join(root, values.quick === true ? "test-results/bench" : "bench/results");
  mkdirSync(folder, { recursive: true });
  writeJsonLines(folder, "own-labels", measurements);
  writeOwnLabels(
    folder,
    measurements,
    `medians of rounds: ${rounds}; ${puts} puts a round, the first fifth not counted`,
  );
  return measurements;
};

/**
 * One round of each check, and what it lets through to what the store without one does in the same
 * round.
 */
const measureBeside = async (loads: readonly Load[], depth: number, series: Series): Promise<void> => {
  const rates = new Map<Check, number>();
  for (const load of loads) {
    const { rate, figures } = await measureLoad(load, depth);
    series.add(`store: ${load.check}`, figures);
    rates.set(load.check, rate);
  }
  for (const [check, rate] of rates)
    series.add(`store: ${check}`, [
      { metric: `puts to none, ${depth} under way`, value: rate / (rates.get("none") ?? Number.NaN), unit: "ratio" },
    ]);
};

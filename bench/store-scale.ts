/**
 * `npm run bench -- store-scale [--results bench/results]`: what a million users cost, from what
 * `store` and `store-readers` measured, the formulas held against a simulation. Writes the tables
 * of docs/scale.md.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { rounded, type Measurement } from "./measure.ts";
import { costOf, HABITS, machinesFor, type Constants } from "./store/scale-model.ts";
import { simulateFeed } from "./store/scale-simulation.ts";
import { seededRandom } from "./store/seeded-random.ts";

const SUBJECT = "pli-log";
const SEED = 1;
const root = join(import.meta.dirname, "..");
const PAGE = join(root, "docs/scale.md");
const MARK = "<!-- written by npm run bench -- store-scale -->";

export const run = async (args: readonly string[]): Promise<Measurement[]> => {
  const { values } = parseArgs({ args: [...args], options: { results: { type: "string" } } });
  const constants = readConstants(resolve(values.results ?? join(root, "bench/results")));
  const cost = costOf(HABITS);
  const simulated = simulateFeed(HABITS, cost.feeds, seededRandom(SEED));
  const machines = machinesFor(HABITS, cost, constants);
  const figure = (subject: string, metric: string, value: number, unit: string): Measurement => ({
    bench: "store-scale",
    subject,
    metric,
    value: rounded(value),
    unit,
  });
  const measurements = [
    figure("formula", "cells a day", cost.cellsPerDay, "cells"),
    figure("formula", "feeds", cost.feeds, "feeds"),
    ...[
      { subject: "formula", values: cost },
      { subject: "simulation", values: simulated },
    ].flatMap(({ subject, values: found }) => [
      figure(subject, "puts at the busiest time", found.peakPutsPerSecond, "1/s"),
      figure(subject, "followers at the busiest time", found.peakFollowers, "followers"),
      figure(subject, "bytes a client and day", found.clientBytesPerDay / 1e6, "MB"),
      figure(subject, "egress a day", found.egressPerDay / 1e12, "TB"),
    ]),
    figure("formula", "disk, one copy", machines.diskBytes / 1e12, "TB"),
    figure("formula", "memory", machines.memoryBytes / 1e9, "GB"),
    figure("formula", "nodes for the puts", machines.nodesForPuts, "nodes"),
    figure("formula", "cores for the fan-out", machines.coresForFanOut, "cores"),
  ];
  writePage(constants, measurements);
  return measurements;
};

const readConstants = (folder: string): Constants => {
  const figures = ["store", "store-readers"].flatMap((name) => {
    const path = join(folder, `${name}.jsonl`);
    if (!existsSync(path)) throw new Error(`${path} is missing: run npm run bench -- ${name} first`);
    const lines = readFileSync(path, "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line) as Measurement);
  });
  const own = (isIt: (metric: string) => boolean): Measurement => {
    const found = figures.find(({ subject, metric }) => subject === SUBJECT && isIt(metric));
    if (found === undefined) throw new Error(`${folder} has no figure of ${SUBJECT} that is needed`);
    return found;
  };
  const value = (name: string): number => own((metric) => metric === name).value;
  const follower = own((metric) => metric.startsWith("memory per idle follower of "));
  const memory = (value("memory, restarted") - value("memory, empty")) * 1e6;
  return {
    putsPerSecond: value("puts"),
    diskPerCell: value("disk per value"),
    memoryPerCell: Math.max(0, memory / value("stored")),
    memoryPerFollower: follower.value,
    fanOutCores: value("fan-out, most at rest, server CPU"),
    fanOutFollowers: Number(follower.metric.split(" ").at(-1)),
  };
};

const writePage = (constants: Constants, measurements: readonly Measurement[]): void => {
  const measured = Object.entries(constants).map(([name, value]) => `| \`${name}\` | ${rounded(value as number)} |`);
  const bySubject = (wanted: string) => measurements.filter(({ subject }) => subject === wanted);
  const rows = bySubject("formula").map(({ metric, value, unit }) => {
    const other = bySubject("simulation").find((candidate) => candidate.metric === metric);
    return `| ${metric} | ${value.toLocaleString("en")} ${unit} | ${other === undefined ? "" : other.value.toLocaleString("en")} |`;
  });
  const habits = Object.entries(HABITS).map(
    ([name, value]) => `| \`${name}\` | ${(value as number).toLocaleString("en")} |`,
  );
  const table = (titles: string, lines: readonly string[]) =>
    [titles, titles.replaceAll(/[^|]+/g, " --- "), ...lines].join("\n");
  const tables = [
    table("| assumed | value |", habits),
    table("| measured on one machine | value |", measured),
    table("| for a million users | formula | simulation |", rows),
  ].join("\n\n");
  const [before = "", , after = ""] = readFileSync(PAGE, "utf8").split(MARK);
  writeFileSync(PAGE, `${before}${MARK}\n\n${tables}\n\n${MARK}${after}`);
};

import { rmSync } from "node:fs";
import { join } from "node:path";
import { openStorage, type EngineName } from "@pli/store";
import { commitTimes, percentile } from "../../apps/server/src/bench/measure.ts";
import type { Figure } from "./work.ts";

const WRITERS = 64;

/** An engine by itself, in this process: commits of one put of each of 64 writers. */
export const measureEngine = async (folder: string, engine: EngineName, seconds: number): Promise<Figure[]> => {
  const data = join(folder, `engine-${engine}`);
  const storage = await openStorage({ folder: data, feeds: 1, engine, log: () => {} });
  const cpu = process.cpuUsage();
  const started = performance.now();
  const times = await commitTimes(storage, WRITERS, seconds * 1000);
  const elapsed = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  await storage.close();
  rmSync(data, { recursive: true });
  const total = times.reduce((sum, time) => sum + time, 0);
  return [
    { metric: "puts", value: (WRITERS * times.length * 1000) / total, unit: "1/s" },
    { metric: "puts p50", value: percentile(times, 0.5), unit: "ms" },
    { metric: "puts p99", value: percentile(times, 0.99), unit: "ms" },
    { metric: "puts, server CPU", value: (user + system) / 1000 / elapsed, unit: "cores" },
  ];
};

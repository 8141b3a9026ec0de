import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { dirname, join, resolve } from "node:path";
import { ENGINES, openStorage, type EngineName } from "@pli/store";
import { appendTimes, commitTimes, percentile } from "./measure.ts";

const WRITERS = 64;

/** One figure: cells a second, and the milliseconds of one write of `cells` cells. */
export interface BenchLine {
  readonly subject: string;
  readonly cells: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * Measures this machine's disk and each engine on it, for that many seconds each, in a temporary
 * folder beside the data.
 */
export const benchMachine = async (data: string, seconds: number): Promise<BenchLine[]> => {
  const beside = dirname(resolve(data));
  mkdirSync(beside, { recursive: true });
  const folder = mkdtempSync(join(beside, "pli-bench-"));
  try {
    const disk = [1, WRITERS].map((cells) =>
      lineFrom(
        `disk, ${cells === 1 ? "a cell" : `${cells} cells`} an fdatasync`,
        cells,
        appendTimes(join(folder, "disk"), cells, seconds * 1000),
      ),
    );
    const engines: BenchLine[] = [];
    for (const engine of ENGINES) engines.push(await benchEngine(folder, engine, seconds));
    return [...disk, ...engines];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const benchEngine = async (folder: string, engine: EngineName, seconds: number): Promise<BenchLine> => {
  const storage = await openStorage({ folder: join(folder, engine), feeds: 1, engine, log: () => {} });
  const times = await commitTimes(storage, WRITERS, seconds * 1000);
  await storage.close();
  return lineFrom(`engine ${engine}, ${WRITERS} writers`, WRITERS, times);
};

const lineFrom = (subject: string, cells: number, times: readonly number[]): BenchLine => {
  const total = times.reduce((sum, time) => sum + time, 0);
  return {
    subject,
    cells,
    perSecond: Math.round((cells * times.length * 1000) / total),
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
  };
};

/** The figures as a table. */
export const benchText = (lines: readonly BenchLine[]): string => {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const rows = lines.map(({ subject, perSecond, p50, p99 }) =>
    [subject.padEnd(30), `${perSecond.toLocaleString("en")} /s`.padStart(12), ms(p50), ms(p99)].join("  "),
  );
  const head = ["".padEnd(30), "cells".padStart(12), "p50".padStart(10), "p99".padStart(10)].join("  ");
  return [`This machine: ${machine}. Cells of 4,096 bytes, durable.`, head, ...rows].join("\n");
};

const ms = (value: number): string => `${value.toFixed(2)} ms`.padStart(10);

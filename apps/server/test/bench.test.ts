import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ENGINES } from "@pli/store";
import { describe, expect, onTestFinished, test } from "vitest";
import { percentile } from "../src/bench/measure.ts";

const MAIN = fileURLToPath(new URL("../bin/pli-server.mjs", import.meta.url));

const bench = (...flags: string[]) => spawnSync(process.execPath, [MAIN, "bench", ...flags], { encoding: "utf8" });

const testFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "pli-server-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

describe("pli-server bench", () => {
  test("measures the disk and every engine beside the data, and leaves nothing behind", () => {
    const folder = testFolder();
    const { stdout, status } = bench("--json", "--seconds", "0.2", "--data", join(folder, "data"));
    expect(status).toBe(0);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { subject: string; perSecond: number; p50: number; p99: number });
    const subjects = lines.map(({ subject }) => subject);
    expect(subjects.slice(0, 2)).toEqual(["disk, a cell an fdatasync", "disk, 64 cells an fdatasync"]);
    expect(subjects.slice(2)).toEqual(ENGINES.map((engine) => `engine ${engine}, 64 writers`));
    for (const { perSecond, p50, p99 } of lines) {
      expect(perSecond).toBeGreaterThan(0);
      expect(p99).toBeGreaterThanOrEqual(p50);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  test("prints a table for people, with the machine it is about", () => {
    const { stdout } = bench("--seconds", "0.1", "--data", join(testFolder(), "data"));
    expect(stdout).toContain("This machine: ");
    expect(stdout).toMatch(/engine log, 64 writers +[\d,]+ \/s +[\d.]+ ms +[\d.]+ ms/);
  });

  test("refuses settings that do not exist, and no time at all", () => {
    for (const flags of [["--nope"], ["--seconds", "0"], ["--seconds"]]) {
      const { status, stderr } = bench(...flags);
      expect(status).toBe(2);
      expect(stderr).toMatch(/^pli-server: config_(unknown|invalid): /);
    }
  });

  test("takes percentiles by nearest rank", () => {
    expect(percentile([3, 1, 2], 0.5)).toBe(2);
    expect(percentile([3, 1, 2], 0.99)).toBe(3);
    expect(() => percentile([], 0.5)).toThrow(RangeError);
  });
});

import { encodeAnswer, encodeRequest } from "@pli/protocol/wire";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openStorage, type EngineName } from "../../src/engines/open-storage.ts";
import { randomBlock, randomCell, randomLabel } from "../lib/client.ts";
import { testFolder } from "../lib/folder.ts";

const DOC = readFileSync(join(import.meta.dirname, "../../../../docs/capacity.md"), "utf8");
const UNITS = { bytes: 1, KiB: 1024, MiB: 1024 * 1024 } as const;

/** A constant of docs/capacity.md, in bytes. */
const constant = (name: string): number => {
  const [, value = "", unit = ""] = new RegExp(`^\\| ${name} \\| ([\\d,]+) (\\w+) `, "m").exec(DOC) ?? [];
  return Number(value.replaceAll(",", "")) * (UNITS[unit as keyof typeof UNITS] ?? Number.NaN);
};

const bytesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

/** The bytes that a day's files grow by for each of `count` more puts. */
const bytesEach = async (engine: EngineName, kind: "cell" | "block", count: number): Promise<number> => {
  const folder = testFolder();
  const fill = async (day: number): Promise<number> => {
    const storage = await openStorage({ folder, feeds: 1, engine, log: () => {} });
    for (let done = 0; done < count; done += 50) {
      const puts = Array.from({ length: 50 }, () =>
        kind === "cell"
          ? { kind, label: randomLabel(), bytes: randomCell() }
          : { kind, label: randomLabel(), bytes: randomBlock() },
      );
      await storage.commit(puts, day);
    }
    await storage.close();
    return bytesIn(folder);
  };
  return (await fill(20_000)) / count;
};

describe("docs/capacity.md", () => {
  test("says what a cell and a block take on the disk of a real store", async () => {
    expect((await bytesEach("log", "cell", 4000)) / constant("a cell on disk, `log`")).toBeCloseTo(1, 1);
    expect((await bytesEach("sqlite", "cell", 4000)) / constant("a cell on disk, `sqlite`")).toBeCloseTo(1, 1);
    expect((await bytesEach("log", "block", 50)) / constant("a block on disk, `log`")).toBeCloseTo(1, 1);
  });

  test("says what a cell takes in the memory of the log engine", () => {
    const filler = join(import.meta.dirname, "../lib/capacity-process.ts");
    const bytes = Number(execFileSync(process.execPath, ["--expose-gc", filler, "300000"], { encoding: "utf8" }));
    expect(bytes / 300_000).toBeLessThanOrEqual(constant("a cell in memory, `log`"));
    expect(bytes / 300_000).toBeGreaterThan(constant("a cell in memory, `log`") / 2);
  });

  test("says what goes over the wire", () => {
    const [label, cell] = [randomLabel(), randomCell()];
    const entries = (count: number) =>
      encodeAnswer({
        type: "entries",
        id: 0,
        feed: 0,
        first: 0,
        entries: Array.from({ length: count }, () => ({ label, cell })),
      });
    expect(entries(2).length - entries(1).length).toBe(constant("a cell to a follower, full form"));
    expect(encodeRequest({ type: "put", id: 1, label, cell }).length).toBe(constant("a cell put"));
    expect(encodeAnswer({ type: "found", id: 1, kind: "cell", bytes: cell }).length).toBe(
      constant("a cell asked for, in tag form"),
    );
  });

  test("has a table that follows from its formulas", () => {
    const rows = [
      ...DOC.matchAll(/^\| ([\d,]+) \| ([\d,]+) \| ([\d.,]+) GB \| ([\d.]+) GB \| ([\d.]+) \| ([\d.,]+) GB \|$/gm),
    ];
    expect(rows).toHaveLength(5);
    for (const row of rows) {
      const [people = 0, cells, disk, memory, puts, egress] = row
        .slice(1)
        .map((text) => Number(text.replaceAll(",", "")));
      const perDay = people * 50;
      const kept = perDay * 30;
      const full = perDay * 4128 <= 20 * UNITS.MiB;
      const sent = full ? people * perDay * 4128 : people * perDay * 4 + perDay * 4 * 4102;
      const memoryBytes = constant("the process alone") + kept * constant("a cell in memory, `log`");
      expect(cells).toBe(perDay);
      expectRounded(disk, (kept * constant("a cell on disk, `log`")) / 1e9);
      expectRounded(memory, (memoryBytes + people * constant("a follower in memory")) / 1e9);
      expectRounded(puts, (6 * perDay) / 86_400);
      expectRounded(egress, sent / 1e9);
    }
  });
});

/** Within what rounding to two figures makes, or a twentieth of one. */
const expectRounded = (said: number | undefined, exact: number): void => {
  expect(Math.abs((said ?? Number.NaN) - exact)).toBeLessThanOrEqual(Math.max(0.05 * exact, 0.05));
};

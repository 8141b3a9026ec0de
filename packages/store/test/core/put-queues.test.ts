import { CELL_BYTES } from "@pli/protocol/wire";
import { describe, expect, test } from "vitest";
import { createPutQueues } from "../../src/core/put-queues.ts";
import type { Put } from "../../src/storage/storage.ts";
import { cellPut } from "../lib/cells.ts";
import { randomBlock, randomLabel } from "../lib/client.ts";

describe("puts that wait", () => {
  const waiting = (kind: "cell" | "block", name: string) => ({
    name,
    put: (kind === "cell" ? cellPut() : { kind, label: randomLabel(), bytes: randomBlock() }) as Put,
  });
  const [flood, quiet, other] = [{}, {}, {}];

  test("are taken from each source in turn, each source's in its order", () => {
    const queues = createPutQueues<{ name: string; put: Put }>();
    for (let i = 0; i < 10; i += 1) queues.add(flood, waiting("cell", `flood ${i}`));
    queues.add(quiet, waiting("cell", "quiet 0"));
    queues.add(other, waiting("cell", "other 0"));
    queues.add(quiet, waiting("cell", "quiet 1"));
    const names = (bytes: number) => queues.take(bytes).map(({ name }) => name);
    expect(names(4 * CELL_BYTES)).toEqual(["flood 0", "quiet 0", "other 0", "flood 1"]);
    expect(names(2 * CELL_BYTES)).toEqual(["quiet 1", "flood 2"]);
    expect(names(100 * CELL_BYTES)).toEqual(Array.from({ length: 7 }, (_, i) => `flood ${i + 3}`));
    expect(queues.size()).toBe(0);
    expect(names(CELL_BYTES)).toEqual([]);
  });

  test("of blocks are four in a batch at most, and keep no cell waiting behind them", () => {
    const queues = createPutQueues<{ name: string; put: Put }>();
    const floods = Array.from({ length: 6 }, () => ({}));
    for (const source of floods) for (let i = 0; i < 2; i += 1) queues.add(source, waiting("block", "block"));
    for (let i = 0; i < 20; i += 1) queues.add(quiet, waiting("cell", "cell"));
    const batch = () => queues.take(4 * 1024 * 1024).map(({ name }) => name);
    const [first, second, third] = [batch(), batch(), batch()];
    expect(first.filter((name) => name === "block")).toHaveLength(4);
    expect(first.filter((name) => name === "cell")).toHaveLength(20);
    expect([second, third].map(({ length }) => length)).toEqual([4, 4]);
  });

  test("larger than a batch are taken all the same, one at a time", () => {
    const queues = createPutQueues<{ name: string; put: Put }>();
    for (const name of ["first", "second"]) queues.add(flood, waiting("block", name));
    queues.add(flood, waiting("cell", "cell"));
    expect(queues.take(CELL_BYTES).map(({ name }) => name)).toEqual(["first"]);
    expect(queues.take(CELL_BYTES).map(({ name }) => name)).toEqual(["second", "cell"]);
  });

  test("of one source are its share at most, and of all a bounded amount that blocks cannot use up", () => {
    const queues = createPutQueues<{ name: string; put: Put }>();
    for (let i = 0; i < 4; i += 1) {
      expect(queues.wantsMore(flood)).toBe(true);
      queues.add(flood, waiting("block", "block"));
    }
    expect(queues.wantsMore(flood)).toBe(false);
    expect(queues.wantsMore(quiet)).toBe(true);
    let added = 4;
    while (queues.add({}, waiting("block", "block"))) added += 1;
    expect(added).toBe(192);
    for (let i = 0; i < 8; i += 1) {
      expect(queues.wantsMore(quiet)).toBe(true);
      queues.add(quiet, waiting("cell", "cell"));
    }
    expect(queues.wantsMore(quiet)).toBe(false);
    expect(queues.wantsMore(other)).toBe(true);
    expect(queues.add(other, waiting("cell", "cell"))).toBe(true);
  });
});

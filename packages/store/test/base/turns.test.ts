import { describe, expect, test } from "vitest";
import { createTurns } from "../../src/base/turns.ts";
import { turn } from "../lib/event-loop.ts";

describe("turns", () => {
  test("are so many at once, in the order they were asked for, whatever fails", async () => {
    const turnsOf2 = createTurns(2);
    const [running, done]: [number[], number[]] = [[], []];
    let most = 0;
    const work = (i: number) =>
      turnsOf2.run(async () => {
        running.push(i);
        most = Math.max(most, running.length - done.length);
        await turn();
        done.push(i);
        if (i % 3 === 0) throw new Error("failed");
      });
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => work(i)));
    expect(results.filter(({ status }) => status === "rejected")).toHaveLength(7);
    expect(running).toEqual([...Array(20).keys()]);
    expect([most, turnsOf2.taken()]).toEqual([2, 0]);
  });
});

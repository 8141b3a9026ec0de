import { describe, expect, test } from "vitest";
import { createSemaphore } from "../../src/base/semaphore.ts";
import { turn } from "../lib/event-loop.ts";

describe("a semaphore", () => {
  test("lets so many in at once, in the order they asked, whatever fails", async () => {
    const semaphore = createSemaphore(2);
    const [running, done]: [number[], number[]] = [[], []];
    let most = 0;
    const work = (i: number) =>
      semaphore.run(async () => {
        running.push(i);
        most = Math.max(most, running.length - done.length);
        await turn();
        done.push(i);
        if (i % 3 === 0) throw new Error("failed");
      });
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => work(i)));
    expect(results.filter(({ status }) => status === "rejected")).toHaveLength(7);
    expect(running).toEqual([...Array(20).keys()]);
    expect([most, semaphore.held()]).toEqual([2, 0]);
  });
});

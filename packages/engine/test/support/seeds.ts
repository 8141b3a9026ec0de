import { runSeed, smallestReplay } from "@pli/testkit";
import { expect, test } from "vitest";

/**
 * Each seed is a simulated run that must end well; the first that does not is told by its smallest
 * replay.
 */
export function simulate(from: number, count: number): void {
  test(`seeds ${from} to ${from + count - 1} end with every honest member alike`, { timeout: 300_000 }, async () => {
    const failure: string[] = [];
    for (let seed = from; seed < from + count && failure.length === 0; seed++) {
      const { problems } = await runSeed(seed);
      if (problems.length > 0) failure.push(...(await smallestReplay(seed)));
    }
    expect(failure.join("\n")).toBe("");
  });
}

import { runSeed, smallestReplay } from "@pli/testkit";
import { dial } from "@pli/testkit/dials";
import { expect, test } from "vitest";

/** Enough of them that one test takes seconds. */
const AT_ONCE = 4;

/**
 * Each seed is a simulated run that must end well; the first that does not is shown by its smallest
 * replay.
 */
for (let from = 1; from <= dial("SIMULATED_SEEDS"); from += AT_ONCE) {
  const to = Math.min(from + AT_ONCE - 1, dial("SIMULATED_SEEDS"));
  test(`seeds ${from} to ${to} end with every honest member alike`, async () => {
    const failure: string[] = [];
    for (let seed = from; seed <= to && failure.length === 0; seed++) {
      const { problems } = await runSeed(seed);
      if (problems.length > 0) failure.push(...(await smallestReplay(seed)));
    }
    expect(failure.join("\n")).toBe("");
  });
}

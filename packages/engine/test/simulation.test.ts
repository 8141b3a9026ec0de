import { replay, runSeed } from "@pli/testkit";
import { expect, test } from "vitest";

test("one seed is one run: every frame and every step the same, at the same time", async () => {
  const [first, second] = [await replay(20, {}), await replay(20, {})];
  expect(first.lines.length).toBeGreaterThan(100);
  expect(second.lines).toEqual(first.lines);
  expect(second.hash).toBe(first.hash);
  expect((await replay(8, {})).hash).not.toBe(first.hash);
});

/** With this seed somebody breaks a rule soon: the search begins there. */
const BREAKS_A_RULE = 17;

test("a device that skips the check of the rules is caught within 50 seeds", async () => {
  for (let seed = BREAKS_A_RULE; seed < BREAKS_A_RULE + 50; seed++) {
    const { problems } = await runSeed(seed, { breakRules: true, only: [] });
    const isCaught = problems.some((problem) => problem.includes("differs"));
    if (isCaught) return;
  }
  expect.fail("nobody noticed");
});

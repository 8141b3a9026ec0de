import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { DIALS, dialsFrom, type Dial } from "@pli/testkit/dials";

const NAMES = Object.keys(DIALS) as Dial[];

test("without a tier the full one is in force", () => {
  const dials = dialsFrom({});
  for (const name of NAMES) expect(dials[name]).toBe(DIALS[name].full);
});

test.each(["quick", "full", "soak"] as const)("the tier %s turns every dial to its column", (tier) => {
  const dials = dialsFrom({ PLI_TIER: tier });
  for (const name of NAMES) expect(dials[name]).toBe(DIALS[name][tier]);
});

test("a tier asks for no less than the one before it, and each has something to do", () => {
  for (const name of NAMES) {
    const { quick, full, soak } = DIALS[name];
    expect(quick).toBeLessThanOrEqual(full);
    expect(full).toBeLessThan(soak);
  }
});

test("one dial is turned alone", () => {
  const dials = dialsFrom({ PLI_TIER: "quick", PLI_DIAL_CLIENT_KILLS: "200" });
  expect(dials).toEqual({ ...dialsFrom({ PLI_TIER: "quick" }), CLIENT_KILLS: 200 });
});

test.each([
  [{ PLI_TIER: "fast" }, /PLI_TIER is none of quick, full, soak: fast/],
  [{ PLI_DIAL_KILLZ: "2" }, /PLI_DIAL_KILLZ is none of/],
  [{ PLI_DIAL_CLIENT_KILLS: "many" }, /PLI_DIAL_CLIENT_KILLS is no count: many/],
  [{ PLI_DIAL_CLIENT_KILLS: "-1" }, /is no count/],
  [{ PLI_DIAL_CLIENT_KILLS: "" }, /is no count/],
])("%o is refused by name", (env, why) => {
  expect(() => dialsFrom(env)).toThrow(why);
});

test("a seed draws the same numbers in every run, and without one each run has another", () => {
  const run = (env: object): string => {
    const script =
      "const { randomFrom, seedOfRun } = await import('@pli/testkit/dials'); const next = randomFrom(seedOfRun); console.log(seedOfRun, next(), next());";
    return execFileSync(process.execPath, ["-e", script], {
      cwd: import.meta.dirname,
      encoding: "utf8",
      env: { ...process.env, ...env },
    });
  };
  expect(run({ PLI_SEED: "7" })).toBe(run({ PLI_SEED: "7" }));
  expect(run({ PLI_SEED: undefined })).not.toBe(run({ PLI_SEED: undefined }));
});

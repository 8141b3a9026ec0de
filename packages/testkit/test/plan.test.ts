import { expect, test } from "vitest";
import { EXTRAS } from "../src/index.ts";
import { devicePlanFrom } from "../src/simulation/device-plan.ts";
import { planFrom, wordsOf } from "../src/simulation/plan.ts";
import type { Cast, Plan } from "../src/simulation/steps.ts";

const CAST: Cast = { people: 6, areContacts: (a, b) => a !== b && a + b !== 5 };
const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);
const NAMES = ["Ada", "Ben", "Cleo", "Dan", "Eve", "Finn"];

const usual = (seed: number): Plan => planFrom(seed, CAST, { only: [] });
const extras = (seed: number): Plan["steps"] => {
  const ids = new Set(usual(seed).steps.map(({ id }) => id));
  return planFrom(seed, CAST).steps.filter(({ id }) => !ids.has(id));
};

test("a seed's usual steps are what they were before there were extras, in any choice of these", () => {
  expect(
    usual(7)
      .steps.slice(0, 4)
      .map((step) => wordsOf(step, NAMES)),
  ).toMatchInlineSnapshot(`
    [
      "#0 0.000s found who=Eve group=0 whom=[Finn Ada Dan Cleo]",
      "#1 5.000s remove who=Eve group=0 whom=[Finn]",
      "#2 5.000s remove who=Eve group=0 whom=[Cleo]",
      "#3 5.236s say who=Eve group=0 length=43916",
    ]
  `);
  for (const seed of SEEDS.slice(0, 50)) {
    const { steps } = usual(seed);
    for (const only of [undefined, EXTRAS, ["exclude"], ["store wiped", "flood"]]) {
      const all = planFrom(seed, CAST, only === undefined ? {} : { only }).steps;
      expect(all.filter(({ id }) => id < steps.length)).toEqual(steps);
    }
  }
});

test("steps come in the order of their times, each with a number of its own", () => {
  for (const seed of SEEDS) {
    const { steps } = planFrom(seed, CAST);
    expect(steps.map(({ at }) => at)).toEqual(steps.map(({ at }) => at).toSorted((a, b) => a - b));
    expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
  }
});

test("in most runs the store keeps its word; where it loses something after a back-up, that was made before", () => {
  const losing = SEEDS.map(extras).filter((steps) => steps.some(({ do: what }) => what.startsWith("store ")));
  expect(losing.length).toBeGreaterThan(30);
  expect(losing.length).toBeLessThan(100);
  for (const steps of losing) {
    const losses = steps.map(({ do: what }) => what).filter((what) => what.startsWith("store "));
    expect(["store wiped", "store backed up, store restored", "store backed up, store rolled back"]).toContain(
      losses.join(", "),
    );
  }
});

test("every extra happens in some run, and only those chosen where some are", () => {
  const names = new Set(SEEDS.flatMap((seed) => extras(seed).map(({ do: what }) => what)));
  const usuals: Readonly<Record<string, string>> = { promote: "role", "device restored": "restore" };
  for (const name of EXTRAS) expect(names).toContain(usuals[name] ?? name);
  for (const seed of SEEDS.slice(0, 100)) {
    const { steps } = planFrom(seed, CAST, { only: ["flood"] });
    const chosen = steps.filter(({ id }) => id >= usual(seed).steps.length);
    for (const { do: what } of chosen) expect(what).toBe("flood");
  }
});

test("only hostile members do what nobody honest does, and to others than themselves", () => {
  for (const seed of SEEDS) {
    const { hostile } = planFrom(seed, CAST);
    const others = /^(role|restore|back up|store .*)$/;
    const assaults = extras(seed).filter(({ do: what }) => !others.test(what));
    const authors = assaults.flatMap((step) => ("who" in step ? [step.who] : []));
    const victims = assaults.flatMap((step) => ("whom" in step ? step.whom : []));
    expect(authors.filter((who) => !hostile.includes(who))).toEqual([]);
    expect(victims.filter((who) => hostile.includes(who))).toEqual([]);
  }
});

test("plans with several devices are drawn apart: in order, from one group on, with every act in some of them", () => {
  const kinds = new Set<string>();
  for (const seed of SEEDS) {
    const { steps, hostile } = devicePlanFrom(seed, CAST);
    for (const step of steps) kinds.add(step.do);
    expect(steps.map(({ at }) => at)).toEqual(steps.map(({ at }) => at).toSorted((a, b) => a - b));
    expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
    expect([steps[0]?.do, hostile]).toEqual(["found", []]);
    expect(devicePlanFrom(seed, CAST).steps).toEqual(steps);
  }
  for (const kind of ["link", "remove device", "theft", "lose all", "confirm words", "choose"])
    expect(kinds).toContain(kind);
  for (const kind of ["back up", "restore", "forge"]) expect(kinds).not.toContain(kind);
});

/**
 * The models of pairing, lists of devices and succession: with all guards nothing breaks, and
 * without any one of them the attack is found that its comment names. docs/models.md.
 */
import { dial } from "@pli/testkit/dials";
import { expect, test } from "vitest";
import { readModel, search, type Model } from "./lib/spin.ts";

const MODELS = (["pairing", "devices", "succession"] as const).map(readModel);
const CONTACTS = String(dial("MODEL_CONTACTS"));
/** For the shortest attacks. */
const FEW = { CONTACTS: "1" };

const named = MODELS.map((model) => [model.name, model] as const);
const guards = MODELS.flatMap((model) => model.guards.map((guard) => [model.name, guard.name, guard] as const));

/** The first step of the attack that the trail does not have after those before it. */
function missingFrom(trail: readonly string[], attack: readonly string[]): string | undefined {
  let from = 0;
  return attack.find((step) => {
    const at = trail.findIndex((line, index) => index >= from && line.includes(step));
    from = at + 1;
    return at === -1;
  });
}

test.each(named)("of %s, every switch is a guard with its attack, or says that it is none", (_name, model: Model) => {
  const known = new Set([...model.guards.map(({ name }) => name), model.goodEnd, "CONTACTS"]);
  expect(model.guards.length).toBeGreaterThan(6);
  expect(model.switches.filter((name) => !known.has(name))).toEqual([]);
  expect(model.switches).toContain(model.goodEnd);
});

test.each(named)(
  "of %s, the search with all guards is whole and finds nothing",
  (name) => {
    const found = search(name, { CONTACTS }, { shortest: false });
    expect(found).toMatchObject({ isWhole: true, errors: 0, trail: [] });
    expect(found.states).toBeGreaterThan(1000);
  },
  1_800_000,
);

test.each(named)("of %s, honest people reach a good end", (name, { goodEnd }) => {
  const found = search(name, { ...FEW, [goodEnd]: "true" }, { shortest: true });
  expect(found.errors).toBe(1);
  expect(found.trail.at(-1)).toMatch(/^broken: (?:honest_end|agreed|done)$/u);
});

test.each(guards)("of %s, without %s the attack is found that its comment names", (name, guard, { attack }) => {
  const found = search(name, { ...FEW, [guard]: "false" }, { shortest: true });
  expect(found.errors).toBe(1);
  expect({ missing: missingFrom(found.trail, attack), trail: found.trail }).toMatchObject({ missing: undefined });
  expect(found.trail.at(-1)).toBe(attack.at(-1));
});

import type { EngineOptions } from "@pli/engine";
import { createWorld, pair, type Person, type World } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import {
  agreed,
  changesIn,
  contactId,
  counters,
  foundGroup,
  groupOf,
  heard,
  memberId,
  mustBeIn,
  namesIn,
  write,
} from "./support/groups.ts";
import { twoFaced, type TwoFaced } from "./support/two-faced.ts";

interface Circles {
  readonly world: World;
  readonly store: TwoFaced;
  /**
   * Alice (owner) and Bertrand on one side of the store, Chloé (admin) and Denis on the other,
   * others with Alice.
   */
  readonly people: Person[];
}

/** All in one group, at peace. */
async function circles(
  p: { more?: string[]; options?: Partial<EngineOptions>; strangers?: boolean } = {},
): Promise<Circles> {
  const world = createWorld();
  const store = twoFaced(world);
  const people: Person[] = [];
  for (const name of ["Alice", "Bertrand", "Chloé", "Denis", ...(p.more ?? [])]) {
    const isOther = name === "Chloé" || name === "Denis";
    const person = await world.person(name, p.options, isOther ? { store: store.other } : {});
    const known = p.strangers === true ? people.filter((other) => knows(name, other.name)) : people;
    for (const other of known) await pair(world, other, person);
    people.push(person);
  }
  const [alice, bertrand, chloe, , ...others] = people as [Person, Person, Person, Person, ...Person[]];
  await foundGroup(world, [alice, bertrand, chloe, ...others], "Enquête");
  await alice.engine.setRole({
    conversation: (await mustBeIn(alice)).id,
    member: await memberId(alice, "Chloé"),
    role: "admin",
  });
  await agreed(world, [alice, bertrand, chloe, ...others]);
  await chloe.engine.addToGroup({
    conversation: (await mustBeIn(chloe)).id,
    contacts: [await contactId(chloe, "Denis")],
  });
  await agreed(world, people);
  await world.clock.advance(300_000);
  return { world, store, people };
}

/** Strangers: everybody knows Alice, but Denis, whom only Chloé knows. */
const knows = (name: string, other: string): boolean => (name === "Denis" ? other === "Chloé" : other === "Alice");

/** The change of each circle is in effect for everybody. */
function bothMade(world: World, people: readonly Person[], patience?: number): Promise<unknown> {
  return world.until(
    async () => {
      const groups = await Promise.all(people.map(groupOf));
      return groups.every((group) => group?.name === "Une" && group.description === "deux");
    },
    "both changes",
    patience,
  );
}

describe("a store that shows two circles different commits", () => {
  test("is noticed and overcome: one group again, every message everywhere once, both changes made", async () => {
    const { world, store, people } = await circles();
    const [alice, bertrand, chloe, denis] = people as [Person, Person, Person, Person];
    store.split();
    await alice.engine.changeGroup({ conversation: (await mustBeIn(alice)).id, name: "Une" });
    await chloe.engine.changeGroup({ conversation: (await mustBeIn(chloe)).id, description: "deux" });
    await world.until(async () => (await groupOf(bertrand))?.name === "Une", "one story");
    await world.until(async () => (await groupOf(denis))?.description === "deux", "the other");
    expect((await groupOf(denis))?.name).toBe("Enquête");
    await write(bertrand, "du premier cercle");
    await write(denis, "du second");
    await world.clock.advance(5_000);
    store.meet();
    await heard(world, people, ["du premier cercle", "du second"]);
    await bothMade(world, people);
    await agreed(world, people);
    const repaired = await Promise.all(
      people.map(async (person) => (await changesIn(person)).filter(({ what }) => what === "forkRepaired").length),
    );
    expect([
      [1, 1, 0, 0],
      [0, 0, 1, 1],
    ]).toContainEqual(repaired);
    for (const person of people) expect((await counters(person)).forks).toBe(1);
    await write(alice, "ensemble");
    await heard(world, people, ["ensemble"]);
  });

  test("does not undo a removal, whichever history stays", async () => {
    const { world, store, people } = await circles({ more: ["Eve"] });
    const [alice, , chloe, , eve] = people as [Person, Person, Person, Person, Person];
    store.split();
    await alice.engine.removeFromGroup({
      conversation: (await mustBeIn(alice)).id,
      members: [await memberId(alice, "Eve")],
    });
    await chloe.engine.changeGroup({ conversation: (await mustBeIn(chloe)).id, description: "deux" });
    await world.until(async () => !namesIn(await groupOf(alice)).includes("Eve"), "Eve out of one");
    store.meet();
    await agreed(world, people.slice(0, 4));
    await world.until(async () => (await groupOf(eve))?.state === "left", "Eve out");
  });

  test("is overcome from one contact to the next when most do not know each other", async () => {
    const { world, store, people } = await circles({ strangers: true });
    const [alice, bertrand, chloe, denis] = people as [Person, Person, Person, Person];
    store.split();
    await alice.engine.changeGroup({ conversation: (await mustBeIn(alice)).id, name: "Une" });
    await chloe.engine.changeGroup({ conversation: (await mustBeIn(chloe)).id, description: "deux" });
    await write(bertrand, "du premier cercle");
    await write(denis, "du second");
    await world.clock.advance(5_000);
    store.meet();
    await bothMade(world, people, 3_600_000);
    await heard(world, people, ["du premier cercle", "du second"]);
    await agreed(world, people);
  });

  test("is noticed at once by whoever sees both, also after a restart", async () => {
    const never = [86_400_000, 86_400_000] as const;
    const { world, store, people } = await circles({ options: { groupStateDelay: never } });
    const [alice, bertrand, chloe] = people as [Person, Person, Person];
    store.split();
    await alice.engine.changeGroup({ conversation: (await mustBeIn(alice)).id, name: "Une" });
    await chloe.engine.changeGroup({ conversation: (await mustBeIn(chloe)).id, description: "deux" });
    await world.until(async () => (await groupOf(bertrand))?.name === "Une", "one story");
    await world.until(async () => (await groupOf(chloe))?.description === "deux", "the other");
    for (const person of people) await person.restart();
    store.meet(true);
    await bothMade(world, people);
    await agreed(world, people);
    for (const person of people) expect((await counters(person)).forks).toBe(1);
  });
});

import { describe, expect, test } from "vitest";
import { changesIn, contactId, groupOf, memberId, mustBeIn, textsIn, write } from "./support/groups.ts";
import type { Bend } from "@pli/testkit";
import { becomes, choir, HOUR, idOf, isNamed, lapsesOf, oneView, sharedIn, SOON, strike } from "./support/one-view.ts";
import type { Choir } from "./support/one-view.ts";

interface Blow {
  readonly title: string;
  readonly how: Bend;
  readonly as: "reader" | "member" | "admin";
  readonly size: 3 | 4 | 5 | 6;
  readonly against: string;
  /** What the victim is made first. */
  readonly reader?: boolean;
  /** Noise under the victim's other ways on. */
  readonly noise?: boolean;
}

/** The next change of Mallory's device is sealed to everybody but these. */
async function prepare({ hostile, person }: Choir, how: Bend, names: readonly string[]): Promise<void> {
  hostile.bend = { how, victims: await Promise.all(names.map((name) => idOf(person(name)))) };
}

/**
 * Carol waits for Erin, who is away and whom nobody else knows, and for Bob; Alice for Bob alone.
 */
function knowsFew(one: string, other: string): boolean {
  const two = [one, other].toSorted().join(" and ");
  return two.includes("Mallory") || ["Alice and Bob", "Bob and Carol", "Carol and Erin"].includes(two);
}

/**
 * No honest device but those of the victims makes more commits than somebody has to be brought
 * back.
 */
function commitsSince(all: Choir, before: Map<string, number>, victims: readonly string[]): string[] {
  // Alice's own change, which `oneView` asks for.
  const made = (name: string): number => (all.commits().get(name) ?? 0) - (name === "Alice" ? 1 : 0);
  const others = [...before].filter(([name]) => !victims.includes(name));
  return others.flatMap(([name, count]) => (made(name) - count > victims.length ? [name] : []));
}

describe("a change that all but one can follow", () => {
  test.each<Blow>([
    { title: "a member among three", how: "garbage", as: "member", size: 3, against: "Bob" },
    { title: "a reader among five", how: "garbage", as: "reader", size: 5, against: "Carol" },
    { title: "a member against the only owner", how: "another secret", as: "member", size: 4, against: "Alice" },
    { title: "an admin against the only owner", how: "garbage", as: "admin", size: 3, against: "Alice" },
    { title: "a reader against a reader", how: "another secret", as: "reader", size: 4, against: "Bob", reader: true },
    { title: "a member against two at once", how: "garbage", as: "member", size: 6, against: "Bob and Carol" },
    { title: "a member who adds noise", how: "garbage", as: "member", size: 5, against: "Bob", noise: true },
    { title: "a reader who adds noise", how: "another secret", as: "reader", size: 4, against: "Alice", noise: true },
  ])("keeps nobody out: $how, by $title", async (blow) => {
    const all = await choir(["Bob", "Carol", "Dave", "Erin"].slice(0, blow.size - 2));
    const { world, hostile, mallory, honest, person } = all;
    const victims = blow.against.split(" and ");
    if (blow.as !== "member") await becomes(all, "Mallory", blow.as);
    if (blow.reader === true) for (const name of victims) await becomes(all, name, "reader");
    const others = honest.filter(({ name }) => !victims.includes(name));
    const revokedSenders = await Promise.all(others.map(lapsesOf));
    const before = all.commits();
    await prepare(all, blow.how, victims);
    await strike(all);
    if (blow.noise === true) {
      hostile.jam(world.store, 1);
      for (const name of victims) hostile.spoil(world.store, await idOf(person(name)), 10, 1);
    }
    for (const other of others) await write(other, `${other.name}, meanwhile`);
    const said = others.map(({ name }) => `${name}, meanwhile`);
    await oneView(world, honest, [mallory, ...honest], said);
    expect(revokedSenders.flat()).toEqual([]);
    expect(commitsSince(all, before, victims)).toEqual([]);
    for (const name of victims) expect(await isNamed(person(name), mallory)).toBe(true);
  });

  test.each(["refuses", "withholds the welcome", "says nothing"])(
    "keeps nobody out whom its author and one other know: its author %s",
    async (does) => {
      const all = await choir(["Carol", "Dave", "Bob"], {
        knows: (one, other) => other !== "Bob" || one === "Carol" || one === "Mallory",
      });
      const { world, hostile, mallory, honest } = all;
      await prepare(all, "garbage", ["Bob"]);
      await strike(all);
      hostile.helps = does === "withholds the welcome";
      hostile.invites = () => undefined;
      const refused = { name: "group-rejoin-refused", conversation: sharedIn(all) } as const;
      if (does === "refuses") hostile.asked = () => void all.tell(mallory, "Bob", refused);
      await oneView(world, honest, [mallory, ...honest]);
    },
  );

  test("keeps nobody out who was off line when it came, and while others changed more", async () => {
    const all = await choir(["Bob", "Carol"]);
    const { world, mallory, honest, person } = all;
    const bob = person("Bob");
    await prepare(all, "garbage", ["Bob"]);
    await bob.engine.close();
    await strike(all);
    for (const other of honest.filter((one) => one !== bob)) {
      await other.engine.renewGroupKeys({ conversation: (await mustBeIn(other)).id });
      await world.clock.advance(5_000);
    }
    await write(person("Carol"), "while Bob was away");
    await world.clock.advance(HOUR);
    await bob.start(bob.disk);
    await oneView(world, honest, [mallory, ...honest], ["while Bob was away"]);
    expect(await isNamed(bob, mallory)).toBe(true);
  });

  test("keeps nobody out when all but one cannot", async () => {
    const all = await choir(["Bob", "Carol", "Dave"]);
    const { world, mallory, honest } = all;
    await prepare(all, "garbage", ["Alice", "Bob", "Carol"]);
    await strike(all);
    await oneView(world, honest, [mallory, ...honest]);
  });

  test("loses nothing for who resumes after the others, when nobody can", async () => {
    const all = await choir(["Bob", "Carol"]);
    const { world, alice, mallory, honest, person } = all;
    const carol = person("Carol");
    await prepare(all, "garbage", ["Alice", "Bob", "Carol"]);
    await strike(all);
    await world.until(async () => (await groupOf(carol))?.state === "rejoining", "Carol asks");
    await alice.engine.renewGroupKeys({ conversation: (await mustBeIn(alice)).id });
    await write(person("Bob"), "before Carol had resumed");
    await world.until(async () => (await groupOf(carol))?.state === "ready", "Carol has resumed");
    const hasHeard = async (): Promise<boolean> => (await textsIn(carol)).includes("before Carol had resumed");
    await world.until(hasHeard, "Carol has heard it, before anybody says it again", 2_000);
    await oneView(world, honest, [mallory, ...honest]);
  });

  test("keeps nobody out who passed it over while the only one beside them was brought on", async () => {
    const all = await choir(["Bob", "Carol"], { knows: (...two) => !(two.includes("Alice") && two.includes("Carol")) });
    const { world, hostile, alice, mallory, honest, person } = all;
    const [bob, carol] = [person("Bob"), person("Carol")];
    hostile.helps = false;
    await prepare(all, "garbage", ["Bob", "Carol"]);
    await alice.engine.close();
    await strike(all);
    await world.until(async () => (await groupOf(carol))?.state === "rejoining", "Carol asks");
    await world.clock.advance(4_000);
    await alice.start(alice.disk);
    await world.until(async () => (await groupOf(bob))?.state === "ready", "Alice brings Bob back", SOON);
    expect((await groupOf(carol))?.state).toBe("rejoining");
    // Before he can tell Carol: all that she has heard is that he could not go on either.
    await bob.engine.close();
    await world.until(async () => (await groupOf(carol))?.state === "ready", "Carol goes on", SOON);
    await write(carol, "alone");
    await world.clock.advance(20_000);
    await bob.start(bob.disk);
    await oneView(world, honest, [mallory, ...honest], ["alone"]);
  });

  test("and that removes somebody counts: they are out, and who could not follow comes back", async () => {
    const all = await choir(["Bob", "Carol", "Dave"]);
    const { world, alice, mallory, honest, person } = all;
    await becomes(all, "Mallory", "admin");
    await prepare(all, "garbage", ["Carol"]);
    const members = [await contactId(alice, "Bob")];
    await strike(all, (conversation) => mallory.engine.removeFromGroup({ conversation, members }));
    const stay = honest.filter(({ name }) => name !== "Bob");
    await oneView(world, stay, [mallory, ...stay]);
    await world.until(async () => (await groupOf(person("Bob")))?.state === "left", "Bob knows", SOON);
  });
});

describe("a change that nobody can follow", () => {
  test.each<[Bend, "new keys" | "a removal"]>([
    ["garbage", "a removal"],
    ["another secret", "a removal"],
    ["wrong tag", "a removal"],
    ["garbage", "new keys"],
  ])("is no change: %s, in %s", async (how, what) => {
    const all = await choir(["Bob", "Carol"]);
    const { world, hostile, mallory, honest } = all;
    await becomes(all, "Mallory", "admin");
    const revokedSenders = await Promise.all(honest.map(lapsesOf));
    hostile.bend = { how, victims: "everybody" };
    const members = [await memberId(mallory, "Bob")];
    await strike(all, (conversation) =>
      what === "new keys"
        ? mallory.engine.renewGroupKeys({ conversation })
        : mallory.engine.removeFromGroup({ conversation, members }),
    );
    const others = honest.filter(({ name }) => name !== "Bob");
    for (const other of others) await write(other, `${other.name}, meanwhile`);
    const said = others.map(({ name }) => `${name}, meanwhile`);
    await oneView(world, honest, [mallory, ...honest], said);
    expect(revokedSenders.flat().filter((state) => state === "left")).toEqual([]);
    for (const one of honest) {
      expect((await changesIn(one)).map((change) => change.what)).not.toContain("removed");
      // No signature covers the tag: somebody else may have spoilt it.
      expect(how === "wrong tag" || (await isNamed(one, mallory))).toBe(true);
    }
  });

  test("sends what waited meanwhile into the epoch that the others have come to", async () => {
    const all = await choir(["Bob", "Carol", "Erin"], { knows: knowsFew });
    const { world, hostile, alice, mallory, honest, person } = all;
    const [bob, carol, erin] = [person("Bob"), person("Carol"), person("Erin")];
    hostile.bend = { how: "garbage", victims: "everybody" };
    await erin.engine.close();
    await strike(all);
    await mallory.engine.close();
    await write(carol, "in the newest epoch");
    const { id } = await mustBeIn(alice);
    for (const name of ["Two", "Three", "Four", "Five", "Six"]) {
      await alice.engine.changeGroup({ conversation: id, name });
      await world.until(async () => (await groupOf(alice))?.pending.length === 0, name, SOON);
      await bob.engine.close();
    }
    expect((await groupOf(carol))?.state).toBe("rejoining");
    await world.until(async () => (await groupOf(carol))?.name === "Six", "Carol follows", SOON);
    for (const one of [bob, erin, mallory]) await one.start(one.disk);
    await oneView(world, honest, [mallory, ...honest], ["in the newest epoch"]);
  });
});

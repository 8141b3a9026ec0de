import { createCrypto } from "@pli/protocol/crypto";
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
  textsIn,
  write,
} from "./support/groups.ts";
import { createJammer, type Jammer } from "./support/jammer.ts";

interface Cast {
  readonly world: World;
  readonly alice: Person;
  readonly bertrand: Person;
  readonly chloe: Person;
  readonly denis: Person;
  readonly eve: Person;
  readonly jammer: Jammer;
  /** All but Eve. */
  readonly honest: Person[];
}

/** Alice owns a group of Bertrand (admin), Chloé, Eve, and Denis, whom only Bertrand knows. */
async function cast(): Promise<Cast> {
  const world = createWorld();
  const jammer = createJammer(await createCrypto());
  const alice = await world.person("Alice");
  const bertrand = await world.person("Bertrand");
  const chloe = await world.person("Chloé");
  const denis = await world.person("Denis");
  const eve = await world.person("Eve", {}, { groups: jammer.groups });
  for (const other of [bertrand, chloe, eve]) await pair(world, alice, other);
  await pair(world, bertrand, denis);
  await world.clock.advance(30_000);
  await foundGroup(world, [alice, bertrand, chloe, eve], "Enquête");
  await promote(alice, "Bertrand", "admin");
  await agreed(world, [alice, bertrand, chloe, eve]);
  await bertrand.engine.addToGroup({
    conversation: (await mustBeIn(bertrand)).id,
    contacts: [await contactId(bertrand, "Denis")],
  });
  await agreed(world, [alice, bertrand, chloe, denis, eve]);
  return { world, alice, bertrand, chloe, denis, eve, jammer, honest: [alice, bertrand, chloe, denis] };
}

async function promote(by: Person, name: string, role: "owner" | "admin"): Promise<void> {
  const conversation = (await mustBeIn(by)).id;
  await by.engine.setRole({ conversation, member: await memberId(by, name), role });
}

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: { code: string }) => error.code,
  );
}

const stateOf = async (person: Person): Promise<string | undefined> =>
  (await person.read("conversations", {})).find(({ kind }) => kind === "group")?.state;

/** The group has moved on without Eve, can be changed again, and she opens nothing of it. */
async function goesOn({ world, honest, alice, chloe, eve }: Cast): Promise<void> {
  await agreed(world, honest);
  await alice.engine.changeGroup({ conversation: (await mustBeIn(alice)).id, name: "Encore" });
  await world.until(async () => {
    const groups = await Promise.all(honest.map(groupOf));
    return groups.every((group) => group?.name === "Encore" && group.blocked === undefined);
  }, "the change");
  const before = (await counters(eve)).cellsOpened;
  await write(chloe, "sans Eve");
  await heard(world, honest, ["sans Eve"]);
  await world.clock.advance(60_000);
  expect(await textsIn(eve)).not.toContain("sans Eve");
  expect((await counters(eve)).cellsOpened - before).toBeLessThanOrEqual(1);
  for (const person of honest) {
    const lines = (await changesIn(person)).filter(({ what }) => what === "refounded");
    expect(lines).toMatchObject([{ what: "refounded", without: [{ name: "Eve" }] }]);
    expect((await counters(person)).refoundings).toBe(1);
  }
}

describe("a member who blocks every change of a group", () => {
  test("is left out when they signed what they did: the owner founds it again, nobody presses anything", async () => {
    const all = await cast();
    const { world, alice, bertrand, chloe, denis, eve, jammer, honest } = all;
    await write(chloe, "avant");
    await jammer.jam(world.store, "signed");
    await write(denis, "pendant");
    await goesOn(all);
    await heard(world, honest, ["avant", "pendant"]);
    expect((await groupOf(bertrand))?.role).toBe("admin");
    expect((await groupOf(alice))?.role).toBe("owner");
    await world.until(async () => (await groupOf(eve))?.state === "left", "Eve is told that she is out");
  });

  test("is left out of a group whose people want to be asked: of what they are in nobody asks", async () => {
    const all = await cast();
    const { world, jammer, honest } = all;
    for (const person of honest) await person.engine.changeSettings({ askBeforeGroups: true });
    await world.clock.advance(60_000);
    await jammer.jam(world.store, "signed");
    await goesOn(all);
    for (const person of honest) expect(await person.read("groupQuestions", {})).toEqual([]);
  });

  test("unknown, is named by an owner; nobody else may", async () => {
    const all = await cast();
    const { world, alice, bertrand, eve, jammer, honest } = all;
    await jammer.jam(world.store, "noise");
    await world.until(
      async () => (await Promise.all(honest.map(groupOf))).every((group) => group?.blocked !== undefined),
      "everybody sees it",
    );
    await world.clock.advance(120_000);
    expect((await groupOf(alice))?.blocked).toEqual({ suspects: [], mayFound: true });
    expect((await groupOf(bertrand))?.blocked).toEqual({ suspects: [], mayFound: false });
    const [conversation, without] = [(await mustBeIn(alice)).id, [await memberId(alice, "Eve")]];
    const byAdmin = { conversation: (await mustBeIn(bertrand)).id, without };
    expect(await codeOf(bertrand.engine.foundSuccessorGroup(byAdmin))).toBe("not_allowed");
    const self = [await memberId(alice, "Alice")];
    expect(await codeOf(alice.engine.foundSuccessorGroup({ conversation, without: self }))).toBe("not_allowed");
    expect(await codeOf(alice.engine.foundSuccessorGroup({ conversation, without: ["00"] }))).toBe("member_unknown");
    const { change } = await alice.engine.foundSuccessorGroup({ conversation, without });
    expect((await groupOf(alice))?.pending).toMatchObject([{ id: change, operation: { kind: "successorGroup" } }]);
    await goesOn(all);
    expect(await codeOf(alice.engine.foundSuccessorGroup({ conversation, without: [] }))).toBe("not_allowed");
    expect((await groupOf(eve))?.blocked).toEqual({ suspects: [], mayFound: false });
    // Alice has told her, and she is not left waiting in a group that nobody reads.
    const left = await world.until(async () => (await stateOf(eve)) === "left" && mustBeIn(eve), "Eve learns it");
    expect(await codeOf(eve.engine.sendText({ conversation: left.id, text: "seule" }))).toBe("not_in_group");
    for (const person of honest) expect(await textsIn(person)).not.toContain("seule");
  });

  test("does not keep out who was away: they come over when they are back", async () => {
    const all = await cast();
    const { world, denis, chloe, honest, jammer } = all;
    await denis.engine.close();
    await jammer.jam(world.store, "signed");
    const here = honest.filter((person) => person !== denis);
    await agreed(world, here);
    await write(chloe, "en l'absence de Denis");
    await heard(world, here, ["en l'absence de Denis"]);
    await world.clock.advance(3 * 86_400_000);
    await denis.start(denis.disk);
    await goesOn(all);
    await write(denis, "me revoilà");
    await heard(world, honest, ["me revoilà"]);
  });

  test("is left out once when two owners found the group again at the same moment", async () => {
    const all = await cast();
    const { world, alice, bertrand, honest, jammer } = all;
    await promote(alice, "Bertrand", "owner");
    await world.until(async () => {
      const groups = await Promise.all([...honest, all.eve].map(groupOf));
      return groups.every((group) => group?.members.filter(({ role }) => role === "owner").length === 2);
    }, "two owners");
    await jammer.jam(world.store, "noise");
    await world.until(
      async () => (await Promise.all(honest.map(groupOf))).every((group) => group?.blocked !== undefined),
      "everybody sees it",
    );
    for (const owner of [alice, bertrand]) {
      const conversation = (await mustBeIn(owner)).id;
      await owner.engine.foundSuccessorGroup({ conversation, without: [await memberId(owner, "Eve")] });
    }
    await agreed(world, honest);
    await write(alice, "une seule fois");
    await heard(world, honest, ["une seule fois"]);
  });

  test("is left out also when the owner's device stops after each step", async () => {
    const all = await cast();
    const { world, alice, jammer } = all;
    const steps: (() => Promise<unknown>)[] = [
      async () => (await groupOf(alice))?.blocked,
      async () => (await groupOf(alice))?.pending.some(({ operation }) => operation.kind === "successorGroup"),
      async () => (await counters(alice)).refoundings === 1,
      async () => ((await groupOf(alice))?.members.length ?? 0) > 1,
    ];
    await jammer.jam(world.store, "signed");
    for (const step of steps) {
      await world.until(async () => Boolean(await step()), "the next step");
      await alice.restart();
    }
    await goesOn(all);
  });
});

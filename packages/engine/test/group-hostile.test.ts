import { createCrypto, fromHex } from "@pli/protocol/crypto";
import { consentToAdd, consentToRejoin, type GroupControl } from "@pli/protocol/group";
import { copyDisk, createWorld, openTestDatabase, pair, type Person, type World } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { rowsOf } from "./support/friends.ts";
import {
  agreed,
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

import { createPuppet, invitationToNothing, type Puppet } from "./support/puppet.ts";

interface Cast {
  readonly world: World;
  readonly alice: Person;
  readonly bob: Person;
  readonly mallory: Person;
  readonly puppet: Puppet;
}

/** Alice owns a group with Bob and Mallory, who all know each other; Mallory keeps to no rule. */
async function cast(): Promise<Cast> {
  const world = createWorld();
  const puppet = createPuppet(await createCrypto());
  const alice = await world.person("Alice");
  const bob = await world.person("Bob");
  const mallory = await world.person("Mallory", {}, { groups: puppet.groups });
  await pair(world, alice, bob);
  for (const other of [alice, bob]) await pair(world, other, mallory);
  await world.clock.advance(30_000);
  await foundGroup(world, [alice, bob, mallory], "Choir");
  await world.clock.advance(150_000);
  return { world, alice, bob, mallory, puppet };
}

async function remove(world: World, by: Person, name: string, others: readonly Person[]): Promise<void> {
  const { id } = await mustBeIn(by);
  await by.engine.removeFromGroup({ conversation: id, members: [await memberId(by, name)] });
  await agreed(world, others);
}

async function count(person: Person, sql: string): Promise<number> {
  const [row] = await rowsOf(copyDisk(person.disk), `SELECT count(*) AS n FROM ${sql}`);
  return Number(row?.["n"]);
}

async function rewrite(person: Person, sql: string): Promise<void> {
  await person.engine.close();
  const database = await openTestDatabase(person.disk);
  await database.transaction((open) => open.run(sql));
  await database.close();
  await person.start(person.disk);
}

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0);

async function sharedOf(person: Person): Promise<Uint8Array> {
  const [row] = await rowsOf(copyDisk(person.disk), "SELECT hex(shared) AS id FROM conversations WHERE kind = 'group'");
  return bytes(String(row?.["id"]).toLowerCase());
}

/** Mallory founds a group with Bob that passes for Alice's. */
async function disguise({ world, mallory, puppet }: Cast, conversation: Uint8Array): Promise<void> {
  puppet.disguise = conversation;
  await mallory.engine.createGroup({ name: "Choir", contacts: [await contactId(mallory, "Bob")] });
  await world.clock.advance(60_000);
}

describe("who was put out", () => {
  test.each(["removed", "member"] as const)(
    "cannot lead the others away as the owner that they were: %s",
    async (now) => {
      const { world, alice, bob, mallory, puppet } = await cast();
      const { id } = await mustBeIn(alice);
      const known = await memberId(alice, "Mallory");
      await alice.engine.setRole({ conversation: id, member: known, role: "owner" });
      await world.until(async () => (await groupOf(mallory))?.role === "owner", "an owner");
      await world.until(async () => (await groupOf(bob))?.members.filter(({ role }) => role === "owner").length === 2);
      puppet.deaf = true;
      if (now === "removed") await remove(world, alice, "Mallory", [alice, bob]);
      else await alice.engine.setRole({ conversation: id, member: known, role: now });
      await world.until(async () => (await groupOf(bob))?.members.filter(({ role }) => role === "owner").length === 1);
      await rewrite(mallory, "UPDATE conversations SET blocked = '[]' WHERE kind = 'group'");
      const conversation = (await mustBeIn(mallory)).id;
      await mallory.engine.foundSuccessorGroup({ conversation, without: [await memberId(mallory, "Alice")] });
      await world.clock.advance(120_000);
      expect(await count(bob, "key_packages WHERE used_by LIKE 'successor-call%'")).toBe(0);
      expect((await mustBeIn(bob)).members.map(({ name }) => name)).toContain("Alice");
      await write(alice, "still here");
      await heard(world, [alice, bob], ["still here"]);
    },
  );

  test("is not heard any more, though the epoch they were in is kept for late senders", async () => {
    const { world, alice, bob, mallory, puppet } = await cast();
    await write(mallory, "before");
    await heard(world, [alice, bob], ["before"]);
    puppet.deaf = true;
    await remove(world, alice, "Mallory", [alice, bob]);
    await write(mallory, "after");
    await write(alice, "in peace");
    await heard(world, [alice, bob], ["in peace"]);
    await world.clock.advance(10_000);
    for (const person of [alice, bob]) expect(await textsIn(person)).toEqual(["before", "in peace"]);
  });
});

test("who leads the group no more comes over into the one founded again with the role of now", async () => {
  const { world, alice, bob, mallory, puppet } = await cast();
  const { id } = await mustBeIn(alice);
  const member = await memberId(alice, "Mallory");
  const becomes = async (role: "admin" | "member"): Promise<void> => {
    await alice.engine.setRole({ conversation: id, member, role });
    await world.until(async () => (await groupOf(bob))?.members.find((one) => one.id === member)?.role === role, role);
  };
  await becomes("admin");
  await world.until(async () => (await groupOf(mallory))?.role === "admin", "Mallory knows");
  puppet.deaf = true;
  await becomes("member");
  await rewrite(alice, "UPDATE conversations SET blocked = '[]' WHERE kind = 'group'");
  await alice.engine.foundSuccessorGroup({ conversation: id, without: [] });
  const keyPackage = await puppet.keyPackage(consentToAdd(bytes(await contactId(bob, "Alice"))));
  await puppet.tell(mallory, undefined, [{ name: "group-package", keyPackage }]);
  await world.until(async () => (await counters(alice)).refoundings === 1, "it is founded again");
  await world.until(async () => (await groupOf(alice))?.members.length === 3, "all are in");
  expect((await mustBeIn(alice)).members.find((one) => one.id === member)?.role).toBe("member");
});

describe("who may not write any more", () => {
  const shown = 8;

  test.each(["made a reader", "in what is an announcement group now"])(
    "%s, is heard with what was on its way, by all alike, and with nothing after it",
    async (how) => {
      const { world, alice, bob, mallory, puppet } = await cast();
      await write(mallory, "before");
      await heard(world, [alice, bob], ["before"]);
      puppet.deaf = true;
      const { id } = await mustBeIn(alice);
      const member = await memberId(alice, "Mallory");
      if (how === "made a reader") await alice.engine.setRole({ conversation: id, member, role: "reader" });
      else await alice.engine.changeGroup({ conversation: id, whoWrites: "admins" });
      await agreed(world, [alice, bob, mallory]);
      const said = Array.from({ length: 20 }, (_, i) => `past ${i}`);
      for (const text of said.slice(0, 12)) await write(mallory, text);
      await world.clock.advance(10_000);
      await bob.restart();
      for (const text of said.slice(12)) await write(mallory, text);
      await write(alice, "in peace");
      await heard(world, [alice, bob], ["in peace"]);
      await world.clock.advance(10_000);
      for (const person of [alice, bob]) {
        expect(await textsIn(person)).toEqual(["before", ...said.slice(0, shown), "in peace"]);
        expect((await person.read("storage", {})).counters.undecryptable).toBe(said.length - shown);
      }
    },
  );

  test("and may again, is heard whatever epoch they are in", async () => {
    const { world, alice, bob, mallory, puppet } = await cast();
    puppet.deaf = true;
    const { id } = await mustBeIn(alice);
    const member = await memberId(alice, "Mallory");
    for (const role of ["reader", "member"] as const) {
      await alice.engine.setRole({ conversation: id, member, role });
      await world.until(async () => (await groupOf(bob))?.members.find((one) => one.id === member)?.role === role);
    }
    const said = Array.from({ length: 12 }, (_, i) => `late ${i}`);
    for (const text of said) await write(mallory, text);
    await heard(world, [alice, bob], said);
  });
});

describe("an invitation to a group that passes for another", () => {
  test("is not taken up by who waits to come back into the true one", async () => {
    const all = await cast();
    const { world, alice, bob, mallory } = all;
    await remove(world, alice, "Mallory", [alice, bob]);
    await world.until(async () => (await groupOf(mallory))?.state === "left", "out");
    const before = copyDisk(bob.disk);
    await write(bob, "one more");
    await heard(world, [alice], ["one more"]);
    await alice.engine.close();
    await bob.restart(before);
    await world.until(async () => (await groupOf(bob))?.state === "rejoining", "lost");
    await disguise(all, await sharedOf(bob));
    expect(await mustBeIn(bob)).toMatchObject({ state: "rejoining" });
    await alice.start(alice.disk);
    await agreed(world, [alice, bob], 3_600_000);
  });

  test("does not go on where the true one was left", async () => {
    const all = await cast();
    const { world, alice, bob, mallory } = all;
    await remove(world, alice, "Mallory", [alice, bob]);
    await world.until(async () => (await groupOf(mallory))?.state === "left", "out");
    const { id } = await mustBeIn(bob);
    await write(alice, "said in the true one");
    await heard(world, [bob], ["said in the true one"]);
    await bob.engine.leaveGroup({ conversation: id });
    await world.until(async () => (await bob.read("group", { id }))?.state === "left", "left");
    await disguise(all, await sharedOf(bob));
    expect(await bob.read("group", { id })).toMatchObject({ state: "left" });
    const groups = (await bob.read("conversations", {})).filter(({ kind }) => kind === "group");
    expect(groups.map(({ state }) => state).toSorted()).toEqual(["left", "ready"]);
  });
});

describe("invitations that lead nowhere", () => {
  test("leave nothing behind, and those that wait for a store are few", async () => {
    const { world, bob, mallory, puppet } = await cast();
    const places = await count(bob, "conversations");
    const crypto = await createCrypto();
    const [row] = await rowsOf(copyDisk(bob.disk), "SELECT store FROM conversations");
    const invitation = (store: string) => invitationToNothing(crypto, store);
    const here = String(row?.["store"]);
    await puppet.tell(mallory, "Bob", [invitation(here), invitation(here)]);
    await world.clock.advance(10_000);
    expect(await count(bob, "conversations")).toBe(places);
    await puppet.tell(
      mallory,
      "Bob",
      Array.from({ length: 40 }, () => invitation("https://nobody.example")),
    );
    await world.clock.advance(60_000);
    expect(await count(bob, "conversations")).toBeLessThanOrEqual(places + 16);
  });
});

describe("somebody who says the same again and again", () => {
  /** What the disk of `person` has more of after `controls` were told and acted on. */
  async function growth(
    { world, mallory, puppet }: Cast,
    person: Person,
    p: { other?: string; controls: readonly GroupControl[]; sql: string },
  ): Promise<number> {
    const before = await count(person, p.sql);
    await puppet.tell(mallory, p.other, p.controls);
    await world.clock.advance(300_000);
    return (await count(person, p.sql)) - before;
  }

  test("that no key packages of ours are left gets at most 96 a day", async () => {
    const all = await cast();
    const controls = Array.from({ length: 30 }, () => ({ name: "key-packages-wanted" }) as const);
    const grown = await growth(all, all.bob, { other: "Bob", controls, sql: "key_packages WHERE ours = 1" });
    expect(grown).toBeLessThanOrEqual(96);
  });

  test("that they want to come back is brought back once", async () => {
    const all = await cast();
    const { alice, mallory } = all;
    const epochs = async (): Promise<number> => {
      const sql =
        "SELECT max(e.number) AS n FROM epochs e JOIN conversations c ON c.id = e.conversation WHERE c.kind = 'group'";
      return Number((await rowsOf(copyDisk(alice.disk), sql))[0]?.["n"]);
    };
    const before = await epochs();
    const conversation = await sharedOf(alice);
    const helper = bytes(await contactId(mallory, "Alice"));
    const consent = consentToRejoin(await createCrypto(), { conversation, ...all.puppet.leaf() }, helper);
    const controls: GroupControl[] = [];
    for (let i = 0; i < 12; i++)
      controls.push({
        name: "group-rejoin",
        conversation,
        place: null,
        keyPackage: await all.puppet.keyPackage(consent),
      });
    await growth(all, alice, { other: "Alice", controls, sql: "intentions" });
    expect(await count(alice, "intentions")).toBe(0);
    // Once a minute at most.
    expect((await epochs()) - before).toBeLessThanOrEqual(8);
    expect((await mustBeIn(mallory)).members).toHaveLength(3);
  });
});

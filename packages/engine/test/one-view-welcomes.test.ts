import { copyDisk } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { changesIn, contactId, groupOf, heard, memberId, mustBeIn, namesIn, write } from "./support/groups.ts";
import type { Invitation } from "./support/puppet.ts";
import {
  becomes,
  choir,
  HOUR,
  idOf,
  losses,
  lost,
  oneView,
  othersReturn,
  ownerStays,
  sharedIn,
  SOON,
  strike,
  type Choir,
} from "./support/one-view.ts";

describe("one answer that somebody is not in the group any more", () => {
  test.each(["owner", "admin", "member", "reader"] as const)("ends nothing, from a %s", async (role) => {
    const all = await choir(["Bob", "Carol"]);
    const { world, hostile, mallory } = all;
    if (role !== "member") await becomes(all, "Mallory", role);
    hostile.helps = false;
    let answers = 0;
    const refused = { name: "group-rejoin-refused", conversation: sharedIn(all) } as const;
    hostile.asked = () => void all.tell(mallory, "Alice", refused).then(() => (answers += 1));
    await lost(all);
    await world.until(async () => answers > 0, "the answer");
    await world.clock.advance(5_000);
    await othersReturn(all);
    await ownerStays(all);
  });
});

test("a refusal to a device that works is asked about, and changes nothing", async () => {
  const all = await choir(["Bob", "Carol"]);
  const { world, alice, mallory, honest } = all;
  const conversation = sharedIn(all);
  for (const victim of honest) await all.tell(mallory, victim.name, { name: "group-rejoin-refused", conversation });
  await write(alice, "meanwhile");
  await oneView(world, honest, [mallory, ...honest], ["meanwhile"]);
  await world.clock.advance(HOUR);
  await ownerStays(all);
});

test("all members put back to before the last changes at once talk on in a group founded by the owner", async () => {
  const all = await choir(["Bob", "Carol"]);
  const { world, alice, mallory, honest } = all;
  const people = [mallory, ...honest];
  const copies = people.map(({ disk }) => copyDisk(disk));
  for (const person of people) await write(person, `${person.name} forgets`);
  await alice.engine.changeGroup({ conversation: (await mustBeIn(alice)).id, description: "forgotten" });
  await world.clock.advance(60_000);
  for (const [i, person] of people.entries()) await person.restart(copies[i]);
  const isBack = async (): Promise<boolean> => (await groupOf(alice))?.state === "ready";
  await world.until(isBack, "the owner goes on", 3 * SOON);
  await oneView(world, honest, people);
});

test("somebody who was removed while away longer than the store keeps learns it from those who stay", async () => {
  const all = await choir(["Bob", "Carol"]);
  const { world, hostile, alice, mallory, person } = all;
  const carol = person("Carol");
  await carol.engine.close();
  await alice.engine.removeFromGroup({
    conversation: (await mustBeIn(alice)).id,
    members: [await memberId(alice, "Carol")],
  });
  await world.until(async () => !namesIn(await groupOf(mallory)).includes("Carol"), "Carol is removed");
  await world.clock.advance(60_000);
  world.store.expireBefore(world.store.next());
  hostile.helps = false;
  await carol.start(carol.disk);
  await world.until(async () => (await groupOf(carol))?.state === "left", "Carol is told", 2 * SOON);
});

describe("who helps a device back", () => {
  test.each([1, 2, 3])("is not who tried identities for the lowest id, run %i", async () => {
    const all = await choir(["Bob", "Carol"], { isLowest: true });
    const { world, hostile, alice, mallory, honest } = all;
    hostile.helps = false;
    const copy = copyDisk(alice.disk);
    await write(alice, "before");
    await heard(world, [...honest, mallory], ["before"]);
    await world.clock.advance(60_000);
    await alice.restart(copy);
    await ownerStays(all);
  });

  test.each([1, 2])("is not the admin who shut it out and has the lowest id, run %i", async () => {
    const all = await choir(["Bob", "Carol"], { isLowest: true });
    const { world, hostile, mallory, honest, person } = all;
    await becomes(all, "Mallory", "admin");
    hostile.helps = false;
    hostile.bend = { how: "garbage", victims: [await idOf(person("Bob"))] };
    await strike(all);
    await oneView(world, honest, [mallory, ...honest]);
  });
});

/** Where Mallory leads who asks to be brought back, while all others are off line. */
type Lie = "to objects that are absent" | "to garbage" | "into a group of Mallory's own" | "nowhere";

async function lie({ world, crypto, hostile, alice, mallory }: Choir, how: Lie): Promise<void> {
  const { store } = world;
  const two = await Promise.all([alice, mallory].map(async (one) => ({ id: await idOf(one), name: one.name })));
  const people = two.toSorted((a, b) => a.id.localeCompare(b.id));
  const absent = (): Invitation["welcome"] => ({ seed: crypto.random(32), length: 32_632 });
  const garbage = (): Invitation["welcome"] => hostile.objectIn(store, crypto.random(5_000));
  hostile.invites = async (invitation) => {
    if (how === "nowhere") return undefined;
    if (how === "to garbage") return { ...invitation, welcome: garbage(), tree: garbage(), roster: garbage() };
    if (how === "into a group of Mallory's own")
      return { ...invitation, ...(await hostile.foundAnother(store, people)) };
    return { ...invitation, welcome: absent(), tree: absent(), roster: absent() };
  };
}

describe("a way back that leads elsewhere", () => {
  test.each<Lie>(["nowhere", "to objects that are absent", "to garbage", "into a group of Mallory's own"])(
    "does not end there: %s",
    async (how) => {
      const all = await choir(["Bob", "Carol"]);
      const { world, hostile, mallory } = all;
      await lie(all, how);
      await lost(all);
      await world.until(async () => hostile.invited.length > 0, "the invitation", HOUR);
      await world.until(async () => (await groupOf(mallory))?.pending.length === 0);
      await world.clock.advance(5_000);
      await othersReturn(all);
      await world.clock.advance(30_000);
      await ownerStays(all);
    },
  );

  test("does not end there for who is no owner, among others who are on line", async () => {
    const all = await choir(["Bob", "Carol", "Dave"], { isLowest: true });
    const { world, mallory, honest, person } = all;
    await becomes(all, "Mallory", "admin");
    await lie(all, "to objects that are absent");
    const bob = person("Bob");
    const copy = copyDisk(bob.disk);
    await write(bob, "before");
    await heard(world, [...honest, mallory], ["before"]);
    await world.clock.advance(60_000);
    await bob.restart(copy);
    await oneView(world, honest, [mallory, ...honest]);
    expect((await losses(honest)).join()).toBe("");
  });
});

test("a group of somebody's own that a device came into while nobody else was there is left when others are", async () => {
  const all = await choir(["Bob", "Carol"]);
  const { world, hostile, alice, mallory } = all;
  await lie(all, "into a group of Mallory's own");
  await lost(all);
  await world.until(async () => hostile.invited.length > 0, "the invitation", HOUR);
  await world.clock.advance(40_000);
  expect((await groupOf(alice))?.state).toBe("rejoining");
  await world.until(async () => (await groupOf(alice))?.state === "ready", "Alice is led away", HOUR);
  expect((await groupOf(alice))?.members).toHaveLength(2);
  await world.until(async () => (await groupOf(mallory))?.pending.length === 0);
  await othersReturn(all);
  for (const person of all.honest.slice(1)) await write(person, `${person.name} is here`);
  await world.until(async () => (await groupOf(alice))?.members.length === 4, "Alice is back", HOUR);
  await ownerStays(all);
});

describe("who leaves while their device is lost is out", () => {
  /** Alice leaves while nobody can bring her device back. */
  async function leftUnsaid(): Promise<Choir> {
    const all = await choir(["Bob", "Carol"]);
    all.hostile.helps = false;
    await lost(all);
    expect((await groupOf(all.alice))?.state).toBe("rejoining");
    await all.alice.engine.leaveGroup({ conversation: (await mustBeIn(all.alice)).id });
    expect((await groupOf(all.alice))?.state).toBe("left");
    all.hostile.helps = true;
    return all;
  }

  test("and others take them out of the list, by the word that they are given between two", async () => {
    const all = await leftUnsaid();
    const { world, honest } = all;
    await othersReturn(all);
    const others = honest.slice(1);
    for (const person of others) {
      const isListed = async (): Promise<boolean> => namesIn(await groupOf(person)).includes("Alice");
      await world.until(async () => !(await isListed()), `Alice is out for ${person.name}`, SOON);
      const who = [expect.objectContaining({ name: "Alice" })];
      expect(await changesIn(person)).toContainEqual({ what: "left", who });
    }
  });

  test("and stays out, no matter who changes the group", async () => {
    const all = await leftUnsaid();
    const { world, honest, alice } = all;
    await othersReturn(all);
    for (const person of honest.slice(1)) {
      await person.engine.renewGroupKeys({ conversation: (await mustBeIn(person)).id });
      await world.clock.advance(HOUR);
    }
    expect((await alice.read("conversations", {})).filter(({ kind }) => kind === "group")).toHaveLength(1);
    expect((await groupOf(alice))?.state).toBe("left");
  });

  test("also when somebody who keeps the welcome adds them again at once", async () => {
    const all = await choir(["Bob", "Carol"]);
    const { world, hostile, alice, mallory, person } = all;
    await alice.engine.changeGroup({ conversation: (await mustBeIn(alice)).id, whoAdds: "members" });
    await world.until(async () => (await groupOf(mallory))?.whoAdds === "members", "members add");
    const carol = person("Carol");
    await carol.engine.leaveGroup({ conversation: (await mustBeIn(carol)).id });
    await world.until(async () => !namesIn(await groupOf(mallory)).includes("Carol"), "Carol has left");
    hostile.invites = () => undefined;
    const contacts = [await contactId(mallory, "Carol")];
    await mallory.engine.addToGroup({ conversation: (await mustBeIn(mallory)).id, contacts });
    await world.until(async () => namesIn(await groupOf(alice)).includes("Carol"), "Carol is listed again");
    await world.until(async () => !namesIn(await groupOf(alice)).includes("Carol"), "Carol is out", 300_000);
    expect((await groupOf(carol))?.state).toBe("left");
  });
});

test("a word of leaving that its author's leaf has not signed puts nobody out", async () => {
  const all = await choir(["Bob", "Carol"]);
  const { world, hostile, alice, mallory } = all;
  const group = hostile.groups.groupId(hostile.state());
  const members = hostile.groups.members(hostile.state());
  for (const member of members) {
    const word = { conversation: sharedIn(all), group, leaf: member.encryptionKey, signature: new Uint8Array(64) };
    await all.tell(mallory, "Alice", { name: "group-left", ...word });
  }
  await world.clock.advance(SOON);
  expect(namesIn(await groupOf(alice))).toEqual(expect.arrayContaining(["Alice", "Bob", "Carol", "Mallory"]));
});

test("nobody is made to sign that they leave a group which they are in", async () => {
  const all = await choir(["Bob", "Carol"]);
  const { world, hostile, alice, mallory, honest } = all;
  const leaf = hostile.groups.members(hostile.state())[0]?.encryptionKey ?? new Uint8Array(0);
  const place = { group: hostile.groups.groupId(hostile.state()), epoch: 1, mark: new Uint8Array(16) };
  const answer = { name: "group-rejoin-answer", conversation: sharedIn(all), standing: 0, place, leaf } as const;
  await all.tell(mallory, "Alice", answer);
  await world.clock.advance(SOON);
  await oneView(world, honest, [mallory, ...honest]);
  expect((await groupOf(alice))?.role).toBe("owner");
});

import type { ConversationView, MessageView } from "@pli/engine/api";
import { createGroupEngine, type GroupEngine } from "@pli/protocol/conversation";
import { createCrypto } from "@pli/protocol/crypto";
import { encodeRules, parseRules } from "@pli/protocol/group";
import { copyDisk, createWorld, EVERYTHING, pair, type Person, type Setup, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import { rowsOf, unsent } from "./support/friends.ts";
import { contactId, foundGroup, heard, memberId, mustBeIn, textsIn, write } from "./support/groups.ts";

/** People whom the first knows, and who do not know each other, in a group of that name. */
async function circle(
  names: readonly string[],
  setups: Readonly<Record<string, Setup>> = {},
): Promise<{ world: World; people: Person[] }> {
  const world = createWorld();
  const people: Person[] = [];
  for (const name of names) people.push(await world.person(name, {}, setups[name]));
  const [first, ...others] = people;
  for (const other of others) await pair(world, at([first], 0), other);
  await world.clock.advance(30_000);
  await foundGroup(world, people, "Choir");
  return { world, people };
}

function at<T>(list: readonly (T | undefined)[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`nothing at ${index}`);
  return item;
}

async function three(setups: Readonly<Record<string, Setup>> = {}) {
  const { world, people } = await circle(["Alice", "Bob", "Carol"], setups);
  return { world, people, alice: at(people, 0), bob: at(people, 1), carol: at(people, 2) };
}

async function choir(person: Person): Promise<ConversationView> {
  return person.conversationWith("Choir");
}

async function messageOf(person: Person, text: string): Promise<MessageView> {
  const found = (await person.messages("Choir")).find(({ body }) => body.kind === "text" && body.text === text);
  if (found === undefined) throw new Error(`${person.name} has no ${text}`);
  return found;
}

test("five write at once: everybody has all of it once, each sender in order, and nothing is missing", async () => {
  const { world, people } = await circle(["Alice", "Bob", "Carol", "Dan", "Eve"]);
  world.store.knobs.delayMs = 40;
  const texts = people.flatMap(({ name }) => [0, 1, 2, 3, 4].map((i) => `${name} ${i}`));
  await Promise.all(people.flatMap((person) => [0, 1, 2, 3, 4].map((i) => write(person, `${person.name} ${i}`))));
  await heard(world, people, texts);
  for (const person of people) {
    const read = await textsIn(person);
    for (const { name } of people) {
      expect(read.filter((text) => text.startsWith(name))).toEqual(texts.filter((text) => text.startsWith(name)));
    }
    const { counters } = await person.read("storage", {});
    expect(counters).toMatchObject({ gaps: 0, undecryptable: 0, duplicates: 0, ignoredCommits: 0 });
    expect(counters.cellsOpened).toBe(counters.cellsExpected);
    expect(counters.cellsOpened).toBeGreaterThanOrEqual(20);
  }
});

test("a group in the list: its name, its people, our role, the lowest level; what others wrote is unread", async () => {
  const { world, people, alice, bob, carol } = await three();
  await write(carol, "hello");
  await heard(world, people, ["hello"]);
  expect(await choir(alice)).toMatchObject({
    kind: "group",
    contact: "",
    name: "Choir",
    members: 3,
    role: "owner",
    level: 3,
    writable: true,
    unread: 1,
    blocked: false,
    state: "ready",
  });
  expect(await choir(bob)).toMatchObject({ members: 3, role: "member", level: 1, unread: 1 });
  expect((await choir(carol)).unread).toBe(0);
  const { id } = await choir(bob);
  await bob.engine.markRead({ conversation: id, upTo: EVERYTHING });
  expect((await choir(bob)).unread).toBe(0);
  expect(await messageOf(bob, "hello")).toMatchObject({ fromName: "Carol", mine: false, state: "received" });
  expect(await messageOf(carol, "hello")).toMatchObject({ fromName: "Carol", mine: true });
  const [hit] = await bob.engine.search({ text: "hell", limit: 3 });
  expect(hit).toMatchObject({ conversationName: "Choir", message: { fromName: "Carol" } });
  expect((await bob.conversationWith("Alice")).kind).toBe("direct");
});

test("the groups shared with a contact, while both are in them", async () => {
  const { world, alice } = await three();
  await alice.engine.createGroup({ name: "Band", contacts: [await contactId(alice, "Carol")] });
  const shared = async (other: string): Promise<string[]> => {
    const groups = await alice.read("groupsWith", { contact: await contactId(alice, other) });
    return groups.map(({ name }) => name);
  };
  await world.until(async () => (await shared("Carol")).length === 2, "Carol is in both");
  expect(await shared("Bob")).toEqual(["Choir"]);
  await alice.engine.leaveGroup({ conversation: (await choir(alice)).id, successor: await contactId(alice, "Bob") });
  await world.until(async () => (await choir(alice)).state === "left", "Alice has left");
  expect([await shared("Bob"), await shared("Carol")]).toEqual([[], ["Band"]]);
});

test("receipts go to the author alone, between the two, and only where they are contacts", async () => {
  const { world, people, alice, bob, carol } = await three();
  await write(alice, "from alice");
  await write(bob, "from bob");
  await heard(world, people, ["from alice", "from bob"]);
  await world.until(async () => (await messageOf(alice, "from alice")).delivered === 2, "both have it");
  await world.clock.advance(60_000);
  // Carol is no contact of Bob's: he hears of Alice only.
  expect(await messageOf(bob, "from bob")).toMatchObject({ delivered: 1, read: 0, state: "sent" });
  for (const person of [bob, carol])
    await person.engine.markRead({ conversation: (await choir(person)).id, upTo: EVERYTHING });
  await world.until(async () => (await messageOf(alice, "from alice")).read === 2, "both have read it");
  expect(await messageOf(alice, "from alice")).toMatchObject({ delivered: 2, read: 2, state: "sent" });
  await world.clock.advance(60_000);
  expect(await messageOf(bob, "from bob")).toMatchObject({ delivered: 1, read: 0 });
  expect((await messageOf(bob, "from alice")).delivered).toBeUndefined();
});

test("with a timer messages disappear from every device, from the search too, and after a restart", async () => {
  const { world, people, alice, bob, carol } = await three();
  await write(alice, "stays");
  await heard(world, people, ["stays"]);
  await alice.engine.changeGroup({ conversation: (await choir(alice)).id, timer: 3600 });
  expect((await choir(alice)).timer).toBeUndefined();
  await world.until(async () => (await mustBeIn(bob)).timer === 3600 && (await mustBeIn(carol)).timer === 3600);
  expect((await choir(bob)).timer).toBe(3600);
  await write(bob, "goes");
  await heard(world, people, ["stays", "goes"]);
  for (const person of people) expect((await messageOf(person, "goes")).expiresAt).toBeGreaterThan(world.clock.now());
  expect((await messageOf(alice, "stays")).expiresAt).toBeUndefined();
  await carol.engine.close();
  await world.clock.advance(3_590_000);
  expect(await textsIn(alice)).toEqual(["stays", "goes"]);
  await world.clock.advance(120_000);
  expect(await textsIn(alice)).toEqual(["stays"]);
  expect(await textsIn(bob)).toEqual(["stays"]);
  expect(await bob.engine.search({ text: "goes", limit: 5 })).toEqual([]);
  await carol.start(carol.disk);
  await world.clock.advance(1000);
  expect(await textsIn(carol)).toEqual(["stays"]);
  expect(await carol.engine.search({ text: "goes", limit: 5 })).toEqual([]);
});

test("what was written while one might still write, and could not leave, is not sent by a reader", async () => {
  const { world, alice, bob, carol } = await three();
  world.store.takeDown();
  await write(carol, "too late");
  await carol.engine.close();
  world.store.bringUp();
  const { id } = await choir(alice);
  await alice.engine.setRole({ conversation: id, member: await memberId(alice, "Carol"), role: "reader" });
  await world.until(async () => (await mustBeIn(bob)).members.some(({ role }) => role === "reader"), "the role");
  await carol.start(carol.disk);
  await world.until(async () => (await messageOf(carol, "too late")).state === "failed", "it failed");
  expect((await messageOf(carol, "too late")).error).toBe("not_allowed");
  expect(await choir(carol)).toMatchObject({ role: "reader", writable: false });
  await expect(write(carol, "and more")).rejects.toMatchObject({ code: "not_allowed" });
  expect(await textsIn(bob)).toEqual([]);
});

test("a reader may not write while the group is being set up again, nor afterwards", async () => {
  const { world, alice, bob, carol } = await three();
  const { id } = await choir(alice);
  await alice.engine.setRole({ conversation: id, member: await memberId(alice, "Carol"), role: "reader" });
  await world.until(async () => (await mustBeIn(carol)).role === "reader", "the role");
  const old = copyDisk(carol.disk);
  await carol.engine.renewGroupKeys({ conversation: (await choir(carol)).id });
  await world.clock.advance(60_000);
  for (const person of [alice, bob]) await person.engine.close();
  await carol.restart(old);
  const mayWrite = async (state: ConversationView["state"]) => {
    await world.until(async () => (await choir(carol)).state === state, state);
    await expect(write(carol, "and more")).rejects.toMatchObject({ code: "not_allowed" });
    return (await choir(carol)).writable;
  };
  expect(await mayWrite("rejoining")).toBe(false);
  for (const person of [alice, bob]) await person.start(person.disk);
  expect(await mayWrite("ready")).toBe(false);
});

test("what a reader writes all the same is shown to nobody: a line says that something is missing", async () => {
  const { world, alice, bob, carol } = await three({ Carol: { groups: await deaf() } });
  const { id } = await choir(alice);
  await alice.engine.setRole({ conversation: id, member: await memberId(alice, "Carol"), role: "reader" });
  await world.until(async () => (await mustBeIn(bob)).members.some(({ role }) => role === "reader"), "the role");
  await world.clock.advance(5_000);
  await write(carol, "against the rules");
  await write(alice, "after it");
  await world.until(async () => (await textsIn(bob)).includes("after it"), "what follows");
  await world.until(async () => (await bob.messages("Choir")).some(({ body }) => body.kind === "gap"), "the line");
  expect(await textsIn(bob)).toEqual(["after it"]);
  expect((await bob.read("storage", {})).counters.undecryptable).toBe(1);
});

/** Rules as somebody reads them who takes no notice of the roles of others. */
async function deaf(): Promise<GroupEngine> {
  const groups = createGroupEngine(await createCrypto());
  return {
    ...groups,
    rules: (state) => {
      const rules = parseRules(groups.rules(state) ?? new Uint8Array(0));
      if (!rules.ok) return groups.rules(state);
      const roles = new Map([...rules.value.roles].filter(([, role]) => role !== "reader"));
      return encodeRules({ ...rules.value, roles });
    },
  };
}

test("a text of somebody blocked is not shown in the group either", async () => {
  const { world, people, alice, bob } = await three();
  await alice.engine.block({ contact: await contactId(alice, "Bob"), blocked: true });
  await write(bob, "unwanted");
  await write(alice, "wanted");
  await heard(world, people.slice(1), ["unwanted", "wanted"]);
  expect(await textsIn(alice)).toEqual(["wanted"]);
});

test("who was put out keeps what there was, and what had not left is marked", async () => {
  const { world, people, alice, bob, carol } = await three();
  await write(bob, "before");
  await heard(world, people, ["before"]);
  await carol.engine.close();
  const { id } = await choir(alice);
  await alice.engine.removeFromGroup({ conversation: id, members: [await memberId(alice, "Carol")] });
  await world.until(async () => (await mustBeIn(bob)).members.length === 2, "out");
  world.store.takeDown();
  await carol.start(carol.disk);
  await write(carol, "never leaves");
  world.store.bringUp();
  await world.until(async () => (await choir(carol)).state === "left", "carol knows");
  expect(await choir(carol)).toMatchObject({ state: "left", writable: false });
  expect(await textsIn(carol)).toEqual(["before", "never leaves"]);
  expect(await messageOf(carol, "never leaves")).toMatchObject({ state: "failed", error: "not_in_group" });
  expect((await carol.read("status", {})).pending).toBe(0);
  await expect(carol.engine.sendText({ conversation: (await choir(carol)).id, text: "x" })).rejects.toMatchObject({
    code: "not_in_group",
  });
});

test("in a group too, who writes after a day has new keys first; people who only read change nothing", async () => {
  const { world, people, bob, carol } = await three();
  await world.clock.advance(60_000);
  const epoch = async (person: Person): Promise<number> => {
    const sql = `SELECT e.number FROM epochs e JOIN conversations c ON c.id = e.conversation
      WHERE c.kind = 'group' AND e.retired_at IS NULL`;
    return Number((await rowsOf(copyDisk(person.disk), sql))[0]?.["number"]);
  };
  const first = await epoch(carol);
  await write(bob, "today");
  await heard(world, people, ["today"]);
  expect(await epoch(carol)).toBe(first);
  await world.clock.advance(2 * 86_400_000);
  expect(await epoch(carol)).toBe(first);
  await write(bob, "two days later");
  await heard(world, people, ["today", "two days later"]);
  expect(await epoch(carol)).toBe(first + 1);
  expect(await epoch(bob)).toBe(first + 1);
});

test("a name that is changed is not told to a group that was left", async () => {
  const { world, alice, bob, carol } = await three();
  await carol.engine.leaveGroup({ conversation: (await choir(carol)).id });
  await world.until(async () => (await choir(carol)).state === "left" && (await mustBeIn(alice)).members.length === 2);
  await carol.engine.renameProfile({ name: "Caroline" });
  await bob.engine.renameProfile({ name: "Bobby" });
  await world.until(async () => (await mustBeIn(alice)).members.some(({ name }) => name === "Bobby"), "the name");
  await world.clock.advance(10_000);
  expect(await unsent(copyDisk(carol.disk))).toEqual([]);
  expect((await alice.conversationWith("Caroline")).kind).toBe("direct");
});

import {
  copyDisk,
  createWorld,
  meet,
  codesOf,
  MemoryStore,
  pair,
  pairingOf,
  type Person,
  type TestDisk,
  type World,
} from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { foundGroup, heard, mustBeIn, write } from "./support/groups.ts";
import { friends, heardAll, lines, rowsOf, type Friends } from "./support/friends.ts";

const NEW = "http://127.0.0.1:7599";

/** Starts again at the address that its person gives. */
async function tell(store: MemoryStore, ...people: readonly Person[]): Promise<void> {
  for (const person of people) {
    person.home = store;
    await person.restart();
  }
}

function moveStore(world: World, origin = NEW): MemoryStore {
  const there = world.store.moveTo(origin);
  world.stores.push(there);
  return there;
}

/** Both talk, each text comes once, and nothing had to be set up again. */
async function talkOn({ world, alice, bob }: Friends, word: string): Promise<void> {
  const before = [(await bob.heard("Alice")).length, (await alice.heard("Bob")).length] as const;
  await alice.say("Bob", `a ${word}`);
  await bob.say("Alice", `b ${word}`);
  await heardAll({ world, alice, bob }, before[0] + 1, before[1] + 1);
  expect((await bob.heard("Alice")).filter((text) => text === `a ${word}`)).toHaveLength(1);
  expect((await alice.heard("Bob")).filter((text) => text === `b ${word}`)).toHaveLength(1);
  for (const [one, other] of [
    [alice, "Bob"],
    [bob, "Alice"],
  ] as const) {
    expect(await lines(one, other, "rejoined")).toBe(0);
    expect(await lines(one, other, "gap")).toBe(0);
  }
}

/** The addresses that rows of this closed person's database name, by table. */
async function addressesOf(person: Person, disk = person.disk): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const table of ["conversations", "pairings", "send_queue", "watches", "positions"]) {
    const rows = await rowsOf(disk, `SELECT DISTINCT store FROM ${table} ORDER BY store`);
    found[table] = rows.map(({ store }) => String(store));
  }
  return found;
}

test("a store that moved is found by devices that are told its new address: they go on in the same place of its feed, and what waited leaves there", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  await talkOn(people, "before");
  await world.clock.advance(60_000);
  const there = moveStore(world);
  await alice.say("Bob", "written while it moved");
  await world.clock.advance(5_000);
  await bob.engine.close();
  await tell(there, alice);
  await world.until(async () => (await alice.read("status", {})).pending === 0, "the sending");
  const dialled = world.store.seen.dial;
  bob.home = there;
  await bob.start(bob.disk);
  await world.until(async () => (await bob.heard("Alice")).includes("written while it moved"), "what waited");
  await talkOn(people, "after");
  expect(await alice.read("status", {})).toMatchObject({ connection: { state: "online", store: NEW } });
  expect(world.store.seen.dial).toBe(dialled);
  expect(there.seen.follow).toBe(2);
  await alice.engine.close();
  const addresses = await addressesOf(alice);
  expect(addresses["conversations"]).toEqual([NEW]);
  expect(addresses["positions"]).toEqual([NEW]);
});

test("a device that was not told waits for the old address and says that it is off line; told, it misses nothing", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  await talkOn(people, "before");
  await tell(moveStore(world), alice);
  await alice.say("Bob", "are you there?");
  await bob.say("Alice", "not yet");
  await world.clock.advance(120_000);
  expect((await bob.read("status", {})).connection).toMatchObject({ state: "offline", store: world.store.origin });
  expect(await bob.heard("Alice")).not.toContain("are you there?");
  await tell(alice.home, bob);
  await heardAll(people, 2, 2);
  await talkOn(people, "after");
});

test("a store that moved back is found again", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  const there = moveStore(world);
  await tell(there, alice, bob);
  await talkOn(people, "there");
  world.store.table = there.table.copy();
  there.takeDown();
  world.store.bringUp();
  await tell(world.store, alice, bob);
  await talkOn(people, "here again");
  await world.until(async () => (await alice.read("status", {})).connection.state === "online", "the line");
  await alice.engine.close();
  expect((await addressesOf(alice))["conversations"]).toEqual([world.store.origin]);
});

test("of two copies of a store that both run, the one at the home address counts: nothing is written to the other any more", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  await talkOn(people, "before");
  await world.clock.advance(60_000);
  const there = world.store.copyTo(NEW);
  world.stores.push(there);
  world.store.knobs.refusePuts = "store_busy";
  await alice.say("Bob", "waiting");
  await world.clock.advance(5_000);
  world.store.knobs.refusePuts = undefined;
  const puts = world.store.seen.put;
  await tell(there, alice, bob);
  await talkOn(people, "after");
  await world.clock.advance(60_000);
  expect(await bob.heard("Alice")).toContain("waiting");
  expect(world.store.seen.put).toBe(puts);
  expect(world.store.lines.size).toBe(0);
});

test("a line that is up ends when the home store turns out to be the one behind it, and what it was fetching is fetched there", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  await talkOn(people, "before");
  const there = world.store.copyTo(NEW);
  world.stores.push(there);
  there.takeDown();
  await tell(there, alice, bob);
  await world.clock.advance(20_000);
  // The new address did not answer yet: meanwhile the old one served.
  await alice.say("Bob", "by the old address");
  await world.until(async () => (await bob.heard("Alice")).includes("by the old address"), "the old address");
  there.table = world.store.table.copy();
  world.store.takeDown();
  await bob.say("Alice", "x".repeat(30_000));
  there.bringUp();
  await world.until(async () => (await alice.heard("Bob")).at(-1)?.length === 30_000, "the long text");
  await talkOn(people, "after");
  expect(world.store.lines.size).toBe(0);
});

describe("a move in the middle of something", () => {
  test("a pairing whose codes are on the screens is completed at the new address", async () => {
    const world = createWorld();
    const [alice, bob] = [await world.person("Alice"), await world.person("Bob")];
    const meeting = await meet(world, alice, bob);
    const codes = await codesOf(world, alice, bob, meeting);
    await tell(moveStore(world), alice, bob);
    await alice.engine.typeCode({ pairing: meeting.invitation, digits: codes.responder });
    await bob.engine.typeCode({ pairing: meeting.acceptance, digits: codes.inviter });
    await world.until(async () => (await pairingOf(alice, meeting.invitation)).step === "paired", "the pairing");
    await world.until(async () => (await pairingOf(bob, meeting.acceptance)).step === "paired", "the pairing");
    await talkOn({ world, alice, bob }, "after");
  });

  test("an invitation that names the old address leads to the new one, new ones name the new one", async () => {
    const world = createWorld();
    const [alice, bob] = [await world.person("Alice"), await world.person("Bob")];
    const { pairing } = await alice.engine.createInvitation({});
    const link = await world.until(async () => (await pairingOf(alice, pairing)).link, "the link");
    // Bob's device knows the old address as that of his home store.
    await world.clock.advance(1_000);
    await tell(moveStore(world), alice, bob);
    await world.until(async () => (await bob.read("status", {})).connection.state === "online", "the line");
    const { pairing: accepted } = await bob.engine.acceptInvitation({ link });
    await world.until(async () => (await pairingOf(bob, accepted)).step === "code", "the code");
    await alice.engine.cancelPairing({ pairing });
    const dialled = world.store.seen.dial;
    const meeting = await pair(world, alice, bob);
    expect(meeting.link.startsWith(NEW)).toBe(true);
    expect(world.store.seen.dial).toBe(dialled);
    await talkOn({ world, alice, bob }, "after");
  });

  test("an invitation into a group that was on its way when the store moved leads into it", async () => {
    const people = await friends();
    const { world, alice, bob } = people;
    await bob.engine.close();
    const { contact } = await alice.conversationWith("Bob");
    const { conversation } = await alice.engine.createGroup({ name: "Team", contacts: [contact] });
    await world.until(
      async () => (await alice.read("group", { id: conversation }))?.members.length === 2,
      "the change",
    );
    await world.clock.advance(30_000);
    const there = moveStore(world);
    await tell(there, alice);
    bob.home = there;
    await bob.start(bob.disk);
    await world.until(async () => (await bob.conversationWith("Team").catch(() => undefined))?.state === "ready");
    await bob.say("Team", "here I am");
    await world.until(async () => (await alice.heard("Team")).includes("here I am"), "the first text in the group");
    await bob.engine.close();
    expect((await addressesOf(bob))["conversations"]).toEqual([NEW]);
  });
});

test("joining a group that was under way when the store moved is done at the new address", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  await bob.engine.close();
  const { contact } = await alice.conversationWith("Bob");
  await alice.engine.createGroup({ name: "Team", contacts: [contact] });
  await world.clock.advance(60_000);
  const disk = await cutWhileJoining(world, bob);
  const there = moveStore(world);
  await tell(there, alice);
  bob.home = there;
  await bob.start(disk);
  const team = async () => (await bob.read("conversations", {})).find(({ kind }) => kind === "group");
  await world.until(async () => (await team())?.state === "ready", "the joining");
  await bob.say("Team", "here I am");
  await world.until(async () => (await alice.heard("Team")).includes("here I am"), "the first text in the group");
});

test("what was written in a group after a change, while a device was away and the store moved, is read by it", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  await foundGroup(world, [alice, bob], "Team");
  await write(bob, "here");
  await heard(world, [alice, bob], ["here"]);
  await world.clock.advance(30_000);
  await bob.engine.close();
  await write(alice, "before the change");
  await alice.engine.changeGroup({ conversation: (await mustBeIn(alice)).id, name: "Crew" });
  await world.until(async () => (await mustBeIn(alice)).pending.length === 0, "the change");
  await write(alice, "after the change");
  await world.clock.advance(10_000);
  const there = moveStore(world);
  there.knobs.delayMs = 300;
  await tell(there, alice);
  bob.home = there;
  await bob.start(bob.disk);
  await heard(world, [alice, bob], ["here", "before the change", "after the change"]);
});

/**
 * The disk of this closed person at a moment when an invitation to a group is there, and the group
 * is not joined.
 */
async function cutWhileJoining(world: World, person: Person): Promise<TestDisk> {
  const disk = copyDisk(person.disk);
  for (let cut = 1; cut < 60; cut++) {
    await person.start(copyDisk(disk));
    person.power.cutAfter(cut);
    await world.clock.advance(60_000);
    if (!person.power.isCut) break;
    const { after } = person.power;
    if ((await rowsOf(after, "SELECT 1 AS one FROM invitations")).length > 0) return after;
  }
  throw new Error("it was never between the two");
}

test("a new address that somebody's invitation led to before this device was told of it is found all the same", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  await talkOn(people, "before");
  const carol = await world.person("Carol");
  const there = moveStore(world);
  await tell(there, carol);
  await pair(world, carol, alice);
  expect((await alice.read("status", {})).connection.state).toBe("offline");
  await tell(there, alice, bob);
  await talkOn(people, "after");
  await carol.say("Alice", "hello");
  await world.until(async () => (await alice.heard("Carol")).includes("hello"), "the text of Carol");
  await alice.engine.close();
  expect((await addressesOf(alice))["conversations"]).toEqual([NEW]);
});

test("cut off at any moment of the move, a device is bound to the one address or to the other, and continues", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  await talkOn(people, "before");
  const there = moveStore(world);
  await tell(there, bob);
  await alice.say("Bob", "waits");
  await alice.engine.close();
  const disk = copyDisk(alice.disk);
  const seen = new Set<string>();
  for (let cut = 1; cut <= 6; cut++) {
    alice.home = world.store;
    await alice.start(copyDisk(disk));
    alice.home = there;
    await alice.engine.close();
    await alice.start(alice.disk);
    alice.power.cutAfter(cut);
    await world.clock.advance(30_000);
    if (!alice.power.isCut) alice.power.cut();
    const { conversations, send_queue: queue, positions } = await addressesOf(alice, alice.power.after);
    expect(conversations).toHaveLength(1);
    expect(positions).toEqual(conversations);
    expect(queue?.filter((address) => !conversations?.includes(address))).toEqual([]);
    seen.add(String(conversations));
    await alice.start(alice.power.after);
    await world.until(async () => (await bob.heard("Alice")).includes("waits"), `what waited, cut ${cut}`);
    await talkOn(people, `after cut ${cut}`);
    await alice.engine.close();
    await world.clock.advance(1_000);
    disk.folder.files.clear();
    for (const [name, bytes] of copyDisk(alice.disk).folder.files) disk.folder.files.set(name, bytes);
  }
  expect(seen).toContain(NEW);
});

describe("a store that claims the id of another", () => {
  /** Mallory, who invites to a store of her own that says it is the one of Alice and Bob. */
  async function claimed(): Promise<Friends & { evil: MemoryStore; mallory: Person }> {
    const people = await friends();
    const { world, alice } = people;
    const evil = new MemoryStore({ clock: world.clock, origin: "http://evil.example" });
    evil.storeId = world.store.storeId;
    world.stores.push(evil);
    const mallory = await world.person("Mallory", {}, { store: evil });
    await pair(world, mallory, alice);
    return { ...people, evil, mallory };
  }

  test("takes over nothing: what lives in the home store stays there, what was agreed on in the other stays in that", async () => {
    const { world, alice, bob, evil, mallory } = await claimed();
    await alice.restart();
    await world.clock.advance(60_000);
    const puts = evil.seen.put;
    await talkOn({ world, alice, bob }, "among ourselves");
    await world.clock.advance(60_000);
    expect(evil.seen.put).toBe(puts);
    await alice.say("Mallory", "hello");
    await world.until(async () => (await mallory.heard("Alice")).includes("hello"), "the text to Mallory");
    await alice.engine.close();
    expect((await addressesOf(alice))["conversations"]).toEqual([world.store.origin, evil.origin].toSorted());
  });

  test("does not move along when the other moves, and can be reached as before", async () => {
    const { world, alice, bob, evil, mallory } = await claimed();
    await tell(moveStore(world), alice, bob);
    await talkOn({ world, alice, bob }, "after");
    await alice.say("Mallory", "still there");
    await world.until(async () => (await mallory.heard("Alice")).includes("still there"), "the text to Mallory");
    await alice.engine.close();
    expect((await addressesOf(alice))["conversations"]).toEqual([NEW, evil.origin].toSorted());
  });

  test("later takes over nothing either", async () => {
    const { world, alice, bob, evil } = await claimed();
    evil.storeId = new Uint8Array(16).fill(9);
    evil.cut();
    await world.clock.advance(60_000);
    evil.storeId = world.store.storeId;
    evil.cut();
    await world.clock.advance(60_000);
    world.store.cut();
    await world.clock.advance(60_000);
    await talkOn({ world, alice, bob }, "among ourselves");
    await alice.engine.close();
    expect((await addressesOf(alice))["conversations"]).toEqual([world.store.origin, evil.origin].toSorted());
  });
});

test("an address that was another store's: what was there is set up again, what came to it continues", async () => {
  const world = createWorld();
  const far = new MemoryStore({ clock: world.clock, origin: "http://far.example" });
  world.stores.push(far);
  const [alice, bob] = [await world.person("Alice"), await world.person("Bob")];
  await pair(world, alice, bob);
  await tell(far, alice);
  const carol = await world.person("Carol", {}, { store: far });
  await pair(world, carol, alice);
  await world.clock.advance(60_000);
  // The far store's machine gets the data of the first one; its own is lost.
  far.storeId = world.store.storeId;
  far.table = world.store.table.copy();
  far.cut();
  world.store.takeDown();
  await tell(far, bob);
  await world.until(async () => (await carol.conversationWith("Alice")).state === "ready", "Carol's conversation");
  await carol.say("Alice", "set up again");
  await alice.say("Carol", "so it is");
  await world.until(async () => (await carol.heard("Alice")).includes("so it is"), "the text to Carol");
  await world.until(async () => (await alice.heard("Carol")).includes("set up again"), "the text to Alice");
  await talkOn({ world, alice, bob }, "after");
  expect(await lines(carol, "Alice", "rejoined")).toBe(1);
});

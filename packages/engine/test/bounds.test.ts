import type { EngineOptions } from "@pli/engine";
import type { Limit, Budget } from "../src/runtime/budgets.ts";
import { createCrypto, fromHex } from "@pli/protocol/crypto";
import { createContent, encodeContent } from "@pli/protocol/content";
import { consentToRejoin, forkCodec, type ForkState, type GroupControl } from "@pli/protocol/group";
import { copyDisk, createWorld, pair, type Person, type World } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { lines, loseThread, rowsOf } from "./support/friends.ts";
import { changesIn, contactId, counters, foundGroup, messagesIn, mustBeIn, textsIn, write } from "./support/groups.ts";
import { createJammer } from "./support/jammer.ts";
import { createPuppet, type Puppet } from "./support/puppet.ts";

/**
 * The invariants of docs/protocol.md, section 8.8: Mallory is a contact of Bob, owns valid keys and
 * keeps to no rule.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const crypto = await createCrypto();

interface Cast {
  readonly world: World;
  readonly bob: Person;
  readonly mallory: Person;
  readonly puppet: Puppet;
}

const upTo = (atOnce: number, perDay = atOnce): Limit => ({ atOnce, perDay });
const limited = (limits: Partial<Record<Budget, Limit>>): Partial<EngineOptions> => ({ limits });

/** Mallory and Bob, who has these limits. */
async function cast(limits: Partial<Record<Budget, Limit>> = {}): Promise<Cast> {
  const world = createWorld();
  const puppet = createPuppet(crypto);
  const bob = await world.person("Bob", limited(limits));
  const mallory = await world.person("Mallory", {}, { groups: puppet.groups });
  await pair(world, bob, mallory);
  await world.clock.advance(MINUTE);
  return { world, bob, mallory, puppet };
}

/** The same in a group that Alice owns, whom both know, and who has the limits too. */
async function choir(limits: Partial<Record<Budget, Limit>> = {}, bobs = limits): Promise<Cast & { alice: Person }> {
  const all = await cast(bobs);
  const { world, bob, mallory } = all;
  const alice = await world.person("Alice", limited(limits));
  for (const other of [bob, mallory]) await pair(world, alice, other);
  await world.clock.advance(MINUTE);
  await foundGroup(world, [alice, bob, mallory], "Choir");
  await world.clock.advance(5 * MINUTE);
  return { ...all, alice };
}

/** What somebody's device has saved of the history of its only group. */
async function forkStateOf(person: Person): Promise<ForkState> {
  const [row] = await rowsOf(copyDisk(person.disk), "SELECT state FROM reducer_states WHERE reducer = 'fork'");
  const state = forkCodec.parse(row?.["state"] as Uint8Array);
  if (!state.ok) throw new Error(state.error);
  return state.value;
}

const count = async (person: Person, from: string): Promise<number> =>
  Number((await rowsOf(copyDisk(person.disk), `SELECT count(*) AS n FROM ${from}`))[0]?.["n"]);

async function passedOver(person: Person, of: string): Promise<number> {
  return (await person.read("contact", { id: await contactId(person, of) }))?.passedOver?.count ?? 0;
}

async function heldIn(person: Person, conversation: string): Promise<{ id: string; count: number }[]> {
  const { messages } = await person.read("messages", { conversation, limit: 1000 });
  return messages.flatMap(({ id, body }) => (body.kind === "held" ? [{ id, count: body.count }] : []));
}

/** What everybody writes while this happens, a moment after the last of it included. */
async function puts({ world }: Cast, happens: () => Promise<void>): Promise<number> {
  const before = world.store.seen.put;
  await happens();
  await world.clock.advance(MINUTE);
  return world.store.seen.put - before;
}

async function sharedOf(person: Person): Promise<Uint8Array> {
  const [row] = await rowsOf(copyDisk(person.disk), "SELECT hex(shared) AS id FROM conversations WHERE kind = 'group'");
  const id = fromHex(String(row?.["id"]).toLowerCase());
  if (id === undefined) throw new Error("no group");
  return id;
}

const stateOf = (conversation: Uint8Array, epoch = 1): GroupControl => ({
  name: "group-state",
  conversation,
  group: crypto.random(32),
  epochs: [{ epoch, mark: crypto.random(16) }],
});

describe("texts", () => {
  test("of one contact are kept up to a bound in a day; a line tells of the rest, and the contact is asked for it", async () => {
    const { world, bob, mallory } = await cast({ bytes: upTo(20_000) });
    const { id } = await bob.conversationWith("Mallory");
    const said = Array.from({ length: 20 }, (_, i) => `${i} ${"x".repeat(2000)}`);
    for (const text of said) await mallory.say("Bob", text);
    await world.clock.advance(MINUTE);
    const kept = await bob.heard("Mallory");
    expect(kept.length).toBeGreaterThan(5);
    expect(kept.length).toBeLessThan(10);
    expect(await heldIn(bob, id)).toMatchObject([{ count: 20 - kept.length }]);
    await bob.restart();
    await mallory.say("Bob", "y".repeat(2000));
    await world.clock.advance(MINUTE);
    expect(await bob.heard("Mallory")).toEqual(kept);
    const [line] = await heldIn(bob, id);
    expect(line?.count).toBe(21 - kept.length);
    await bob.engine.askForHeld({ message: line?.id ?? "" });
    expect(await heldIn(bob, id)).toEqual([]);
    await world.clock.advance(MINUTE);
    expect((await bob.heard("Mallory")).length).toBeGreaterThan(kept.length + 5);
    await bob.engine.askForHeld({ message: (await heldIn(bob, id))[0]?.id ?? "" });
    await world.clock.advance(MINUTE);
    const all = await bob.heard("Mallory");
    expect(new Set(all)).toEqual(new Set([...said, "y".repeat(2000)]));
    expect(all).toHaveLength(21);
    await expect(bob.engine.askForHeld({ message: "00" })).rejects.toMatchObject({ code: "message_unknown" });
  });

  test("are kept again as time passes, without anybody doing anything", async () => {
    const { world, bob, mallory } = await cast({ bytes: upTo(20_000) });
    for (let i = 0; i < 12; i++) await mallory.say("Bob", `${i} ${"x".repeat(2000)}`);
    await world.clock.advance(DAY);
    await mallory.say("Bob", "the next day");
    await world.clock.advance(MINUTE);
    expect(await bob.heard("Mallory")).toContain("the next day");
    expect(await passedOver(bob, "Mallory")).toBeGreaterThan(0);
    await world.clock.advance(32 * DAY);
    expect(await passedOver(bob, "Mallory")).toBe(0);
    expect(await count(bob, "budgets")).toBe(0);
  });

  test("that stand in objects are not even fetched beyond it", async () => {
    const { world, bob, mallory } = await cast({ bytes: upTo(140_000) });
    world.store.knobs.form = "tags";
    const gets = world.store.seen.get;
    for (let i = 0; i < 8; i++) {
      await mallory.say("Bob", `${i} ${"x".repeat(60_000)}`);
      await world.clock.advance(MINUTE);
    }
    expect(await bob.heard("Mallory")).toHaveLength(2);
    // Fifteen cells each, and the cells that point at them.
    expect(world.store.seen.get - gets).toBeLessThan(3 * 16 + 8 + 8);
  });

  test("of one member do not take the room of the others, and all of a group have one bound together", async () => {
    const { world, alice, bob, mallory } = await choir({ bytes: upTo(20_000), groupBytes: upTo(50_000) });
    for (let i = 0; i < 20; i++) await write(mallory, `${i} ${"x".repeat(2000)}`);
    await world.clock.advance(MINUTE);
    await write(alice, "all the same");
    await world.clock.advance(MINUTE);
    expect(await textsIn(bob)).toContain("all the same");
    expect((await textsIn(bob)).length).toBeLessThan(10);
    for (let i = 0; i < 20; i++) await write(alice, `${i} ${"y".repeat(2000)}`);
    await world.clock.advance(MINUTE);
    const read = (await textsIn(bob)).reduce((sum, text) => sum + text.length, 0);
    expect(read).toBeLessThan(50_000);
    expect(await textsIn(alice)).toHaveLength(21 + 7);
  });

  test("that are here already are acknowledged again only so often", async () => {
    const all = await cast({ duplicates: upTo(5) });
    const { world, bob, mallory, puppet } = all;
    const content = encodeContent(createContent(crypto, 0, { kind: "text", text: "again" }));
    const written = await puts(all, async () => {
      for (let i = 0; i < 30; i++) {
        await puppet.say(mallory, "Bob", [content]);
        await world.clock.advance(15_000);
      }
    });
    expect(await bob.heard("Mallory")).toEqual(["again"]);
    expect(written - 30).toBeLessThanOrEqual(1 + 5);
  });
});

describe("what says nothing to people", () => {
  test("receipts for messages that do not exist leave nothing, and so many ids are looked at", async () => {
    const { world, bob, mallory, puppet } = await cast({ statuses: upTo(2048) });
    const receipt = () => ({
      kind: "receipt" as const,
      delivered: Array.from({ length: 1024 }, () => new Uint8Array([1, ...crypto.random(31)])),
      read: [],
    });
    await puppet.say(mallory, "Bob", [receipt(), receipt(), receipt(), receipt(), receipt()]);
    await world.clock.advance(MINUTE);
    expect(await count(bob, "marks")).toBe(0);
    expect(await passedOver(bob, "Mallory")).toBe(3);
  });

  test("controls are looked at so often, and the rest is counted on the contact's page", async () => {
    const { world, bob, mallory, puppet } = await cast({ controls: upTo(10) });
    await puppet.tell(
      mallory,
      "Bob",
      Array.from({ length: 30 }, () => ({ name: "key-packages-wanted" }) as const),
    );
    await world.clock.advance(MINUTE);
    expect(await passedOver(bob, "Mallory")).toBeGreaterThanOrEqual(19);
    await mallory.say("Bob", "a text is no control");
    await world.clock.advance(MINUTE);
    expect(await bob.heard("Mallory")).toEqual(["a text is no control"]);
  });

  test("names that change one after another are one line", async () => {
    const { world, bob, mallory } = await cast();
    for (let i = 0; i < 12; i++) {
      await mallory.engine.renameProfile({ name: `Mallory ${i}` });
      await world.clock.advance(2 * MINUTE);
    }
    expect(await lines(bob, "Mallory 11", "renamed")).toBe(1);
    const line = (await bob.messages("Mallory 11")).find(({ body }) => body.kind === "renamed");
    expect(line?.body).toEqual({ kind: "renamed", from: "Mallory", to: "Mallory 11" });
  });

  test("key packages given to a contact who asks every hour are kept up to a bound", async () => {
    const { world, bob, mallory, puppet } = await cast();
    for (let hour = 0; hour < 100; hour++) {
      await puppet.tell(mallory, "Bob", [{ name: "key-packages-wanted" }]);
      await world.clock.advance(HOUR + MINUTE);
    }
    expect(await count(bob, "key_packages WHERE ours = 1")).toBeLessThanOrEqual(256 + 3);
  });
});

describe("what a contact makes this device say and ask", () => {
  test("at most 96 key packages a day", async () => {
    const { world, bob, mallory, puppet } = await cast();
    for (let i = 0; i < 60; i++) {
      await puppet.tell(mallory, "Bob", [{ name: "key-packages-wanted" }]);
      await world.clock.advance(MINUTE);
    }
    const given = await count(bob, "key_packages WHERE ours = 1");
    expect(given).toBeGreaterThan(90);
    expect(given).toBeLessThanOrEqual(96 + 3);
  });

  test("about a group that they are not in is answered so often", async () => {
    const all = await cast({ answers: upTo(5) });
    const { world, bob, mallory, puppet } = all;
    const alice = await world.person("Alice");
    await pair(world, alice, bob);
    await world.clock.advance(MINUTE);
    await foundGroup(world, [bob, alice], "Without Mallory");
    await world.clock.advance(5 * MINUTE);
    const conversation = await sharedOf(bob);
    const written = await puts(all, async () => {
      for (let i = 0; i < 30; i++) {
        const control: GroupControl = {
          name: "group-rejoin",
          conversation,
          place: null,
          keyPackage: new Uint8Array(0),
        };
        await puppet.tell(mallory, "Bob", [control]);
        await world.clock.advance(5_000);
      }
    });
    expect(written - 30).toBeLessThanOrEqual(5);
  });

  test("by saying that it is behind in a group, makes it ask the others so often", async () => {
    const all = await choir({ repairs: upTo(2) });
    const { world, bob, mallory, puppet } = all;
    const conversation = await sharedOf(bob);
    const branch = await forkStateOf(bob);
    const epochs = branch.marks.map(([epoch, mark]) => ({ epoch, mark: fromHex(mark) ?? crypto.random(16) }));
    const next = { epoch: (epochs.at(-1)?.epoch ?? 0) + 1, mark: crypto.random(16) };
    const group = fromHex(branch.group) ?? crypto.random(32);
    const control: GroupControl = { name: "group-state", conversation, group, epochs: [...epochs, next] };
    const written = await puts(all, async () => {
      for (let i = 0; i < 20; i++) {
        await puppet.tell(mallory, "Bob", [control]);
        await world.clock.advance(2 * MINUTE);
      }
    });
    // Each time that it asks, the two others answer, and it asks again for a while.
    expect(written - 20).toBeLessThan(60);
    expect((await mustBeIn(bob)).state).toBe("ready");
  });

  test("by telling of groups that nobody knows, makes it ask about so many", async () => {
    const all = await cast({ firstJoins: upTo(4) });
    const { world, bob, mallory, puppet } = all;
    const written = await puts(all, async () => {
      for (let i = 0; i < 30; i++) {
        await puppet.tell(mallory, "Bob", [stateOf(crypto.random(32))]);
        await world.clock.advance(MINUTE);
      }
      await world.clock.advance(20 * MINUTE);
    });
    expect(written - 30).toBeLessThanOrEqual(4 * 6);
    expect(await count(bob, "reducer_states WHERE reducer = 'first-join'")).toBeLessThanOrEqual(4);
    expect(await passedOver(bob, "Mallory")).toBe(26);
  });

  test("does not keep another contact's group from being asked about", async () => {
    const { world, bob, mallory, puppet } = await cast();
    await puppet.tell(
      mallory,
      "Bob",
      Array.from({ length: 20 }, () => stateOf(crypto.random(32))),
    );
    await world.clock.advance(30_000);
    const other = createPuppet(crypto);
    const carol = await world.person("Carol", {}, { groups: other.groups });
    await pair(world, bob, carol);
    await other.tell(carol, "Bob", [stateOf(crypto.random(32))]);
    await world.clock.advance(30_000);
    const id = await contactId(bob, "Carol");
    expect(await count(bob, `reducer_states WHERE reducer = 'first-join' AND id LIKE '% ${id}'`)).toBe(1);
  });

  test("asking for texts again, because it could not keep them, is heard so often", async () => {
    const world = createWorld();
    const puppet = createPuppet(crypto);
    const bob = await world.person("Bob", limited({ wanted: upTo(2) }));
    const mallory = await world.person("Mallory", { receiptSlots: "never" }, { groups: puppet.groups });
    await pair(world, bob, mallory);
    for (let i = 0; i < 5; i++) await bob.say("Mallory", `text ${i}`);
    await world.clock.advance(MINUTE);
    const [row] = await rowsOf(copyDisk(bob.disk), "SELECT hex(shared) AS id FROM conversations");
    const conversation = fromHex(String(row?.["id"]).toLowerCase()) ?? crypto.random(32);
    const written = await puts({ world, bob, mallory, puppet }, async () => {
      for (let i = 0; i < 6; i++) {
        await puppet.tell(mallory, "Bob", [{ name: "texts-wanted", conversation }]);
        await world.clock.advance(MINUTE);
      }
    });
    expect(written - 6).toBe(2 * 5);
    expect(await mallory.heard("Bob")).toHaveLength(5);
  });

  test("beacons lit one after another are answered so often, and the last of them in its turn", async () => {
    const { world, bob, mallory } = await cast({ beacons: upTo(3, 24) });
    const before = (await counters(bob)).rejoins;
    for (let i = 0; i < 10; i++) {
      await loseThread(mallory);
      await world.clock.advance(10_000);
    }
    expect((await counters(bob)).rejoins - before).toBeLessThanOrEqual(3);
    await world.clock.advance(2 * HOUR);
    expect((await counters(bob)).rejoins - before).toBeLessThanOrEqual(5);
    await mallory.say("Bob", "at last");
    await bob.say("Mallory", "here too");
    await world.clock.advance(MINUTE);
    expect(await bob.heard("Mallory")).toEqual(["at last"]);
    expect(await mallory.heard("Bob")).toEqual(["here too"]);
  });

  test("a beacon that waits for its turn is answered after a restart too", async () => {
    const { world, bob, mallory } = await cast({ beacons: upTo(1, 24) });
    for (let i = 0; i < 2; i++) {
      await loseThread(mallory);
      await world.clock.advance(10_000);
    }
    expect((await mallory.conversationWith("Bob")).state).toBe("rejoining");
    await bob.restart();
    await world.clock.advance(3 * HOUR);
    expect((await mallory.conversationWith("Bob")).state).toBe("ready");
    await mallory.say("Bob", "at last");
    await world.clock.advance(MINUTE);
    expect(await bob.heard("Mallory")).toEqual(["at last"]);
  });
});

describe("what members do in a group", () => {
  test("changes that do not count fill the history only so far", async () => {
    const world = createWorld();
    const jammer = createJammer(crypto);
    const alice = await world.person("Alice", limited({ lines: upTo(4) }));
    const mallory = await world.person("Mallory", {}, { groups: jammer.groups });
    const bob = await world.person("Bob");
    for (const other of [bob, mallory]) await pair(world, alice, other);
    await world.clock.advance(MINUTE);
    await foundGroup(
      world,
      [bob, alice, mallory].toSorted((one) => (one === alice ? -1 : 1)),
      "Choir",
    );
    await world.clock.advance(5 * MINUTE);
    await jammer.jam(world.store, "signed");
    await world.clock.advance(10_000);
    expect((await changesIn(alice)).filter(({ what }) => what === "ignored")).toHaveLength(4);
    expect((await alice.read("storage", {})).counters.ignoredCommits).toBe(16);
  });

  test("names and descriptions that an admin changes again and again leave one line of each", async () => {
    const { world, alice, bob } = await choir();
    const { id } = await mustBeIn(alice);
    for (let i = 0; i < 8; i++) {
      await alice.engine.changeGroup({ conversation: id, name: `Choir ${i}`, description: `the ${i}th` });
      await world.clock.advance(MINUTE);
    }
    const changed = (await changesIn(bob)).filter(({ what }) => what === "named" || what === "described");
    expect(changed).toEqual([{ what: "named", name: "Choir 7" }, { what: "described" }]);
  });

  test("a member who came back makes all say their texts again so often, whatever history they claim", async () => {
    const all = await choir({ repaidFor: upTo(1), repaidIn: upTo(1) });
    const { world, alice, bob, mallory, puppet } = all;
    for (const one of [alice, bob]) for (let i = 0; i < 10; i++) await write(one, `${one.name} ${i}`);
    await world.clock.advance(3 * HOUR);
    const conversation = await sharedOf(alice);
    const helper = fromHex(await contactId(mallory, "Alice")) ?? crypto.random(32);
    const duplicates = async (): Promise<number> => (await bob.read("storage", {})).counters.duplicates;
    const before = await duplicates();
    for (let hour = 0; hour < 4; hour++) {
      const { groupId: group, encryptionKey } = puppet.leaf();
      const consent = consentToRejoin(crypto, { conversation, groupId: group, encryptionKey }, helper);
      const keyPackage = await puppet.keyPackage(consent);
      await puppet.tell(mallory, "Alice", [{ name: "group-rejoin", conversation, place: null, keyPackage }]);
      await world.clock.advance(10 * MINUTE);
      expect((await mustBeIn(mallory)).state).toBe("ready");
      const { marks } = await forkStateOf(bob);
      const epoch = marks.at(-3)?.[0] ?? 1;
      await puppet.tell(mallory, undefined, [
        {
          name: "group-state",
          conversation,
          group: puppet.leaf().groupId,
          epochs: [{ epoch, mark: crypto.random(16) }],
        },
      ]);
      await world.clock.advance(2 * HOUR);
    }
    expect((await duplicates()) - before).toBeGreaterThan(0);
    expect((await duplicates()) - before).toBeLessThanOrEqual(10);
  });

  test("cards that a member points at are fetched so often", async () => {
    const { world, bob, mallory, puppet } = await choir({ downloads: upTo(2 * 8192) }, {});
    await bob.engine.close();
    const gets = world.store.seen.get;
    for (let i = 0; i < 12; i++) {
      await puppet.tell(mallory, undefined, [{ name: "group-card", card: { seed: crypto.random(32), length: 5000 } }]);
      await world.clock.advance(2 * MINUTE);
    }
    // The store is asked once for each that the feed has not shown.
    expect(world.store.seen.get - gets).toBeLessThanOrEqual(2);
  });

  test("cells behind one that is missing are kept up to a window", async () => {
    const world = createWorld();
    const jammer = createJammer(crypto);
    const alice = await world.person("Alice");
    const mallory = await world.person("Mallory", {}, { groups: jammer.groups });
    await pair(world, alice, mallory);
    await world.clock.advance(MINUTE);
    await foundGroup(world, [alice, mallory], "Choir");
    await world.clock.advance(10 * MINUTE);
    await write(mallory, "so far");
    await world.clock.advance(MINUTE);
    jammer.leaveHole(world.store, 60);
    await world.clock.advance(1_000);
    const kept = await count(alice, "arrived");
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThanOrEqual(8);
    await world.clock.advance(HOUR);
    expect(await count(alice, "arrived")).toBeLessThanOrEqual(8);
  });

  test("a blocked member's texts are not fetched, and nothing is said again for them", async () => {
    const { world, bob, mallory } = await choir();
    await bob.engine.block({ contact: await contactId(bob, "Mallory"), blocked: true });
    world.store.knobs.form = "tags";
    await world.clock.advance(MINUTE);
    const held = (await messagesIn(bob)).length;
    const gets = world.store.seen.get;
    await write(mallory, "x".repeat(60_000));
    await world.clock.advance(MINUTE);
    // The cell that points at it, for Bob; the cell and the object, for Alice.
    expect(world.store.seen.get - gets).toBeLessThan(16 + 6);
    expect((await messagesIn(bob)).slice(held).map(({ body }) => body)).toEqual([{ kind: "blocked", count: 1 }]);
  });
});

describe("blocking", () => {
  test("forgets what waits, and taking it back says nothing", async () => {
    const { world, bob, mallory, puppet } = await cast();
    const contact = await contactId(bob, "Mallory");
    await puppet.tell(mallory, "Bob", [stateOf(crypto.random(32)), stateOf(crypto.random(32))]);
    await world.clock.advance(10_000);
    expect(await count(bob, "reducer_states WHERE reducer = 'first-join'")).toBe(2);
    await bob.engine.block({ contact, blocked: true });
    expect(await count(bob, "reducer_states WHERE reducer = 'first-join'")).toBe(0);
    await world.clock.advance(10 * MINUTE);
    const before = world.store.next();
    await bob.engine.block({ contact, blocked: false });
    await world.clock.advance(10 * MINUTE);
    expect(world.store.next()).toBe(before);
    await mallory.engine.createGroup({ name: "Choir", contacts: [await contactId(mallory, "Bob")] });
    await world.until(async () => (await mustBeIn(bob)).state === "ready", "the group");
  });

  test("gives nobody back what they have used up", async () => {
    const { world, bob, mallory } = await cast({ bytes: upTo(20_000) });
    const contact = await contactId(bob, "Mallory");
    for (let i = 0; i < 12; i++) await mallory.say("Bob", `${i} ${"x".repeat(2000)}`);
    await world.clock.advance(MINUTE);
    const { length } = await bob.heard("Mallory");
    await bob.engine.block({ contact, blocked: true });
    await bob.engine.block({ contact, blocked: false });
    await world.clock.advance(5 * MINUTE);
    expect(await bob.heard("Mallory")).toHaveLength(length);
  });

  test("erases what a contact left here, if that is wanted, as much as was said before", async () => {
    const { world, alice, bob, mallory } = await choir();
    const contact = await contactId(bob, "Mallory");
    await mallory.say("Bob", "between two");
    await bob.say("Mallory", "an answer");
    await write(mallory, "in the group");
    await write(alice, "of somebody else");
    await world.clock.advance(MINUTE);
    const { messages, bytes } = await bob.read("keptOf", { contact });
    expect(messages).toBe(3);
    expect(bytes).toBeGreaterThan(messages * 512);
    await bob.engine.block({ contact, blocked: true, erase: true });
    expect(await bob.read("keptOf", { contact })).toEqual({ messages: 0, bytes: 0 });
    expect((await bob.messages("Mallory")).map(({ body }) => body.kind)).toEqual(["paired"]);
    expect(await textsIn(bob)).toEqual(["of somebody else"]);
    expect(await bob.engine.search({ text: "between", limit: 5 })).toEqual([]);
  });
});

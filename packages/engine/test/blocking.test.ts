import { createCrypto } from "@pli/protocol/crypto";
import { copyDisk, createWorld, pair, type Person, type World } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { friends, heardAll, lines, rowsOf, type Friends } from "./support/friends.ts";
import { foundGroup, heard, messagesIn, textsIn, write } from "./support/groups.ts";
import { createPuppet } from "./support/puppet.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

async function block(person: Person, other: string, blocked: boolean): Promise<void> {
  const { contact } = await person.conversationWith(other);
  await person.engine.block({ contact, blocked });
}

/** What somebody is shown of a conversation, own texts with their states. */
async function seenBy(person: Person, other: string): Promise<string[]> {
  return (await person.messages(other)).map(({ body, mine, state, error }) => {
    if (body.kind !== "text") return body.kind;
    return mine ? `${body.text}: ${error ?? state}` : body.text;
  });
}

async function settledFriends(): Promise<Friends> {
  const people = await friends();
  await people.world.clock.advance(MINUTE);
  return people;
}

/** What everybody puts while this happens, and in the ten minutes after it. */
async function puts(world: World, happens: () => Promise<void>): Promise<number> {
  const before = world.store.next();
  await happens();
  await world.clock.advance(10 * MINUTE);
  return world.store.next() - before;
}

test("nothing of a blocked contact is shown, answered or fetched, and nothing reaches them", async () => {
  const people = await settledFriends();
  const { world, alice, bob } = people;
  await bob.say("Alice", "before");
  await heardAll(people, 0, 1);
  await world.clock.advance(MINUTE);
  await block(alice, "Bob", true);
  const gets = world.store.seen.get;
  const written = await puts(world, async () => {
    await bob.say("Alice", "while blocked");
    await alice.say("Bob", "kept here");
    await alice.engine.renameProfile({ name: "Alix" });
  });
  expect(written).toBe(1);
  await bob.say("Alice", "x".repeat(40_000));
  await world.clock.advance(MINUTE);
  expect(world.store.seen.get).toBe(gets);
  expect(await alice.heard("Bob")).toEqual(["before"]);
  expect((await alice.conversationWith("Bob")).unread).toBe(1);
  expect((await seenBy(bob, "Alice")).slice(0, 3)).toEqual(["paired", "before: delivered", "while blocked: sent"]);
  expect((await alice.conversationWith("Bob")).blocked).toBe(true);
});

describe("what somebody writes while blocked", () => {
  test("is never shown: not when the block ends, not when it is said again, not when the two begin anew", async () => {
    const people = await settledFriends();
    const { world, alice, bob } = people;
    await block(alice, "Bob", true);
    await bob.say("Alice", "while blocked");
    await bob.say("Alice", "x".repeat(40_000));
    await world.clock.advance(MINUTE);
    const copy = copyDisk(bob.disk);
    await block(alice, "Bob", false);
    await world.clock.advance(MINUTE);
    expect(await seenBy(alice, "Bob")).toEqual(["paired", "blocked"]);
    await bob.say("Alice", "after");
    await heardAll(people, 0, 1);
    await bob.restart(copy); // says again what nobody acknowledged
    await bob.say("Alice", "from a copy");
    await heardAll(people, 0, 2);
    world.store.replace();
    await world.clock.advance(2 * MINUTE);
    await pair(world, alice, bob);
    await world.clock.advance(2 * MINUTE);
    await alice.restart();
    await world.clock.advance(2 * MINUTE);
    expect(await alice.heard("Bob")).toEqual(["after", "from a copy"]);
    expect((await alice.conversationWith("Bob")).unread).toBe(2);
  });

  test("is told of by one line when the block ends", async () => {
    const { world, alice, bob } = await settledFriends();
    await block(alice, "Bob", true);
    for (let i = 0; i < 3; i++) await bob.say("Alice", `${i}`);
    await world.clock.advance(MINUTE);
    await block(alice, "Bob", false);
    const told = (await alice.messages("Bob")).flatMap(({ body, fromName }) =>
      body.kind === "blocked" ? [`${body.count} of ${fromName}`] : [],
    );
    expect(told).toEqual(["3 of Bob"]);
  });

  test("is not shown when the block ended off line, before it came", async () => {
    const people = await settledFriends();
    const { world, alice, bob } = people;
    await block(alice, "Bob", true);
    await alice.engine.close();
    await world.clock.advance(MINUTE);
    await bob.say("Alice", "while blocked");
    await world.clock.advance(MINUTE);
    world.store.takeDown();
    await alice.start(alice.disk);
    await block(alice, "Bob", false);
    await world.clock.advance(MINUTE);
    world.store.bringUp();
    await bob.say("Alice", "after");
    await world.until(async () => (await alice.heard("Bob")).includes("after"));
    await world.clock.advance(MINUTE);
    expect(await alice.heard("Bob")).toEqual(["after"]);
  });

  test("in a group is told of by a line, at once, and nothing else of it is kept", async () => {
    const world = createWorld();
    const [ana, bo, cy] = [await world.person("Ana"), await world.person("Bo"), await world.person("Cy")];
    for (const other of [bo, cy]) await pair(world, ana, other);
    await foundGroup(world, [ana, bo, cy], "Choir");
    await world.clock.advance(MINUTE);
    await block(ana, "Bo", true);
    for (const text of ["one", "two"]) await write(bo, text);
    await heard(world, [bo, cy], ["one", "two"]);
    await write(cy, "an answer");
    await heard(world, [ana], ["an answer"]);
    const told = (await messagesIn(ana)).flatMap(({ body, fromName }) =>
      body.kind === "blocked" ? [`${body.count} of ${fromName}`] : [],
    );
    expect(told).toEqual(["2 of Bo"]);
    expect((await ana.conversationWith("Choir")).unread).toBe(1);
    await block(ana, "Bo", false);
    await write(bo, "three");
    await heard(world, [ana], ["three"]);
    expect(await textsIn(ana)).toEqual(["an answer", "three"]);
  });
});

describe("a contact who was blocked", () => {
  test("learns nothing of it: nothing is put because it begins or ends, and their history says nothing", async () => {
    const people = await settledFriends();
    const { world, alice, bob } = people;
    expect(await puts(world, () => block(alice, "Bob", true))).toBe(0);
    expect(await puts(world, () => block(alice, "Bob", false))).toBe(0);
    await alice.say("Bob", "hello");
    await bob.say("Alice", "hello too");
    await heardAll(people, 1, 1);
    expect(await lines(bob, "Alice", "rejoined")).toBe(0);
    expect(await lines(alice, "Bob", "rejoined")).toBe(0);
    expect(await lines(bob, "Alice", "gap")).toBe(0);
  });

  test("sees one mark, and then two, as of somebody who was away and came back", async () => {
    const away = await settledFriends();
    await away.alice.engine.close();
    await away.bob.say("Alice", "are you there?");
    await away.world.clock.advance(10 * MINUTE);
    const blocking = await settledFriends();
    await block(blocking.alice, "Bob", true);
    await blocking.bob.say("Alice", "are you there?");
    await blocking.world.clock.advance(10 * MINUTE);
    expect(await seenBy(blocking.bob, "Alice")).toEqual(await seenBy(away.bob, "Alice"));
    await away.alice.start(away.alice.disk);
    await block(blocking.alice, "Bob", false);
    for (const { world } of [away, blocking]) await world.clock.advance(10 * MINUTE);
    expect(await seenBy(blocking.bob, "Alice")).toEqual(await seenBy(away.bob, "Alice"));
    expect(await seenBy(blocking.bob, "Alice")).toEqual(["paired", "are you there?: delivered"]);
  });

  test("is in step after a month in which they renewed their keys, over restarts", async () => {
    const people = await settledFriends();
    const { world, alice, bob } = people;
    await block(alice, "Bob", true);
    for (let day = 0; day < 10; day++) {
      await bob.say("Alice", `day ${day}`);
      await world.clock.advance(MINUTE);
      await alice.restart();
      await bob.engine.close();
      await alice.engine.close();
      await world.clock.advance(3 * DAY);
      for (const person of [alice, bob]) await person.start(person.disk);
      await world.clock.advance(MINUTE);
    }
    await block(alice, "Bob", false);
    await alice.say("Bob", "back");
    await bob.say("Alice", "welcome");
    await heardAll(people, 1, 1);
    expect(await alice.heard("Bob")).toEqual(["welcome"]);
    expect(await lines(bob, "Alice", "rejoined")).toBe(0);
  });

  test("whose device lost its state meanwhile is answered when the block ends, and not before", async () => {
    const people = await settledFriends();
    const { world, alice, bob } = people;
    await block(alice, "Bob", true);
    await block(bob, "Alice", true);
    const copy = copyDisk(bob.disk);
    await block(bob, "Alice", false);
    await bob.say("Alice", "in step");
    await world.clock.advance(MINUTE);
    await bob.restart(copy);
    await block(bob, "Alice", false);
    await bob.say("Alice", "out of step, while blocked");
    await world.clock.advance(10 * MINUTE);
    expect((await bob.conversationWith("Alice")).state).toBe("rejoining");
    await alice.restart();
    await block(alice, "Bob", false);
    await world.clock.advance(MINUTE);
    await bob.say("Alice", "at last");
    await heardAll(people, 0, 1);
    await world.clock.advance(MINUTE);
    expect(await alice.heard("Bob")).toEqual(["at last"]);
  });

  test("is met again when this device lost the thread meanwhile", async () => {
    const people = await settledFriends();
    const { world, alice, bob } = people;
    await block(alice, "Bob", true);
    await bob.say("Alice", "while blocked");
    world.store.replace();
    await world.clock.advance(10 * MINUTE);
    expect(await alice.heard("Bob")).toEqual([]);
    expect((await alice.conversationWith("Bob")).state).toBe("ready");
    await block(alice, "Bob", false);
    await bob.say("Alice", "after");
    await world.until(async () => (await alice.heard("Bob")).includes("after"));
    await world.clock.advance(MINUTE);
    expect(await alice.heard("Bob")).toEqual(["after"]);
  });

  test("is let in again by pairing, and what they wrote while blocked is not", async () => {
    const people = await settledFriends();
    const { world, alice, bob } = people;
    await block(alice, "Bob", true);
    await bob.say("Alice", "while blocked");
    await world.clock.advance(MINUTE);
    await pair(world, alice, bob);
    await bob.say("Alice", "after");
    await heardAll(people, 0, 1);
    await world.clock.advance(MINUTE);
    expect(await alice.heard("Bob")).toEqual(["after"]);
  });

  test("fills a bounded room here while blocked, and stops nothing", async () => {
    const world = createWorld();
    const puppet = createPuppet(await createCrypto());
    const bob = await world.person("Bob", { limits: { bytes: { atOnce: 20_000, perDay: 20_000 } } });
    const mallory = await world.person("Mallory", {}, { groups: puppet.groups });
    await pair(world, bob, mallory);
    await world.clock.advance(MINUTE);
    await block(bob, "Mallory", true);
    for (let i = 0; i < 60; i++) await mallory.say("Bob", `${i} ${"x".repeat(2000)}`);
    await world.clock.advance(MINUTE);
    const [erased] = await rowsOf(copyDisk(bob.disk), "SELECT count(*) AS n FROM erased");
    expect(Number(erased?.["n"])).toBeLessThan(12);
    const [receipts] = await rowsOf(copyDisk(bob.disk), "SELECT count(*) AS n FROM receipts");
    expect(Number(receipts?.["n"])).toBeLessThan(12);
    await block(bob, "Mallory", false);
    await world.clock.advance(MINUTE);
    expect(await bob.heard("Mallory")).toEqual([]);
  });
});

test("a block that ends lets out what waited, again and again", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  for (let i = 0; i < 3; i++) {
    await block(alice, "Bob", true);
    await alice.restart();
    await world.clock.advance(10_000);
    await alice.say("Bob", `kept ${i}`);
    await block(alice, "Bob", false);
    await heardAll(people, i + 1, 0);
    await bob.say("Alice", `welcome back ${i}`);
    await heardAll(people, i + 1, i + 1);
  }
  expect(await bob.heard("Alice")).toEqual(["kept 0", "kept 1", "kept 2"]);
  expect(await lines(alice, "Bob", "gap")).toBe(0);
});

test("a receipt that is on its way when its reader is blocked does not end the slots of this device", async () => {
  const people = await friends({ receiptSlots: { every: 600_000, window: 60_000, decoys: true } });
  const { world, alice, bob } = people;
  await bob.say("Alice", "acknowledge this");
  await heardAll(people, 0, 1);
  await world.clock.advance(600_000 - (world.clock.now() % 600_000) - 1);
  world.store.knobs.refusePuts = "store_full";
  await world.clock.advance(70_000);
  await block(alice, "Bob", true);
  world.store.knobs.refusePuts = undefined;
  const before = world.store.next();
  await world.clock.advance(30 * MINUTE);
  expect(world.store.next() - before).toBeGreaterThanOrEqual(5);
});

import { RECEIPT_SLOTS } from "@pli/engine";
import { MAX_RIDING_IDS } from "@pli/protocol/content";
import { createCrypto } from "@pli/protocol/crypto";
import { labelFrom, sealCell } from "@pli/protocol/object";
import { copyDisk, createWorld, EVERYTHING, pair, type Person, type World } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { friends, heardAll, rowsOf, unsent } from "./support/friends.ts";

const { every, window } = RECEIPT_SLOTS;
const QUIET = { every, window, decoys: false };

/** To the moment before the next slot begins. */
const beforeSlot = (world: World): Promise<void> => world.clock.advance(every - (world.clock.now() % every) - 1);
const throughSlot = (world: World): Promise<void> => world.clock.advance(window + 10_000);
const stateOfLast = async (person: Person, other: string): Promise<string | undefined> =>
  (await person.messages(other)).findLast(({ mine }) => mine)?.state;

/** Cells that each slot to come adds to the store. */
async function cellsOfSlots(world: World, slots: number): Promise<number[]> {
  const cells: number[] = [];
  for (let i = 0; i < slots; i++) {
    await beforeSlot(world);
    const before = world.store.next();
    await throughSlot(world);
    cells.push(world.store.next() - before);
  }
  return cells;
}

test("states go from saved to sent, delivered and read, and never back", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  const states: string[] = [];
  const { id } = await alice.conversationWith("Bob");
  alice.engine.watch("messages", { conversation: id, limit: 10 }, ({ messages }) => {
    const state = messages.at(-1)?.state ?? "";
    if (messages.at(-1)?.mine === true && states.at(-1) !== state) states.push(state);
  });
  await world.clock.advance(0);
  world.store.knobs.delayMs = 100;
  await alice.say("Bob", "seen?");
  await heardAll(people, 1, 0);
  await world.clock.advance(30_000);
  await bob.engine.markRead({ conversation: (await bob.conversationWith("Alice")).id, upTo: EVERYTHING });
  await world.clock.advance(30_000);
  expect(states).toEqual(["saved", "sent", "delivered", "read"]);
});

test("one receipt, one cell, for many messages, and not before the slot", async () => {
  const people = await friends({ receiptSlots: QUIET });
  const { world, alice, bob } = people;
  for (let i = 0; i < 60; i++) await alice.say("Bob", `${i}`);
  await heardAll(people, 60, 0);
  const cells = world.store.next();
  await world.clock.advance(600_000 - (world.clock.now() % 600_000) - 1);
  expect(world.store.next()).toBe(cells);
  await world.clock.advance(60_001);
  expect(world.store.next()).toBe(cells + 1);
  expect((await alice.messages("Bob")).filter(({ mine }) => mine).every(({ state }) => state === "delivered")).toBe(
    true,
  );
  expect((await bob.read("knowledge", {})).hours.at(-1)?.cellsWritten).toBeGreaterThan(0);
});

test("who turned read receipts off sends none, not even those that wait", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  const { id } = await bob.conversationWith("Alice");
  await alice.say("Bob", "1");
  await heardAll(people, 1, 0);
  await bob.engine.markRead({ conversation: id, upTo: EVERYTHING });
  await bob.engine.changeSettings({ readReceipts: false });
  await alice.say("Bob", "2");
  await heardAll(people, 2, 0);
  await bob.engine.markRead({ conversation: id, upTo: EVERYTHING });
  await world.clock.advance(60_000);
  const states = (await alice.messages("Bob")).filter(({ mine }) => mine).map(({ state }) => state);
  expect(states).toEqual(["delivered", "delivered"]);
  expect(await bob.read("settings", {})).toMatchObject({ readReceipts: false });
});

test("a receipt is not kept back by a clock that was put back", async () => {
  const people = await friends();
  const { world, alice } = people;
  await alice.say("Bob", "1");
  await heardAll(people, 1, 0);
  world.clock.set(world.clock.now() - 400 * 86_400_000);
  await world.clock.advance(60_000);
  expect((await alice.messages("Bob")).at(-1)?.state).toBe("delivered");
});

describe("riding", () => {
  test("who answers acknowledges with the answer itself, at once and without a cell more", async () => {
    const people = await friends({ receiptSlots: QUIET });
    const { world, alice, bob } = people;
    await throughSlot(world);
    await alice.say("Bob", "Tu viens ?");
    await heardAll(people, 1, 0);
    await bob.engine.markRead({ conversation: (await bob.conversationWith("Alice")).id, upTo: EVERYTHING });
    const cells = world.store.next();
    await bob.say("Alice", "Oui.");
    await heardAll(people, 1, 1);
    expect(await stateOfLast(alice, "Bob")).toBe("read");
    expect(world.store.next()).toBe(cells + 1);
    expect(await cellsOfSlots(world, 2)).toEqual([1, 0]); // Alice's, for the answer
  });

  test.each([
    ["a short text", 10, 1],
    ["one that fills its cell to the last byte", 3_832, 1],
    ["one of two cells", 3_833, 2],
    ["one that stands in an object", 20_000, 6],
  ])("%s takes as many cells with receipts as without", async (_, length, expected) => {
    const people = await friends({ receiptSlots: QUIET });
    const { world, alice, bob } = people;
    const cellsOf = async (): Promise<number> => {
      const cells = world.store.next();
      await bob.say("Alice", "x".repeat(length));
      await world.clock.advance(1_000);
      return world.store.next() - cells;
    };
    expect(await cellsOf()).toBe(expected);
    for (let i = 0; i < MAX_RIDING_IDS + 50; i++) await alice.say("Bob", `${i}`);
    await heardAll(people, MAX_RIDING_IDS + 50, 1);
    expect(await cellsOf()).toBe(expected);
    await world.clock.advance(3 * every);
    const states = (await alice.messages("Bob")).filter(({ mine }) => mine).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(["delivered"]));
  });

  test("receipts that ride in a text which is taken back before it left wait again", async () => {
    const people = await friends({ receiptSlots: QUIET });
    const { world, alice, bob } = people;
    await alice.say("Bob", "1");
    await heardAll(people, 1, 0);
    world.store.takeDown();
    await bob.say("Alice", "never sent");
    const { id } = (await bob.messages("Alice")).at(-1) ?? { id: "" };
    await bob.engine.forgetMessage({ message: id });
    world.store.bringUp();
    await world.clock.advance(2 * every);
    expect(await stateOfLast(alice, "Bob")).toBe("delivered");
  });

  test("nothing rides in a text to a group", async () => {
    const people = await friends({ receiptSlots: QUIET });
    const { world, alice, bob } = people;
    const contact = (await alice.read("contacts", {}))[0]?.id ?? "";
    await alice.engine.createGroup({ name: "Deux", contacts: [contact] });
    const group = await world.until(
      async () => (await bob.read("conversations", {})).find(({ name, state }) => name === "Deux" && state === "ready"),
      "the group",
    );
    await throughSlot(world);
    await alice.say("Bob", "between us");
    await heardAll(people, 1, 0);
    await bob.engine.sendText({ conversation: group.id, text: "to all" });
    await world.clock.advance(5_000);
    expect(await stateOfLast(alice, "Bob")).toBe("sent");
  });
});

describe("at a slot", () => {
  test("everybody writes one cell, whether or not a receipt waits, and the store cannot tell which is which", async () => {
    const world = createWorld();
    const names = ["Alice", "Bob", "Chloé", "Denis"];
    const people: Person[] = [];
    for (const name of names) people.push(await world.person(name, { receiptSlots: RECEIPT_SLOTS }));
    const [alice, bob, chloe, denis] = people as [Person, Person, Person, Person];
    await pair(world, alice, bob);
    await pair(world, chloe, denis);
    await throughSlot(world);
    await alice.say("Bob", "acknowledge this");
    const before = world.store.next();
    expect(await cellsOfSlots(world, 3)).toEqual([4, 4, 4]);
    expect(await stateOfLast(alice, "Bob")).toBe("delivered");
    const cells = world.store.entries().slice(before);
    expect(new Set(cells.map(({ cell }) => cell[0]))).toEqual(new Set([1]));
    expect(new Set(cells.map(({ label }) => Buffer.from(label.subarray(0, 2)).toString("hex")))).toEqual(
      new Set(["0000"]),
    );
    expect(new Set(cells.map(({ label }) => Buffer.from(label).toString("hex"))).size).toBe(cells.length);
    for (const person of people) {
      const { counters } = await person.read("storage", {});
      expect(counters).toMatchObject({ gaps: 0, undecryptable: 0, duplicates: 0 });
    }
  });

  test("everybody writes in tag form too, and before they know anybody", async () => {
    const world = createWorld();
    world.store.knobs.form = "tags";
    for (const name of ["Alice", "Bob"]) await world.person(name, { receiptSlots: RECEIPT_SLOTS });
    expect(await cellsOfSlots(world, 2)).toEqual([2, 2]);
  });

  test("what the feed showed at slots is remembered over a restart", async () => {
    const world = createWorld();
    const bob = await world.person("Bob", { receiptSlots: RECEIPT_SLOTS });
    await beforeSlot(world);
    const crypto = await createCrypto();
    await world.clock.advance(1);
    for (let i = 0; i < 39; i++) {
      const [label, cell] = [
        labelFrom(0, crypto.random(32)),
        sealCell(crypto, crypto.random(32), "decoy", new Uint8Array(0)),
      ];
      world.store.put({ type: "put", id: 1, label, cell });
    }
    await throughSlot(world);
    await bob.restart();
    const [saved] = await rowsOf(copyDisk(bob.disk), "SELECT value FROM meta WHERE key LIKE 'pace %'");
    expect(JSON.parse(String(saved?.["value"]))).toMatchObject({ share: 0.52 });
  });

  test("receipts of several conversations leave one after the other, the longest waiting first", async () => {
    const world = createWorld();
    const options = { receiptSlots: QUIET };
    const [bob, ...others] = [
      await world.person("Bob", options),
      await world.person("Alice", options),
      await world.person("Chloé", options),
      await world.person("Denis", options),
    ] as [Person, ...Person[]];
    for (const other of others) await pair(world, other, bob);
    for (const other of others) {
      await other.say("Bob", "1");
      await world.clock.advance(1_000);
    }
    const states: string[] = [];
    for (let slot = 0; slot < 3; slot++) {
      expect(await cellsOfSlots(world, 1)).toEqual([1]);
      states.push((await Promise.all(others.map((other) => stateOfLast(other, "Bob")))).join(" "));
    }
    expect(states).toEqual(["delivered sent sent", "delivered delivered sent", "delivered delivered delivered"]);
  });

  test("a contact who writes hundreds of texts keeps the receipts of others back by one slot", async () => {
    const world = createWorld();
    const [bob, flooder, chloe] = [
      await world.person("Bob", { receiptSlots: QUIET }),
      await world.person("Flooder", { receiptSlots: QUIET }),
      await world.person("Chloé", { receiptSlots: QUIET }),
    ];
    for (const other of [flooder, chloe]) await pair(world, other, bob);
    await throughSlot(world);
    for (let i = 0; i < MAX_RIDING_IDS * 3; i++) await flooder.say("Bob", `${i}`);
    await world.clock.advance(1_000);
    await chloe.say("Bob", "1");
    await world.clock.advance(1_000);
    await cellsOfSlots(world, 2);
    expect(await stateOfLast(chloe, "Bob")).toBe("delivered");
    const waiting = (await flooder.messages("Bob")).filter(({ state }) => state === "sent");
    expect(waiting).toHaveLength(MAX_RIDING_IDS * 2);
  });

  test("receipts outlive the engine, and so does the cell that was on its way", async () => {
    const people = await friends({ receiptSlots: RECEIPT_SLOTS });
    const { world, alice, bob } = people;
    await alice.say("Bob", "1");
    await heardAll(people, 1, 0);
    await bob.restart();
    await beforeSlot(world);
    await alice.engine.close();
    world.store.knobs.refusePuts = "store_busy";
    const before = world.store.next();
    await throughSlot(world);
    await bob.engine.close();
    expect(await rowsOf(bob.disk, "SELECT purpose FROM pending_contents")).toEqual([{ purpose: "receipt" }]);
    expect(await unsent(bob.disk)).toHaveLength(1);
    expect(world.store.next()).toBe(before);
    world.store.knobs.refusePuts = undefined;
    await bob.start(bob.disk);
    await world.clock.advance(10_000);
    expect(world.store.next()).toBe(before + 1);
    await alice.start(alice.disk);
    await world.clock.advance(10_000);
    expect(await stateOfLast(alice, "Bob")).toBe("delivered");
  });

  test.each(["a receipt", "a decoy"])(
    "a store that refuses %s gets the same cell again, and no other",
    async (what) => {
      const world = createWorld();
      const bob = await world.person("Bob", { receiptSlots: RECEIPT_SLOTS });
      const others = [await world.person("Alice"), await world.person("Chloé")];
      for (const other of others) await pair(world, other, bob);
      await throughSlot(world);
      if (what === "a receipt") for (const other of others) await other.say("Bob", "1");
      await world.clock.advance(1_000);
      world.store.knobs.refusePuts = "store_full";
      const waiting: number[] = [];
      for (let slot = 0; slot < 3; slot++) {
        await beforeSlot(world);
        await throughSlot(world);
        waiting.push((await unsent(copyDisk(bob.disk))).length);
      }
      expect(waiting).toEqual([1, 1, 1]);
    },
  );

  test("a store that sets its clock forward again and again gets no more cells for it", async () => {
    const people = await friends({ receiptSlots: RECEIPT_SLOTS });
    const { world } = people;
    await throughSlot(world);
    const before = world.store.next();
    for (let i = 0; i < 20; i++) {
      world.store.knobs.clockAhead =
        Math.ceil(world.clock.now() / every) * 600 - Math.floor(world.clock.now() / 1000) - 1;
      world.store.cut();
      await world.clock.advance(10_000);
    }
    expect(world.store.next() - before).toBeLessThanOrEqual(2);
  });

  test("a device that slept through a slot waits for the next one", async () => {
    const people = await friends({ receiptSlots: RECEIPT_SLOTS });
    const { world, alice } = people;
    await throughSlot(world);
    await alice.say("Bob", "1");
    await heardAll(people, 1, 0);
    await beforeSlot(world);
    const before = world.store.next();
    world.clock.set(world.clock.now() + 8 * 3_600_000 + every / 2); // its timers fire now, far from any slot
    await world.clock.advance(every / 2 - 1);
    expect(world.store.next()).toBe(before);
    await world.clock.advance(every);
    expect(await stateOfLast(alice, "Bob")).toBe("delivered");
  });
});

test("who only reads brings no new keys with a receipt, and gets them at some hour", async () => {
  const world = createWorld();
  const alice = await world.person("Alice", { receiptSlots: QUIET, updateAfter: 1e12 });
  const bob = await world.person("Bob", { receiptSlots: QUIET, updateAfter: 1 });
  await pair(world, alice, bob);
  await alice.say("Bob", "1");
  expect(await cellsOfSlots(world, 1)).toEqual([1]);
  expect(await stateOfLast(alice, "Bob")).toBe("delivered");
  const before = world.store.next();
  await world.clock.advance(3 * 86_400_000);
  expect(world.store.next()).toBe(before + 9); // one commit: what holds its keys, and the cell that points there
});

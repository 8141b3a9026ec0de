import { copyDisk, createWorld, pair } from "@pli/testkit";
import { expect, test } from "vitest";
import { friends, heardAll, lines } from "./support/friends.ts";

test("a device restored from an old copy of its disk says so by itself, and both go on after one line", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  await alice.say("Bob", "a1");
  await bob.say("Alice", "b1");
  await heardAll(people, 1, 1);
  await world.clock.advance(30_000);
  const old = copyDisk(alice.disk);
  await alice.say("Bob", "a2");
  await bob.say("Alice", "b2");
  await heardAll(people, 2, 2);
  await world.clock.advance(30_000);
  await alice.restart(old);
  await alice.say("Bob", "a3");
  await bob.say("Alice", "b3");
  await heardAll(people, 3, 3);
  expect(await bob.heard("Alice")).toEqual(["a1", "a2", "a3"]);
  expect(await alice.heard("Bob")).toEqual(["b1", "b2", "b3"]);
  expect(await lines(alice, "Bob", "rejoined")).toBe(1);
  expect(await lines(bob, "Alice", "rejoined")).toBe(1);
});

test("restored again and again on one day, at most so many beacons are lit, and the next day it goes on", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  const old = copyDisk(alice.disk);
  for (let round = 1; round <= 6; round++) {
    await alice.say("Bob", `a${round}`);
    await world.clock.advance(120_000);
    const puts = world.store.seen.put;
    await alice.restart(copyDisk(old));
    await world.clock.advance(120_000);
    expect(world.store.seen.put - puts).toBeLessThan(60);
  }
  await world.clock.advance(86_400_000);
  await alice.say("Bob", "the next day");
  await bob.say("Alice", "indeed");
  await world.until(
    async () => (await bob.heard("Alice")).includes("the next day") && (await alice.heard("Bob")).includes("indeed"),
    "the conversation of the next day",
    172_800_000,
  );
  expect((await alice.conversationWith("Bob")).state).toBe("ready");
});

test("a device away for longer than the store keeps cells re-joins, and gets what was not acknowledged", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  await heardAll(people, 0, 0);
  await alice.engine.close();
  await bob.say("Alice", "lost in the store");
  await world.clock.advance(60_000);
  world.store.expireBefore(world.store.next());
  await alice.start(alice.disk);
  await heardAll(people, 0, 1);
  expect(await alice.heard("Bob")).toEqual(["lost in the store"]);
  await alice.say("Bob", "here again");
  await heardAll(people, 1, 1);
  expect(await lines(bob, "Alice", "rejoined")).toBe(1);
  expect(await lines(alice, "Bob", "gap")).toBe(0);
});

test("a restored device that writes nothing sees what it once wrote, and re-joins before it is asked to", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  const old = copyDisk(alice.disk);
  await alice.say("Bob", "a1");
  await heardAll(people, 1, 0);
  await alice.restart(old);
  await world.clock.advance(60_000);
  expect(await lines(alice, "Bob", "rejoined")).toBe(1);
  expect(await lines(bob, "Alice", "rejoined")).toBe(1);
});

test("a restored device finds a key update of its own that it does not know, and re-joins", async () => {
  const people = await friends({ updateEvery: 1, receiptDelay: [86_400_000, 86_400_000] });
  const { world, alice } = people;
  for (const i of [1, 2]) await alice.say("Bob", `a${i}`);
  await heardAll(people, 2, 0);
  const old = copyDisk(alice.disk);
  await alice.say("Bob", "after an update");
  await heardAll(people, 3, 0);
  await alice.restart(old);
  await world.clock.advance(60_000);
  expect(await lines(alice, "Bob", "rejoined")).toBe(1);
  expect((await alice.conversationWith("Bob")).state).toBe("ready");
});

test("a beacon that the store shows again is not answered again", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  const from = world.store.next();
  const { contact } = await bob.conversationWith("Alice");
  await bob.engine.block({ contact, blocked: true });
  await bob.engine.block({ contact, blocked: false });
  await bob.say("Alice", "b1");
  await heardAll(people, 0, 1);
  await world.clock.advance(60_000);
  const again = world.store.entries().slice(from);
  await alice.engine.close();
  for (const [i, { label, cell }] of again.entries()) {
    const stranger = new Uint8Array(32).fill(i + 1, 2) as typeof label;
    world.store.table.put({ type: "put", id: 1, label: stranger, cell });
    Object.assign(world.store.entries().at(-1) ?? {}, { label });
  }
  await alice.start(alice.disk);
  await world.clock.advance(60_000);
  expect((await alice.read("storage", {})).counters.rejoins).toBe(1);
  await alice.say("Bob", "a1");
  await bob.say("Alice", "b2");
  await heardAll(people, 1, 2);
});

test.each([0, 40, 150, 700])("both sides lost at once find each other again (%i ms to the store)", async (delay) => {
  const people = await friends();
  const { world, alice, bob } = people;
  world.store.knobs.delayMs = delay;
  const olds = [copyDisk(alice.disk), copyDisk(bob.disk)];
  await alice.say("Bob", "a1");
  await bob.say("Alice", "b1");
  await heardAll(people, 1, 1);
  world.store.takeDown();
  await alice.restart(olds[0]);
  await bob.restart(olds[1]);
  world.store.bringUp();
  await world.clock.advance(60_000);
  await alice.say("Bob", "a2");
  await bob.say("Alice", "b2");
  await world.until(
    async () => (await bob.heard("Alice")).includes("a2") && (await alice.heard("Bob")).includes("b2"),
    "the messages after",
  );
  const epochs = [await alice.conversationWith("Bob"), await bob.conversationWith("Alice")];
  expect(epochs.map(({ state }) => state)).toEqual(["ready", "ready"]);
  expect(await lines(alice, "Bob", "rejoined")).toBe(1);
});

test("a store whose data is another does not stay in trouble: conversations are set up again there", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  await alice.say("Bob", "a1");
  await heardAll(people, 1, 0);
  await world.clock.advance(30_000);
  world.store.replace();
  await alice.say("Bob", "a2");
  await bob.say("Alice", "b2");
  await heardAll(people, 2, 1);
  await world.clock.advance(60_000);
  const { connection } = await alice.read("status", {});
  expect(connection).toMatchObject({ state: "online" });
  expect(connection.error).toBeUndefined();
  expect(await lines(alice, "Bob", "rejoined")).toBe(1);
});

test("a store put back to an earlier state is read from its start, and what it lost is sent again", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  await bob.engine.close();
  const table = world.store.table;
  await alice.say("Bob", "a1");
  await world.clock.advance(30_000);
  world.store.table = new (table.constructor as new (feeds: number[]) => typeof table)([0]);
  world.store.cut();
  await world.clock.advance(60_000);
  await bob.start(bob.disk);
  await heardAll(people, 1, 0);
  expect((await alice.read("status", {})).connection.error).toBeUndefined();
});

test("an invitation that is open when the store is replaced still works", async () => {
  const world = createWorld();
  const [alice, bob] = [await world.person("Alice"), await world.person("Bob")];
  const { pairing } = await alice.engine.createInvitation({});
  await world.clock.advance(1_000);
  world.store.replace();
  await world.clock.advance(5_000);
  const link = (await alice.read("pairing", { id: pairing }))?.link ?? "";
  const { pairing: accepted } = await bob.engine.acceptInvitation({ link });
  await world.until(async () => (await bob.read("pairing", { id: accepted }))?.step === "code", "the code");
  await alice.engine.cancelPairing({ pairing });
  await world.until(async () => (await bob.read("pairing", { id: accepted }))?.error === "pairing_refused", "its end");
  await pair(world, alice, bob);
});

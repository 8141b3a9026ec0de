import { copyDisk, createWorld, pair, type TestDisk } from "@pli/testkit";
import { createCrypto } from "@pli/protocol/crypto";
import { expect, test } from "vitest";
import { friends, heardAll, lines, loseThread, type Friends } from "./support/friends.ts";
import { createHostile } from "./support/hostile.ts";

/** What one beacon is in the store. */
const BEACON_CELLS = 4;

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

/** All that a device writes which is put back to a copy of its disk. */
async function putBack({ world, alice }: Friends, old: TestDisk): Promise<number> {
  const puts = world.store.seen.put;
  await alice.restart(copyDisk(old));
  await world.clock.advance(120_000);
  return world.store.seen.put - puts;
}

test("put back to the same copy again and again on one day, a device talks on each time", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  const old = copyDisk(alice.disk);
  for (let round = 1; round <= 12; round++) {
    await putBack(people, old);
    await alice.say("Bob", `a${round}`);
    await bob.say("Alice", `b${round}`);
    await world.until(
      async () => (await bob.heard("Alice")).includes(`a${round}`) && (await alice.heard("Bob")).includes(`b${round}`),
      `round ${round}`,
    );
  }
});

test("put back more often on one day than beacons are lit, it writes so much and no more, and the next day it continues", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  const old = copyDisk(alice.disk);
  const written: number[] = [];
  for (let round = 1; round <= 35; round++) {
    written.push(await putBack(people, old));
    await alice.say("Bob", `a${round}`);
    await world.clock.advance(60_000);
  }
  expect((await alice.conversationWith("Bob")).state).toBe("rejoining");
  expect(written.at(-1)).toBe(written.at(-2));
  expect(Math.max(...written)).toBeLessThanOrEqual(33 * BEACON_CELLS);
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
  const people = await friends({ updateEvery: 1, receiptSlots: "never" });
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
  await loseThread(bob);
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

test("a store lost twenty times on one day: both talk on each time, no matter who of them was away", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  for (let round = 1; round <= 20; round++) {
    const away = [undefined, alice, bob][round % 3];
    await away?.engine.close();
    await world.clock.advance(1_000);
    world.store.replace();
    await world.clock.advance(20_000);
    await away?.start(away.disk);
    await alice.say("Bob", `a${round}`);
    await bob.say("Alice", `b${round}`);
    await heardAll(people, round, round);
    await world.clock.advance(30_000);
  }
  expect(new Set(await bob.heard("Alice")).size).toBe(20);
  expect((await alice.conversationWith("Bob")).state).toBe("ready");
});

test("a store lost again and again while the other is away: they find each other all the same", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  await bob.engine.close();
  await alice.say("Bob", "before all that");
  for (let loss = 1; loss <= 7; loss++) {
    await world.clock.advance(20_000);
    world.store.replace();
  }
  await world.clock.advance(20_000);
  await bob.start(bob.disk);
  await bob.say("Alice", "here again");
  await heardAll(people, 1, 1);
});

test("a store lost a moment after a beacon was lit: the next one is lit in the new store", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  await bob.engine.close();
  await loseThread(alice);
  await world.clock.advance(20_000);
  world.store.replace();
  await world.clock.advance(20_000);
  expect((await alice.conversationWith("Bob")).state).toBe("rejoining");
  expect(world.store.next()).toBeGreaterThan(0);
  await bob.start(bob.disk);
  await alice.say("Bob", "a");
  await bob.say("Alice", "b");
  await heardAll(people, 1, 1);
});

test("a beacon is not lit twice, not even in another store: its key seals one object", async () => {
  const people = await friends();
  const { world, bob } = people;
  await bob.engine.close();
  await world.clock.advance(1_000);
  const requests: string[] = [];
  for (let loss = 1; loss <= 3; loss++) {
    world.store.replace();
    await world.clock.advance(60_000);
    requests.push(...world.store.entries().map(({ label }) => Buffer.from(label).toString("hex")));
  }
  expect(requests.length).toBeGreaterThan(0);
  expect(new Set(requests).size).toBe(requests.length);
});

test("people who pair again have beacons of their own again", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  for (let loss = 1; loss <= 9; loss++) {
    world.store.replace();
    await world.clock.advance(60_000);
  }
  await pair(world, bob, alice);
  world.store.replace();
  await alice.say("Bob", "a");
  await bob.say("Alice", "b");
  await heardAll(people, 1, 1);
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

test("a device put back to before what it acknowledged, in a store that lost it too: the other says it again", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  await alice.say("Bob", "before");
  await heardAll(people, 1, 0);
  await world.clock.advance(30_000);
  const [table, old] = [world.store.table.copy(), copyDisk(bob.disk)];
  await alice.say("Bob", "forgotten");
  await heardAll(people, 2, 0);
  await world.clock.advance(30_000);
  expect((await alice.messages("Bob")).at(-1)?.state).toBe("delivered");
  world.store.restore(table);
  await bob.restart(old);
  await world.until(async () => (await bob.heard("Alice")).includes("forgotten"), "it is said again", 60_000);
  expect(await bob.heard("Alice")).toEqual(["before", "forgotten"]);
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
  await world.until(async () => (await bob.read("pairing", { id: accepted }))?.error === "pairing_stopped", "its end");
  await pair(world, alice, bob);
});

test("a key update of the other that does not open here: the two are set up again by themselves", async () => {
  const world = createWorld();
  const hostile = createHostile(await createCrypto());
  const mallory = await world.person("Mallory", { updateEvery: 1 }, { groups: hostile.groups });
  const alice = await world.person("Alice");
  await pair(world, mallory, alice);
  await alice.say("Mallory", "before");
  await world.until(async () => (await mallory.heard("Alice")).includes("before"));
  hostile.bend = { how: "garbage", victims: "everybody", ofTwo: true };
  await mallory.say("Alice", "m1");
  await mallory.say("Alice", "m2");
  await world.until(async () => hostile.made > 0, "the update");
  await alice.say("Mallory", "after");
  await world.until(
    async () => (await mallory.heard("Alice")).includes("after") && (await alice.heard("Mallory")).includes("m2"),
    "both are heard again",
    120_000,
  );
  expect(await lines(alice, "Mallory", "rejoined")).toBe(1);
  expect((await alice.conversationWith("Mallory")).state).toBe("ready");
});

test.each([0, 400, 2_000, 10_000])(
  "a store that loses its data %i ms after somebody was unblocked: the two are set up again in the new one",
  async (after) => {
    const { world, alice, bob } = await friends();
    await world.clock.advance(60_000);
    const { contact } = await alice.conversationWith("Bob");
    await alice.engine.block({ contact, blocked: true });
    await world.clock.advance(5_000);
    await alice.engine.block({ contact, blocked: false });
    await world.clock.advance(after);
    world.store.takeDown();
    await world.clock.advance(20_000);
    world.store.replace();
    world.store.bringUp();
    await alice.say("Bob", "hello");
    await bob.say("Alice", "hello too");
    await world.until(
      async () => (await bob.heard("Alice")).includes("hello") && (await alice.heard("Bob")).includes("hello too"),
      "both are heard",
      180_000,
    );
  },
);

test("a device put back to before it opened a beacon, in a store that was rolled back: it finds its beacon there", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  await alice.say("Bob", "a1");
  await bob.say("Alice", "b1");
  await heardAll(people, 1, 1);
  await world.clock.advance(60_000);
  const [old, backup] = [copyDisk(alice.disk), world.store.table.copy()];
  await alice.say("Bob", "a2");
  await heardAll(people, 2, 1);
  await world.clock.advance(60_000);
  await bob.engine.close();
  world.store.rollBack(backup);
  await world.until(async () => (await alice.conversationWith("Bob")).state === "rejoining", "Alice opens a beacon");
  await world.clock.advance(10_000);
  await bob.start(bob.disk);
  await world.until(async () => (await alice.conversationWith("Bob")).state === "ready", "Bob has answered");
  await world.clock.advance(60_000);
  await alice.restart(old);
  await world.clock.advance(60_000);
  await alice.say("Bob", "a3");
  await bob.say("Alice", "b3");
  await world.until(
    async () => (await bob.heard("Alice")).includes("a3") && (await alice.heard("Bob")).includes("b3"),
    "the messages after",
  );
});

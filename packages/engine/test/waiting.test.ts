import type { StatusView } from "@pli/engine/api";
import { createWorld, MemoryStore, pair, type Person } from "@pli/testkit";
import { expect, test } from "vitest";
import { friends } from "./support/friends.ts";

/** Alice, whose home is the world's store, and Dora, who lives at another and invited her there. */
async function apart() {
  const world = createWorld();
  const far = new MemoryStore({ clock: world.clock, origin: "http://far.example" });
  world.stores.push(far);
  const alice = await world.person("Alice");
  const dora = await world.person("Dora", {}, { store: far });
  await pair(world, dora, alice);
  await world.clock.advance(60_000);
  return { world, far, alice, dora };
}

const status = (person: Person): Promise<StatusView> => person.read("status", {});

test("when all answers, nothing is said to wait", async () => {
  const { alice } = await apart();
  const { waitsFor, storesAway, connection } = await status(alice);
  expect({ waitsFor, storesAway, nextTry: connection.nextTry }).toEqual({});
  expect(connection.state).toBe("online");
});

test("a message to a conversation at another store that does not answer: which store, why and when it is called next", async () => {
  const { world, far, alice } = await apart();
  far.takeDown();
  await world.clock.advance(60_000);
  await alice.say("Dora", "one");
  await alice.say("Dora", "two");
  const { id } = await alice.conversationWith("Dora");
  const { connection, waitsFor, storesAway, pending } = await world.until(async () => {
    const now = await status(alice);
    return now.storesAway?.[0]?.nextTry !== undefined && now;
  }, "the next try");
  const away = {
    store: far.origin,
    error: "store_unreachable",
    since: expect.any(Number),
    nextTry: expect.any(Number),
  };
  expect(connection).toMatchObject({ state: "online", store: world.store.origin });
  expect(waitsFor).toEqual([{ conversation: id, messages: 2, what: "store", store: far.origin, away }]);
  expect(storesAway).toEqual([away]);
  expect(pending).toBe(2);
  far.bringUp();
  await alice.engine.reconnect();
  await world.until(async () => (await status(alice)).waitsFor === undefined, "all sent");
  expect((await status(alice)).storesAway).toBeUndefined();
});

test("calling the stores that do not answer leaves alone the line to one that does", async () => {
  const { world, far, alice } = await apart();
  far.takeDown();
  await world.clock.advance(60_000);
  const { hello } = world.store.seen;
  await alice.engine.reconnect();
  await world.clock.advance(1_000);
  expect(world.store.seen.hello).toBe(hello);
});

test("a message to somebody with whom all is set up again waits for them, not for a store that answers", async () => {
  const { world, alice, bob } = await friends();
  await bob.engine.close();
  world.store.replace();
  await world.until(async () => (await alice.conversationWith("Bob")).state === "rejoining", "the repair");
  await alice.say("Bob", "later");
  await world.clock.advance(5_000);
  const { waitsFor, connection } = await status(alice);
  expect(connection.state).toBe("online");
  expect(waitsFor).toMatchObject([{ messages: 1, what: "people", store: world.store.origin }]);
  expect(waitsFor?.[0]).not.toHaveProperty("away");
  await bob.start(bob.disk);
  await world.until(async () => (await bob.heard("Alice")).includes("later"), "the message");
  expect((await status(alice)).waitsFor).toBeUndefined();
});

test("off line it says when the store is called next, and then calls it", async () => {
  const { world, alice } = await friends();
  world.store.takeDown();
  await world.clock.advance(120_000);
  const { nextTry = 0 } = await world.until(async () => {
    const { connection } = await status(alice);
    return connection.nextTry !== undefined && connection;
  }, "the next try");
  expect(nextTry - world.clock.now()).toBeGreaterThan(0);
  expect(nextTry - world.clock.now()).toBeLessThanOrEqual(30_000);
  world.store.bringUp();
  await world.clock.advance(nextTry - world.clock.now() + 100);
  expect((await status(alice)).connection.state).toBe("online");
  expect((await status(alice)).connection).not.toHaveProperty("nextTry");
});

test("what the person does calls the store at once, and what they do a hundred times calls it once", async () => {
  const { world, alice, bob } = await friends();
  world.store.takeDown();
  await world.clock.advance(300_000);
  await world.until(async () => {
    const { nextTry = 0 } = (await status(alice)).connection;
    return nextTry - world.clock.now() > 5_000;
  }, "a long wait");
  const { dial } = world.store.seen;
  for (let i = 0; i < 100; i++) await alice.say("Bob", String(i));
  expect(world.store.seen.dial - dial).toBeLessThanOrEqual(1);
  world.store.bringUp();
  await world.clock.advance(3_000);
  await alice.say("Bob", "now");
  await world.clock.advance(1_000);
  expect((await status(alice)).connection.state).toBe("online");
  await bob.engine.reconnect();
  await world.until(async () => (await bob.heard("Alice")).length === 101, "all of them");
});

test("while it catches up it says how far, and not that it is still connecting", async () => {
  const { world, alice, bob } = await friends();
  await bob.engine.close();
  for (let i = 0; i < 400; i++) await alice.say("Bob", String(i));
  await world.clock.advance(60_000);
  await bob.start(bob.disk);
  const seen: { done: number; total: number }[] = [];
  bob.engine.watch("status", {}, ({ connection }) => {
    if (connection.catchUp !== undefined) seen.push(connection.catchUp);
  });
  await world.until(async () => (await bob.heard("Alice")).length === 400, "all of them");
  expect(seen.length).toBeGreaterThan(0);
  for (const { done, total } of seen) expect(done).toBeLessThanOrEqual(total);
  expect((await status(bob)).connection).not.toHaveProperty("catchUp");
});

import { createCrypto } from "@pli/protocol/crypto";
import { createEngine } from "@pli/engine";
import { createTestDisk, createWorld, openTestDatabase, pair } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { closeAll, friends, heardAll } from "./support/friends.ts";

const DAY = 86_400_000;

test("a full disk is said, loses nothing, and all goes on by itself when there is room", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  bob.disk.folder.limit = 0;
  for (const i of [1, 2, 3]) await alice.say("Bob", `a${i} ${"x".repeat(i === 2 ? 30_000 : 2_000)}`);
  await expect(bob.say("Alice", "z".repeat(60_000))).rejects.toMatchObject({ code: "disk_full" });
  await world.clock.advance(30_000);
  expect((await bob.read("status", {})).trouble).toBe("disk_full");
  expect(await bob.heard("Alice")).toEqual([]);
  bob.disk.folder.limit = Number.MAX_SAFE_INTEGER;
  await heardAll(people, 3, 0);
  expect((await bob.heard("Alice")).map((text) => text.slice(0, 2))).toEqual(["a1", "a2", "a3"]);
  await world.clock.advance(20_000);
  const status = await bob.read("status", {});
  expect(status.trouble).toBeUndefined();
  expect(status.connection.state).toBe("online");
  await bob.say("Alice", "b1");
  await heardAll(people, 3, 1);
  expect((await bob.read("storage", {})).counters).toMatchObject({ gaps: 0, undecryptable: 0, rejoins: 0 });
});

test("a disk that fills up while an answer is awaited: the message is sent once", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  world.store.knobs.delayMs = 500;
  await alice.say("Bob", "a1");
  await world.clock.advance(200);
  alice.disk.folder.limit = 0;
  await world.clock.advance(60_000);
  alice.disk.folder.limit = Number.MAX_SAFE_INTEGER;
  await alice.say("Bob", "a2");
  await heardAll(people, 2, 0);
  await world.until(async () =>
    (await alice.messages("Bob")).every(({ mine, state }) => !mine || state === "delivered"),
  );
  expect(await bob.heard("Alice")).toEqual(["a1", "a2"]);
});

test("what failed, at whatever statement, is undone in memory too: the next message is read", async () => {
  const people = await friends({ receiptSlots: "never" });
  const { world, alice, bob } = people;
  const { contact } = await bob.conversationWith("Alice");
  const used = [...bob.disk.folder.files.values()].reduce((sum, { length }) => sum + length, 0);
  let failed = 0;
  for (let room = 0; room < 150_000; room += 3_000) {
    bob.disk.folder.limit = used + room;
    const code = await bob.engine.block({ contact, blocked: true }).then(
      () => undefined,
      (error: { code?: string }) => error.code,
    );
    bob.disk.folder.limit = Number.MAX_SAFE_INTEGER;
    if (code === undefined) break;
    expect(code).toBe("disk_full");
    failed += 1;
    await alice.say("Bob", `still read ${failed}`);
    await world.clock.advance(100);
    expect(await bob.heard("Alice")).toHaveLength(failed);
  }
  expect(failed).toBeGreaterThan(2);
  expect((await bob.conversationWith("Alice")).blocked).toBe(true);
});

test("a database of a newer version is refused by its name, and left as it is", async () => {
  const disk = createTestDisk();
  const database = await openTestDatabase(disk);
  await database.transaction(async (sql) => {
    await sql.run("CREATE TABLE schema_version (version INTEGER NOT NULL)");
    await sql.run("INSERT INTO schema_version VALUES (99)");
  });
  const world = createWorld();
  const opening = createEngine({
    database,
    crypto: await createCrypto(),
    clock: world.clock,
    dialer: world.store,
    store: world.store.origin,
  });
  await expect(opening).rejects.toMatchObject({ code: "database_newer" });
  expect(world.clock.pending).toBe(0);
  const tables = await database.transaction((sql) => sql.all("SELECT name FROM sqlite_master"));
  expect(tables).toEqual([{ name: "schema_version" }]);
});

test("a clock years off: it is said, and nothing is paired; set right, it works", async () => {
  const world = createWorld();
  const alice = await world.person("Alice");
  world.store.knobs.clockAhead = 3 * 365 * 86_400;
  world.store.cut();
  await world.clock.advance(5_000);
  expect((await alice.read("status", {})).clockSkew).toBe(-3 * 365 * 86_400);
  await expect(alice.engine.createInvitation({})).rejects.toMatchObject({ code: "clock_wrong" });
  await expect(alice.engine.acceptInvitation({ link: "x" })).rejects.toMatchObject({ code: "clock_wrong" });
  world.store.knobs.clockAhead = 0;
  world.store.cut();
  await world.clock.advance(5_000);
  expect((await alice.read("status", {})).clockSkew).toBeUndefined();
  await alice.engine.createInvitation({});
});

test.each([-3 * 365, -2, 2, 5 * 365])("a clock that jumps by %i days keeps no message back", async (days) => {
  const people = await friends();
  const { world, alice, bob } = people;
  await alice.say("Bob", "before");
  await heardAll(people, 1, 0);
  world.clock.set(world.clock.now() + days * 86_400_000);
  await alice.say("Bob", "after");
  await bob.say("Alice", "here too");
  await heardAll(people, 2, 1);
  await alice.restart();
  await alice.say("Bob", "and again");
  await heardAll(people, 3, 1);
});

test("after close nothing is left that runs, and every call says that the engine is gone", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  await alice.say("Bob", "a");
  await bob.say("Alice", "b");
  world.store.takeDown();
  await alice.say("Bob", "never sent");
  const { id } = await alice.conversationWith("Bob");
  await closeAll(alice, bob);
  expect(world.clock.pending).toBe(0);
  const gone = { code: "engine_gone" };
  await expect(alice.read("status", {})).rejects.toMatchObject(gone);
  await expect(alice.engine.sendText({ conversation: id, text: "x" })).rejects.toMatchObject(gone);
  await expect(alice.engine.createInvitation({})).rejects.toMatchObject(gone);
  await expect(alice.engine.acceptInvitation({ link: "x" })).rejects.toMatchObject(gone);
  await expect(alice.engine.typeCode({ pairing: "x", digits: "1234" })).rejects.toMatchObject(gone);
  await expect(alice.engine.reconnect()).rejects.toMatchObject(gone);
  await alice.engine.close();
  await world.clock.advance(600_000);
  expect(world.clock.pending).toBe(0);
});

test("closed in the middle of a catch-up, of a search and of a pairing: nothing hangs and nothing is lost", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  await bob.engine.close();
  for (let i = 0; i < 5; i++) await alice.say("Bob", `${i} ${"x".repeat(20_000)}`);
  await world.clock.advance(10_000);
  world.store.knobs.delayMs = 50;
  for (let i = 0; i < 8; i++) {
    await bob.start(bob.disk);
    await bob.engine.createInvitation({});
    await world.clock.advance(60 + i * 30);
    await bob.engine.close();
  }
  await bob.start(bob.disk);
  await heardAll(people, 5, 0);
  expect(await bob.heard("Alice")).toHaveLength(5);
});

describe("a profile that was made while the clock was wrong", () => {
  test.each([
    ["a year ahead", 365 * DAY],
    ["three years behind, as a device without a battery has it", -3 * 365 * DAY],
    ["three days ahead", 3 * DAY],
    ["an hour ahead", 3_600_000],
  ])("%s, pairs once the clock is right, as either side", async (_, off) => {
    const world = createWorld();
    const right = world.clock.now();
    const ana = await world.person("Ana");
    world.clock.set(right + off);
    const bo = await world.person("Bo");
    const cy = await world.person("Cy");
    world.clock.set(right + 60_000);
    for (const person of [bo, cy]) await person.restart();
    await pair(world, ana, bo);
    await pair(world, cy, ana);
    await bo.say("Ana", "here I am");
    await world.until(async () => (await ana.heard("Bo")).includes("here I am"), "Ana hears Bo");
    expect((await bo.read("status", {})).trouble).toBeUndefined();
  });

  test("says what is wrong where others have its certificate already, and pairs with nobody more", async () => {
    const { world, alice, bob } = await friends();
    world.clock.set(world.clock.now() + 3 * 365 * DAY);
    world.store.cut();
    await world.clock.advance(5_000);
    for (const person of [alice, bob]) {
      await world.until(async () => (await person.read("status", {})).trouble === "profile_out_of_time", "it is said");
      await expect(person.engine.createInvitation({})).rejects.toMatchObject({ code: "profile_out_of_time" });
    }
    await alice.say("Bob", "we still talk");
    await world.until(async () => (await bob.heard("Alice")).includes("we still talk"), "Bob hears Alice");
  });

  test("is not made anew by a clock that the store does not agree with", async () => {
    const world = createWorld();
    const right = world.clock.now();
    const bo = await world.person("Bo");
    world.clock.set(right + 3 * 365 * DAY);
    world.store.knobs.clockAhead = (-3 * 365 * DAY) / 1000;
    await bo.restart();
    await world.clock.advance(60_000);
    await expect(bo.engine.createInvitation({})).rejects.toMatchObject({ code: "clock_wrong" });
    world.clock.set(right + 120_000);
    world.store.knobs.clockAhead = 0;
    await bo.restart();
    await world.clock.advance(60_000);
    const ana = await world.person("Ana");
    await pair(world, bo, ana);
  });
});

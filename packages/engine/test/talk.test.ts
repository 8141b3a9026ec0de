import { createWorld, pair } from "@pli/testkit";
import { expect, test } from "vitest";
import { closeAll, friends, heardAll } from "./support/friends.ts";

test("two people who share nothing pair and talk, both ways", async () => {
  const world = createWorld();
  const [alice, bob] = [await world.person("Alice"), await world.person("Bob")];
  await pair(world, alice, bob);
  await alice.say("Bob", "Bonjour Bob");
  await bob.say("Alice", "Bonjour Alice");
  await heardAll({ world, alice, bob }, 1, 1);
  expect(new Set(await alice.texts("Bob"))).toEqual(new Set(["Bonjour Bob", "Bonjour Alice"]));
  expect((await alice.conversationWith("Bob")).level).toBe(3);
  await closeAll(alice, bob);
  expect(world.clock.pending).toBe(0);
});

test("200 messages from 1 byte to 64 KiB arrive once and in order, as equal cells under labels used once", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  const lengths = Array.from({ length: 100 }, (_, i) => (i % 10 === 9 ? 65_536 - i : 1 + i * 137));
  const text = (who: string, i: number): string => `${who}${i} `.padEnd(lengths[i] ?? 1, "x").slice(0, lengths[i]);
  for (const [i] of lengths.entries()) {
    await alice.say("Bob", text("a", i));
    await bob.say("Alice", text("b", i));
    if (i % 10 === 0) await world.clock.advance(50);
  }
  await heardAll(people, 100, 100);
  await world.clock.advance(60_000);
  // Compared one by one: a difference of megabytes takes minutes to print.
  const [heardByBob, heardByAlice] = [await bob.heard("Alice"), await alice.heard("Bob")];
  expect(heardByBob.map(({ length }) => length)).toEqual(lengths);
  expect(heardByBob.every((heard, i) => heard === text("a", i))).toBe(true);
  expect(heardByAlice.every((heard, i) => heard === text("b", i))).toBe(true);
  const entries = world.store.entries();
  expect(new Set(entries.map(({ cell }) => cell.length))).toEqual(new Set([4096]));
  expect(new Set(entries.map(({ label }) => Buffer.from(label).toString("hex"))).size).toBe(entries.length);
  const { counters } = await bob.read("storage", {});
  expect(counters).toMatchObject({ gaps: 0, undecryptable: 0, rejoins: 0, duplicates: 0 });
});

test("two messages written off line by each side arrive in each sender's order, the store restarted in between", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  world.store.takeDown();
  await alice.say("Bob", "a1");
  await bob.say("Alice", "b1");
  await world.clock.advance(5_000);
  await alice.say("Bob", "a2");
  await bob.say("Alice", "b2");
  expect((await alice.read("status", {})).pending).toBe(2);
  expect((await alice.messages("Bob")).at(-1)?.state).toBe("saved");
  world.store.bringUp();
  await heardAll(people, 2, 2);
  expect(await bob.heard("Alice")).toEqual(["a1", "a2"]);
  expect(await alice.heard("Bob")).toEqual(["b1", "b2"]);
});

test("what was written off line is sent after the app was restarted", async () => {
  const people = await friends();
  const { world, alice } = people;
  world.store.takeDown();
  await alice.say("Bob", "a1");
  await alice.say("Bob", "a2");
  await alice.restart();
  await world.clock.advance(5_000);
  await alice.restart();
  await alice.say("Bob", "a3");
  world.store.bringUp();
  await heardAll(people, 3, 0);
  expect(await people.bob.heard("Alice")).toEqual(["a1", "a2", "a3"]);
});

test("a text sent twice under one name is one message", async () => {
  const world = createWorld();
  const [alice, bob] = [await world.person("Alice"), await world.person("Bob")];
  await pair(world, alice, bob);
  const { id: conversation } = await alice.conversationWith("Bob");
  const send = () => alice.engine.sendText({ conversation, text: "Bonjour", request: "one" });
  expect(await send()).toEqual(await send());
  await world.until(async () => (await bob.texts("Alice")).length > 0);
  expect(await bob.texts("Alice")).toEqual(["Bonjour"]);
  await expect(alice.engine.sendText({ conversation, text: "a", request: "x".repeat(65) })).rejects.toMatchObject({
    code: "request_malformed",
  });
});

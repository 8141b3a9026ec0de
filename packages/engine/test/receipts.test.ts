import { expect, test } from "vitest";
import { friends, heardAll } from "./support/friends.ts";

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
  await bob.engine.markRead({ conversation: (await bob.conversationWith("Alice")).id });
  await world.clock.advance(30_000);
  expect(states).toEqual(["saved", "sent", "delivered", "read"]);
});

test("one receipt, one cell, for many messages, and not before its time", async () => {
  const people = await friends({ receiptDelay: [5_000, 9_000] });
  const { world, alice, bob } = people;
  for (let i = 0; i < 60; i++) await alice.say("Bob", `${i}`);
  await heardAll(people, 60, 0);
  const cells = world.store.next();
  await world.clock.advance(3_000);
  expect(world.store.next()).toBe(cells);
  await world.clock.advance(10_000);
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
  await bob.engine.markRead({ conversation: id });
  await bob.engine.changeSettings({ readReceipts: false });
  await alice.say("Bob", "2");
  await heardAll(people, 2, 0);
  await bob.engine.markRead({ conversation: id });
  await world.clock.advance(60_000);
  const states = (await alice.messages("Bob")).filter(({ mine }) => mine).map(({ state }) => state);
  expect(states).toEqual(["delivered", "delivered"]);
  expect(await bob.read("settings", {})).toEqual({ readReceipts: false });
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

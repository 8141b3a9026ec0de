import { expect, test } from "vitest";
import { copyDisk } from "@pli/testkit";
import { friends, heardAll, lines, rowsOf } from "./support/friends.ts";

test("nothing of a blocked contact is opened, shown, answered or fetched, and nothing reaches them", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  await bob.say("Alice", "before");
  await heardAll(people, 0, 1);
  const { contact, id } = await alice.conversationWith("Bob");
  await alice.engine.markRead({ conversation: id });
  await alice.engine.block({ contact, blocked: true });
  expect(await rowsOf(copyDisk(alice.disk), "SELECT * FROM receipts")).toEqual([]);
  await world.clock.advance(60_000);
  const [cells, gets] = [world.store.next(), world.store.seen.get];
  await bob.say("Alice", "while blocked");
  await alice.say("Bob", "kept here");
  await alice.engine.renameProfile({ name: "Alix" });
  await world.clock.advance(600_000);
  expect(world.store.next()).toBe(cells + 1);
  expect(world.store.seen.get).toBe(gets);
  expect(await alice.heard("Bob")).toEqual(["before"]);
  expect((await bob.messages("Alice")).map(({ state }) => state)).toEqual(["received", "sent", "sent"]);
  expect(await rowsOf(copyDisk(alice.disk), "SELECT * FROM leaf_parts")).toEqual([]);
  expect(await rowsOf(copyDisk(alice.disk), "SELECT * FROM watches")).toEqual([]);
  expect((await alice.conversationWith("Bob")).blocked).toBe(true);
});

test("unblocking sets the conversation up again, and what waited leaves", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  const { contact } = await alice.conversationWith("Bob");
  for (let i = 0; i < 3; i++) {
    await alice.engine.block({ contact, blocked: true });
    await alice.restart();
    await world.clock.advance(10_000);
    await alice.say("Bob", `kept ${i}`);
    await alice.engine.block({ contact, blocked: false });
    await heardAll(people, i + 1, 0);
    await bob.say("Alice", `welcome back ${i}`);
    await heardAll(people, i + 1, i + 1);
  }
  expect(await bob.heard("Alice")).toEqual(["kept 0", "kept 1", "kept 2"]);
  expect(await lines(alice, "Bob", "gap")).toBe(0);
});

test("a beacon of a blocked contact is not answered", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  const { contact } = await alice.conversationWith("Bob");
  await alice.engine.block({ contact, blocked: true });
  const other = (await bob.conversationWith("Alice")).contact;
  await bob.engine.block({ contact: other, blocked: true });
  await bob.engine.block({ contact: other, blocked: false });
  await world.clock.advance(600_000);
  expect((await bob.conversationWith("Alice")).state).toBe("rejoining");
  await alice.engine.block({ contact, blocked: false });
  await bob.say("Alice", "at last");
  await heardAll(people, 0, 1);
});

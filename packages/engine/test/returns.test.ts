import { copyDisk, createWorld, type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import { acquaint } from "./support/friends.ts";
import { contactId, counters, foundGroup, groupOf, heard, mustBeIn, textsIn, write } from "./support/groups.ts";

/** What this person writes arrives in the store only when the function is called. */
async function writeLate(world: World, author: Person, text: string): Promise<() => void> {
  const [before, from] = [world.store.table.copy(), world.store.next()];
  await write(author, text);
  await world.until(async () => (await author.read("status", {})).pending === 0, "it has left");
  await author.engine.close();
  const late = world.store.entries().slice(from);
  world.store.rollBack(before);
  return () => {
    for (const { label, cell } of late) world.store.put({ type: "put", id: 1, label, cell });
  };
}

test("a device that is brought back gets no text from before its person came in, though it arrived after that", async () => {
  const world = createWorld();
  const [alice, bob, dan] = [await world.person("Alice"), await world.person("Bob"), await world.person("Dan")];
  await acquaint(world, [alice, bob, dan]);
  await foundGroup(world, [bob, alice], "Circle");
  await world.clock.advance(150_000);
  await bob.engine.close();
  const arrive = await writeLate(world, alice, "before Dan");
  await bob.start(bob.disk);
  await bob.engine.addToGroup({ conversation: (await mustBeIn(bob)).id, contacts: [await contactId(bob, "Dan")] });
  await world.until(async () => (await groupOf(dan))?.state === "ready", "Dan is in");
  arrive();
  await write(bob, "to Dan");
  await heard(world, [bob], ["before Dan"]);
  await heard(world, [bob, dan], ["to Dan"]);
  const old = copyDisk(dan.disk);
  await write(dan, "forgotten");
  await heard(world, [bob], ["forgotten"]);
  await dan.restart(old);
  await world.until(async () => (await counters(dan)).rejoins === 1, "Dan is back");
  await heard(world, [bob, dan], ["to Dan", "forgotten"]);
  expect(await textsIn(dan)).not.toContain("before Dan");
});

import { copyDisk, createWorld, type Person, type World } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { createCrypto } from "@pli/protocol/crypto";
import { acquaint } from "./support/friends.ts";
import { contactId, foundGroup, groupOf, heard, mustBeIn, write } from "./support/groups.ts";
import { createHostile, type Hostile } from "./support/hostile.ts";
import { oneView } from "./support/one-view.ts";

/** A group of Alice, Bob and Mallory, an admin; Carol knows all of them and is not in it. */
async function circle(): Promise<{ world: World; hostile: Hostile; people: [Person, Person, Person, Person] }> {
  const world = createWorld();
  const hostile = createHostile(await createCrypto());
  const alice = await world.person("Alice");
  const bob = await world.person("Bob");
  const mallory = await world.person("Mallory", {}, { groups: hostile.groups });
  const carol = await world.person("Carol");
  const people: [Person, Person, Person, Person] = [alice, bob, mallory, carol];
  await acquaint(world, people);
  await foundGroup(world, [alice, bob, mallory], "Circle");
  await alice.engine.changeGroup({ conversation: (await mustBeIn(alice)).id, whoAdds: "members" });
  await world.until(async () => (await groupOf(mallory))?.whoAdds === "members");
  await world.clock.advance(150_000);
  return { world, hostile, people };
}

async function add(by: Person, name: string): Promise<void> {
  await by.engine.addToGroup({ conversation: (await mustBeIn(by)).id, contacts: [await contactId(by, name)] });
}

/** Members tell each other of a new epoch within two minutes: then Carol knows that she is in. */
function comesIn(world: World, [, , , carol]: readonly [Person, Person, Person, Person]): Promise<unknown> {
  return world.until(async () => (await groupOf(carol))?.state === "ready", "Carol is in", 150_000);
}

describe("somebody who was added comes in", () => {
  test("when the one who added them keeps the welcome", async () => {
    const { world, hostile, people } = await circle();
    const [alice, , mallory] = people;
    hostile.invites = () => undefined;
    await add(mallory, "Carol");
    await world.until(async () => (await groupOf(alice))?.members.length === 4, "Carol in the list");
    await write(alice, "while Carol was not told");
    await comesIn(world, people);
    await oneView(world, people, people);
    await heard(world, people, ["while Carol was not told"]);
  });

  test("when the store loses the welcome", async () => {
    const { world, people } = await circle();
    const [alice, bob, , carol] = people;
    await carol.engine.close();
    await add(alice, "Carol");
    await world.until(async () => (await groupOf(bob))?.members.length === 4, "Carol in the list");
    await world.clock.advance(60_000);
    world.store.table.blocks.clear();
    await carol.start(carol.disk);
    await comesIn(world, people);
    await oneView(world, people, people);
  });

  test("and gets what waited on another device when they were added", async () => {
    const { world, hostile, people } = await circle();
    const [alice, , mallory] = people;
    hostile.invites = () => undefined;
    await alice.engine.close();
    await add(mallory, "Carol");
    await world.clock.advance(5_000);
    world.store.knobs.refusePuts = "store_full";
    await alice.start(alice.disk);
    await write(alice, "written before it was known, and sealed after");
    world.store.knobs.refusePuts = undefined;
    await world.until(async () => (await alice.read("status", {})).pending === 0, "what waited has left", 300_000);
    await comesIn(world, people);
    await oneView(world, people, people);
    await heard(world, people, ["written before it was known, and sealed after"]);
  });

  test("and gets what its author, who was put back since, does not know to have left", async () => {
    const { world, hostile, people } = await circle();
    const [alice, bob, mallory, carol] = people;
    hostile.invites = () => undefined;
    world.store.knobs.refusePuts = "store_full";
    await write(alice, "sealed before and after");
    await world.clock.advance(1_000);
    const copy = copyDisk(alice.disk);
    await alice.engine.close();
    world.store.knobs.refusePuts = undefined;
    await carol.engine.close();
    await add(mallory, "Carol");
    await world.clock.advance(5_000);
    await alice.start(alice.disk);
    await heard(world, [bob, mallory], ["sealed before and after"]);
    await alice.engine.close();
    await world.clock.advance(1_200_000);
    await alice.start(copy);
    await world.until(async () => (await groupOf(alice))?.state === "rejoining", "Alice asks");
    await world.until(async () => (await groupOf(alice))?.state === "ready", "Alice is back");
    await world.until(async () => (await alice.read("status", {})).pending === 0, "nothing waits", 300_000);
    await bob.engine.close();
    await mallory.engine.close();
    await carol.start(carol.disk);
    await comesIn(world, people);
    await heard(world, [alice, carol], ["sealed before and after"]);
  });

  test("to one group, not to one that they have just left", async () => {
    const { world, people } = await circle();
    const [alice, , , carol] = people;
    await add(alice, "Carol");
    await world.until(async () => (await groupOf(carol))?.members.length === 4, "Carol is in");
    await world.clock.advance(150_000);
    await carol.engine.leaveGroup({ conversation: (await mustBeIn(carol)).id });
    await world.until(async () => (await groupOf(alice))?.members.length === 3, "Carol has left");
    await world.clock.advance(600_000);
    expect((await groupOf(alice))?.members.length).toBe(3);
    expect((await groupOf(carol))?.state).toBe("left");
  });
});

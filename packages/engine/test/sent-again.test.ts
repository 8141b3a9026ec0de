import { createWorld, pair } from "@pli/testkit";
import { expect, test } from "vitest";
import { acquaint } from "./support/friends.ts";
import { agreed, foundGroup, groupOf, heard, mustBeIn, textsIn, write } from "./support/groups.ts";

test("a text in a group that one had acknowledged when the store was lost reaches another who was away, though its author cannot know them", async () => {
  const world = createWorld();
  const [olga, anna, boris] = [await world.person("Olga"), await world.person("Anna"), await world.person("Boris")];
  await pair(world, olga, anna);
  await pair(world, olga, boris);
  await foundGroup(world, [olga, anna, boris], "Team");
  await write(boris, "first");
  await heard(world, [olga, anna, boris], ["first"]);
  await world.clock.advance(60_000);
  await anna.engine.close();
  await write(boris, "to all");
  await heard(world, [olga, boris], ["to all"]);
  await world.clock.advance(30_000);
  world.store.replace();
  await world.clock.advance(60_000);
  await anna.start(anna.disk);
  await heard(world, [olga, anna, boris], ["to all"]);
  expect((await textsIn(anna)).filter((text) => text === "first")).toHaveLength(1);
});

test("a text that is sent again because the store was lost, in a history that gives way, is sent again in the one that stays", async () => {
  const world = createWorld();
  const [olga, anna, boris] = [await world.person("Olga"), await world.person("Anna"), await world.person("Boris")];
  await acquaint(world, [olga, anna, boris]);
  await foundGroup(world, [olga, anna, boris], "Team");
  await world.clock.advance(150_000);
  world.store.takeDown();
  await olga.engine.changeGroup({ conversation: (await mustBeIn(olga)).id, name: "Olga's team" });
  await olga.engine.close();
  world.store.bringUp();
  await write(anna, "to all");
  await heard(world, [anna, boris], ["to all"]);
  await anna.engine.renewGroupKeys({ conversation: (await mustBeIn(anna)).id });
  await world.clock.advance(30_000);
  await boris.engine.close();
  world.store.replace();
  await world.clock.advance(60_000);
  await olga.start(olga.disk);
  await world.until(async () => (await groupOf(anna))?.name === "Olga's team", "one history");
  await boris.start(boris.disk);
  await agreed(world, [olga, anna, boris]);
  await heard(world, [olga, anna, boris], ["to all"]);
});

test("a text that waits to be sent again leaves before somebody is added, who has no right to it", async () => {
  const world = createWorld();
  const [olga, anna, boris] = [await world.person("Olga"), await world.person("Anna"), await world.person("Boris")];
  await acquaint(world, [olga, anna, boris]);
  await foundGroup(world, [olga, anna], "Team");
  await world.clock.advance(150_000);
  await anna.engine.close();
  await write(olga, "before");
  await world.clock.advance(10_000);
  world.store.replace();
  await world.clock.advance(100);
  await world.until(async () => (await olga.read("status", {})).connection.state === "online", "the new store");
  const { id } = await mustBeIn(olga);
  await olga.engine.addToGroup({ conversation: id, contacts: [(await boris.read("status", {})).profile?.id ?? ""] });
  await anna.start(anna.disk);
  await agreed(world, [olga, anna, boris]);
  await write(olga, "after");
  await heard(world, [olga, anna, boris], ["after"]);
  expect([await textsIn(anna), await textsIn(boris)]).toEqual([["before", "after"], ["after"]]);
});

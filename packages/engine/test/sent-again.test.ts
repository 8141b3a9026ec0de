import { createWorld, pair } from "@pli/testkit";
import { expect, test } from "vitest";
import { foundGroup, heard, textsIn, write } from "./support/groups.ts";

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

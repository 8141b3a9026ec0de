import { createWorld, pair } from "@pli/testkit";
import { expect, test } from "vitest";

test("two people who share nothing pair and talk, both ways", async () => {
  const world = createWorld();
  const [alice, bob] = [await world.person("Alice"), await world.person("Bob")];
  await pair(world, alice, bob);
  await alice.say("Bob", "Bonjour Bob");
  await bob.say("Alice", "Bonjour Alice");
  await world.until(async () => (await alice.texts("Bob")).length === 2 && (await bob.texts("Alice")).length === 2);
  expect(new Set(await alice.texts("Bob"))).toEqual(new Set(["Bonjour Bob", "Bonjour Alice"]));
  expect((await alice.conversationWith("Bob")).level).toBe(3);
});

import { createWorld, pair } from "@pli/testkit";
import { expect, test } from "vitest";
import { agreed, changesIn, contactId, foundGroup, mustBeIn } from "./support/groups.ts";

test("a line of the history that was written before a name was known says the name once it is", async () => {
  const world = createWorld();
  const alice = await world.person("Alice");
  const bertrand = await world.person("Bertrand");
  const chloe = await world.person("Chloé");
  await pair(world, alice, bertrand);
  await pair(world, alice, chloe);
  await world.clock.advance(30_000);
  await foundGroup(world, [alice, bertrand], "Projet");
  const { id } = await mustBeIn(bertrand);
  const shown: string[] = [];
  const stop = bertrand.engine.watch("messages", { conversation: id, limit: 100 }, ({ messages }) => {
    for (const { body } of messages)
      if (body.kind === "change" && body.change.what === "added")
        shown.push(...body.change.who.map(({ name }) => name));
  });
  await alice.engine.addToGroup({
    conversation: (await mustBeIn(alice)).id,
    contacts: [await contactId(alice, "Chloé")],
  });
  await agreed(world, [alice, bertrand, chloe]);
  stop();
  const profile = (await mustBeIn(bertrand)).members.find(({ name }) => name === "Chloé")?.id ?? "";
  expect(await changesIn(bertrand)).toContainEqual({ what: "added", who: [{ id: profile, name: "Chloé" }] });
  expect(shown[0]).toBe(profile.slice(0, 8));
  expect(shown.at(-1)).toBe("Chloé");
});

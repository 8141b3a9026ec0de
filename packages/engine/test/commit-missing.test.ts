import { createCrypto } from "@pli/protocol/crypto";
import { createWorld, pair, type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import { agreed, contactId, counters, foundGroup, groupOf, heard, mustBeIn, write } from "./support/groups.ts";
import { createJammer, type Jammer } from "./support/jammer.ts";

/**
 * Alice owns a group of Bertrand and Eve; Eve has written where the next change goes, and nothing
 * behind it.
 */
async function stalled(): Promise<{ world: World; people: Person[]; jammer: Jammer; finish: () => void }> {
  const world = createWorld();
  const jammer = createJammer(await createCrypto());
  const people = [
    await world.person("Alice"),
    await world.person("Bertrand"),
    await world.person("Eve", {}, { groups: jammer.groups }),
  ];
  const [alice, bertrand, eve] = people as [Person, Person, Person];
  await pair(world, alice, bertrand);
  await pair(world, alice, eve);
  await world.clock.advance(30_000);
  await foundGroup(world, people, "Enquête");
  await world.clock.advance(10_000);
  const finish = await jammer.pointAtNothing(world.store);
  await world.clock.advance(1_000);
  return { world, people, jammer, finish };
}

test("a change whose rest is missing stops changes and nothing else, and counts once its rest is there", async () => {
  const { world, people, finish } = await stalled();
  const [alice, bertrand] = people as [Person, Person];
  const { id } = await mustBeIn(alice);
  await alice.engine.changeGroup({ conversation: id, description: "plus tard" });
  await write(alice, "toujours là");
  await write(bertrand, "moi aussi");
  await heard(world, people.slice(0, 2), ["toujours là", "moi aussi"]);
  expect((await groupOf(bertrand))?.state).toBe("ready");
  expect((await groupOf(bertrand))?.description).toBe("");
  expect((await mustBeIn(alice)).pending).toHaveLength(1);
  finish();
  await world.until(async () => (await groupOf(bertrand))?.description === "plus tard", "the change", 300_000);
  await agreed(world, people.slice(0, 2).concat(people.slice(2)));
  expect((await counters(bertrand)).rejoins).toBe(0);
});

test("when it never comes the owner is asked whom to leave out", async () => {
  const { world, people } = await stalled();
  const [alice, bertrand] = people as [Person, Person];
  await world.until(async () => (await mustBeIn(alice)).jammed !== undefined, "Alice knows", 1_200_000);
  expect((await mustBeIn(alice)).jammed).toEqual({ suspects: [], mayRefound: true });
  const { id } = await mustBeIn(alice);
  await alice.engine.refoundGroup({ conversation: id, without: [await contactId(alice, "Eve")] });
  await agreed(world, [alice, bertrand]);
});

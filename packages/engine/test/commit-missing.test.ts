import { createCrypto } from "@pli/protocol/crypto";
import { copyDisk, createWorld, pair, type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import { rowsOf } from "./support/friends.ts";
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

/** The number of the group's epoch that this person's device is in. */
async function epochOf(person: Person): Promise<number> {
  const sql = `SELECT e.number FROM epochs e JOIN conversations c ON c.id = e.conversation
    WHERE c.kind = 'group' AND e.retired_at IS NULL`;
  return Number((await rowsOf(copyDisk(person.disk), sql))[0]?.["number"]);
}

test("what somebody writes who finds its rest sooner reaches those who find it later", async () => {
  const { world, people, finish } = await stalled();
  const [alice, bertrand, eve] = people as [Person, Person, Person];
  await eve.engine.close();
  await world.clock.advance(8_000);
  await bertrand.restart();
  await world.clock.advance(40_000);
  finish();
  const before = await epochOf(bertrand);
  await world.until(async () => (await epochOf(alice)) > before, "Alice follows");
  await write(alice, "derrière");
  await world.clock.advance(1_000);
  expect(await epochOf(bertrand)).toBe(before);
  await heard(world, [alice, bertrand], ["derrière"]);
});

test("when it never comes the owner is asked whom to leave out", async () => {
  const { world, people } = await stalled();
  const [alice, bertrand] = people as [Person, Person];
  await world.until(async () => (await mustBeIn(alice)).blocked !== undefined, "Alice knows", 1_200_000);
  expect((await mustBeIn(alice)).blocked).toEqual({ suspects: [], mayFound: true });
  const { id } = await mustBeIn(alice);
  await alice.engine.foundSuccessorGroup({ conversation: id, without: [await contactId(alice, "Eve")] });
  await agreed(world, [alice, bertrand]);
});

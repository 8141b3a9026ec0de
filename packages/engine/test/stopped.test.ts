import { copyDisk, createWorld, pair } from "@pli/testkit";
import { expect, test } from "vitest";
import { agreed, foundGroup, groupOf, mustBeIn, write } from "./support/groups.ts";
import { rewrite } from "./support/one-view.ts";

/**
 * Bob's device is put back to an old copy while those who could bring it back are away: Alice, its
 * owner, and Carol.
 */
async function stopped() {
  const world = createWorld();
  const [alice, bob, carol] = [await world.person("Alice"), await world.person("Bob"), await world.person("Carol")];
  await pair(world, alice, bob);
  await pair(world, alice, carol);
  await pair(world, bob, carol);
  await foundGroup(world, [alice, bob, carol], "Choir");
  await world.clock.advance(60_000);
  const [copy, copyOfAlice] = [copyDisk(bob.disk), copyDisk(alice.disk)];
  await write(bob, "one more");
  await write(alice, "and one");
  await world.clock.advance(60_000);
  for (const other of [alice, carol]) await other.engine.close();
  await bob.restart(copy);
  await world.until(async () => (await groupOf(bob))?.state === "rejoining", "stopped");
  return { world, alice, bob, carol, copyOfAlice };
}

const names = (people: readonly { name: string }[] | undefined) => people?.map(({ name }) => name).toSorted();

test("a device that cannot go on says for whom it waits, and is brought back", async () => {
  const { world, alice, bob, carol } = await stopped();
  const { rejoining } = await mustBeIn(bob);
  expect(names(rejoining?.waitsFor)).toEqual(["Alice", "Carol"]);
  expect(rejoining).toMatchObject({ answered: [], refusedBy: [] });
  await alice.start(alice.disk);
  await carol.start(carol.disk);
  await agreed(world, [alice, bob, carol], 600_000);
  expect((await mustBeIn(bob)).rejoining).toBeUndefined();
});

test("who has answered, and cannot go on either, is not waited for", async () => {
  const { world, alice, bob, copyOfAlice } = await stopped();
  await alice.start(copyOfAlice);
  await world.until(async () => (await mustBeIn(bob)).rejoining?.answered.length === 1, "answered");
  const { rejoining } = await mustBeIn(bob);
  expect([names(rejoining?.answered), names(rejoining?.waitsFor)]).toEqual([["Alice"], ["Carol"]]);
});

test("who cannot go on leaves at once, also when they had asked to leave before, and can delete what is left", async () => {
  const { world, bob } = await stopped();
  const { id } = await mustBeIn(bob);
  await rewrite(
    bob,
    "INSERT INTO intentions (conversation, kind, body, created_at, due_at) VALUES (?, 'leave', '{\"kind\":\"leave\"}', ?, ?)",
    [id, world.clock.now(), world.clock.now()],
  );
  expect(await mustBeIn(bob)).toMatchObject({ state: "rejoining", pending: [{ operation: { kind: "leave" } }] });
  await bob.engine.leaveGroup({ conversation: id });
  expect(await mustBeIn(bob)).toMatchObject({ state: "left", pending: [] });
  await bob.engine.deleteConversation({ conversation: id });
  expect(await groupOf(bob)).toBeUndefined();
});

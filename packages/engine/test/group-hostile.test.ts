import { createCrypto } from "@pli/protocol/crypto";
import { copyDisk, createWorld, openTestDatabase, pair, type Person, type World } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { rowsOf } from "./support/friends.ts";
import { agreed, foundGroup, groupOf, heard, memberId, mustBeIn, textsIn, write } from "./support/groups.ts";
import { createPuppet, type Puppet } from "./support/puppet.ts";

interface Cast {
  readonly world: World;
  readonly alice: Person;
  readonly bob: Person;
  readonly mallory: Person;
  readonly puppet: Puppet;
}

/** Alice owns a group with Bob and Mallory, who all know each other; Mallory keeps to no rule. */
async function cast(): Promise<Cast> {
  const world = createWorld();
  const puppet = createPuppet(await createCrypto());
  const alice = await world.person("Alice");
  const bob = await world.person("Bob");
  const mallory = await world.person("Mallory", {}, { groups: puppet.groups });
  await pair(world, alice, bob);
  for (const other of [alice, bob]) await pair(world, other, mallory);
  await world.clock.advance(30_000);
  await foundGroup(world, [alice, bob, mallory], "Choir");
  await world.clock.advance(150_000);
  return { world, alice, bob, mallory, puppet };
}

async function remove(world: World, by: Person, name: string, others: readonly Person[]): Promise<void> {
  const { id } = await mustBeIn(by);
  await by.engine.removeFromGroup({ conversation: id, members: [await memberId(by, name)] });
  await agreed(world, others);
}

async function count(person: Person, sql: string): Promise<number> {
  const [row] = await rowsOf(copyDisk(person.disk), `SELECT count(*) AS n FROM ${sql}`);
  return Number(row?.["n"]);
}

async function rewrite(person: Person, sql: string): Promise<void> {
  await person.engine.close();
  const database = await openTestDatabase(person.disk);
  await database.transaction((open) => open.run(sql));
  await database.close();
  await person.start(person.disk);
}

describe("who was put out", () => {
  test.each(["removed", "member"] as const)(
    "cannot lead the others away as the owner that they were: %s",
    async (now) => {
      const { world, alice, bob, mallory, puppet } = await cast();
      const { id } = await mustBeIn(alice);
      const known = await memberId(alice, "Mallory");
      await alice.engine.setRole({ conversation: id, member: known, role: "owner" });
      await world.until(async () => (await groupOf(mallory))?.role === "owner", "an owner");
      await world.until(async () => (await groupOf(bob))?.members.filter(({ role }) => role === "owner").length === 2);
      puppet.deaf = true;
      if (now === "removed") await remove(world, alice, "Mallory", [alice, bob]);
      else await alice.engine.setRole({ conversation: id, member: known, role: now });
      await world.until(async () => (await groupOf(bob))?.members.filter(({ role }) => role === "owner").length === 1);
      await rewrite(mallory, "UPDATE conversations SET jammed = '[]' WHERE kind = 'group'");
      const conversation = (await mustBeIn(mallory)).id;
      await mallory.engine.refoundGroup({ conversation, without: [await memberId(mallory, "Alice")] });
      await world.clock.advance(120_000);
      expect(await count(bob, "key_packages WHERE used_by LIKE 'refound%'")).toBe(0);
      expect((await mustBeIn(bob)).members.map(({ name }) => name)).toContain("Alice");
      await write(alice, "still here");
      await heard(world, [alice, bob], ["still here"]);
    },
  );

  test("is not heard any more, though the epoch they were in is kept for late senders", async () => {
    const { world, alice, bob, mallory, puppet } = await cast();
    await write(mallory, "before");
    await heard(world, [alice, bob], ["before"]);
    puppet.deaf = true;
    await remove(world, alice, "Mallory", [alice, bob]);
    await write(mallory, "after");
    await write(alice, "in peace");
    await heard(world, [alice, bob], ["in peace"]);
    await world.clock.advance(10_000);
    for (const person of [alice, bob]) expect(await textsIn(person)).toEqual(["before", "in peace"]);
  });
});

import type { GroupView } from "@pli/engine/api";
import { createWorld, pair, type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import { agreed, contactId, foundGroup, groupOf, mustBeIn } from "./support/groups.ts";

/**
 * How far the second of the two is behind the first: this many more turns of the event loop's
 * promises in each round.
 */
const ROUNDS = 12;
const TURNS = 20;

/** Olive owns a group of which Ada and Bela are admins and Mira a member; all know each other. */
async function court(): Promise<{ world: World; people: Person[] }> {
  const world = createWorld();
  const people: Person[] = [];
  for (const name of ["Olive", "Ada", "Bela", "Mira"]) {
    const person = await world.person(name);
    for (const other of people) await pair(world, other, person);
    people.push(person);
  }
  await world.clock.advance(30_000);
  await foundGroup(world, people, "Cour");
  return { world, people };
}

const roles = (group: GroupView | undefined): string =>
  (group?.members ?? [])
    .map(({ name, role }) => `${name}: ${role}`)
    .toSorted()
    .join(", ");

function allSee(world: World, people: readonly Person[], seen: string): Promise<true> {
  return world.until(
    async () => (await Promise.all(people.map(groupOf))).every((group) => roles(group) === seen) && (true as const),
    seen,
  );
}

async function makeAdmin(owner: Person, name: string): Promise<void> {
  const { id } = await mustBeIn(owner);
  await owner.engine.setRole({ conversation: id, member: await contactId(owner, name), role: "admin" });
}

/** Wants them out; a member who is out already wants nothing any more. */
async function onRemoved(person: Person, name: string): Promise<void> {
  const { id } = await mustBeIn(person);
  const member = await contactId(person, name);
  await person.engine.removeFromGroup({ conversation: id, members: [member] }).catch((error: unknown) => {
    if ((error as { code?: string }).code !== "not_in_group") throw error;
  });
}

test("two admins who remove each other: one wins, and whoever lost can be added again, in whatever order the answers come", async () => {
  const { world, people } = await court();
  const [olive, ada, bela, mira] = people as [Person, Person, Person, Person];
  await makeAdmin(olive, "Ada");
  await makeAdmin(olive, "Bela");
  for (let round = 0; round < ROUNDS; round++) {
    await allSee(world, people, "Ada: admin, Bela: admin, Mira: member, Olive: owner");
    await world.clock.advance(60_000);
    const first = onRemoved(bela, "Ada");
    for (let turn = 0; turn < round * TURNS; turn++) await Promise.resolve();
    await Promise.all([first, onRemoved(ada, "Bela")]);
    const loser = await world.until(async () => {
      const views = [await mustBeIn(ada), await mustBeIn(bela)];
      return views.some(({ state }) => state === "left") && (views[0]?.state === "left" ? ada : bela);
    }, "one of them is out");
    const winner = loser === ada ? bela : ada;
    await allSee(world, [olive, winner, mira], `${winner.name}: admin, Mira: member, Olive: owner`);
    expect((await groupOf(winner))?.state).toBe("ready");
    const { id } = await mustBeIn(olive);
    await olive.engine.addToGroup({ conversation: id, contacts: [await contactId(olive, loser.name)] });
    await agreed(world, people);
    await makeAdmin(olive, loser.name);
  }
});

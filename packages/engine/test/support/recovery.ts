/** People whose devices are lost, and what brings them back. */
import type { EngineOptions } from "@pli/engine";
import { createTestDisk, createWorld, pair, type Person, type World } from "@pli/testkit";
import { foundGroup, groupOf } from "./groups.ts";

export interface Circle {
  readonly world: World;
  readonly alice: Person;
  readonly bob: Person;
  readonly carol: Person;
  /** Alice's, in French. */
  readonly words: string;
}

/** Alice, Bob and Carol know each other and are in a group; the store has a backup of Alice. */
export async function circle(world: World = createWorld(), bobs: Partial<EngineOptions> = {}): Promise<Circle> {
  const alice = await world.person("Alice", { backups: "written" });
  const [bob, carol] = [await world.person("Bob", bobs), await world.person("Carol")];
  for (const [one, other] of [
    [alice, bob],
    [alice, carol],
    [bob, carol],
  ] as const)
    await pair(world, one, other);
  await foundGroup(world, [alice, bob, carol], "Club");
  const words = (await alice.engine.recoveryWords({ language: "fr" })).join(" ");
  await alice.engine.checkRecovery({ words });
  await world.until(async () => (await alice.read("recovery", {})).backedUpAt !== undefined, "a backup");
  return { world, alice, bob, carol, words };
}

/** Somebody with an empty device. */
export const empty = (world: World, options = {}): Promise<Person> =>
  world.person("Alice", { backups: "written", ...options }, { disk: createTestDisk() });

const talksWith = async (person: Person, other: string): Promise<boolean> =>
  (await person.conversationWith(other)).state === "ready";

export async function everythingIsBack(world: World, person: Person): Promise<void> {
  await world.until(
    async () => (await talksWith(person, "Bob")) && (await talksWith(person, "Carol")),
    "the conversations",
    300_000,
  );
  await world.until(async () => (await groupOf(person))?.state === "ready", "the group", 300_000);
}

/** All devices are gone, and the words bring everything back (docs/protocol.md, section 8.3). */
import { createTestDisk, createWorld, pair, type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import { rowsOf } from "./support/friends.ts";
import { agreed, foundGroup, groupOf, heard, write } from "./support/groups.ts";

interface Circle {
  readonly world: World;
  readonly alice: Person;
  readonly bob: Person;
  readonly carol: Person;
  /** Alice's, in French. */
  readonly words: string;
}

/** Alice, Bob and Carol know each other and are in a group; the store has a backup of Alice. */
async function circle(): Promise<Circle> {
  const world = createWorld();
  const alice = await world.person("Alice", { backups: "written" });
  const [bob, carol] = [await world.person("Bob"), await world.person("Carol")];
  for (const [one, other] of [
    [alice, bob],
    [alice, carol],
    [bob, carol],
  ] as const)
    await pair(world, one, other);
  await foundGroup(world, [alice, bob, carol], "Club");
  const words = (await alice.engine.recoveryWords({ language: "fr" })).join(" ");
  expect(await alice.engine.checkRecovery({ words })).toEqual({ right: true });
  await world.until(async () => (await alice.read("recovery", {})).backedUpAt !== undefined, "a backup");
  return { world, alice, bob, carol, words };
}

/** Somebody with an empty device. */
const empty = (world: World, options = {}): Promise<Person> =>
  world.person("Alice", { backups: "written", ...options }, { disk: createTestDisk() });

const talksWith = async (person: Person, other: string): Promise<boolean> =>
  (await person.conversationWith(other)).state === "ready";

async function everythingIsBack(world: World, person: Person): Promise<void> {
  await world.until(
    async () => (await talksWith(person, "Bob")) && (await talksWith(person, "Carol")),
    "the conversations",
    300_000,
  );
  await world.until(async () => (await groupOf(person))?.state === "ready", "the group", 300_000);
}

test("identity, contacts, trust and groups are back by the words alone, and a contact's message arrives", async () => {
  const { world, alice, bob, carol, words } = await circle();
  const before = await alice.read("contacts", {});
  const { id } = (await alice.read("status", {})).profile ?? { id: "" };
  await alice.engine.close();
  await bob.say("Alice", "are you there?");
  await world.clock.advance(86_400_000);

  const again = await empty(world);
  expect(await again.engine.restoreRecovery({ words: words.toUpperCase(), stolen: false })).toMatchObject({
    name: "Alice",
    contacts: 2,
    groups: 1,
  });
  expect((await again.read("status", {})).profile).toMatchObject({ id, name: "Alice" });
  const after = await again.read("contacts", {});
  const known = ({ id: whose, name, level, blocked }: (typeof before)[number]) => ({ whose, name, level, blocked });
  expect(after.map(known)).toEqual(before.map(known));
  await everythingIsBack(world, again);
  await world.until(async () => (await again.heard("Bob")).includes("are you there?"), "what Bob wrote");
  await bob.say("Alice", "good to see you");
  await world.until(async () => (await again.heard("Bob")).includes("good to see you"), "the next text");
  await write(carol, "to all");
  await heard(world, [again, bob], ["to all"]);
  await write(again, "back");
  await heard(world, [bob, carol], ["back"]);
  await agreed(world, [again, bob, carol]);
  const notes = (await bob.messages("Alice")).map(({ body }) => body.kind).filter((kind) => kind !== "text");
  expect(notes).toEqual(["paired", "rejoined"]);
});

test("after a theft the thief's device is out everywhere, and contacts see one line", async () => {
  const { world, alice, bob, carol, words } = await circle();
  await alice.engine.close();
  const stolen = alice.disk;
  const again = await empty(world);
  await again.engine.restoreRecovery({ words, stolen: true });
  await everythingIsBack(world, again);
  await world.clock.advance(60_000);
  await bob.engine.close();
  expect(await rowsOf(bob.disk, "SELECT generation FROM generations")).toEqual([{ generation: 1 }]);
  await bob.start(bob.disk);
  const notes = (await bob.messages("Alice")).map(({ body }) => body.kind);
  expect(notes.filter((kind) => kind === "newKeys").length).toBe(1);

  await alice.start(stolen);
  await world.clock.advance(120_000);
  await bob.say("Alice", "for Alice alone");
  await write(carol, "for the club");
  await world.until(async () => (await again.heard("Bob")).includes("for Alice alone"), "the text");
  await heard(world, [again, bob], ["for the club"]);
  await alice.say("Bob", "I am Alice");
  await write(alice, "I am in the club");
  await world.clock.advance(3_600_000);
  expect(await alice.heard("Bob")).not.toContain("for Alice alone");
  expect(await bob.heard("Alice")).not.toContain("I am Alice");
  await again.say("Bob", "this is me");
  await world.until(async () => (await bob.heard("Alice")).includes("this is me"), "Alice's text");
});

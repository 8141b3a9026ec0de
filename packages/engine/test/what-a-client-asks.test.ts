import {
  copyDisk,
  createWorld,
  type MemoryStore,
  pair,
  recordStore,
  type Person,
  type Seen,
  type World,
} from "@pli/testkit";
import { createCrypto } from "@pli/protocol/crypto";
import { expect, test } from "vitest";
import { acquaint } from "./support/friends.ts";
import { foundGroup, heard, memberId, write } from "./support/groups.ts";
import { createJammer } from "./support/jammer.ts";

/** What clients ask of a store, but for their own puts. */
interface Watch {
  as(who: string): MemoryStore;
  /** What was asked until now does not count. */
  forget(): void;
  asked(who: string): readonly Seen[];
}

function watch({ store }: World): Watch {
  const recorder = recordStore(store);
  let mark = 0;
  return {
    as: recorder.as,
    forget: () => void (mark = recorder.view().events.length),
    asked: (one) =>
      recorder
        .view()
        .events.slice(mark)
        .filter(({ way, who, type }) => way === "in" && who === one && !type.startsWith("put")),
  };
}

/**
 * From where the feed was asked for at the beginning of each line; later questions only keep the
 * line open.
 */
const positions = (requests: readonly Seen[]): (number | undefined)[] =>
  requests.flatMap(({ type, from }, i) => (type === "follow" && requests[i - 1]?.type === "hello" ? [from] : []));

async function people(world: World, watched: Watch, names: readonly string[]): Promise<Person[]> {
  const all: Person[] = [];
  for (const name of names) all.push(await world.person(name, {}, { store: watched.as(name) }));
  return all;
}

const THREE = ["Alice", "Bob", "Carol"];

/** Two who write to each other, and one who only listens; all began at one moment. */
async function three(): Promise<{ world: World; people: [Person, Person, Person]; watched: Watch }> {
  const world = createWorld();
  const watched = watch(world);
  const [alice, bob, carol] = (await people(world, watched, THREE)) as [Person, Person, Person];
  await pair(world, alice, bob);
  await world.clock.advance(120_000);
  return { world, people: [alice, bob, carol], watched };
}

async function chat(world: World, [alice, bob]: readonly [Person, Person, Person]): Promise<void> {
  for (let i = 0; i < 8; i++) {
    await (i % 2 === 0 ? alice.say("Bob", `${i}`) : bob.say("Alice", `${i}`));
    await world.clock.advance(11_000);
  }
}

test("a line is taken up again at the same place by those who were written to and by who was not", async () => {
  const { world, people, watched } = await three();
  world.store.cut();
  await world.clock.advance(60_000);
  watched.forget();
  for (let round = 0; round < 3; round++) {
    await chat(world, people);
    world.store.cut();
    await world.clock.advance(60_000);
  }
  const [own, ...others] = THREE.map((name) => positions(watched.asked(name)));
  expect(own).toHaveLength(3);
  for (const other of others) expect(other).toEqual(own);
});

test.each(["closed", "killed"])(
  "a client that was %s asks from the same place, no matter what was for it",
  async (how) => {
    const { world, people, watched } = await three();
    for (const person of people) await person.restart();
    await world.clock.advance(60_000);
    await chat(world, people);
    watched.forget();
    const disks = people.map(({ disk }) => copyDisk(disk));
    for (const [i, person] of people.entries()) await person.restart(how === "killed" ? disks[i] : undefined);
    await world.clock.advance(60_000);
    const [own, ...others] = THREE.map((name) => positions(watched.asked(name)));
    expect(own?.length).toBeGreaterThan(0);
    for (const other of others) expect(other).toEqual(own);
  },
);

/** Eight people in two groups of four. What they asked before is forgotten. */
async function twoGroups(): Promise<{ world: World; groups: Person[][]; typesAsked(): string[] }> {
  const world = createWorld();
  world.store.knobs.form = "full";
  const watched = watch(world);
  const names = Array.from({ length: 8 }, (_, i) => `P${i}`);
  const all = await people(world, watched, names);
  const groups = [all.slice(0, 4), all.slice(4)];
  for (const members of groups) await acquaint(world, members, (one) => one === members[0]);
  watched.forget();
  for (const members of groups) await foundGroup(world, members, "Group");
  const typesAsked = (): string[] =>
    [...new Set(names.flatMap((name) => watched.asked(name).map(({ type }) => type)))].toSorted();
  return { world, groups, typesAsked };
}

const ONLY_THE_FEED = ["follow", "hello"];

test("newcomers of a group ask for none of its labels, nor do members, whatever they write", async () => {
  const { world, groups, typesAsked } = await twoGroups();
  for (const members of groups) {
    for (const [i, person] of members.entries()) await write(person, `${i} ${"x".repeat(i * 9_000)}`);
    await heard(world, members, ["0 "]);
  }
  await world.clock.advance(600_000);
  world.store.cut();
  await world.clock.advance(60_000);
  expect(typesAsked()).toEqual(ONLY_THE_FEED);
});

test("nor do they when lines are cut, devices killed and texts written meanwhile", async () => {
  const { world, groups, typesAsked } = await twoGroups();
  for (const [round, how] of ["cut", "killed", "closed"].entries()) {
    for (const members of groups) {
      const [first, second] = members as [Person, Person];
      const disk = copyDisk(second.disk);
      await write(first, `before ${round}`);
      if (how === "cut") world.store.cut();
      else await second.restart(how === "killed" ? disk : undefined);
      await write(second, `after ${round}`);
      await heard(world, members, [`before ${round}`, `after ${round}`]);
    }
  }
  expect(typesAsked()).toEqual(ONLY_THE_FEED);
});

test("a member who leaves a hole, noise and a commit without its object learns nobody's address", async () => {
  const world = createWorld();
  world.store.knobs.form = "full";
  const jammer = createJammer(await createCrypto());
  const [alice, bob] = [await world.person("Alice"), await world.person("Bob")];
  const eve = await world.person("Eve", {}, { groups: jammer.groups });
  await acquaint(world, [alice, bob, eve], (one) => one === alice);
  await foundGroup(world, [alice, bob, eve], "Group");
  await world.clock.advance(60_000);
  const { get, getBlock } = world.store.seen;
  jammer.spoil(world.store, await memberId(alice, "Bob"), 4);
  await write(bob, "behind noise");
  await heard(world, [alice, bob], ["behind noise"]);
  await world.clock.advance(300_000);
  expect(world.store.seen).toMatchObject({ get, getBlock });
  await jammer.pointAtNothing(world.store);
  await world.clock.advance(300_000);
  // Once for the object, which no feed shows: of the whole group, not of one member, and never
  // again.
  expect(world.store.seen.get - get).toBeLessThanOrEqual(3);
});

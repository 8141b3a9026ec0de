import type { GroupView } from "@pli/engine/api";
import { createWorld, pair, type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import { cutEverywhere, through } from "./support/cuts.ts";

interface Circle {
  readonly world: World;
  readonly alice: Person;
  readonly bob: Person;
  readonly carol: Person;
  readonly all: readonly Person[];
}

/** Alice, who owns a group with Bob and Carol in it, all at the newest epoch. */
async function circle(): Promise<Circle> {
  const world = createWorld();
  const [alice, bob, carol] = [await world.person("Alice"), await world.person("Bob"), await world.person("Carol")];
  for (const other of [bob, carol]) await pair(world, alice, other);
  await pair(world, bob, carol);
  await world.clock.advance(600_000);
  const contacts = (await alice.read("contacts", {})).map(({ id }) => id);
  await alice.engine.createGroup({ name: "Circle", contacts });
  const people = { world, alice, bob, carol, all: [alice, bob, carol] };
  await world.until(() => areAlike(people.all, ({ members }) => members.length === 3), "the group");
  return people;
}

async function idOf(person: Person): Promise<string> {
  return (await person.read("status", {})).profile?.id ?? "";
}

async function groupOf(person: Person): Promise<GroupView | undefined> {
  const found = (await person.read("conversations", {})).find(({ kind }) => kind === "group");
  return found === undefined ? undefined : person.read("group", { id: found.id });
}

async function conversationOf(person: Person): Promise<string> {
  return (await groupOf(person))?.id ?? "";
}

/**
 * Whether they all show the same ready group with nothing pending, and it is as `check` wants it.
 */
async function areAlike(people: readonly Person[], check: (group: GroupView) => boolean): Promise<boolean> {
  const faces = new Set<string>();
  for (const person of people) {
    const group = await groupOf(person);
    if (group === undefined || group.state !== "ready" || group.pending.length > 0 || !check(group)) return false;
    const members = group.members.map(({ id, role, devices }) => `${id} ${role} ${devices}`).sort();
    faces.add(JSON.stringify([group.name, group.description, group.whoAdds, group.whoWrites, members]));
  }
  return faces.size === 1;
}

/** They hear each other: the keys are the same, not only what is shown. */
async function talk({ world, all }: Circle, round: string): Promise<void> {
  for (const person of all) {
    await person.engine.sendText({ conversation: await conversationOf(person), text: `${person.name} ${round}` });
  }
  const heard = async (person: Person): Promise<string[]> => {
    const { messages } = await person.read("messages", { conversation: await conversationOf(person), limit: 1000 });
    return messages.flatMap(({ body }) => (body.kind === "text" && body.text.endsWith(` ${round}`) ? [body.text] : []));
  };
  await world.until(async () => {
    for (const person of all) if ((await heard(person)).length < all.length) return false;
    return true;
  }, `everybody's text of round ${round}`);
  for (const person of all) expect((await heard(person)).sort()).toEqual(all.map(({ name }) => `${name} ${round}`));
}

/**
 * Somebody wants something while the store is away; then the victim's power is cut `n` transactions
 * on. Gives the cuts.
 */
async function cutDuring(
  { world }: Circle,
  victim: Person,
  n: number,
  { wanted, isDone }: { wanted: () => Promise<unknown>; isDone: () => Promise<boolean> },
): Promise<number> {
  world.store.takeDown();
  await wanted();
  victim.power.cutAfter(n);
  world.store.bringUp();
  return through(world, victim, isDone);
}

const arePeople =
  (count: number) =>
  ({ members }: GroupView): boolean =>
    members.length === count;

test.each(["alice", "bob"] as const)(
  "a power cut of %s after any transaction of a change of the rules: the group is the same for all",
  async (who) => {
    const people = await circle();
    const { alice, all } = people;
    let last = 0;
    const cuts = await cutEverywhere(async (n) => {
      last = n;
      const conversation = await conversationOf(alice);
      return cutDuring(people, people[who], n, {
        wanted: () => alice.engine.changeGroup({ conversation, name: `Name ${n}` }),
        isDone: () => areAlike(all, ({ name }) => name === `Name ${n}`),
      });
    });
    // The owner writes once when the change is stored, another member once or twice: each of these
    // was cut.
    expect(cuts).toBeGreaterThan(0);
    await talk(people, String(last));
  },
);

test.each([
  ["alice", "is removed"],
  ["bob", "is removed"],
  ["carol", "is removed"],
  ["alice", "leaves"],
  ["carol", "leaves"],
] as const)(
  "a power cut of %s after any transaction while Carol %s and comes back: the group is the same for all",
  async (who, how) => {
    const people = await circle();
    const { world, alice, bob, carol, all } = people;
    const contact = await idOf(carol);
    const conversation = await conversationOf(alice);
    let last = 0;
    const cuts = await cutEverywhere(async (n) => {
      last = n;
      const out = await cutDuring(people, people[who], n, {
        wanted: async () =>
          how === "leaves"
            ? carol.engine.leaveGroup({ conversation: await conversationOf(carol) })
            : alice.engine.removeFromGroup({ conversation, members: [contact] }),
        isDone: async () => (await groupOf(carol))?.state === "left" && (await areAlike([alice, bob], arePeople(2))),
      });
      await world.clock.advance(60_000);
      const back = await cutDuring(people, people[who], n, {
        wanted: () => alice.engine.addToGroup({ conversation, contacts: [contact] }),
        isDone: () => areAlike(all, arePeople(3)),
      });
      return out + back;
    });
    expect(cuts).toBeGreaterThan(3);
    await talk(people, String(last));
  },
);

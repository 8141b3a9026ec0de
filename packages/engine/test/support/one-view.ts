import type { GroupView } from "@pli/engine/api";
import { parseContent } from "@pli/protocol/content";
import type { GroupEngine } from "@pli/protocol/conversation";
import { createCrypto, type Crypto } from "@pli/protocol/crypto";
import { parseRules, type GroupControl } from "@pli/protocol/group";
import {
  acquainted,
  copyDisk,
  createWorld,
  openTestDatabase,
  type Person,
  type TestDisk,
  type World,
} from "@pli/testkit";
import { expect } from "vitest";
import {
  agreed,
  contactId,
  foundGroup,
  groupOf,
  heard,
  memberId,
  messagesIn,
  mustBeIn,
  textsIn,
  write,
} from "./groups.ts";
import { createPuppet } from "./puppet.ts";
import { controlFrom, createHostile, type Hostile } from "./hostile.ts";

/** How long honest devices on line may see a group differently. */
export const SOON = 60_000;
/** For what only has to come about before a test begins. */
export const HOUR = 3_600_000;

/** A group that Alice founded, of Mallory, who keeps to no rule, and of others who do. */
export interface Choir {
  readonly world: World;
  readonly crypto: Crypto;
  readonly hostile: Hostile;
  readonly alice: Person;
  readonly mallory: Person;
  /** Alice first, then the others. */
  readonly honest: readonly Person[];
  person(name: string): Person;
  /** How many commits the device of each honest person has made in the group so far. */
  commits(): Map<string, number>;
  /** Puts something into somebody's mouth, in their conversation with `to` or in the group. */
  tell(by: Person, to: string | undefined, control: GroupControl): Promise<void>;
  /**
   * Key packages that honest people were given to bring somebody back with, by the name of who has
   * them.
   */
  readonly entrusted: ReadonlyMap<string, readonly Uint8Array[]>;
}

/**
 * `knows`: who are contacts; everybody by default. Whom Alice does not know, the first who knows
 * them adds. `isLowest`: Mallory tried identities until no id was lower. Mallory's leaf is beside
 * Alice's: an update of it has a seal for each other leaf alone.
 */
export async function choir(
  others: readonly string[],
  p: { knows?: (one: string, other: string) => boolean; isLowest?: boolean } = {},
): Promise<Choir> {
  const world = createWorld();
  const crypto = await createCrypto();
  const hostile = createHostile(crypto);
  const made = new Map<string, number>();
  const entrusted = new Map<string, Uint8Array[]>();
  const puppets = new Map([["Mallory", hostile.puppet]]);
  const madeBy = (name: string): number => made.get(name) ?? 0;
  const opened = new Map<string, Person>();
  async function open(name: string, disk?: TestDisk): Promise<Person> {
    if (name === "Mallory") return malloryIn(world, hostile, p.isLowest === true ? [...opened.values()] : [], disk);
    const packages: Uint8Array[] = [];
    entrusted.set(name, packages);
    const count = (): unknown => made.set(name, madeBy(name) + 1);
    const puppet = createPuppet(crypto);
    puppets.set(name, puppet);
    const person = await world.person(
      name,
      {},
      { groups: watched(puppet.groups, count, packages), ...(disk && { disk }) },
    );
    opened.set(name, person);
    return person;
  }
  const people = await acquainted(world, {
    key: p.isLowest === true ? "Mallory is lowest" : "",
    names: ["Alice", ...others, "Mallory"],
    ...(p.knows && { knows: p.knows }),
    settle: 30_000,
    open,
  });
  const [honest, mallory] = [people.slice(0, -1), people.at(-1) as Person];
  const [alice] = honest as [Person];
  const all = [alice, mallory, ...honest.slice(1)];
  const knows = (one: Person, other: Person): boolean => p.knows?.(one.name, other.name) ?? true;
  const first = all.filter((one) => one === alice || knows(alice, one));
  await foundGroup(world, first, "Choir");
  const late = all.filter((one) => !first.includes(one));
  if (late.length > 0) await alice.engine.changeGroup({ conversation: (await mustBeIn(alice)).id, whoAdds: "members" });
  for (const [i, one] of late.entries()) await addLate(world, [...first, ...late.slice(0, i)], one, knows);
  await world.clock.advance(150_000);
  return {
    world,
    crypto,
    hostile,
    alice,
    mallory,
    honest,
    person: (name) => {
      const found = all.find((person) => person.name === name);
      if (found === undefined) throw new Error(`no ${name}`);
      return found;
    },
    entrusted,
    tell: async (by, to, control) => puppets.get(by.name)?.tell(by, to, [control]),
    commits: () => new Map(honest.map(({ name }) => [name, madeBy(name)])),
  };
}

async function addLate(
  world: World,
  present: readonly Person[],
  late: Person,
  knows: (one: Person, other: Person) => boolean,
): Promise<void> {
  const by = present.find((one) => knows(one, late));
  if (by === undefined) throw new Error(`nobody knows ${late.name}`);
  await world.until(async () => (await groupOf(by))?.whoAdds === "members", "members add");
  const [conversation, contacts] = [(await mustBeIn(by)).id, [await contactId(by, late.name)]];
  await by.engine.addToGroup({ conversation, contacts });
  await agreed(world, [...present, late]);
}

/** Its commits in groups are counted, what it is given to bring somebody back with is kept. */
function watched(real: GroupEngine, count: () => unknown, packages: Uint8Array[]): GroupEngine {
  return {
    ...real,
    commit: async (state, p) => {
      const committed = await real.commit(state, p);
      if (committed.ok && real.rules(state) !== undefined) count();
      return committed;
    },
    decrypt: async (state, message, p) => {
      const opened = await real.decrypt(state, message, p);
      const content = opened.ok ? parseContent(opened.value.content) : undefined;
      const said = content?.ok === true ? controlFrom(content.value.body) : undefined;
      if (said?.name === "group-rejoin") packages.push(said.keyPackage);
      return opened;
    },
  };
}

async function malloryIn(
  world: World,
  hostile: Hostile,
  above: readonly Person[],
  disk: TestDisk | undefined,
): Promise<Person> {
  if (disk !== undefined) return world.person("Mallory", {}, { groups: hostile.groups, disk });
  const ids = await Promise.all(above.map(idOf));
  for (;;) {
    const mallory = await world.person("Mallory", {}, { groups: hostile.groups });
    const id = await idOf(mallory);
    if (ids.every((other) => id < other)) return mallory;
    await mallory.engine.close();
  }
}

export async function idOf(person: Person): Promise<string> {
  return (await person.read("status", {})).profile?.id ?? "";
}

/** The conversation's id, as all its members know it. */
export function sharedIn({ hostile }: Choir): Uint8Array {
  const rules = parseRules(hostile.groups.rules(hostile.state()) ?? new Uint8Array(0));
  if (!rules.ok) throw new Error(rules.error);
  return rules.value.conversation;
}

export async function becomes(all: Choir, name: string, role: "admin" | "member" | "reader" | "owner"): Promise<void> {
  const { world, alice, mallory, honest } = all;
  const member = await memberId(alice, name);
  await alice.engine.setRole({ conversation: (await mustBeIn(alice)).id, member, role });
  await world.until(async () => {
    const groups = await Promise.all([mallory, ...honest].map(groupOf));
    return groups.every((group) => group?.members.some((one) => one.id === member && one.role === role));
  }, `${name} is ${role}`);
  await world.clock.advance(150_000);
}

/** Mallory's device makes the commit that was prepared, and the store takes it. */
export async function strike(
  { world, hostile, mallory }: Choir,
  act: (conversation: string) => Promise<unknown> = (conversation) => mallory.engine.renewGroupKeys({ conversation }),
): Promise<void> {
  const before = hostile.made;
  await act((await mustBeIn(mallory)).id);
  await world.until(async () => hostile.made > before && (await mustBeIn(mallory)).pending.length === 0, "the blow");
  hostile.bend = undefined;
}

/** What everybody in a group must see alike. */
function viewOf(group: GroupView | undefined): string {
  if (group?.state !== "ready" || group.pending.length > 0) return "";
  const members = group.members.map(({ id, role }) => `${id} ${role}`).toSorted();
  return JSON.stringify([group.name, group.description, members]);
}

/**
 * Soon these people see one group of all `members`; and after it they hear each other, and a change
 * of the owner.
 */
export async function oneView(
  world: World,
  people: readonly Person[],
  members: readonly Person[],
  said: readonly string[] = [],
): Promise<void> {
  const names = members.map(({ name }) => name).toSorted();
  await world.until(
    async () => {
      const groups = await Promise.all(people.map(groupOf));
      const inIt = (groups[0]?.members ?? []).map(({ name }) => name).toSorted();
      return (
        inIt.join() === names.join() && groups.every((one) => viewOf(one) !== "" && viewOf(one) === viewOf(groups[0]))
      );
    },
    `one state, of ${names.join(", ")}, for ${people.map(({ name }) => name).join(", ")}`,
    SOON,
  );
  const texts: string[] = [];
  for (const person of people) {
    const { id } = await mustBeIn(person);
    if ((await person.read("conversation", { id }))?.writable !== true) continue;
    texts.push(`${person.name} in one view ${world.clock.now()}`);
    await write(person, texts.at(-1) ?? "");
  }
  await heardSoon(world, people, [...said, ...texts]);
  await allFollow(world, people);
}

/** Everybody has these texts, once, and soon. */
export async function heardSoon(world: World, people: readonly Person[], texts: readonly string[]): Promise<void> {
  let lacking: string[] = [];
  const check = async (): Promise<boolean> => {
    lacking = [];
    for (const person of people) {
      const [read, state] = [await textsIn(person), (await groupOf(person))?.state];
      const wrong = texts.filter((text) => read.filter((one) => one === text).length !== 1);
      lacking.push(...wrong.map((text) => `${person.name} (${state}) "${text}"`));
    }
    return lacking.length === 0;
  };
  await world.until(check, "that all hear all", SOON).catch(() => {
    throw new Error(`after a minute, not heard once: ${lacking.join(", ")}`);
  });
}

/** Who can write and be heard may still stand apart where the next change is looked for. */
async function allFollow(world: World, people: readonly Person[]): Promise<void> {
  const groups = await Promise.all(people.map(mustBeIn));
  const owner = people[groups.findIndex(({ role }) => role === "owner")];
  if (owner === undefined) return;
  const description = `as of ${world.clock.now()}`;
  await owner.engine.changeGroup({ conversation: (await mustBeIn(owner)).id, description });
  await world.until(
    async () => (await Promise.all(people.map(groupOf))).every((group) => group?.description === description),
    `a change of ${owner.name} followed by ${people.map(({ name }) => name).join(", ")}`,
    SOON,
  );
}

/**
 * Whether a line of the history says that something is this person's doing, beside bringing people
 * in.
 */
export async function isNamed(person: Person, by: Person): Promise<boolean> {
  const id = await idOf(by);
  return (await messagesIn(person)).some(({ from, body }) => {
    if (body.kind !== "change" || body.change.what === "joined" || body.change.what === "added") return false;
    return from === id || ("by" in body.change && JSON.stringify(body.change.by).includes(id));
  });
}

/**
 * What a group's conversation is on this device from now on, other than ready; until it restarts.
 */
export async function lapsesOf(person: Person): Promise<readonly string[]> {
  const states: string[] = [];
  const { id } = await mustBeIn(person);
  person.engine.watch("group", { id }, (group) => {
    if (group !== undefined && group.state !== "ready") states.push(group.state);
  });
  return states;
}

/**
 * The only owner's device is put back to an old copy and asks Mallory, the only other on line, to
 * bring it back.
 */
export async function lost(all: Choir): Promise<void> {
  const { world, hostile, alice, mallory, honest } = all;
  const copy = copyDisk(alice.disk);
  await write(alice, "before the loss");
  await heard(world, [...honest, mallory], ["before the loss"]);
  await world.clock.advance(60_000);
  for (const other of honest.slice(1)) await other.engine.close();
  await alice.restart(copy);
  await world.until(async () => hostile.given.length > 0, "Mallory is asked", HOUR);
}

export async function othersReturn({ honest }: Choir): Promise<void> {
  for (const other of honest.slice(1)) await other.start(other.disk);
}

/** All see that the owner is in, and still the owner; nobody ever saw anybody out. */
export async function ownerStays({ world, alice, mallory, honest }: Choir): Promise<void> {
  await oneView(world, honest, [mallory, ...honest]);
  expect((await groupOf(alice))?.role).toBe("owner");
  expect((await losses(honest)).join()).toBe("");
}

/** Changes what a device remembers, behind its person's back. */
export async function rewrite(person: Person, sql: string, values: (string | number)[] = []): Promise<void> {
  await person.engine.close();
  const database = await openTestDatabase(person.disk);
  await database.transaction((open) => open.run(sql, values));
  await database.close();
  await person.start(person.disk);
}

/**
 * What no history may hold of people who were never out of the group: messages that failed, and
 * lines that say so.
 */
export async function losses(people: readonly Person[]): Promise<string[]> {
  const found: string[] = [];
  for (const person of people) {
    for (const { body, state, error } of await messagesIn(person)) {
      if (state === "failed") found.push(`${person.name}: failed, ${error}`);
      const isOut = body.kind === "change" && (body.change.what === "removed" || body.change.what === "left");
      if (isOut) found.push(`${person.name}: ${JSON.stringify(body.change)}`);
    }
  }
  return found;
}

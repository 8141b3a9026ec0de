import type { Person, World } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { write } from "./support/groups.ts";
import { becomes, choir, heardSoon, lapsesOf, oneView, rewrite, sharedIn, type Choir } from "./support/one-view.ts";

const TEN_MINUTES = 600_000;
const OTHERS = ["Bob", "Carol", "Dave", "Erin"];

interface Claim {
  readonly as: "reader" | "member";
  readonly title: string;
  /** Told in the group, or to each of the others alone. */
  readonly where: "in the group" | "between two";
  /** What the marks are made of: of two histories, the one whose mark is lower stays. */
  readonly mark: 0x00 | 0xff;
  /** How many epochs ago the histories are said to have parted. */
  readonly ago: 0 | 1;
}

const CLAIMS: readonly Claim[] = [
  { as: "member", title: "in the group, of one that gives way", where: "in the group", mark: 0xff, ago: 0 },
  { as: "reader", title: "in the group, of one that gives way", where: "in the group", mark: 0xff, ago: 0 },
  { as: "reader", title: "in the group, of one that stays", where: "in the group", mark: 0x00, ago: 1 },
  { as: "member", title: "between two, of one that gives way", where: "between two", mark: 0xff, ago: 1 },
  { as: "member", title: "between two, of one that stays", where: "between two", mark: 0x00, ago: 0 },
];

/** Says that the group has another history than it has. */
async function claim(all: Choir, by: Person, to: readonly Person[], p: Omit<Claim, "title" | "as">): Promise<void> {
  const { hostile } = all;
  const state = hostile.state();
  const epochs = [{ epoch: Number(hostile.groups.epoch(state)) - p.ago, mark: new Uint8Array(16).fill(p.mark) }];
  const group = hostile.groups.groupId(state);
  const control = { name: "group-state", conversation: sharedIn(all), group, epochs } as const;
  if (p.where === "in the group") return all.tell(by, undefined, control);
  for (const other of to) await all.tell(by, other.name, control);
}

/** Cells that this person's device has written so far. */
async function written(person: Person): Promise<number> {
  const { hours } = await person.read("knowledge", {});
  return hours.reduce((sum, hour) => sum + hour.cellsWritten, 0);
}

async function writtenIn(all: Choir, ms: number): Promise<number[]> {
  const before = await Promise.all(all.honest.map(written));
  await all.world.clock.advance(ms);
  const after = await Promise.all(all.honest.map(written));
  return after.map((count, i) => count - (before[i] ?? 0));
}

/** A group that has existed for a while, in which all have said something. */
async function settled(all: Choir): Promise<void> {
  for (const one of all.honest) for (let i = 0; i < 5; i++) await write(one, `${one.name} ${i}`);
  await all.world.clock.advance(TEN_MINUTES);
}

/** A reader whose device does not keep to that, so that it speaks in the group. */
async function asReader(all: Choir): Promise<void> {
  await becomes(all, "Mallory", "reader");
  all.hostile.speaks = true;
  await rewrite(all.mallory, "UPDATE conversations SET writable = 1");
}

async function goOn(world: World, people: readonly Person[]): Promise<void> {
  for (const one of people) await write(one, `${one.name} continues`);
  const said = people.map(({ name }) => `${name} continues`);
  await heardSoon(world, people, said);
}

/** Messages that came again. */
async function duplicates(people: readonly Person[]): Promise<number> {
  const counts = await Promise.all(people.map(async (one) => (await one.read("storage", {})).counters.duplicates));
  return Math.max(...counts);
}

describe("a false claim that the group has another history", () => {
  test.each(CLAIMS)("of a $as makes nobody busy and puts nobody out of step: $title", async (said) => {
    const all = await choir(OTHERS);
    const { world, honest, mallory } = all;
    if (said.as === "reader") await asReader(all);
    await settled(all);
    const revokedSenders = await Promise.all(honest.map(lapsesOf));
    const quiet = await writtenIn(all, TEN_MINUTES);
    await claim(all, mallory, honest, said);
    const busy = await writtenIn(all, TEN_MINUTES);
    const more = busy.map((count, i) => Math.max(0, count - (quiet[i] ?? 0) - 2));
    expect(more).toEqual(honest.map(() => 0));
    await goOn(world, honest);
    await oneView(world, honest, [mallory, ...honest]);
    expect(revokedSenders.flat()).toEqual([]);
    expect(await duplicates(honest)).toBe(0);
  });

  test("again and again makes nobody say again what they said", async () => {
    const all = await choir(OTHERS);
    const { world, honest, mallory } = all;
    await asReader(all);
    await settled(all);
    const before = await Promise.all(honest.map(written));
    for (let hour = 0; hour < 4; hour++) {
      await claim(all, mallory, honest, { where: "in the group", mark: hour % 2 === 0 ? 0xff : 0x00, ago: 1 });
      await claim(all, mallory, honest, { where: "between two", mark: 0xff, ago: 0 });
      await world.clock.advance(3_600_000);
    }
    const after = await Promise.all(honest.map(written));
    // Two for each of the eight claims.
    expect(Math.max(...after.map((count, i) => count - (before[i] ?? 0)))).toBeLessThanOrEqual(16);
    expect(await duplicates(honest)).toBe(0);
  });

  test("of the one contact that somebody has there does not lead them away", async () => {
    const all = await choir(["Carol", "Bob"], { knows: (one, other) => other !== "Bob" || one === "Mallory" });
    const { world, honest, mallory, person } = all;
    const bob = person("Bob");
    await settled(all);
    const revokedSenders = await lapsesOf(bob);
    await claim(all, mallory, [bob], { where: "between two", mark: 0x00, ago: 0 });
    await write(bob, "still here");
    await heardSoon(world, honest, ["still here"]);
    await world.clock.advance(TEN_MINUTES);
    await oneView(world, honest, [mallory, ...honest]);
    expect(revokedSenders).toEqual([]);
  });

  test("of two who agree does not lead the others away", async () => {
    const all = await choir(OTHERS);
    const { world, honest, mallory, person } = all;
    const erin = person("Erin");
    const others = honest.filter((one) => one !== erin);
    await settled(all);
    const revokedSenders = await Promise.all(others.map(lapsesOf));
    for (const by of [mallory, erin]) await claim(all, by, others, { where: "between two", mark: 0x00, ago: 0 });
    await goOn(world, others);
    await world.clock.advance(TEN_MINUTES);
    await oneView(world, others, [mallory, ...honest]);
    expect(revokedSenders.flat()).toEqual([]);
  });
});

import { createEngine } from "@pli/engine";
import type { GroupView } from "@pli/engine/api";
import { createCrypto } from "@pli/protocol/crypto";
import type { Card } from "@pli/protocol/identity";
import { copyDisk, createFakeClock, createWorld, openTestDatabase, pair, type Person, type World } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { createPauses } from "../src/runtime/pauses.ts";
import { createTimers } from "../src/runtime/timers.ts";
import { isNewerCard } from "../src/people/newer-card.ts";
import { closeAll, friends, heardAll, rowsOf, type Friends } from "./support/friends.ts";
import { agreed, contactId } from "./support/groups.ts";

/**
 * What a clock does that was wrong, and is put right or moved again: no wait becomes longer than
 * twice itself.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MOVES = [
  ["is left alone", 0],
  ["is put back by two hours", -2 * HOUR],
  ["is put back by a year", -365 * DAY],
  ["is put ahead by two hours", 2 * HOUR],
  ["is put ahead by a year", 365 * DAY],
] as const;

const move = (world: World, by: number): void => world.clock.set(world.clock.now() + by);

describe.each(MOVES)("a clock that %s", (_, by) => {
  test("keeps nobody deaf whose line died without a word", async () => {
    const world = createWorld();
    const ana = await world.person("Ana");
    const lines = mortalLines(world);
    const bo = await world.person("Bo");
    await pair(world, ana, bo);
    await world.clock.advance(MINUTE);
    lines.die();
    move(world, by);
    await ana.say("Bo", "anybody there?");
    await world.until(async () => (await bo.heard("Ana")).length === 1, "Bo hears it", 3 * MINUTE);
  });

  test("does not change how often something may be done in one run", async () => {
    const clock = createFakeClock();
    const mayNow = createPauses(clock, HOUR);
    expect([mayNow("ask"), mayNow("ask")]).toEqual([true, false]);
    clock.set(clock.now() + by);
    expect(mayNow("ask")).toBe(false);
    await clock.advance(HOUR - 1);
    expect(mayNow("ask")).toBe(false);
    await clock.advance(1);
    expect(mayNow("ask")).toBe(true);
  });

  test("makes a wait that was saved at most twice as long", async () => {
    const clock = createFakeClock();
    const timers = createTimers(clock);
    const saved = timers.now();
    clock.set(clock.now() + by);
    let waited = 0;
    for (; timers.since(saved) < 3 * HOUR; waited += MINUTE) await clock.advance(MINUTE);
    expect(waited).toBeLessThan(6 * HOUR);
  });
});

/** The lines of people who are made after this can be made to swallow everything in silence. */
function mortalLines(world: World): { die(): void } {
  const dial = world.store.dial.bind(world.store);
  const alive = new Set<() => void>();
  world.store.dial = (url, protocol, events) => {
    let isDead = false;
    const socket = dial(url, protocol, {
      opened: () => isDead || events.opened(),
      received: (frame) => isDead || events.received(frame),
      closed: () => isDead || events.closed(),
    });
    alive.add(() => (isDead = true));
    return {
      send: (frame) => void (isDead || socket.send(frame)),
      close: () => {
        if (isDead) queueMicrotask(() => events.closed());
        socket.close();
      },
    };
  };
  return {
    die: () => {
      for (const kill of alive) kill();
      alive.clear();
    },
  };
}

/** Columns with a moment, in ms, from which something is waited for. */
const WAITS = [
  ["epochs", "retired_at"],
  ["epochs", "leaf_since"],
  ["key_packages", "made_at"],
  ["pairings", "created_at"],
  ["watches", "since"],
  ["budgets", "at"],
  ["traffic", "hour * 3600000"],
] as const;

describe("a clock that was a year ahead for three days", () => {
  test("leaves nothing that waits for next year, once it is right", async () => {
    const people = await friends({ limits: { controls: { atOnce: 1, perDay: 1 } } });
    const { world, alice, bob } = people;
    await world.clock.advance(MINUTE);
    await underAWrongClock(people);
    for (let day = 0; day < 9; day++) {
      await world.clock.advance(DAY);
      for (const [one, other] of [[alice, "Bob"] as const, [bob, "Alice"] as const]) await one.say(other, `day ${day}`);
    }
    await world.clock.advance(DAY);
    const now = world.clock.now();
    await closeAll(alice, bob);
    for (const [table, column] of WAITS) {
      const rows = await rowsOf(alice.disk, `SELECT ${column} AS at FROM ${table} WHERE ${column} > ${now + HOUR}`);
      expect(rows, `${table}.${column}`).toEqual([]);
    }
  });

  test("keeps no new keys away: a device still renews its leaf every day", async () => {
    const people = await friends();
    const { world, alice } = people;
    await underAWrongClock(people);
    const before = await leafSince(alice);
    for (let day = 0; day < 3; day++) {
      await world.clock.advance(DAY);
      await alice.say("Bob", `day ${day}`);
      await world.clock.advance(MINUTE);
    }
    expect(before).toBeGreaterThan(world.clock.now() + 300 * DAY);
    expect(await leafSince(alice)).toBeGreaterThan(world.clock.now() - 3 * DAY);
    expect(await leafSince(alice)).toBeLessThan(world.clock.now());
  });

  test("hides no beacon that was lit before this device is on again", async () => {
    const people = await friends();
    const { world, alice, bob } = people;
    const old = copyDisk(alice.disk);
    await alice.say("Bob", "not in the copy");
    const right = world.clock.now();
    move(world, 365 * DAY);
    await alice.say("Bob", "next year");
    await heardAll(people, 2, 0);
    await bob.engine.close();
    world.clock.set(right + HOUR);
    await alice.restart(old);
    await alice.say("Bob", "I was put back").catch(() => undefined);
    await world.clock.advance(5 * DAY);
    await bob.start(bob.disk);
    await world.until(async () => (await bob.heard("Alice")).includes("I was put back"), "they found each other");
    await bob.say("Alice", "so we did");
    await world.until(async () => (await alice.heard("Bob")).includes("so we did"), "both ways");
  });

  test("does not keep a later name away from those who have the one taken then", async () => {
    const people = await friends();
    const { world, alice, bob } = people;
    await world.clock.advance(MINUTE);
    const old = copyDisk(alice.disk);
    const right = world.clock.now();
    move(world, 40 * DAY);
    await alice.engine.renameProfile({ name: "Alicia" });
    await world.until(async () => (await bob.read("contacts", {}))[0]?.name === "Alicia", "Alicia");
    world.clock.set(right + HOUR);
    await alice.restart(old);
    await world.clock.advance(MINUTE);
    await alice.engine.renameProfile({ name: "Alix" });
    await world.until(async () => (await bob.read("contacts", {}))[0]?.name === "Alix", "Alix");
  });
});

/**
 * Three days of talk, an invitation nobody took and a budget used up, all of it next year; then the
 * clock is right again.
 */
async function underAWrongClock(people: Friends): Promise<void> {
  const { world, alice, bob } = people;
  const right = world.clock.now();
  move(world, 365 * DAY);
  for (let day = 0; day < 3; day++) {
    await world.clock.advance(DAY);
    await alice.say("Bob", `next year ${day}`);
    await bob.say("Alice", `next year too ${day}`);
  }
  await heardAll(people, 3, 3);
  const { pairing } = await alice.engine.createInvitation({});
  await alice.engine.cancelPairing({ pairing });
  await world.clock.advance(MINUTE);
  world.clock.set(right + 3 * DAY);
}

async function leafSince(person: Person): Promise<number> {
  const rows = await rowsOf(copyDisk(person.disk), "SELECT max(leaf_since) AS at FROM epochs WHERE retired_at IS NULL");
  return Number(rows[0]?.["at"]);
}

test("a clock that was a hundred days ahead for two hours keeps no contact from being put into a group", async () => {
  const { world, alice, bob } = await friends();
  await world.clock.advance(MINUTE);
  await alice.engine.close();
  const right = world.clock.now();
  move(world, 100 * DAY);
  await world.clock.advance(2 * HOUR);
  world.clock.set(right + 2 * HOUR);
  await alice.start(alice.disk);
  await world.clock.advance(MINUTE);
  await alice.engine.createGroup({ name: "Later", contacts: [await contactId(alice, "Bob")] });
  await agreed(world, [alice, bob], 2 * DAY);
});

describe("a contact whose clock is days off", () => {
  test.each([
    ["two days ahead", 2 * DAY],
    ["a hundred days behind", -100 * DAY],
  ])("%s, cannot be put into a group: it is said why, and done once the clock is right", async (_, off) => {
    const world = createWorld();
    const ana = await world.person("Ana");
    const bo = await withClockOf(world, "Bo");
    await pair(world, ana, bo.person);
    await world.clock.advance(HOUR);
    await bo.set(off);
    await world.clock.advance(HOUR);
    expect((await bo.person.read("status", {})).clockSkew).toBe(off / 1000);
    const contacts = [await contactId(ana, "Bo")];
    let group = "";
    for (let i = 0; i < 4; i++) {
      group = (await ana.engine.createGroup({ name: `Group ${i}`, contacts })).conversation;
      await world.clock.advance(HOUR);
    }
    const view = (): Promise<GroupView | undefined> => ana.read("group", { id: group });
    expect((await view())?.members.length).toBe(1);
    await world.until(async () => (await view())?.pending[0]?.waitsFor === "clock", "it is said", DAY);
    await bo.set(0);
    await world.until(async () => (await view())?.members.length === 2, "Bo is in", 2 * DAY);
  });
});

/** Somebody whose clock can be off from the world's, from their next start on. */
async function withClockOf(world: World, name: string): Promise<{ person: Person; set(off: number): Promise<void> }> {
  const person = await world.person(name);
  const crypto = await createCrypto();
  let wrong = 0;
  const { steady, after } = world.clock;
  const clock = { now: () => world.clock.now() + wrong, steady, after };
  person.start = async (from) => {
    person.disk = from;
    const database = await openTestDatabase(from);
    person.engine = await createEngine({ database, crypto, clock, dialer: world.store, store: world.store.origin });
  };
  return {
    person,
    set: async (off) => {
      await person.engine.close();
      wrong = off;
      await person.start(person.disk);
    },
  };
}

describe("of two cards", () => {
  const NOW = 1_800_000_000;
  const dated = (issuedAt: number): Card => ({ issuedAt }) as Card;
  const isNewer = (card: number, known: number): boolean => isNewerCard(dated(card), dated(known), NOW * 1000);

  test("the later one counts, and any of until now where the other is of a day that is still to come", () => {
    expect([isNewer(NOW, NOW - 1), isNewer(NOW - 1, NOW), isNewer(NOW, NOW)]).toEqual([true, false, false]);
    const nextYear = NOW + 365 * 86_400;
    expect([isNewer(nextYear, NOW), isNewer(NOW, nextYear)]).toEqual([true, true]);
    expect([isNewer(nextYear + 1, nextYear), isNewer(nextYear, nextYear + 1)]).toEqual([true, false]);
    expect(isNewer(NOW, NOW + 3_600)).toBe(false);
  });
});

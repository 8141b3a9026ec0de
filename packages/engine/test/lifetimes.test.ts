import { createCrypto } from "@pli/protocol/crypto";
import { createContent, encodeContent, type Content } from "@pli/protocol/content";
import { copyDisk, createWorld, MemoryStore, pair, type Person, type World } from "@pli/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endOf, lifetimeOf } from "../src/features/disappearing/lifetimes.ts";
import { agreed, contactId, foundGroup, heard, messagesIn, mustBeIn, textsIn, write } from "./support/groups.ts";
import { createPuppet, type Puppet } from "./support/puppet.ts";

/**
 * A message's lifetime is the message's: it ends for all who have it at one moment, no matter when
 * it came (docs/adr/0018).
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;
const crypto = await createCrypto();

interface Circle {
  readonly world: World;
  readonly people: readonly Person[];
  readonly ana: Person;
  readonly bo: Person;
  /** The last of them, whose device says whatever is put into its mouth. */
  readonly mallory: Person;
  readonly puppet: Puppet;
}

/** A group of Ana's in which messages disappear after `timer` seconds. */
async function circle(timer: number): Promise<Circle> {
  const world = createWorld();
  const puppet = createPuppet(crypto);
  const [ana, bo] = [await world.person("Ana"), await world.person("Bo")];
  const mallory = await world.person("Mallory", {}, { groups: puppet.groups });
  const people = [ana, bo, mallory];
  for (const other of [bo, mallory]) await pair(world, ana, other);
  await world.clock.advance(30_000);
  await foundGroup(world, people, "Choir");
  await setTimer({ world, people, ana }, timer);
  return { world, people, ana, bo, mallory, puppet };
}

async function setTimer({ world, people, ana }: Pick<Circle, "world" | "people" | "ana">, timer: number) {
  if ((await mustBeIn(ana)).timer === timer) return;
  await ana.engine.changeGroup({ conversation: (await mustBeIn(ana)).id, timer });
  await world.until(
    async () => (await Promise.all(people.map(mustBeIn))).every((group) => group.timer === timer),
    `a timer of ${timer} s everywhere`,
  );
}

const statesIn = async (person: Person): Promise<string[]> =>
  (await messagesIn(person)).flatMap(({ body, state }) => (body.kind === "text" ? [`${body.text}: ${state}`] : []));

describe("the end of a message", () => {
  const moment = fc.integer({ min: 0, max: 2 ** 45 });
  const seconds = fc.integer({ min: 1, max: 365 * DAY_SECONDS });
  const timer = fc.oneof(fc.constant(0), seconds);

  test("is never further away than its lifetime, and never so near that it cannot be read, whatever its author claims", () => {
    fc.assert(
      fc.property(moment, moment, fc.option(seconds, { nil: undefined }), timer, (sentAt, now, claimed, rule) => {
        fc.pre(claimed !== undefined || rule > 0);
        const lifetime = lifetimeOf(claimed, rule) ?? 0;
        expect(lifetime).toBeLessThanOrEqual(rule || Number.POSITIVE_INFINITY);
        expect(lifetime).toBeGreaterThanOrEqual(Math.min(DAY_SECONDS, rule || DAY_SECONDS));
        const left = endOf({ sentAt, lifetime, now, isTold: false }) - now;
        expect(left).toBeLessThanOrEqual(lifetime * 1000);
        expect(left).toBeGreaterThanOrEqual(Math.min(lifetime * 1000, HOUR));
      }),
    );
    expect(lifetimeOf(undefined, 0)).toBeUndefined();
  });

  test("is the same for all who have it in time, and for those who are told of it", () => {
    fc.assert(
      fc.property(seconds, fc.integer({ min: 0, max: 365 * DAY }), fc.boolean(), (lifetime, later, isTold) => {
        fc.pre(isTold || later + HOUR <= lifetime * 1000);
        const sentAt = 2 ** 41;
        expect(endOf({ sentAt, lifetime, now: sentAt + later, isTold })).toBe(sentAt + lifetime * 1000);
      }),
    );
  });
});

describe("a message with a timer", () => {
  test("that came while this clock was a year ahead is gone when it should be, once the clock is right", async () => {
    const { world, people, ana } = await circle(HOUR_SECONDS);
    const right = world.clock.now();
    world.clock.set(right + 365 * DAY);
    await write(ana, "burn after reading");
    await heard(world, people, ["burn after reading"]);
    world.clock.set(right + MINUTE);
    await world.clock.advance(2 * HOUR);
    for (const person of people) expect(await textsIn(person)).toEqual([]);
  });

  test("is not erased while the store says that this clock is wrong, nor once it is right before its time", async () => {
    const { world, people, ana, bo } = await circle(7 * DAY_SECONDS);
    await write(ana, "read me within a week");
    await heard(world, people, ["read me within a week"]);
    const right = world.clock.now();
    world.store.knobs.clockAhead = -30 * DAY_SECONDS;
    world.clock.set(right + 30 * DAY);
    await world.clock.advance(2 * HOUR);
    await bo.restart();
    await world.clock.advance(2 * HOUR);
    expect(await textsIn(bo)).toEqual(["read me within a week"]);
    expect((await bo.read("status", {})).clockSkew).toBe(30 * DAY_SECONDS);
    world.clock.set(right + 4 * HOUR);
    world.store.knobs.clockAhead = 0;
    await world.clock.advance(5 * DAY);
    expect(await textsIn(bo)).toEqual(["read me within a week"]);
    await world.clock.advance(2 * DAY);
    expect(await textsIn(bo)).toEqual([]);
  });

  test("is erased also while the store cannot be reached", async () => {
    const { world, people, ana, bo } = await circle(HOUR_SECONDS);
    await write(ana, "gone in an hour");
    await heard(world, people, ["gone in an hour"]);
    await bo.engine.close();
    world.store.takeDown();
    await world.clock.advance(2 * HOUR);
    await bo.start(bo.disk);
    await world.clock.advance(MINUTE);
    expect(await textsIn(bo)).toEqual([]);
  });

  test("that was written off line leaves when the line is back, and its time begins then", async () => {
    const { world, people, ana, bo } = await circle(HOUR_SECONDS);
    await world.clock.advance(MINUTE);
    world.store.takeDown();
    await write(bo, "I landed, pick me up at gate 4");
    await world.clock.advance(2 * HOUR);
    expect(await statesIn(bo)).toEqual(["I landed, pick me up at gate 4: saved"]);
    world.store.bringUp();
    await heard(world, people, ["I landed, pick me up at gate 4"]);
    expect(await statesIn(bo)).toEqual(["I landed, pick me up at gate 4: sent"]);
    await world.clock.advance(50 * MINUTE);
    for (const person of [ana, bo]) expect(await textsIn(person)).toEqual(["I landed, pick me up at gate 4"]);
    await world.clock.advance(20 * MINUTE);
    for (const person of people) expect(await textsIn(person)).toEqual([]);
  });

  test("that will not leave any more is shown as failed, and its words are erased in the end", async () => {
    const { world, people, ana, bo } = await circle(HOUR_SECONDS);
    await world.clock.advance(MINUTE);
    await bo.engine.close();
    await ana.engine.changeGroup({ conversation: (await mustBeIn(ana)).id, whoWrites: "admins" });
    await world.clock.advance(MINUTE);
    world.store.takeDown();
    await bo.start(bo.disk);
    await write(bo, "nobody reads this");
    await world.clock.advance(2 * HOUR);
    world.store.bringUp();
    await world.until(async () => (await statesIn(bo))[0]?.endsWith("failed"), "it failed");
    await world.clock.advance(50 * MINUTE);
    expect(await statesIn(bo)).toEqual(["nobody reads this: failed"]);
    await world.clock.advance(20 * MINUTE);
    for (const person of people) expect(await textsIn(person)).toEqual([]);
  });

  test("that comes late can be read for an hour, and no longer", async () => {
    const { world, ana, bo } = await circle(DAY_SECONDS);
    await bo.engine.close();
    await write(ana, "yesterday's news");
    await world.clock.advance(2 * DAY);
    await bo.start(bo.disk);
    await world.until(async () => (await textsIn(bo)).length === 1, "it came");
    await world.clock.advance(50 * MINUTE);
    expect(await textsIn(bo)).toEqual(["yesterday's news"]);
    expect((await bo.conversationWith("Choir")).unread).toBe(1);
    await world.clock.advance(20 * MINUTE);
    expect(await textsIn(bo)).toEqual([]);
    expect((await bo.conversationWith("Choir")).unread).toBe(0);
    expect(await textsIn(ana)).toEqual([]);
  });

  test("ends for newcomers who are told of it when it does for everybody", async () => {
    const { world, people, ana } = await circle(DAY_SECONDS);
    const dan = await world.person("Dan");
    await pair(world, ana, dan);
    const { id } = await mustBeIn(ana);
    await ana.engine.changeGroup({ conversation: id, newcomersRead: "week" });
    await write(ana, "the code of the door is 4711");
    await heard(world, people, ["the code of the door is 4711"]);
    await world.clock.advance(23.5 * HOUR);
    await ana.engine.addToGroup({ conversation: id, contacts: [await contactId(ana, "Dan")] });
    await agreed(world, [...people, dan]);
    expect(await textsIn(dan)).toEqual(["the code of the door is 4711"]);
    await world.clock.advance(40 * MINUTE);
    for (const person of [...people, dan]) expect(await textsIn(person)).toEqual([]);
  });

  test("keeps its lifetime where it is sent again after the rules have changed", async () => {
    const all = await circle(DAY_SECONDS);
    const { world, ana, bo, people } = all;
    await world.clock.advance(MINUTE);
    world.store.takeDown();
    await write(bo, "for a day");
    await bo.engine.close();
    world.store.bringUp();
    await setTimer({ ...all, people: people.filter((one) => one !== bo) }, 0);
    await bo.start(bo.disk);
    await world.until(async () => (await textsIn(ana)).length === 1, "it came");
    await write(bo, "for ever");
    await world.clock.advance(25 * HOUR);
    for (const person of people) expect(await textsIn(person)).toEqual(["for ever"]);
  });

  test("is over on a device that is put back to an old copy too", async () => {
    const { world, people, ana, bo } = await circle(HOUR_SECONDS);
    await write(ana, "gone in an hour");
    await heard(world, people, ["gone in an hour"]);
    const old = copyDisk(bo.disk);
    await world.clock.advance(3 * HOUR);
    await bo.restart(old);
    await world.clock.advance(MINUTE);
    expect(await textsIn(bo)).toEqual([]);
  });
});

describe("somebody who lies about time", () => {
  const content = (p: Partial<Content> & { text: string }): Uint8Array => {
    const { text, ...rest } = p;
    return encodeContent({ ...createContent(crypto, rest.sentAt ?? 0, { kind: "text", text }), ...rest });
  };

  test("makes nothing vanish before it can be read, and nothing stay longer than the rules say", async () => {
    const { world, ana, bo, mallory, puppet } = await circle(2 * DAY_SECONDS);
    const now = world.clock.now();
    await puppet.say(mallory, undefined, [
      content({ text: "said in 1970", sentAt: 0, lifetime: 1 }),
      content({ text: "said next year", sentAt: now + 365 * DAY, lifetime: 365 * DAY_SECONDS }),
      content({ text: "for ever", sentAt: now }),
      content({ text: "for a second", sentAt: now, lifetime: 1 }),
    ]);
    await write(ana, "honest");
    const all = ["said in 1970", "said next year", "for ever", "for a second", "honest"];
    await heard(world, [bo], all);
    await world.clock.advance(50 * MINUTE);
    expect(await textsIn(bo)).toEqual(all);
    await world.clock.advance(22 * HOUR);
    expect(await textsIn(bo)).toEqual(["said next year", "for ever", "for a second", "honest"]);
    await world.clock.advance(2 * HOUR);
    expect(await textsIn(bo)).toEqual(["said next year", "for ever", "honest"]);
    await world.clock.advance(DAY);
    expect(await textsIn(bo)).toEqual([]);
  });

  test("keeps nothing from being erased with a store of theirs whose clock is wrong", async () => {
    const { world, people, ana } = await circle(HOUR_SECONDS);
    const theirs = new MemoryStore({ clock: world.clock, origin: "http://theirs.example" });
    world.stores.push(theirs);
    const eve = await world.person("Eve", {}, { store: theirs });
    await pair(world, eve, ana);
    theirs.knobs.clockAhead = 300 * DAY_SECONDS;
    theirs.cut();
    await write(ana, "gone in an hour");
    await heard(world, people, ["gone in an hour"]);
    await world.clock.advance(2 * HOUR);
    for (const person of people) expect(await textsIn(person)).toEqual([]);
  });

  test("makes nothing vanish from a conversation of two within a day", async () => {
    const { world, ana, mallory, puppet } = await circle(0);
    const sentAt = world.clock.now();
    await puppet.say(mallory, "Ana", [content({ text: "I never said that", sentAt, lifetime: 1 })]);
    await world.clock.advance(23 * HOUR);
    expect(await ana.heard("Mallory")).toEqual(["I never said that"]);
    await world.clock.advance(2 * HOUR);
    expect(await ana.heard("Mallory")).toEqual([]);
  });
});

import { createWorld, type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import { linkDevice, newDevice, openLink, settleIn, typeBoth } from "./support/devices.ts";
import { acquaint, closeAll, friends, rowsOf, type Friends } from "./support/friends.ts";
import { foundGroup } from "./support/groups.ts";
import { historyOf, manyTexts } from "./support/history.ts";

const CHOIR = "Choir";

/** All of it is on the new device. */
const complete = (world: World, phone: Person): Promise<true> =>
  world.until(async () => (await historyOf(phone))?.step === "complete" && (true as const), "the history");

/** What both devices show of a conversation, but for what each notes itself. */
async function same(world: World, one: Person, other: Person, name: string): Promise<void> {
  const shape = async (person: Person) =>
    (await person.messages(name))
      .filter(({ body }) => body.kind === "text")
      .map(({ id, from, fromName, mine, sentAt, body }) => ({ id, from, fromName, mine, sentAt, body }));
  await world.until(async () => (await shape(one)).length === (await shape(other)).length, "as many on both");
  expect(await shape(other)).toEqual(await shape(one));
}

test("what was said before follows to a new device, in order, read, with authors, times and states", async () => {
  const { world, alice, bob } = await friends();
  for (let i = 0; i < 30; i++) await (i % 3 === 0 ? bob.say("Alice", `b${i}`) : alice.say("Bob", `a${i}`));
  await world.until(async () => (await alice.texts("Bob")).length === 30 && (await bob.texts("Alice")).length === 30);
  const heard: string[] = [];
  const phone = await linkDevice(world, alice, "Telephone");
  const stop = phone.engine.onMessage(({ id }) => void heard.push(id));
  await settleIn(world, alice, phone);
  await complete(world, phone);
  await bob.say("Alice", "after");
  await world.until(async () => (await phone.texts("Bob")).includes("after"), "what is new");
  await world.until(async () => (await alice.texts("Bob")).includes("after"));
  await same(world, alice, phone, "Bob");
  expect(heard).toHaveLength(1);
  expect((await phone.conversationWith("Bob")).unread).toBe(1);
  expect(await phone.read("history", {})).toMatchObject({
    incoming: { step: "complete", conversations: 1, conversationsDone: 1 },
    outgoing: [],
  });
  expect((await alice.read("history", {})).outgoing).toEqual([]);
  const found = await phone.engine.search({ text: "a29", limit: 10 });
  expect(JSON.stringify(found)).toContain("a29");
  stop();
  await closeAll(alice, bob, phone);
});

/** Alice, Bob and Carol, in a group. */
async function choir() {
  const world = createWorld();
  const people: Person[] = [];
  for (const name of ["Alice", "Bob", "Carol"]) people.push(await world.person(name));
  await acquaint(world, people);
  await foundGroup(world, people, CHOIR);
  return { world, people: people as [Person, Person, Person] };
}

test("a group's past follows with its authors, and a third device has it from the second", async () => {
  const { world, people } = await choir();
  const [alice, bob, carol] = people;
  for (let i = 0; i < 9; i++) await (people[i % 3] ?? alice).say(CHOIR, `${i}`);
  await bob.say("Alice", "between us");
  await world.until(async () => (await alice.texts(CHOIR)).length === 9 && (await alice.texts("Bob")).length === 1);
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  await complete(world, phone);
  await carol.say(CHOIR, "live");
  await world.until(async () => (await phone.texts(CHOIR)).includes("live"), "what is new");
  const tablet = await linkDevice(world, phone, "Tablet");
  await settleIn(world, alice, tablet);
  await complete(world, tablet);
  for (const one of [phone, tablet]) for (const name of [CHOIR, "Bob"]) await same(world, alice, one, name);
  expect((await tablet.conversationWith(CHOIR)).unread).toBe(0);
  const order = async (one: Person) => (await one.read("conversations", {})).map(({ name }) => name);
  expect(await order(tablet)).toEqual(await order(alice));
  await closeAll(alice, bob, carol, phone, tablet);
});

test("what disappears within a day and what was erased does not follow; what disappears later ends on both", async () => {
  const { world, alice, bob } = await friends();
  await foundGroup(world, [alice, bob], CHOIR);
  const { id } = await alice.conversationWith(CHOIR);
  await alice.say(CHOIR, "stays");
  await alice.say(CHOIR, "erased");
  await world.until(async () => (await alice.texts(CHOIR)).length === 2);
  for (const [timer, text] of [
    [3_600, "an hour"],
    [3 * 86_400, "three days"],
  ] as const) {
    await alice.engine.changeGroup({ conversation: id, timer });
    await world.clock.advance(10_000);
    await alice.say(CHOIR, text);
    await world.clock.advance(10_000);
  }
  const erased = (await alice.messages(CHOIR)).find(({ body }) => body.kind === "text" && body.text === "erased");
  await alice.engine.forgetMessage({ message: erased?.id ?? "" });
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  await complete(world, phone);
  expect((await phone.texts(CHOIR)).toSorted()).toEqual(["stays", "three days"]);
  const ends = async (one: Person) => (await one.messages(CHOIR)).map(({ expiresAt }) => expiresAt).filter(Boolean);
  expect((await ends(phone))[0]).toBe((await ends(alice)).at(-1));
  await world.clock.advance(3 * 86_400_000);
  expect(await phone.texts(CHOIR)).toEqual(["stays"]);
  await closeAll(alice, bob, phone);
});

test("what is said while a device is on its way in is on it too, once", async () => {
  const { world, alice, bob } = await friends();
  for (let i = 0; i < 40; i++) await alice.say("Bob", `${i}`);
  const phone = await newDevice(world, "Telephone");
  const link = await openLink(world, alice, phone);
  await typeBoth(world, alice, phone, link);
  for (let i = 0; i < 60; i++) {
    await (i % 2 === 0 ? bob.say("Alice", `b${i}`) : alice.say("Bob", `a${i}`));
    await world.clock.advance(50);
  }
  await settleIn(world, alice, phone);
  await complete(world, phone);
  await world.until(async () => (await phone.texts("Bob")).length === 100, "all of them");
  await world.until(async () => (await alice.texts("Bob")).length === 100, "all of them");
  expect((await phone.texts("Bob")).toSorted()).toEqual((await alice.texts("Bob")).toSorted());
  await closeAll(alice, bob, phone);
});

/** A person with a long history, and a device whose linking is about to end. */
async function aboutToLink(count: number): Promise<Friends & { phone: Person }> {
  const people = await friends({ backups: "never" });
  await manyTexts(people, count);
  const phone = await newDevice(people.world, "Telephone");
  const link = await openLink(people.world, people.alice, phone);
  await typeBoth(people.world, people.alice, phone, link);
  return { ...people, phone };
}

/** The device that gives the history stops when the other has some of it. */
async function cutHalfWay({ world, alice, phone }: { world: World; alice: Person; phone: Person }): Promise<void> {
  alice.power.cutAfter(28);
  await world.until(async () => alice.power.isCut, "the cut");
  await world.clock.advance(2_000);
  const incoming = await historyOf(phone);
  expect(incoming?.step).toMatch(/recent|older/);
  expect(incoming?.messagesDone).toBeGreaterThan(0);
}

test.each([2, 5, 11, 23])(
  "both sides are cut after %i transactions, again and again, and nothing is lost or twice",
  async (writes) => {
    const { world, alice, bob, phone } = await aboutToLink(3_000);
    world.store.knobs.delayMs = 40;
    for (const one of [alice, phone]) one.power.cutAfter(writes);
    let cuts = 0;
    for (let i = 0; i < 600 && !(await isComplete(phone)); i++) {
      await world.clock.advance(i < 100 ? 100 : 2_000);
      for (const one of [alice, phone]) {
        if (!one.power.isCut) continue;
        cuts += 1;
        await one.start(one.power.after);
        one.power.cutAfter(cuts < 12 ? writes : Number.POSITIVE_INFINITY);
      }
    }
    for (const one of [alice, phone]) one.power.cutAfter(Number.POSITIVE_INFINITY);
    await complete(world, phone);
    expect(cuts).toBeGreaterThan(1);
    await settleIn(world, alice, phone);
    await same(world, alice, phone, "Bob");
    expect((await phone.texts("Bob")).length).toBeGreaterThanOrEqual(50);
    await closeAll(alice, bob, phone);
  },
);

const isComplete = async (phone: Person): Promise<boolean> =>
  !phone.power.isCut && (await historyOf(phone).catch(() => undefined))?.step === "complete";

test("a send queue that was lost and objects that the store lost are made again", async () => {
  const { world, alice, bob, phone } = await aboutToLink(6_000);
  await cutHalfWay({ world, alice, phone });
  await alice.start(alice.power.after);
  world.store.takeDown();
  await alice.engine.close();
  await rowsOf(alice.disk, "DELETE FROM send_queue WHERE stream LIKE 'history %'");
  await phone.engine.close();
  await rowsOf(phone.disk, "UPDATE slices_taken SET state = 'told', seed = randomblob(32) WHERE n < 3");
  world.store.bringUp();
  await alice.start(alice.disk);
  await phone.start(phone.disk);
  await complete(world, phone);
  expect((await historyOf(phone))?.messagesDone).toBe((await historyOf(phone))?.messages);
  await same(world, alice, phone, "Bob");
  await closeAll(alice, bob, phone);
});

test("when the device that gives it is removed half way, the next one gives the rest, and none of it is twice", async () => {
  const people = await friends({ backups: "never" });
  const { world, alice, bob } = people;
  await manyTexts(people, 6_000);
  const tablet = await linkDevice(world, alice, "Tablet");
  await settleIn(world, alice, tablet);
  await complete(world, tablet);
  const phone = await newDevice(world, "Telephone");
  await typeBoth(world, alice, phone, await openLink(world, alice, phone));
  await cutHalfWay({ world, alice, phone });
  const before = (await phone.texts("Bob")).length;
  const devices = await tablet.read("devices", {});
  await tablet.engine.removeDevice({ device: devices[0]?.id ?? "" });
  await complete(world, phone);
  await settleIn(world, tablet, phone);
  await countSame(world, tablet, phone, before);
  await closeAll(bob, phone, tablet);
});

/** All messages of the one are on the other, in the same order, however many there are. */
async function countSame(world: World, one: Person, other: Person, before: number): Promise<void> {
  const ids = async (person: Person): Promise<string[]> => {
    const { id: conversation } = await person.conversationWith("Bob");
    const all: string[] = [];
    for (let position: { before?: number } = {}; ;) {
      const { messages } = await person.read("messages", { conversation, limit: 1_000, ...position });
      all.unshift(...messages.filter(({ body }) => body.kind === "text").map(({ id }) => id));
      const [first] = messages;
      if (first === undefined) return all;
      position = { before: first.order };
    }
  };
  expect((await ids(one)).length).toBeGreaterThan(before);
  await world.until(async () => (await ids(one)).length === (await ids(other)).length, "as many on both");
  expect(await ids(other)).toEqual(await ids(one));
}

test("when the only device that has it is gone for ever, the new one says so and keeps what it has", async () => {
  const { world, alice, bob, phone } = await aboutToLink(6_000);
  await cutHalfWay({ world, alice, phone });
  await world.clock.advance(2 * 86_400_000);
  const [old] = await phone.read("devices", {});
  const before = await historyOf(phone);
  expect(before).toMatchObject({ step: expect.stringMatching(/recent|older/), from: old?.id });
  const kept = await phone.texts("Bob");
  await phone.engine.removeDevice({ device: old?.id ?? "" });
  await world.clock.advance(60_000);
  expect(await historyOf(phone)).toMatchObject({ step: "gone", from: "", messagesDone: before?.messagesDone });
  expect(await phone.texts("Bob")).toEqual(kept);
  expect(kept.length).toBeGreaterThan(0);
  await closeAll(bob, phone);
});

test("a new device says in how many of the conversations it is, until it is in all", async () => {
  const { world, people } = await choir();
  const [alice, bob, carol] = people;
  await alice.say(CHOIR, "to all");
  const phone = await newDevice(world, "Telephone");
  const seen: string[] = [];
  const stop = phone.engine.watch(
    "history",
    {},
    ({ conversations: on }) => void seen.push(on ? `${on.here}/${on.all}` : ""),
  );
  await typeBoth(world, alice, phone, await openLink(world, alice, phone));
  await world.until(async () => (await phone.read("conversations", {})).length === 3, "the conversations");
  await settleIn(world, alice, phone);
  await complete(world, phone);
  stop();
  expect(seen).toContain("0/2");
  expect(seen.at(-1)).toBe("");
  expect((await alice.read("history", {})).conversations).toBeUndefined();
  await closeAll(alice, bob, carol, phone);
});

import type { Person, World } from "@pli/testkit";
import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { expect, test } from "vitest";
import { linkDevice, settleIn } from "./support/devices.ts";
import { closeAll, friends } from "./support/friends.ts";
import { foundGroup } from "./support/groups.ts";

const LATER = 40_000;

async function twoDevices() {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  await world.clock.advance(LATER);
  return { world, alice, bob, phone };
}

const draftOf = async (person: Person, other = "Bob") => (await person.conversationWith(other)).draft;

async function type(person: Person, text: string, was?: string): Promise<void> {
  const { id: conversation } = await person.conversationWith("Bob");
  await person.engine.saveDraft({ conversation, text, ...(was !== undefined && { was }) });
}

async function send(person: Person, text: string, draft: string): Promise<void> {
  const { id: conversation } = await person.conversationWith("Bob");
  await person.engine.sendText({ conversation, text, draft });
}

const shows = (world: World, person: Person, draft: string, patience?: number) =>
  world.until(async () => (await draftOf(person)) === draft, `the draft “${draft}”`, patience);

test("what is begun on one device is on the others, for few cells however many keys are pressed", async () => {
  const { world, alice, bob, phone } = await twoDevices();
  const before = world.store.next();
  const text = "A long thought, typed key by key, by somebody who stops at times to think about the rest";
  for (let length = 1; length <= text.length; length++) {
    await type(alice, text.slice(0, length));
    await world.clock.advance(length % 30 === 0 ? 8_000 : 150);
  }
  await shows(world, phone, text);
  expect(world.store.next() - before).toBeLessThanOrEqual(2);
  await type(phone, "Shorter");
  await shows(world, alice, "Shorter");
  await type(phone, "");
  await shows(world, alice, "");
  await closeAll(alice, bob, phone);
});

test("a text that is sent ends its draft on the other devices before they are told", async () => {
  const { world, alice, bob, phone } = await twoDevices();
  await type(alice, "Meet me");
  await shows(world, phone, "Meet me");
  await type(alice, "Meet me at nine");
  const before = world.store.next();
  await send(alice, "Meet me at nine", "Meet me at nine");
  await world.until(async () => (await phone.texts("Bob")).length === 1, "the text");
  expect(await draftOf(phone)).toBe("");
  expect(world.store.next() - before).toBe(1);
  await world.clock.advance(LATER);
  expect([await draftOf(alice), await draftOf(phone)]).toEqual(["", ""]);
  await closeAll(alice, bob, phone);
});

test("what was begun otherwise than it was sent is gone within the pace", async () => {
  const { world, alice, bob, phone } = await twoDevices();
  await type(alice, "Ten o'clock");
  await shows(world, phone, "Ten o'clock");
  await type(alice, "At nine");
  await send(alice, "At nine", "At nine");
  await shows(world, phone, "");
  await closeAll(alice, bob, phone);
});

test("a text that is sent at once leaves no trace of its draft in the store", async () => {
  const { world, alice, bob, phone } = await twoDevices();
  const before = world.store.next();
  await type(alice, "On my way");
  await world.clock.advance(1_000);
  await send(alice, "On my way", "On my way");
  await world.clock.advance(5_000);
  expect(world.store.next() - before).toBe(1);
  await closeAll(alice, bob, phone);
});

test("what is being typed is not taken away by an older draft of another device", async () => {
  const { world, alice, bob, phone } = await twoDevices();
  await type(alice, "From the computer");
  await world.clock.advance(4_000);
  await type(phone, "From the telephone");
  await world.clock.advance(2_000);
  expect(await draftOf(phone)).toBe("From the telephone");
  await shows(world, alice, "From the telephone");
  await closeAll(alice, bob, phone);
});

test("a draft that is longer than a value stays where it is, and nothing takes its place", async () => {
  const { world, alice, bob, phone } = await twoDevices();
  await type(alice, "Short");
  await shows(world, phone, "Short");
  const long = "é".repeat(8_193);
  await type(alice, long);
  await world.clock.advance(LATER);
  await type(phone, "Short, and another");
  await world.clock.advance(LATER);
  expect(await draftOf(alice)).toBe(long);
  await send(alice, long.slice(0, 30), long);
  await shows(world, phone, "");
  await closeAll(alice, bob, phone);
});

test("a program that ends tells first what was begun, and one that was killed when it starts again", async () => {
  const { world, alice, bob, phone } = await twoDevices();
  await type(alice, "Begun");
  await Promise.all([alice.engine.drain({ ms: 5_000 }), world.clock.advance(2_000)]);
  await alice.engine.close();
  await shows(world, phone, "Begun", 4_000);
  await alice.start(alice.disk);
  await world.clock.advance(LATER);
  await type(alice, "Begun, and more");
  await alice.restart();
  await shows(world, phone, "Begun, and more", 4_000);
  await closeAll(alice, bob, phone);
});

test("a device that is linked later has what was begun, in groups too", async () => {
  const { world, alice, bob } = await friends();
  await foundGroup(world, [alice, bob], "Choir");
  await type(alice, "Between us");
  const { id: conversation } = await alice.conversationWith("Choir");
  await alice.engine.saveDraft({ conversation, text: "To all" });
  await alice.engine.mute({ conversation, muted: true });
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  await world.until(async () => (await draftOf(phone, "Choir")) === "To all", "the draft in the group");
  expect(await draftOf(phone)).toBe("Between us");
  expect((await phone.conversationWith("Choir")).muted).toBe(true);
  await closeAll(alice, bob, phone);
});

test("a person with one device tells nobody what they begin", async () => {
  const { world, alice, bob } = await friends({ receiptSlots: "never" });
  await world.clock.advance(LATER);
  const before = world.store.next();
  await type(alice, "To myself");
  await world.clock.advance(LATER);
  expect(world.store.next()).toBe(before);
  await closeAll(alice, bob);
});

test("whatever is typed, sent and stopped in whatever order, all devices end with one draft", async () => {
  const acts = fc.record({
    by: fc.nat(1),
    what: fc.constantFrom("type", "type", "type", "empty", "send", "restart"),
    text: fc.stringMatching(/^[a-c ]{1,12}$/),
    pause: fc.constantFrom(0, 150, 6_000, 45_000),
  });
  const { world, alice, bob, phone } = await twoDevices();
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { minLength: 4, maxLength: 12 }), async (all) => {
      for (const { by, what, text, pause } of all) {
        const device = by === 0 ? alice : phone;
        const draft = await draftOf(device);
        if (what === "restart") await device.restart();
        else if (what !== "send") await type(device, what === "empty" ? "" : text, draft);
        else if (draft.trim() !== "") await send(device, draft, draft);
        await world.clock.advance(pause);
      }
      await world.clock.advance(90_000);
      expect(await draftOf(phone)).toBe(await draftOf(alice));
      expect((await phone.texts("Bob")).toSorted()).toEqual((await alice.texts("Bob")).toSorted());
    }),
    { numRuns: Math.ceil(propertyRuns(100) / 10) },
  );
  await closeAll(alice, bob, phone);
});

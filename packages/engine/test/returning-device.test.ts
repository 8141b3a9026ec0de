/**
 * A device that was off line for longer than the store keeps what it has comes back by itself
 * (docs/protocol.md, section 7.5).
 */
import { restFirst } from "@pli/protocol/conversation";
import { createCrypto } from "@pli/protocol/crypto";
import { createReturnRequest, returnSecretFrom, returnSeeds } from "@pli/protocol/devices";
import { parseCard, parseDeviceCertificate } from "@pli/protocol/identity";
import { objectReader, sealObject } from "@pli/protocol/object";
import { labelKey } from "@pli/protocol/wire";
import { type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import { deviceNamed, linkDevice, settleIn } from "./support/devices.ts";
import { closeAll, friends, rowsOf } from "./support/friends.ts";
import { allTalk, declare, theft } from "./support/theft.ts";

const crypto = await createCrypto();

const FEED = 0;
const DAY_MS = 86_400_000;

/** The store keeps nothing of what was written before and meanwhile. */
async function longWhile(world: World, each: () => Promise<unknown> = async () => undefined, days = 2): Promise<void> {
  for (let day = 0; day < days; day++) {
    await world.clock.advance(DAY_MS);
    if (day % 9 === 0) await each();
  }
  await world.clock.advance(60_000);
  world.store.expireBefore(world.store.next());
}

/** What is set on one is so on the other: the own conversation has both. */
async function shareValues(world: World, one: Person, other: Person, name: string): Promise<void> {
  const contact = (await one.read("contacts", {}))[0]?.id ?? "";
  await one.engine.nameContact({ contact, name });
  await world.until(
    async () => (await other.read("contacts", {})).some((view) => view.name === name),
    `the name ${name} on the other device`,
    900_000,
  );
}

test.each(["the device that was linked", "the oldest device"])(
  "%s, away for longer than the store keeps, is back in the own conversation and in all others",
  async (which) => {
    const { world, alice, bob } = await friends();
    const phone = await linkDevice(world, alice, "Telephone");
    await settleIn(world, alice, phone);
    const [away, here] = which === "the oldest device" ? [alice, phone] : [phone, alice];
    await away.engine.close();
    await longWhile(world, () => bob.say("Alice", "meanwhile"), 45);
    await away.start(away.disk);
    await shareValues(world, here, away, "Robert");
    await shareValues(world, away, here, "Bobby");
    await world.until(async () => (await away.conversationWith("Bobby")).state === "ready", "Bob again", 1_800_000);
    await bob.say("Alice", "to both");
    await away.say("Bobby", "I am back");
    await world.until(
      async () =>
        (await away.texts("Bobby")).includes("to both") &&
        (await here.texts("Bobby")).includes("to both") &&
        (await here.texts("Bobby")).includes("I am back"),
      "one transcript",
      900_000,
    );
    expect((await bob.read("contacts", {})).map(({ devices }) => devices)).toEqual([2]);
    expect(await here.read("devices", {})).toHaveLength(2);
    await closeAll(alice, bob, phone);
  },
);

const returningOf = async (person: Person) =>
  (await person.read("devices", {})).find(({ isThis }) => isThis)?.returning;

test("a device says since when it waits for another one, and that it is back", async () => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  expect(await returningOf(phone)).toBeUndefined();
  await closeAll(alice, phone);
  await longWhile(world, () => bob.say("Alice", "meanwhile"));
  await phone.start(phone.disk);
  const since = world.clock.now();
  await world.until(async () => (await returningOf(phone)) !== undefined, "the way back");
  await world.clock.advance(8 * DAY_MS);
  const waiting = await returningOf(phone);
  expect(waiting?.step).toBe("asked");
  expect(Math.abs((waiting?.since ?? 0) - since)).toBeLessThan(60_000);
  const other = (await phone.read("devices", {})).find(({ isThis }) => !isThis);
  expect(other).not.toHaveProperty("returning");
  await alice.start(alice.disk);
  await world.until(async () => (await returningOf(phone)) === undefined, "the phone back", 1_800_000);
  await shareValues(world, alice, phone, "Robert");
  await closeAll(alice, bob, phone);
});

test("a device that has removed all others waits for none", async () => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  await closeAll(alice, phone);
  await longWhile(world, () => bob.say("Alice", "meanwhile"));
  await phone.start(phone.disk);
  await world.until(async () => (await returningOf(phone)) !== undefined, "the way back");
  const other = (await phone.read("devices", {})).find(({ isThis }) => !isThis);
  await phone.engine.removeDevice({ device: other?.id ?? "" });
  expect(await returningOf(phone)).toBeUndefined();
  await closeAll(bob, phone);
});

test("two devices that were both away, and a third one that was not, are one person again", async () => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  const tablet = await linkDevice(world, alice, "Tablet");
  await settleIn(world, alice, tablet);
  await closeAll(alice, tablet);
  await longWhile(world, () => bob.say("Alice", "meanwhile"));
  await alice.start(alice.disk);
  await world.clock.advance(2_000);
  await tablet.start(tablet.disk);
  await shareValues(world, phone, tablet, "Robert");
  await shareValues(world, tablet, alice, "Bobby");
  await shareValues(world, alice, phone, "Bob");
  await closeAll(alice, bob, phone, tablet);
});

test("when all devices were away they find each other again", async () => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  await closeAll(alice, phone);
  await longWhile(world);
  await phone.start(phone.disk);
  await world.clock.advance(3_600_000);
  await alice.start(alice.disk);
  await shareValues(world, phone, alice, "Robert");
  await shareValues(world, alice, phone, "Bobby");
  await bob.say("Alice", "to both");
  await world.until(
    async () => (await alice.texts("Bobby")).includes("to both") && (await phone.texts("Bobby")).includes("to both"),
    "a text on both",
    1_800_000,
  );
  await closeAll(alice, bob, phone);
});

test.each([1, 3, 8])(
  "both sides of a return stop every %i tenths of a second, and it comes to its end",
  async (tenths) => {
    const { world, alice, bob } = await friends();
    const phone = await linkDevice(world, alice, "Telephone");
    await settleIn(world, alice, phone);
    await phone.engine.close();
    await longWhile(world);
    await phone.start(phone.disk);
    for (let i = 0; i < 12; i++) {
      await world.clock.advance(tenths * 100);
      await (i % 2 === 0 ? alice : phone).restart();
    }
    await shareValues(world, alice, phone, "Robert");
    await shareValues(world, phone, alice, "Bobby");
    await closeAll(alice, bob, phone);
  },
);

test("what is lost on its way, because the store lost its data, is said again", async () => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  for (const [one, other, name] of [
    [alice, phone, "Robert"],
    [phone, alice, "Bobby"],
  ] as const) {
    await other.engine.close();
    await one.engine.nameContact({ contact: (await one.read("contacts", {}))[0]?.id ?? "", name });
    await world.clock.advance(10_000);
    world.store.replace();
    await world.clock.advance(10_000);
    await other.start(other.disk);
    await world.until(
      async () => (await other.read("contacts", {})).some((view) => view.name === name),
      `the name ${name}`,
      900_000,
    );
  }
  await closeAll(alice, bob, phone);
});

test("keys that were changed while a device was away are given to it when it comes back", async () => {
  const people = await theft();
  const { world, phone, laptop, bob, carol } = people;
  await laptop.engine.close();
  await declare(people);
  await longWhile(world, () => bob.say("Alice", "meanwhile"));
  await laptop.start(laptop.disk);
  await allTalk(world, people);
  await closeAll(phone, laptop, bob, carol);
});

test("a thief's device that comes back gets no keys and no leaf, whatever it asks", async () => {
  const people = await theft();
  const { world, phone, laptop, thief, bob, carol } = people;
  await declare(people);
  await longWhile(world);
  // It is away for so long itself, and may say so at any time.
  await thief.start(thief.disk);
  await world.clock.advance(7 * DAY_MS);
  await bob.say("Alice", "not for the thief");
  await world.clock.advance(DAY_MS);
  await thief.engine.close();
  expect(await generationsOf(thief)).toEqual([0]);
  for (const one of [phone, laptop]) {
    expect((await one.read("devices", {})).map(({ name }) => name)).not.toContain("Tablet");
    expect(await one.read("devices", {})).toHaveLength(2);
  }
  expect(await thief.texts("Bob").catch(() => [])).not.toContain("not for the thief");
  await closeAll(phone, laptop, bob, carol);
});

test("a device that was removed while it was away stays out", async () => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  const tablet = await linkDevice(world, alice, "Tablet");
  await settleIn(world, alice, tablet);
  await tablet.engine.close();
  await alice.engine.removeDevice({ device: (await deviceNamed(alice, "Tablet")).id });
  await longWhile(world);
  await tablet.start(tablet.disk);
  await world.clock.advance(DAY_MS);
  await bob.say("Alice", "to two");
  await world.clock.advance(DAY_MS);
  expect(await tablet.texts("Bob")).not.toContain("to two");
  for (const one of [alice, phone]) expect(await one.read("devices", {})).toHaveLength(2);
  expect((await bob.read("contacts", {})).map(({ devices }) => devices)).toEqual([2]);
  await closeAll(alice, bob, phone, tablet);
});

test("a thief who occupies the places of a device delays it by one request, and has nothing of what follows", async () => {
  const people = await theft();
  const { world, phone, laptop, thief, bob, carol } = people;
  await declare(people);
  await world.clock.advance(60_000);
  await laptop.engine.close();
  const { secret, profile, laptopId } = await stolenSecrets(thief, laptop);
  await longWhile(world);
  const place = { device: laptopId, day: Math.floor(world.clock.now() / DAY_MS), index: 0 };
  const forged = crypto.signKeyPair();
  const kem = crypto.kemKeyPair();
  const request = createReturnRequest(crypto, { place, profile, kemKey: kem.publicKey, signKey: forged.secretKey });
  const seed = returnSeeds(crypto, secret, place).request;
  for (const put of restFirst(sealObject(crypto, seed, FEED, request)))
    world.store.put(put.kind === "cell" ? { type: "put", id: 0, ...put } : { type: "putBlock", id: 0, ...put });
  await world.clock.advance(3_600_000);
  // Nobody answers it.
  const answer = objectReader(crypto, returnSeeds(crypto, secret, place).answer, FEED, 4_096).first;
  expect(world.store.table.cells.has(labelKey(answer.label))).toBe(false);
  await laptop.start(laptop.disk);
  await allTalk(world, people);
  await closeAll(phone, laptop, bob, carol);
});

/** The generations of the keys that a closed device has. */
async function generationsOf({ disk }: Person): Promise<number[]> {
  const rows = await rowsOf(disk, "SELECT card FROM profile");
  return rows.map(({ card }) => {
    const parsed = parseCard(crypto, card as Uint8Array);
    return parsed.ok ? parsed.value.generation : -1;
  });
}

/** What a thief's disk tells of where another device asks. Both are closed. */
async function stolenSecrets(thief: Person, other: Person) {
  const [row] = await rowsOf(thief.disk, "SELECT backup, card FROM profile");
  const [theirs] = await rowsOf(other.disk, "SELECT card, certificate FROM profile");
  const card = parseCard(crypto, theirs?.["card"] as Uint8Array);
  if (!card.ok) throw new Error("no card");
  const certificate = parseDeviceCertificate(crypto, theirs?.["certificate"] as Uint8Array, card.value);
  if (!certificate.ok) throw new Error("no certificate");
  const secret = returnSecretFrom(crypto, row?.["backup"] as Uint8Array);
  return { secret, profile: card.value.id, laptopId: certificate.value.deviceId };
}

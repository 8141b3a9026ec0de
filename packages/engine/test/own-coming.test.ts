import { pairingOf, type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import { linkDevice, newDevice, settleIn, typeBoth, type Link } from "./support/devices.ts";
import { closeAll, friends } from "./support/friends.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const QUIET = { receiptSlots: "never", backups: "never" } as const;

/** Alice has had her profile for longer than a day. */
async function olderProfile() {
  const { world, alice, bob } = await friends(QUIET);
  await world.clock.advance(DAY + HOUR);
  return { world, alice, bob };
}

/** A new device, whose digits are typed on both; nobody gave what unlocks the old one. */
async function typed(world: World, old: Person, name: string): Promise<Link & { fresh: Person }> {
  const fresh = await newDevice(world, name, QUIET);
  const { pairing: shown } = await fresh.engine.linkThisDevice({ name });
  const link = await world.until(async () => (await pairingOf(fresh, shown)).link, "the link");
  const { pairing: opened } = await old.engine.addDevice({ link });
  await typeBoth(world, old, fresh, { shown, opened, link });
  return { fresh, shown, opened, link };
}

const waits = (world: World, person: Person, pairing: string): Promise<number> =>
  world.until(async () => (await pairingOf(person, pairing)).until, "how long it waits");
const coming = async (person: Person) => person.read("comingDevices", {});
const names = async (person: Person) => (await person.read("devices", {})).map(({ name }) => name);

test("a device comes in a day later when nobody gave what unlocks the old one, and both say when", async () => {
  const { world, alice, bob } = await olderProfile();
  const { fresh, shown, opened } = await typed(world, alice, "Telephone");
  const until = await waits(world, fresh, shown);
  expect(await waits(world, alice, opened)).toBe(until);
  expect(Math.abs(until - world.clock.now() - DAY)).toBeLessThan(60_000);
  expect(await coming(alice)).toMatchObject([{ name: "Telephone", until }]);
  expect(await names(alice)).not.toContain("Telephone");
  await alice.restart();
  await fresh.restart();
  await world.clock.advance(DAY - HOUR);
  expect(await fresh.read("conversations", {})).toEqual([]);
  await world.clock.advance(2 * HOUR);
  await world.until(async () => (await pairingOf(fresh, shown)).step === "paired", "the new device");
  await settleIn(world, alice, fresh);
  expect(await names(alice)).toContain("Telephone");
  expect(await coming(alice)).toEqual([]);
  await closeAll(alice, bob, fresh);
});

test("a profile that is younger than a day lets devices in at once", async () => {
  const { world, alice, bob } = await friends(QUIET);
  const { fresh, shown } = await typed(world, alice, "Telephone");
  await world.until(async () => (await pairingOf(fresh, shown)).step === "paired", "the new device");
  await closeAll(alice, bob, fresh);
});

test("any own device stops one that is to come, also while the one that lets it in is off", async () => {
  const { world, alice, bob } = await olderProfile();
  const laptop = await linkDevice(world, alice, "Laptop", QUIET);
  await settleIn(world, alice, laptop);
  const { fresh, shown } = await typed(world, alice, "Stranger");
  await waits(world, fresh, shown);
  const [line] = await world.until(async () => {
    const all = await coming(laptop);
    return all.length === 1 && all;
  }, "the line on the other device");
  expect(line).toMatchObject({ name: "Stranger" });
  await alice.engine.close();
  await laptop.engine.cancelDevice({ device: line?.id ?? "" });
  await world.clock.advance(2 * DAY);
  await alice.start(alice.disk);
  await world.clock.advance(2 * HOUR);
  await world.until(async () => (await pairingOf(fresh, shown)).step === "failed", "the end on the new device");
  expect((await pairingOf(fresh, shown)).error).toBe("pairing_cancelled");
  for (const device of [alice, laptop]) {
    expect(await coming(device)).toEqual([]);
    expect(await names(device)).not.toContain("Stranger");
  }
  await expect(laptop.engine.cancelDevice({ device: line?.id ?? "" })).rejects.toMatchObject({
    code: "device_unknown",
  });
  await closeAll(alice, bob, laptop, fresh);
});

test("a device that lets in nobody else in a lockdown lets in none whose day is over", async () => {
  const { world, alice, bob } = await olderProfile();
  const { fresh, shown } = await typed(world, alice, "Stranger");
  await waits(world, fresh, shown);
  await alice.engine.changeSettings({ lockdown: true });
  await world.clock.advance(DAY + 2 * HOUR);
  await world.until(async () => (await pairingOf(fresh, shown)).step === "failed", "the end on the new device");
  expect(await names(alice)).not.toContain("Stranger");
  await closeAll(alice, bob, fresh);
});

test("a device that is linked during the wait knows of it too", async () => {
  const { world, alice, bob } = await olderProfile();
  const { fresh, shown } = await typed(world, alice, "Stranger");
  await waits(world, fresh, shown);
  const laptop = await linkDevice(world, alice, "Laptop", QUIET);
  await world.until(async () => (await coming(laptop)).length === 1, "the line on the new device");
  const [line] = await coming(laptop);
  await laptop.engine.cancelDevice({ device: line?.id ?? "" });
  await world.until(async () => (await pairingOf(fresh, shown)).step === "failed", "the end on the new device");
  expect(await coming(alice)).toEqual([]);
  await closeAll(alice, bob, laptop, fresh);
});

test("a clock that is put ahead lets nobody in earlier", async () => {
  const { world, alice, bob } = await olderProfile();
  const { fresh, shown } = await typed(world, alice, "Stranger");
  await waits(world, fresh, shown);
  world.store.knobs.clockAhead = (-2 * DAY) / 1000;
  world.clock.set(world.clock.now() + 2 * DAY);
  world.store.cut();
  await world.clock.advance(2 * HOUR);
  expect(await names(alice)).not.toContain("Stranger");
  expect(await coming(alice)).toHaveLength(1);
  await closeAll(alice, bob, fresh);
});

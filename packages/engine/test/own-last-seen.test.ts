import type { Person } from "@pli/testkit";
import { expect, test } from "vitest";
import { deviceNamed, linkDevice, settleIn } from "./support/devices.ts";
import { closeAll, friends } from "./support/friends.ts";

const DAY = 86_400_000;

async function twoDevices() {
  const { world, alice, bob } = await friends({ receiptSlots: "never", backups: "never" });
  const phone = await linkDevice(world, alice, "Telephone", { receiptSlots: "never", backups: "never" });
  await settleIn(world, alice, phone);
  await world.clock.advance(3_600_000);
  return { world, alice, bob, phone };
}

const dayOf = (at: number): number => Math.floor(at / DAY);
const seen = async (person: Person) => deviceNamed(person, "Telephone");

test("a device is seen on the day on which it was last in use, also by one that comes back later", async () => {
  const { world, alice, bob, phone } = await twoDevices();
  await world.clock.advance(2 * DAY);
  const last = dayOf(world.clock.now());
  await alice.engine.close();
  await phone.engine.close();
  await world.clock.advance(3 * DAY);
  await alice.start(alice.disk);
  await world.clock.advance(60_000);
  expect(dayOf((await seen(alice)).lastSeen)).toBe(last);
  expect((await seen(alice)).backBy).toBeUndefined();
  await phone.start(phone.disk);
  await world.until(async () => dayOf((await seen(alice)).lastSeen) === last + 3, "the device in use again");
  expect((await alice.read("devices", {})).find(({ isThis }) => isThis)?.lastSeen).toBe(world.clock.now());
  await closeAll(alice, bob, phone);
});

test("a device that was off for more than half of what the store keeps is to be back by a day", async () => {
  const { world, alice, bob, phone } = await twoDevices();
  const last = dayOf(world.clock.now());
  await phone.engine.close();
  await world.clock.advance(15 * DAY);
  expect((await seen(alice)).backBy).toBeUndefined();
  await world.clock.advance(DAY);
  expect((await seen(alice)).backBy).toBe((last + 30) * DAY);
  await phone.start(phone.disk);
  await world.until(async () => (await seen(alice)).backBy === undefined, "the device in use again");
  await closeAll(alice, bob, phone);
});

test("a device says once a day that it is in use, however often it starts", async () => {
  const { world, alice, bob, phone } = await twoDevices();
  await world.clock.advance(DAY - (world.clock.now() % DAY) + 2 * 3_600_000);
  const before = world.store.next();
  await alice.restart();
  await phone.restart();
  await world.clock.advance(20 * 3_600_000);
  expect(world.store.next()).toBe(before);
  await closeAll(alice, bob, phone);
});

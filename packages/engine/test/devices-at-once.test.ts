import { createWorld, pairingOf, type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import { linkDevice, newDevice, openLink, settleIn, typeBoth, type Link } from "./support/devices.ts";
import { acquaint, closeAll, friends } from "./support/friends.ts";

/** More than a device takes to hear what another one does. */
const SETTLED_MS = 60_000;

const untilLinked = (world: World, device: Person, { shown }: Link): Promise<unknown> =>
  world.until(async () => (await pairingOf(device, shown)).step === "paired", "the linking");

test("of two devices that are linked at once each knows of the other", async () => {
  const { world, alice, bob } = await friends();
  world.store.knobs.delayMs = 400;
  const [phone, tablet] = [await newDevice(world, "Telephone"), await newDevice(world, "Tablet")];
  const [one, other] = [await openLink(world, alice, phone), await openLink(world, alice, tablet)];
  await typeBoth(world, alice, phone, one);
  await typeBoth(world, alice, tablet, other);
  await untilLinked(world, phone, one);
  await untilLinked(world, tablet, other);
  await world.clock.advance(SETTLED_MS);
  const listed = await devicesOf(alice);
  expect(listed).toHaveLength(3);
  for (const device of [phone, tablet]) expect(await devicesOf(device)).toEqual(listed);
  await closeAll(alice, bob, phone, tablet);
});

test("a name that is changed while a device comes in is so on the new one", async () => {
  const { world, alice, bob } = await friends();
  world.store.knobs.delayMs = 400;
  const phone = await newDevice(world, "Telephone");
  const link = await openLink(world, alice, phone);
  await typeBoth(world, alice, phone, link);
  await alice.engine.renameProfile({ name: "Alice Martin" });
  await untilLinked(world, phone, link);
  await world.clock.advance(SETTLED_MS);
  expect((await phone.read("status", {})).profile?.name).toBe("Alice Martin");
  await closeAll(alice, bob, phone);
});

test("what another device sets while a new one comes in is so on the new one", async () => {
  const world = createWorld();
  const alice = await world.person("Alice");
  const others: Person[] = [];
  for (let n = 1; n <= 9; n++) others.push(await world.person(`Contact ${n}`));
  await acquaint(world, [alice, ...others], (one) => one === alice);
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  world.store.knobs.delayMs = 600;
  const tablet = await newDevice(world, "Tablet");
  const link = await openLink(world, alice, tablet);
  await typeBoth(world, alice, tablet, link);
  // One of them leaves when the commit that lets the tablet in is stored, and not yet heard.
  for (const { id, name } of await phone.read("contacts", {})) {
    await world.clock.advance(400);
    await phone.engine.nameContact({ contact: id, name: `${name} of the choir` });
  }
  await untilLinked(world, tablet, link);
  await world.clock.advance(SETTLED_MS);
  const named = await namesOf(phone);
  expect(named).toContain("Contact 9 of the choir");
  for (const device of [alice, tablet]) expect(await namesOf(device)).toEqual(named);
  await closeAll(alice, phone, tablet, ...others);
});

async function devicesOf(person: Person): Promise<string[]> {
  return (await person.read("devices", {})).map(({ id }) => id).toSorted();
}

async function namesOf(person: Person): Promise<string[]> {
  return (await person.read("contacts", {})).map(({ name }) => name).toSorted();
}

/**
 * Which devices go out with one that was stolen: those that it let in, but not what the device that
 * says so let in itself (docs/protocol.md, section 7.4).
 */
import { createCrypto, fromHex, toHex } from "@pli/protocol/crypto";
import { createDeviceList, parseDeviceList, type ListedDevice } from "@pli/protocol/devices";
import { parseCard, parseIdentity } from "@pli/protocol/identity";
import type { Person } from "@pli/testkit";
import { expect, test } from "vitest";
import { deviceNamed, linkDevice, settleIn } from "./support/devices.ts";
import { closeAll, rowsOf } from "./support/friends.ts";
import { groupOf } from "./support/groups.ts";
import { circle } from "./support/recovery.ts";
import { theft } from "./support/theft.ts";

const crypto = await createCrypto();

test("what a device let in stays when the device that had let it in itself is stolen", async () => {
  const { world, alice, bob, carol, words } = await circle();
  const laptop = await linkDevice(world, alice, "Laptop");
  await settleIn(world, alice, laptop);
  const tablet = await linkDevice(world, laptop, "Tablet");
  const { id: stolen } = (await laptop.read("devices", {}))[0] ?? { id: "" };
  await alice.engine.close();
  expect(await laptop.engine.declareStolen({ device: stolen, words })).toEqual({ out: [stolen] });
  await settleIn(world, laptop, tablet);
  for (const one of [laptop, tablet]) expect(await one.read("devices", {})).toHaveLength(2);
  await tablet.say("Bob", "from the tablet");
  await world.until(async () => (await laptop.texts("Bob")).includes("from the tablet"), "its text");
  await closeAll(laptop, tablet, bob, carol);
});

test("an honest device that the stolen one had let in goes out with it, and says so", async () => {
  const { world, alice, bob, carol, words } = await circle();
  const laptop = await linkDevice(world, alice, "Laptop");
  await settleIn(world, alice, laptop);
  const tablet = await linkDevice(world, laptop, "Tablet");
  const { id: stolen } = await deviceNamed(alice, "Laptop");
  await laptop.engine.close();
  expect(await alice.engine.declareStolen({ device: stolen, words })).toMatchObject({
    out: [stolen, (await deviceNamed(tablet, "Tablet")).id],
  });
  await world.until(async () => (await ownView(tablet))?.isRemoved === true, "the word", 600_000);
  await world.clock.advance(600_000);
  for (const { state } of await tablet.read("conversations", {})) expect(state).toBe("left");
  expect((await groupOf(tablet))?.state).toBe("left");
  await closeAll(alice, tablet, bob, carol);
});

test("a thief who writes that the owner's device let theirs in brings nobody in", async () => {
  const people = await theft();
  const { world, phone, laptop, thief, bob, carol } = people;
  const { id: owner } = (await phone.read("devices", {})).find(({ isThis }) => isThis) ?? { id: "" };
  const { id: other } = await deviceNamed(laptop, "Laptop");
  await forgeList(thief, [
    { id: bytes(1, 16), key: bytes(1, 32), addedAt: 9e9, addedBy: fromHex(owner) ?? bytes(0, 16) },
    { id: bytes(2, 16), key: bytes(2, 32), addedAt: 9e9, addedBy: bytes(1, 16) },
    // A device by the key of the thief under the id of one that the owner let in.
    { id: fromHex(other) ?? bytes(0, 16), key: bytes(0, 32), addedAt: 0, addedBy: fromHex(owner) ?? bytes(0, 16) },
  ]);
  await thief.start(thief.disk);
  // It tells the whole list.
  await thief.engine.removeDevice({ device: toHex(bytes(3, 16)) });
  await world.until(async () => (await phone.read("devices", {})).length === 5, "the list of the thief");
  await thief.engine.close();
  const { id: stolen } = await deviceNamed(phone, "Tablet");
  await phone.engine.declareStolen({ device: stolen, words: people.words });
  // The laptop is out too: what is listed under its id has another key.
  expect((await phone.read("devices", {})).map(({ id }) => id)).toEqual([owner]);
  await closeAll(phone, laptop, bob, carol);
});

const bytes = (value: number, length: number): Uint8Array => new Uint8Array(length).fill(value);

const ownView = async (person: Person) => (await person.read("devices", {})).find(({ isThis }) => isThis);

/** The closed person's list names these too, and one that can be removed. */
async function forgeList({ disk }: Person, more: readonly ListedDevice[]): Promise<void> {
  const [row] = await rowsOf(disk, "SELECT identity, card FROM profile");
  const [kept] = await rowsOf(disk, "SELECT value FROM meta WHERE key = 'device-list'");
  const [identity, card] = [
    parseIdentity(crypto, row?.["identity"] as Uint8Array),
    parseCard(crypto, row?.["card"] as Uint8Array),
  ];
  if (!identity.ok || !card.ok) throw new Error("no identity");
  const list = parseDeviceList(crypto, fromHex(String(JSON.parse(String(kept?.["value"])))) ?? bytes(0, 0), card.value);
  if (!list.ok) throw new Error("no list");
  const { generation, version, removed } = list.value;
  const gone = { id: bytes(3, 16), key: bytes(3, 32), addedAt: 9e9, addedBy: bytes(3, 16) };
  const ids = new Set(more.map(({ id }) => toHex(id)));
  const all = [...list.value.devices.filter(({ id }) => !ids.has(toHex(id))), ...more, gone];
  const devices = all.toSorted((a, b) => a.addedAt - b.addedAt || (toHex(a.id) < toHex(b.id) ? -1 : 1));
  const forged = createDeviceList(crypto, identity.value, { generation, version: version + 1, devices, removed });
  await rowsOf(disk, `UPDATE meta SET value = '"${toHex(forged.bytes)}"' WHERE key = 'device-list'`);
}

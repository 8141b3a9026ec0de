/**
 * A device is stolen, and its owner has another one and the recovery words (docs/protocol.md,
 * section 7.4). The thief has the whole disk from before.
 */
import { copyDisk, pairingOf, type Person } from "@pli/testkit";
import { expect, test } from "vitest";
import { deviceNamed, linkDevice, newDevice, openLink, typeBoth } from "./support/devices.ts";
import { closeAll, meetAndType, rowsOf } from "./support/friends.ts";
import { textsIn, write } from "./support/groups.ts";
import { circle, empty } from "./support/recovery.ts";
import { allTalk, declare, theft } from "./support/theft.ts";

const generationOf = async (person: Person): Promise<unknown> =>
  (await rowsOf(person.disk, "SELECT max(generation) AS known FROM generations"))[0]?.["known"];

test("the other devices get the new keys, and all talk on in every conversation", async () => {
  const people = await theft();
  const { world, phone, laptop, bob, carol } = people;
  await declare(people);
  await world.clock.advance(60_000);
  await allTalk(world, people);
  expect(await phone.read("devices", {})).toHaveLength(2);
  expect(await laptop.read("devices", {})).toHaveLength(2);
  for (const person of [bob, carol]) {
    const kinds = (await person.messages("Alice")).map(({ body }) => body.kind);
    expect(kinds.filter((kind) => kind === "newKeys")).toEqual(["newKeys"]);
    expect(kinds).not.toContain("rejoined");
  }
  await closeAll(phone, laptop, bob, carol);
  for (const person of [bob, carol]) expect(await generationOf(person)).toBe(1);
});

test("a thief opens nothing that is written later, and nothing that they do is heard or answered", async () => {
  const people = await theft();
  const { world, phone, laptop, thief, bob, carol } = people;
  await declare(people);
  await world.clock.advance(60_000);
  const again = copyDisk(thief.disk);
  await thief.start(thief.disk);
  await thief.say("Bob", "I am Alice").catch(() => undefined);
  await write(thief, "I am in the club").catch(() => undefined);
  await allTalk(world, people);
  await world.clock.advance(3 * 3_600_000);
  expect(await thief.texts("Bob")).not.toContain("to both");
  expect(await textsIn(thief)).not.toContain("to the club");
  for (const person of [bob, carol]) expect(await textsIn(person)).not.toContain("I am in the club");
  expect(await bob.heard("Alice")).not.toContain("I am Alice");
  await thief.engine.close();
  // They may also say that the device has lost its thread everywhere: it lights beacons and asks.
  await rowsOf(again, "UPDATE conversations SET state = 'rejoining', beacon = NULL");
  await thief.start(again);
  await thief.engine.renameProfile({ name: "Mallory" });
  await world.clock.advance(2 * 86_400_000);
  for (const person of [bob, carol])
    expect((await person.read("contacts", {})).map(({ name }) => name)).not.toContain("Mallory");
  expect((await thief.read("conversations", {})).filter(({ state }) => state === "ready")).toEqual([]);
  for (const person of [phone, laptop]) {
    expect(await person.read("devices", {})).toHaveLength(2);
    expect((await person.read("status", {})).profile?.name).toBe("Alice");
  }
  await phone.say("Bob", "still me");
  await world.until(async () => (await bob.heard("Alice")).includes("still me"), "the owner's text");
  await closeAll(phone, laptop, thief, bob, carol);
});

test("a thief adds no device, and passes for nobody in a new pairing", async () => {
  const people = await theft();
  const { world, phone, laptop, thief, bob, carol } = people;
  await declare(people);
  await world.clock.advance(60_000);
  await thief.start(thief.disk);
  const spare = await newDevice(world, "Spare");
  const link = await openLink(world, thief, spare).catch(() => undefined);
  if (link !== undefined) await typeBoth(world, thief, spare, link).catch(() => undefined);
  await world.clock.advance(2 * 3_600_000);
  await bob.say("Alice", "to two devices");
  await world.clock.advance(60_000);
  for (const one of [thief, spare])
    for (const { state } of await one.read("conversations", {})) expect(state).not.toBe("ready");
  expect((await bob.read("contacts", {})).find(({ name }) => name === "Alice")?.devices).toBe(2);
  const { invitation } = await meetAndType(world, bob, thief);
  await world.until(async () => (await pairingOf(bob, invitation)).step === "failed", "the refusal");
  await closeAll(phone, laptop, thief, spare, bob, carol);
});

test("the backup has another secret, and who restores gets the owner's newest", async () => {
  const people = await theft();
  const { world, phone, laptop, thief, bob, carol, words } = people;
  const before = (await phone.read("recovery", {})).backedUpAt ?? 0;
  await world.clock.advance(60_000);
  await declare(people);
  await world.until(async () => ((await phone.read("recovery", {})).backedUpAt ?? 0) > before, "the new backup");
  await world.clock.advance(60_000);
  await thief.start(thief.disk);
  await thief.engine.renameProfile({ name: "Mallory" });
  await world.clock.advance(3 * 86_400_000);
  await closeAll(phone, laptop, thief);
  const secretOf = async ({ disk }: Person) => (await rowsOf(disk, "SELECT backup FROM profile"))[0]?.["backup"];
  expect(await secretOf(phone)).toEqual(await secretOf(laptop));
  expect(await secretOf(phone)).not.toEqual(await secretOf(thief));
  const third = await empty(world);
  await third.engine.restoreRecovery({ words, stolen: false });
  expect((await third.read("status", {})).profile?.name).toBe("Alice");
  await third.engine.close();
  expect((await rowsOf(third.disk, "SELECT backup FROM profile"))[0]?.["backup"]).toEqual(await secretOf(phone));
  await closeAll(bob, carol);
});

test("wrong words, words of another, an unknown device and this one change nothing", async () => {
  const { world, alice, bob, words } = await circle();
  const laptop = await linkDevice(world, alice, "Laptop");
  const { id: device } = await deviceNamed(alice, "Laptop");
  const declared = (asked: { device: string; words: string }) => alice.engine.declareStolen(asked);
  expect(await declared({ device, words: "zebra" })).toMatchObject({ code: "recovery_words_missing" });
  const others = (await bob.engine.recoveryWords({ language: "en" })).join(" ");
  expect(await declared({ device, words: others })).toEqual({ code: "recovery_words_of_another" });
  const own = (await alice.read("devices", {})).find(({ isThis }) => isThis)?.id ?? "";
  for (const wrong of [own, "00".repeat(16)])
    await expect(declared({ device: wrong, words })).rejects.toMatchObject({ code: "device_unknown" });
  expect(await alice.read("devices", {})).toHaveLength(2);
  await closeAll(alice, laptop, bob);
  expect(await generationOf(bob)).toBeNull();
});

test("when all generations are used up, a person hears that, and nothing changes", async () => {
  const { world, alice, bob, carol, words } = await circle();
  const laptop = await linkDevice(world, alice, "Laptop");
  for (let generation = 1; generation < 16; generation++) {
    const lost = await linkDevice(world, alice, `Device ${generation}`);
    await lost.engine.close();
    const { id: device } = await deviceNamed(alice, `Device ${generation}`);
    expect(await alice.engine.declareStolen({ device, words })).toEqual({ out: [device] });
  }
  const { id: device } = await deviceNamed(alice, "Laptop");
  await expect(alice.engine.declareStolen({ device, words })).rejects.toMatchObject({ code: "recovery_used_up" });
  await closeAll(alice, laptop, bob, carol);
});

test.each([0, 1, 2, 4, 8])(
  "it is killed %i tenths of a second after the words, and comes to its end",
  async (tenths) => {
    const people = await theft();
    const { world, phone, laptop, bob, carol } = people;
    await declare(people);
    await world.clock.advance(tenths * 100);
    await phone.restart(copyDisk(phone.disk));
    await world.clock.advance(tenths * 100);
    await laptop.restart(copyDisk(laptop.disk));
    await allTalk(world, people);
    await closeAll(phone, laptop, bob, carol);
    for (const person of [bob, carol]) expect(await generationOf(person)).toBe(1);
  },
);

test("on a full disk nothing is half done", async () => {
  const people = await theft();
  const { world, phone, laptop, bob, carol, words } = people;
  const { id: device } = await deviceNamed(phone, "Tablet");
  const { folder } = phone.disk;
  const used = [...folder.files.values()].reduce((sum, { length }) => sum + length, 0);
  for (const room of [0, 4_000, 12_000]) {
    folder.limit = used + room;
    await expect(phone.engine.declareStolen({ device, words })).rejects.toMatchObject({ code: "disk_full" });
    folder.limit = Number.MAX_SAFE_INTEGER;
    expect(await phone.read("devices", {})).toHaveLength(3);
  }
  await declare(people);
  await allTalk(world, people);
  await closeAll(phone, laptop, bob, carol);
});

test("a removal on one device and a succession on another at the same moment: the thief is out, the others are in", async () => {
  const people = await theft();
  const { world, phone, laptop, bob, carol } = people;
  const { id: device } = await deviceNamed(laptop, "Tablet");
  await Promise.all([declare(people), laptop.engine.removeDevice({ device })]);
  await allTalk(world, people);
  for (const person of [phone, laptop]) expect(await person.read("devices", {})).toHaveLength(2);
  await closeAll(phone, laptop, bob, carol);
});

test("the thief removes the other devices first, and its owner has the profile back all the same", async () => {
  const people = await theft();
  const { world, phone, laptop, thief, bob, carol } = people;
  await thief.start(thief.disk);
  for (const { id, isThis } of await thief.read("devices", {}))
    if (!isThis) await thief.engine.removeDevice({ device: id });
  await world.until(async () => (await phone.read("devices", {})).some(({ isRemoved }) => isRemoved), "the removal");
  await world.clock.advance(30_000);
  const stolen = (await phone.read("devices", {})).find(({ isThis }) => !isThis)?.id ?? "";
  expect(await phone.engine.declareStolen({ device: stolen, words: people.words })).toEqual({ out: [stolen] });
  await world.until(async () => (await phone.conversationWith("Bob")).state === "ready", "Bob", 900_000);
  await bob.say("Alice", "to the owner");
  await phone.say("Bob", "this is me");
  await world.until(
    async () =>
      (await phone.heard("Bob")).includes("to the owner") && (await bob.heard("Alice")).includes("this is me"),
    "each other's texts",
  );
  await world.clock.advance(600_000);
  expect(await thief.texts("Bob")).not.toContain("to the owner");
  // The other devices are linked again.
  const fresh = await linkDevice(world, phone, "New laptop");
  await world.until(async () => (await fresh.conversationWith("Bob")).state === "ready", "the new one", 900_000);
  await closeAll(phone, laptop, thief, bob, carol, fresh);
});

test("a device that was off line for a month gets the new keys when it comes back", async () => {
  const people = await theft();
  const { world, phone, laptop, bob, carol } = people;
  await laptop.engine.close();
  await declare(people);
  for (let day = 1; day <= 28; day++) {
    await world.clock.advance(86_400_000);
    if (day % 7 === 0) await bob.say("Alice", `day ${day}`);
  }
  await laptop.start(laptop.disk);
  await allTalk(world, people);
  await closeAll(phone, laptop, bob, carol);
});

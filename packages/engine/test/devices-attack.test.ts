import { copyDisk, createWorld, pair, pairingOf, type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import { deviceNamed, linkDevice, newDevice, openLink, settleIn, typeBoth } from "./support/devices.ts";
import { closeAll, friends } from "./support/friends.ts";

test("a link of a device that somebody photographs makes it nobody's but its owner's", async () => {
  const world = createWorld();
  const [alice, mallory] = [await world.person("Alice"), await world.person("Mallory")];
  const phone = await newDevice(world, "Telephone");
  const { shown, opened, link } = await openLink(world, mallory, phone);
  const { pairing: late } = await alice.engine.addDevice({ link });
  await world.until(async () => (await pairingOf(alice, late)).step === "failed", "the used link");
  expect((await pairingOf(alice, late)).error).toBe("invitation_used");
  await world.until(async () => (await pairingOf(phone, shown)).say !== undefined, "the code");
  for (const digits of ["0000", "1111", "2222"]) await phone.engine.typeCode({ pairing: shown, digits }).catch(() => 0);
  await world.until(async () => (await pairingOf(mallory, opened)).step === "failed", "the end of it");
  expect((await phone.read("status", {})).profile).toBeUndefined();
  expect(await mallory.read("devices", {})).toHaveLength(1);
  await closeAll(alice, mallory, phone);
});

test("a link of a device is no invitation, and an invitation no link of a device", async () => {
  const { world, alice, bob } = await friends();
  const phone = await newDevice(world, "Telephone");
  const { pairing } = await phone.engine.linkThisDevice({ name: "Telephone" });
  const link = await world.until(async () => (await pairingOf(phone, pairing)).link, "the link");
  await expect(bob.engine.acceptInvitation({ link })).rejects.toMatchObject({ code: "device_link" });
  const { pairing: invitation } = await alice.engine.createInvitation({});
  const other = await world.until(async () => (await pairingOf(alice, invitation)).link, "the invitation");
  await expect(bob.engine.addDevice({ link: other })).rejects.toMatchObject({ code: "not_a_device_link" });
  expect(await alice.read("pairings", {})).toHaveLength(1);
  await closeAll(alice, bob, phone);
});

test("no device is added in a lockdown, also when it begins while digits are typed", async () => {
  const { world, alice, bob } = await friends();
  const phone = await newDevice(world, "Telephone");
  const link = await openLink(world, alice, phone);
  await world.until(async () => (await pairingOf(alice, link.opened)).say !== undefined, "the code");
  await alice.engine.changeSettings({ lockdown: true });
  await world.clock.advance(5_000);
  expect(await alice.read("devices", {})).toHaveLength(1);
  expect((await pairingOf(phone, link.shown)).step).toBe("failed");
  await expect(alice.engine.addDevice({ link: link.link })).rejects.toMatchObject({ code: "locked_down" });
  await closeAll(alice, bob, phone);
});

test("two links at once, on one device and on two, lead to all devices", async () => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  const fresh = [await newDevice(world, "Tablet"), await newDevice(world, "Watch"), await newDevice(world, "Clock")];
  const [tablet, watch, clock] = fresh as [Person, Person, Person];
  const links = [
    [alice, tablet, await openLink(world, alice, tablet)],
    [alice, watch, await openLink(world, alice, watch)],
    [phone, clock, await openLink(world, phone, clock)],
  ] as const;
  for (const [old, one, link] of links) await typeBoth(world, old, one, link);
  const all = [alice, phone, ...fresh];
  await world.until(async () => {
    for (const one of all) if ((await one.read("devices", {})).length !== 5) return false;
    return true;
  }, "five devices on each");
  for (const one of fresh) await settleIn(world, alice, one);
  await watch.say("Bob", "from the watch");
  await world.until(async () => {
    for (const one of all) if (!(await one.texts("Bob")).includes("from the watch")) return false;
    return true;
  }, "the text on each");
  await closeAll(bob, ...all);
});

test("two devices that remove each other are both out, and neither comes back", async () => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  const tablet = await linkDevice(world, alice, "Tablet");
  await settleIn(world, alice, tablet);
  const [toPhone, toTablet] = [await deviceNamed(alice, "Tablet"), await deviceNamed(alice, "Telephone")];
  await phone.engine.removeDevice({ device: toPhone.id });
  await tablet.engine.removeDevice({ device: toTablet.id });
  await world.until(async () => (await alice.read("devices", {})).length === 1, "both out");
  await world.clock.advance(30_000);
  await bob.say("Alice", "for one device");
  await world.until(async () => (await alice.texts("Bob")).length === 1, "the text");
  await world.clock.advance(30_000);
  expect(await alice.read("devices", {})).toHaveLength(1);
  for (const one of [phone, tablet]) {
    expect((await one.read("devices", {})).find(({ isThis }) => isThis)?.isRemoved).toBe(true);
    expect(await one.texts("Bob")).toEqual([]);
  }
  await closeAll(alice, bob, phone, tablet);
});

test("of ten devices eight are let in", async () => {
  const { world, alice, bob } = await friends();
  for (let i = 2; i <= 8; i++) await (await linkDevice(world, alice, `Device ${i}`)).engine.close();
  const ninth = await newDevice(world, "Device 9");
  await expect(openLink(world, alice, ninth)).rejects.toMatchObject({ code: "too_many_devices" });
  await closeAll(alice, bob, ninth);
});

test("a device that was off for weeks has what the others wrote and read, and all talk on", async () => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  await alice.engine.close();
  for (let day = 1; day <= 20; day++) {
    await world.clock.advance(86_400_000);
    await (day % 2 === 0 ? bob.say("Alice", `day ${day}`) : phone.say("Bob", `day ${day}`));
    await world.clock.advance(1_000);
  }
  await alice.start(alice.disk);
  await world.until(async () => (await alice.texts("Bob")).length === 20, "three weeks of texts");
  await alice.say("Bob", "back");
  await world.until(async () => (await phone.texts("Bob")).includes("back"), "the first text after that");
  expect((await alice.texts("Bob")).toSorted()).toEqual((await phone.texts("Bob")).toSorted());
  await closeAll(alice, bob, phone);
});

test.each([1, 2, 3, 5, 8])(
  "both sides of a linking stop every %i tenths of a second, and it comes to its end",
  async (tenths) => {
    const { world, alice, bob } = await friends();
    const phone = await newDevice(world, "Telephone");
    const link = await openLink(world, alice, phone);
    await typeBoth(world, alice, phone, link);
    for (let i = 0; i < 12; i++) {
      await world.clock.advance(tenths * 100);
      await (i % 2 === 0 ? alice : phone).restart();
    }
    await world.until(async () => (await pairingOf(phone, link.shown)).step === "paired", "the linking");
    await settleIn(world, alice, phone);
    await bob.say("Alice", "to both");
    await world.until(async () => (await phone.texts("Bob")).length === 1, "a text on the new device");
    expect(await alice.texts("Bob")).toEqual(["to both"]);
    await closeAll(alice, bob, phone);
  },
);

test("a store that loses its data is one group of all devices again", async () => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  world.store.replace();
  await world.clock.advance(60_000);
  await talkOn(world, { alice, phone, bob });
  await closeAll(alice, bob, phone);
});

test("a contact whose device is put back finds both devices again", async () => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  await bob.engine.close();
  const before = copyDisk(bob.disk);
  await bob.start(bob.disk);
  await bob.say("Alice", "forgotten");
  await world.clock.advance(10_000);
  await bob.restart(before);
  await bob.say("Alice", "after");
  await world.clock.advance(60_000);
  await talkOn(world, { alice, phone, bob });
  await closeAll(alice, bob, phone);
});

test("a person with two devices meets somebody, who sees one of them", async () => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  const carol = await world.person("Carol");
  await pair(world, carol, alice);
  await settleIn(world, alice, phone);
  await carol.say("Alice", "hello");
  await world.until(async () => (await phone.texts("Carol")).length === 1, "the text of the new contact");
  expect(await carol.read("contacts", {})).toHaveLength(1);
  await closeAll(alice, bob, carol, phone);
});

/** Each writes once, and each reads all of it. */
async function talkOn(
  world: World,
  { alice, phone, bob }: { alice: Person; phone: Person; bob: Person },
): Promise<void> {
  await alice.say("Bob", "one");
  await phone.say("Bob", "two");
  await bob.say("Alice", "three");
  const said = ["one", "two", "three"];
  await world.until(
    async () => {
      for (const [one, other] of [
        [alice, "Bob"],
        [phone, "Bob"],
        [bob, "Alice"],
      ] as const) {
        const texts = await one.texts(other);
        if (!said.every((text) => texts.includes(text))) return false;
      }
      return true;
    },
    "what each says, on every device",
    3_600_000,
  );
}

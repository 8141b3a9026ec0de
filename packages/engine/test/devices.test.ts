import { createWorld, EVERYTHING, pair, type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import { deviceNamed, linkDevice, settleIn } from "./support/devices.ts";
import { acquaint, closeAll, friends } from "./support/friends.ts";
import { contactId, foundGroup } from "./support/groups.ts";

const CHOIR = "Choir";

test("a linked device has the contacts, and both write and read in a conversation of two", async () => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  expect((await phone.read("contacts", {})).map(({ name, level }) => [name, level])).toEqual([["Bob", 3]]);
  await bob.say("Alice", "To both");
  await phone.say("Bob", "From the telephone");
  await alice.say("Bob", "From the computer");
  const all = ["To both", "From the telephone", "From the computer"];
  await world.until(async () => {
    for (const person of [alice, phone]) if (new Set(await person.texts("Bob")).size !== 3) return false;
    return (await bob.texts("Alice")).length === 3;
  }, "the texts on every device");
  for (const person of [alice, phone]) expect((await person.texts("Bob")).toSorted()).toEqual(all.toSorted());
  expect((await bob.read("contacts", {})).map(({ devices }) => devices)).toEqual([2]);
  const mine = (await alice.messages("Bob")).find(
    ({ body }) => body.kind === "text" && body.text.includes("telephone"),
  );
  expect(mine?.mine).toBe(true);
  await phone.engine.markRead({ conversation: (await phone.conversationWith("Bob")).id, upTo: EVERYTHING });
  await world.until(async () => (await alice.conversationWith("Bob")).unread === 0, "read on one, read on the other");
  await closeAll(alice, bob, phone);
});

test("a linked device is in the groups, and others see one member", async () => {
  const { world, people } = await choir("Alice", "Bob", "Carol");
  const [alice, bob, carol] = people as [Person, Person, Person];
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  await phone.say(CHOIR, "From the telephone");
  await bob.say(CHOIR, "From Bob");
  const all = ["From Bob", "From the telephone"];
  await world.until(async () => {
    for (const person of [alice, phone, bob, carol]) if ((await person.texts(CHOIR)).length !== 2) return false;
    return true;
  }, "the texts on every device");
  for (const person of [alice, phone, bob, carol]) expect((await person.texts(CHOIR)).toSorted()).toEqual(all);
  const { id } = await bob.conversationWith(CHOIR);
  const view = await bob.read("group", { id });
  expect(view?.members.map(({ name, devices }) => [name, devices]).toSorted()).toEqual([
    ["Alice", 2],
    ["Bob", 1],
    ["Carol", 1],
  ]);
  await closeAll(alice, bob, carol, phone);
});

test("what is set and met on one device is so on the others", async () => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  const carol = await world.person("Carol");
  await pair(world, phone, carol);
  await world.until(async () => (await alice.read("contacts", {})).length === 2, "the contact on the other device");
  await settleIn(world, alice, alice);
  await alice.say("Carol", "From the computer");
  await world.until(async () => (await carol.texts("Alice")).length === 1, "the text of the other device");
  const { id } = (await alice.conversationWith("Bob")) ?? { id: "" };
  const { contact } = await alice.conversationWith("Bob");
  await alice.engine.mute({ conversation: id, muted: true });
  await alice.engine.nameContact({ contact, name: "Robert" });
  await phone.engine.changeSettings({ readReceipts: false });
  await world.until(async () => {
    const there = (await phone.read("conversations", {})).find((view) => view.contact === contact);
    return there?.muted === true && there.name === "Robert" && !(await alice.read("settings", {})).readReceipts;
  }, "the settings of the other device");
  await closeAll(alice, bob, carol, phone);
});

test("a device keeps the name that it was given while it was alone, and a new name shows on all", async () => {
  const { world, alice, bob } = await friends();
  const [only] = await alice.read("devices", {});
  await alice.engine.renameDevice({ device: only?.id ?? "", name: "Computer" });
  expect(await deviceNamed(alice, "Computer")).toMatchObject({ isThis: true });
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  const shown: string[][] = [];
  const stop = phone.engine.watch("devices", {}, (all) => void shown.push(all.map(({ name }) => name)));
  await world.until(async () => shown.at(-1)?.includes("Computer"), "the name of the old device on the new one");
  await alice.engine.renameDevice({ device: (await deviceNamed(alice, "Telephone")).id, name: "Pocket" });
  await world.until(async () => shown.at(-1)?.includes("Pocket"), "the new name, without being asked for");
  stop();
  await closeAll(alice, bob, phone);
});

test("a device that is removed reads and writes nothing more, in no conversation", async () => {
  const { world, people } = await choir("Alice", "Bob");
  const [alice, bob] = people as [Person, Person];
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  const { id: device } = await deviceNamed(alice, "Telephone");
  await alice.engine.removeDevice({ device });
  await world.until(async () => (await phone.read("devices", {})).some(({ isRemoved }) => isRemoved), "the removal");
  await world.clock.advance(5_000);
  await bob.say("Alice", "Between us");
  await bob.say(CHOIR, "In the group");
  await world.until(async () => (await alice.texts("Bob")).length === 1 && (await alice.texts(CHOIR)).length === 1);
  await world.clock.advance(60_000);
  expect(await phone.texts("Bob")).toEqual([]);
  expect(await phone.texts(CHOIR)).toEqual([]);
  expect((await bob.read("contacts", {})).map(({ devices }) => devices)).toEqual([1]);
  await expect(phone.say("Bob", "Still here")).rejects.toMatchObject({ code: "device_removed" });
  expect((await alice.read("devices", {})).map(({ isThis }) => isThis)).toEqual([true]);
  await closeAll(alice, bob, phone);
});

test("a third device is in every conversation at once, also over a slow line", async () => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  world.store.knobs.delayMs = 400;
  const tablet = await linkDevice(world, alice, "Tablet");
  await tablet.engine.close(); // as a program that ends once it is linked
  await world.clock.advance(30_000);
  expect((await bob.read("contacts", {})).map(({ devices }) => devices)).toEqual([3]);
  await closeAll(alice, bob, phone);
});

test("three devices, each stopped and started at any time, have one transcript", async () => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  const tablet = await linkDevice(world, phone, "Tablet");
  await settleIn(world, alice, tablet);
  await phone.engine.close();
  await bob.say("Alice", "one");
  await tablet.say("Bob", "two");
  await world.clock.advance(5_000);
  await phone.start(phone.disk);
  await alice.restart();
  await alice.say("Bob", "three");
  await world.until(async () => {
    for (const person of [alice, phone, tablet]) if ((await person.texts("Bob")).length !== 3) return false;
    return (await bob.texts("Alice")).length === 3;
  }, "one transcript");
  await closeAll(alice, bob, phone, tablet);
});

/** Everybody knows everybody, and all are in the choir. */
async function choir(...names: readonly string[]): Promise<{ world: World; people: Person[] }> {
  const world = createWorld();
  const people: Person[] = [];
  for (const name of names) people.push(await world.person(name));
  await acquaint(world, people);
  await foundGroup(world, people, CHOIR);
  return { world, people };
}

test("who is added again to a group is there on all devices again, after a removal and after leaving", async () => {
  const { world, people } = await choir("Alice", "Bob", "Carol");
  const [alice, bob, carol] = people as [Person, Person, Person];
  const phone = await linkDevice(world, bob, "Telephone");
  await settleIn(world, bob, phone);
  for (const out of ["removed", "left"] as const) {
    const { id } = await bob.conversationWith(CHOIR);
    const { id: ofAlice } = await alice.conversationWith(CHOIR);
    const member = await contactId(alice, "Bob");
    if (out === "left") await bob.engine.leaveGroup({ conversation: id });
    else await alice.engine.removeFromGroup({ conversation: ofAlice, members: [member] });
    for (const device of [bob, phone])
      await world.until(async () => (await device.conversationWith(CHOIR)).state === "left", `Bob is ${out}`);
    await world.until(async () => (await alice.conversationWith(CHOIR)).members === 2, "Bob is out for Alice");
    await alice.engine.addToGroup({ conversation: ofAlice, contacts: [member] });
    for (const device of [bob, phone])
      await world.until(async () => (await device.conversationWith(CHOIR)).state === "ready", "Bob is back");
    await phone.say(CHOIR, `Back, though I had ${out}`);
    for (const person of [alice, bob, carol])
      await world.until(async () => (await person.texts(CHOIR)).includes(`Back, though I had ${out}`), "the text");
  }
  await closeAll(alice, bob, carol, phone);
});

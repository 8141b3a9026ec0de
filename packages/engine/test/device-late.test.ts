/** A device of a person comes into a group after another of theirs (found by the simulation). */
import type { Person } from "@pli/testkit";
import { expect, test } from "vitest";
import { linkDevice, settleIn } from "./support/devices.ts";
import { closeAll, friends } from "./support/friends.ts";
import { contactId, groupOf, textsIn, write } from "./support/groups.ts";

test("a new group is on all devices at once, with what was said before the last of them was in", async () => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  await bob.engine.createGroup({ name: "Choir", contacts: [await contactId(bob, "Alice")] });
  await world.until(async () => (await groupOf(alice))?.state === "ready", "the group on the first device");
  await write(bob, "one");
  await write(alice, "two");
  await world.until(async () => (await groupOf(phone))?.state === "ready", "the group on the other device", 10_000);
  await write(phone, "three");
  const all = ["one", "three", "two"];
  const has = async (person: Person): Promise<boolean> => (await textsIn(person)).toSorted().join() === all.join();
  await world.until(async () => (await has(alice)) && (await has(bob)) && has(phone), "one transcript");
  const { messages } = await phone.read("messages", { conversation: (await groupOf(phone))?.id ?? "", limit: 100 });
  const told = messages.filter(({ body }) => body.kind === "text");
  expect(told.map(({ mine, fromName }) => `${fromName} ${mine}`).toSorted()).toEqual([
    "Alice true",
    "Alice true",
    "Bob false",
  ]);
  await closeAll(alice, bob, phone);
});

test("a device that was just linked founds a group, though its contact has given key packages a moment ago", async () => {
  const { world, alice, bob } = await friends();
  await world.clock.advance(5_000);
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  await phone.engine.createGroup({ name: "Choir", contacts: [await contactId(phone, "Bob")] });
  await world.until(async () => (await groupOf(bob))?.state === "ready", "the contact in the group", 10_000);
  await closeAll(alice, bob, phone);
});

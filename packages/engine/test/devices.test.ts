import { EVERYTHING } from "@pli/testkit";
import { expect, test } from "vitest";
import { closeAll, friends } from "./support/friends.ts";
import { linkDevice, settleIn } from "./support/devices.ts";

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
  const mine = (await alice.messages("Bob")).find(({ body }) => body.kind === "text" && body.text.includes("telephone"));
  expect(mine?.mine).toBe(true);
  await phone.engine.markRead({ conversation: (await phone.conversationWith("Bob")).id, upTo: EVERYTHING });
  await world.until(async () => (await alice.conversationWith("Bob")).unread === 0, "read on one, read on the other");
  await closeAll(alice, bob, phone);
});

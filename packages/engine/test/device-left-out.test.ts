/** A device that is listed, and that no other own device brings into a conversation of two. */
import type { Person } from "@pli/testkit";
import { expect, test } from "vitest";
import { linkDevice, settleIn } from "./support/devices.ts";
import { closeAll, friends, rowsOf } from "./support/friends.ts";

const HOURS = 3_600_000;

/** As on a device whose way in was lost together with the device that had made it. */
async function neverIn(person: Person): Promise<void> {
  await person.engine.close();
  await rowsOf(
    person.disk,
    "DELETE FROM epochs WHERE conversation IN (SELECT id FROM conversations WHERE kind = 'direct')",
  );
  await rowsOf(person.disk, "UPDATE conversations SET state = 'joining', generation = 0 WHERE kind = 'direct'");
  await person.start({ ...person.disk, isSpoilt: true });
}

test.each(["is removed", "is off"])("comes in by itself, when the other one %s", async (how) => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  const other = (await phone.read("devices", {})).find(({ isThis }) => !isThis);
  await alice.engine.close();
  await neverIn(phone);
  if (how === "is removed") await phone.engine.removeDevice({ device: other?.id ?? "" });
  await world.clock.advance(3 * HOURS);
  expect((await phone.conversationWith("Bob")).state).toBe("ready");
  await bob.say("Alice", "Are you there?");
  await world.until(async () => (await phone.heard("Bob")).includes("Are you there?"), "Bob's text");
  await closeAll(phone, bob);
});

test("is brought in by the other one, which has its leaf there already, after an hour", async () => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  await neverIn(phone);
  await world.clock.advance(2 * HOURS);
  expect((await phone.conversationWith("Bob")).state).toBe("ready");
  await bob.say("Alice", "To both");
  for (const device of [alice, phone])
    await world.until(async () => (await device.heard("Bob")).includes("To both"), "the text on both");
  expect((await alice.read("storage", {})).counters).toMatchObject({ rejoins: 0 });
  await closeAll(alice, phone, bob);
});

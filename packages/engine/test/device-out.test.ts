/** A device that was removed while it was off, and reads it late. */
import type { Entry } from "@pli/protocol/wire";
import { MemoryTable } from "@pli/testkit";
import { expect, test } from "vitest";
import { linkDevice, settleIn } from "./support/devices.ts";
import { closeAll, friends } from "./support/friends.ts";

const DAY_MS = 86_400_000;

test.each<[string, (said: readonly Entry[]) => readonly Entry[]]>([
  ["in the order in which it was said", (said) => [...said]],
  ["after what takes its leaves out, one conversation after the other", (said) => said.toReversed()],
])("is out of all, and nobody lets it back, when it reads of that %s", async (_, ordered) => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  await alice.engine.close();
  const from = world.store.next();
  const other = (await phone.read("devices", {})).find(({ isThis }) => !isThis);
  await phone.engine.removeDevice({ device: other?.id ?? "" });
  await world.clock.advance(60_000);
  const said = world.store.table.read(0, from, world.store.next() - from);
  const table = new MemoryTable([0]);
  for (const { label, cell } of [...world.store.table.read(0, 0, from), ...ordered(said)])
    table.put({ type: "put", id: 0, label, cell });
  for (const [key, block] of world.store.table.blocks) table.blocks.set(key, block);
  world.store.table = table;

  await alice.start(alice.disk);
  await world.clock.advance(2 * DAY_MS);
  expect((await alice.conversationWith("Bob")).state).toBe("left");
  expect((await alice.read("devices", {})).find(({ isThis }) => isThis)?.isRemoved).toBe(true);
  await bob.say("Alice", "To the telephone");
  await world.until(async () => (await phone.heard("Bob")).includes("To the telephone"), "the text");
  await world.clock.advance(DAY_MS);
  expect(await alice.heard("Bob")).toEqual([]);
  await closeAll(alice, phone, bob);
});

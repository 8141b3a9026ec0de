/** What a contact sees when somebody's devices change: one discreet line (section 7). */
import type { Person } from "@pli/testkit";
import { expect, test } from "vitest";
import { deviceNamed, linkDevice, settleIn } from "./support/devices.ts";
import { closeAll, friends } from "./support/friends.ts";

const linesOf = async (person: Person) =>
  (await person.messages("Alice")).flatMap(({ body }) => (body.kind === "devices" ? [body] : []));

test("a device that is added or removed is one line, is not unread, and is said to nobody again", async () => {
  const { world, alice, bob } = await friends();
  await world.clock.advance(2 * 3_600_000);
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  await world.clock.advance(120_000);
  expect(await linesOf(bob)).toEqual([{ kind: "devices", added: 1, removed: 0, devices: 2 }]);
  expect((await bob.conversationWith("Alice")).unread).toBe(0);
  const { id: device } = await deviceNamed(alice, "Telephone");
  await alice.engine.removeDevice({ device });
  await world.clock.advance(120_000);
  await bob.restart();
  await world.clock.advance(2 * 3_600_000);
  const removed = { kind: "devices", added: 0, removed: 1, devices: 1 };
  expect(await linesOf(bob)).toEqual([{ kind: "devices", added: 1, removed: 0, devices: 2 }, removed]);
  expect(await linesOf(alice).catch(() => [])).toEqual([]);
  await closeAll(alice, bob, phone);
});

test("a device that is killed before the line is there writes it later, once", async () => {
  const { world, alice, bob } = await friends();
  await world.clock.advance(2 * 3_600_000);
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  await bob.restart();
  await world.clock.advance(2 * 3_600_000);
  expect(await linesOf(bob)).toHaveLength(1);
  await closeAll(alice, bob, phone);
});

test("there is no line between two of whom one has blocked the other, nor of a new contact", async () => {
  const { world, alice, bob } = await friends();
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  await world.clock.advance(2 * 3_600_000);
  expect(await linesOf(bob)).toEqual([]);
  await bob.engine.block({ contact: (await bob.conversationWith("Alice")).contact, blocked: true });
  const { id: device } = await deviceNamed(alice, "Telephone");
  await alice.engine.removeDevice({ device });
  await world.clock.advance(2 * 3_600_000);
  expect(await linesOf(bob)).toEqual([]);
  await closeAll(alice, bob, phone);
});

import type { Person, World } from "@pli/testkit";
import type { Entry } from "@pli/protocol/wire";
import { expect, test } from "vitest";
import { CHI_SQUARE_LIMIT, chiSquare } from "./support/chi-square.ts";
import { linkDevice, settleIn } from "./support/devices.ts";
import { closeAll, friends } from "./support/friends.ts";

const DEVICES = 5;
const MESSAGES = 10;
/** Nothing but what is looked at leaves meanwhile. */
const QUIET = { receiptSlots: "never" } as const;

/** Alice with another device; all that follows from it is over. */
async function withAnother(world: World, devices: readonly Person[], options = {}): Promise<Person[]> {
  const [first] = devices as [Person];
  const device = await linkDevice(world, first, `Device ${devices.length + 1}`, options);
  await settleIn(world, first, device);
  await world.clock.advance(3 * 3_600_000);
  return [...devices, device];
}

/** What the store is given while somebody writes, one message a minute. */
async function written(world: World, from: Person, to: string): Promise<readonly Entry[]> {
  const before = world.store.next();
  for (let i = 0; i < MESSAGES; i++) {
    await from.say(to, `Number ${i}`);
    await world.clock.advance(60_000);
  }
  return world.store.entries().slice(before);
}

test("a message is one cell like any other, from one device or five, and none of them asks for anything", async () => {
  const { world, alice, bob } = await friends(QUIET);
  let devices: Person[] = [alice];
  const cells: Uint8Array[] = [];
  for (let count = 1; count <= DEVICES; count++) {
    if (count > 1) devices = await withAnother(world, devices, QUIET);
    const [gets, blocks] = [world.store.seen.get, world.store.seen.putBlock];
    for (const [from, to] of [[devices.at(-1) as Person, "Bob"] as const, [bob, "Alice"] as const]) {
      const entries = await written(world, from, to);
      expect(entries.map(({ label, cell }) => [label.length, cell.length])).toEqual(
        Array.from({ length: MESSAGES }, () => [32, 4096]),
      );
      cells.push(...entries.map(({ cell }) => cell));
    }
    expect([world.store.seen.get, world.store.seen.putBlock]).toEqual([gets, blocks]);
  }
  expect(new Set(cells.map((cell) => cell[0])).size).toBe(1);
  expect(chiSquare(cells)).toBeLessThan(CHI_SQUARE_LIMIT);
  await closeAll(bob, ...devices);
});

test("five devices acknowledge a message once, not five times", async () => {
  const { world, alice, bob } = await friends();
  const one = await written(world, bob, "Alice");
  let devices: Person[] = [alice];
  while (devices.length < DEVICES) devices = await withAnother(world, devices);
  const five = await written(world, bob, "Alice");
  expect(one).toHaveLength(2 * MESSAGES);
  expect(five).toHaveLength(one.length);
  expect(
    (await bob.messages("Alice")).filter(({ body, state }) => body.kind === "text" && state !== "delivered"),
  ).toEqual([]);
  await closeAll(bob, ...devices);
});

import { toHex } from "@pli/protocol/crypto";
import { profileOf, seatFrom } from "@pli/protocol/group";
import { copyDisk } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { agreed, groupOf, heard, mustBeIn, write } from "./support/groups.ts";
import {
  choir,
  heardSoon,
  HOUR,
  idOf,
  losses,
  lost,
  oneView,
  othersReturn,
  ownerStays,
  rewrite,
  strike,
} from "./support/one-view.ts";
import type { Choir } from "./support/one-view.ts";

/**
 * Alice's device was lost and is back, and so are the others that went with it: nothing is on its
 * way.
 */
async function backAndQuiet(all: Choir): Promise<void> {
  await lost(all);
  await othersReturn(all);
  await agreed(all.world, [...all.honest, all.mallory], HOUR);
  await all.world.clock.advance(120_000);
}

async function use(all: Choir, keyPackage: Uint8Array | undefined): Promise<void> {
  const { hostile, alice } = all;
  if (keyPackage === undefined) throw new Error("nothing was given");
  hostile.instead = { add: [keyPackage], remove: [hostile.leafOf(await idOf(alice))] };
  await strike(all);
}

describe("consent to be brought back", () => {
  test("that has served does not serve again: a commit that its author's rules let pass", async () => {
    const all = await choir(["Bob", "Carol"]);
    await backAndQuiet(all);
    await use(all, all.hostile.given[0]);
    await ownerStays(all);
  });

  test("that has served does not serve again: an operation of its author's own device", async () => {
    const all = await choir(["Bob", "Carol"]);
    const { world, hostile, alice, mallory } = all;
    await backAndQuiet(all);
    const profile = await idOf(alice);
    const member = hostile.groups.members(hostile.state()).find((one) => profileOf(one) === profile);
    const device = seatFrom(member?.credential ?? new Uint8Array(0))?.device;
    const operation = { kind: "replace", profile, device, keyPackage: toHex(hostile.given[0] ?? new Uint8Array(0)) };
    hostile.invites = () => undefined;
    await rewrite(
      mallory,
      "INSERT INTO intentions (conversation, kind, body, created_at, due_at) VALUES (?, ?, ?, ?, ?)",
      [(await mustBeIn(mallory)).id, operation.kind, JSON.stringify(operation), world.clock.now(), world.clock.now()],
    );
    await mallory.engine.renewGroupKeys({ conversation: (await mustBeIn(mallory)).id });
    await world.clock.advance(10_000);
    await ownerStays(all);
  });

  test("that was given for a leaf and an epoch of before, and not used, does not serve later", async () => {
    const all = await choir(["Bob", "Carol"]);
    const { hostile } = all;
    hostile.helps = false;
    await backAndQuiet(all);
    await use(all, hostile.given.at(-1));
    await ownerStays(all);
  });

  test("that was given to somebody else does not serve", async () => {
    const all = await choir(["Bob", "Carol"]);
    const { hostile, entrusted } = all;
    hostile.helps = false;
    await backAndQuiet(all);
    await use(all, [...(entrusted.get("Bob") ?? []), ...(entrusted.get("Carol") ?? [])][0]);
    await ownerStays(all);
  });

  test("that is used while its welcome is withheld is not the end: somebody else brings them back", async () => {
    const all = await choir(["Bob", "Carol"]);
    const { world, hostile, mallory } = all;
    hostile.invites = () => undefined;
    await lost(all);
    await world.until(async () => hostile.invited.length > 0 && (await groupOf(mallory))?.pending.length === 0, "used");
    await othersReturn(all);
    await ownerStays(all);
  });
});

test("a device whose disk was full while it looked for a way back looks again when there is room", async () => {
  const all = await choir(["Bob", "Carol"]);
  const { world, hostile, alice } = all;
  hostile.helps = false;
  await lost(all);
  alice.disk.folder.limit = 0;
  await world.clock.advance(120_000);
  expect((await alice.read("status", {})).trouble).toBe("disk_full");
  alice.disk.folder.limit = Number.MAX_SAFE_INTEGER;
  const asked = hostile.given.length;
  await world.until(async () => hostile.given.length > asked, "Mallory is asked again", 180_000);
  await othersReturn(all);
  await ownerStays(all);
});

describe("a device whose leaf is replaced", () => {
  test.each([1, 2])("was never out: put back to an old copy %i times, what it says off line arrives", async (times) => {
    const all = await choir(["Bob", "Carol"]);
    const { world, mallory, honest, person } = all;
    const bob = person("Bob");
    for (let i = 1; i <= times; i++) {
      const copy = copyDisk(bob.disk);
      await write(bob, `before ${i}`);
      await heard(world, honest, [`before ${i}`]);
      await world.clock.advance(60_000);
      await bob.engine.close();
      world.store.takeDown();
      await bob.start(copy);
      await write(bob, `after ${i}`);
      await world.clock.advance(60_000);
      world.store.bringUp();
      // A line that was cut is tried again within half a minute.
      await world.clock.advance(30_000);
      await heardSoon(world, honest, [`after ${i}`]);
    }
    await oneView(world, honest, [mallory, ...honest]);
    expect((await losses(honest)).join()).toBe("");
  });

  test("was never out: nothing in any history says so", async () => {
    const all = await choir(["Bob", "Carol"]);
    const { world, mallory, honest, person } = all;
    const bob = person("Bob");
    const copy = copyDisk(bob.disk);
    await write(bob, "before");
    await heard(world, honest, ["before"]);
    await world.clock.advance(60_000);
    await bob.restart(copy);
    await write(bob, "after");
    await oneView(world, honest, [mallory, ...honest], ["after"]);
    expect((await losses(honest)).join()).toBe("");
  });
});

/**
 * Who has seen keys of a later generation refuses what earlier ones sign: a thief has those
 * (docs/protocol.md, section 6.1).
 */
import { copyDisk, pairingOf } from "@pli/testkit";
import { expect, test } from "vitest";
import { friends, meetAndType, rowsOf } from "./support/friends.ts";
import { succeed } from "./support/succession.ts";

const nameOf = async ({ bob }: Awaited<ReturnType<typeof friends>>): Promise<string | undefined> =>
  (await bob.read("contacts", {}))[0]?.ownName;

test("a card of the next generation is taken, and one of the generation before it is not any more", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  const stolen = copyDisk(alice.disk);
  await succeed(alice);
  await alice.engine.renameProfile({ name: "Alice L." });
  await world.until(async () => (await nameOf(people)) === "Alice L.", "the new card");
  await bob.engine.close();
  const generations = await rowsOf(bob.disk, "SELECT profile, generation FROM generations");
  const [contact] = await rowsOf(bob.disk, "SELECT id FROM contacts");
  expect(generations).toEqual([{ profile: contact?.["id"], generation: 1 }]);
  await bob.start(bob.disk);

  await alice.engine.close();
  await alice.start(stolen);
  await world.clock.advance(120_000);
  await alice.engine.renameProfile({ name: "Mallory" });
  await world.clock.advance(120_000);
  expect(await nameOf(people)).toBe("Alice L.");
});

test("a device with keys that others have taken the place of is not paired with again", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  const stolen = copyDisk(alice.disk);
  await succeed(alice);
  await alice.engine.renameProfile({ name: "Alice L." });
  await world.until(async () => (await nameOf(people)) === "Alice L.", "the new card");
  await alice.engine.close();
  const thief = await world.person("Thief", {}, { disk: stolen });
  for (const inviter of [bob, thief]) {
    const responder = inviter === bob ? thief : bob;
    const meeting = await meetAndType(world, inviter, responder);
    const own = inviter === bob ? meeting.invitation : meeting.acceptance;
    const view = await world.until(async () => {
      const at = await pairingOf(bob, own);
      return at.step === "failed" && at;
    }, "the refusal");
    expect(view.error).toBe("pairing_invalid");
  }
  expect(await nameOf(people)).toBe("Alice L.");
});

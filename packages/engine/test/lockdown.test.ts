import { createWorld, pair, type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import {
  agreed,
  contactId,
  foundGroup,
  groupOf,
  heard,
  messagesIn,
  mustBeIn,
  textsIn,
  write,
} from "./support/groups.ts";
import { closeAll, friends } from "./support/friends.ts";

const PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const lockDown = (person: Person, lockdown = true) => person.engine.changeSettings({ lockdown });

/** Bob knows Alice; Eve is in their group, and a contact of Alice's only. */
async function circle(): Promise<{ world: World; alice: Person; bob: Person; eve: Person }> {
  const world = createWorld();
  const [alice, bob, eve] = [await world.person("Alice"), await world.person("Bob"), await world.person("Eve")];
  await pair(world, alice, bob);
  await pair(world, alice, eve);
  await world.clock.advance(30_000);
  await foundGroup(world, [alice, bob, eve], "Choir");
  return { world, alice, bob, eve };
}

test("is off until somebody wants it, and lasts over a restart", async () => {
  const { alice, bob } = await friends();
  expect((await alice.read("settings", {})).lockdown).toBe(false);
  await lockDown(alice);
  await alice.restart();
  expect((await alice.read("settings", {})).lockdown).toBe(true);
  await closeAll(alice, bob);
});

test("lets nobody new in: no invitation is made or accepted, and those under way end", async () => {
  const { world, alice, bob } = await friends();
  const { pairing } = await alice.engine.createInvitation({});
  await world.until(async () => (await alice.read("pairing", { id: pairing }))?.link !== undefined, "the link");
  const link = (await alice.read("pairing", { id: pairing }))?.link ?? "";
  const other = (await bob.engine.createInvitation({})).pairing;
  await world.until(async () => (await bob.read("pairing", { id: other }))?.link !== undefined, "Bob's link");
  await lockDown(alice);
  await world.until(async () => (await alice.read("pairing", { id: pairing }))?.step !== "waiting", "its end");
  const theirs = (await bob.read("pairing", { id: other }))?.link ?? "";
  await expect(alice.engine.createInvitation({})).rejects.toMatchObject({ code: "locked_down" });
  await expect(alice.engine.acceptInvitation({ link: theirs })).rejects.toMatchObject({ code: "locked_down" });
  const eve = await world.person("Eve");
  const { pairing: tried } = await eve.engine.acceptInvitation({ link });
  await world.until(async () => (await eve.read("pairing", { id: tried }))?.step === "failed", "that it opens nothing");
  await lockDown(alice, false);
  await expect(alice.engine.createInvitation({})).resolves.toBeDefined();
  await closeAll(alice, bob, eve);
});

test("keeps nothing of a member who is no verified contact, says how much it was, and hears contacts", async () => {
  const { world, alice, bob, eve } = await circle();
  await write(eve, "before");
  await heard(world, [alice, bob], ["before"]);
  await lockDown(bob);
  await write(eve, "first");
  await write(eve, "second");
  await heard(world, [alice], ["first", "second"]);
  await write(alice, "from a contact");
  await heard(world, [bob], ["from a contact"]);
  expect(await textsIn(bob)).toEqual(["before", "from a contact"]);
  expect((await messagesIn(bob)).flatMap(({ body }) => (body.kind === "shutOut" ? [body.count] : []))).toEqual([2]);
  await lockDown(bob, false);
  await write(eve, "after");
  await heard(world, [bob], ["after"]);
  await closeAll(alice, bob, eve);
});

test("has contacts ask before they put this person into a group, also after it, and nothing turns that off", async () => {
  const { alice, bob } = await friends();
  await bob.engine.changeSettings({ askBeforeGroups: false });
  await lockDown(bob);
  expect((await bob.read("settings", {})).askBeforeGroups).toBe(true);
  const off = bob.engine.changeSettings({ askBeforeGroups: false, readReceipts: false });
  await expect(off).rejects.toMatchObject({ code: "locked_down" });
  expect(await bob.read("settings", {})).toMatchObject({ readReceipts: true, askBeforeGroups: true, lockdown: true });
  await lockDown(bob, false);
  expect((await bob.read("settings", {})).askBeforeGroups).toBe(true);
  await closeAll(alice, bob);
});

test("gives no app a picture that somebody else chose", async () => {
  const { world, alice, bob, eve } = await circle();
  await alice.engine.changeGroup({ conversation: (await mustBeIn(alice)).id, picture: PICTURE });
  await world.until(async () => (await groupOf(bob))?.picture !== undefined, "the picture");
  await lockDown(bob);
  expect((await mustBeIn(bob)).picture).toBeUndefined();
  expect(await contactId(bob, "Alice")).toBeDefined();
  await lockDown(bob, false);
  expect((await mustBeIn(bob)).picture).toBe(PICTURE);
  await agreed(world, [alice, bob, eve]);
  await closeAll(alice, bob, eve);
});

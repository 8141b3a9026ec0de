/**
 * Somebody has the whole state of a device, from the moment at which its owner says so: the owner
 * is back by keys of the next generation (docs/protocol.md, sections 6.1 and 8.3).
 */
import { createCrypto } from "@pli/protocol/crypto";
import { backupSeed, openBackup } from "@pli/protocol/recovery";
import { copyDisk, createTestDisk, createWorld, pair, pairingOf, type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import { linkDevice, settleIn } from "./support/devices.ts";
import { closeAll, meetAndType, rowsOf } from "./support/friends.ts";
import { agreed, contactId, groupOf, heard, mustBeIn, textsIn, write } from "./support/groups.ts";
import { circle, empty, everythingIsBack, type Circle } from "./support/recovery.ts";

const crypto = await createCrypto();
const WEEK_MS = 7 * 86_400_000;

interface Theft extends Circle {
  /** A device with the whole state of the stolen one. */
  readonly thief: Person;
  /** The owner, back by the words. */
  readonly again: Person;
}

async function theft(): Promise<Theft> {
  const people = await circle();
  const { world, alice, words } = people;
  await alice.engine.close();
  const thief = await world.person("Thief", { backups: "written" }, { disk: copyDisk(alice.disk) });
  await thief.engine.close();
  const again = await empty(world);
  await again.engine.restoreRecovery({ words, stolen: true });
  await everythingIsBack(world, again);
  await world.clock.advance(60_000);
  return { ...people, thief, again };
}

const rowOf = async (person: Person, sql: string) => (await rowsOf(person.disk, sql))[0];

test("a thief opens no later message, and nothing that they write is heard", async () => {
  const { world, thief, again, bob, carol } = await theft();
  await thief.start(thief.disk);
  await bob.say("Alice", "for Alice alone");
  await write(carol, "for the club");
  await world.until(async () => (await again.heard("Bob")).includes("for Alice alone"), "the text");
  await heard(world, [again, bob], ["for the club"]);
  await thief.say("Bob", "I am Alice");
  await write(thief, "I am in the club");
  await world.clock.advance(3 * 3_600_000);
  expect(await thief.heard("Bob")).not.toContain("for Alice alone");
  expect(await textsIn(thief)).not.toContain("for the club");
  for (const person of [bob, carol]) expect(await textsIn(person)).not.toContain("I am in the club");
  expect(await bob.heard("Alice")).not.toContain("I am Alice");
  await again.say("Bob", "this is me");
  await world.until(async () => (await bob.heard("Alice")).includes("this is me"), "Alice's text");
  await agreed(world, [again, bob, carol]);
});

test("a contact's other device does not hear a thief either, whom it knew in the same conversation", async () => {
  const world = createWorld();
  const [alice, bob] = [await world.person("Alice", { backups: "written" }), await world.person("Bob")];
  await pair(world, alice, bob);
  const tablet = await linkDevice(world, bob, "Tablet");
  await settleIn(world, bob, tablet);
  const words = (await alice.engine.recoveryWords({ language: "fr" })).join(" ");
  await alice.engine.checkRecovery({ words });
  await world.until(async () => (await alice.read("recovery", {})).backedUpAt !== undefined, "a backup");
  await alice.engine.close();
  const thief = await world.person("Thief", {}, { disk: copyDisk(alice.disk) });
  const again = await empty(world);
  await again.engine.restoreRecovery({ words, stolen: true });
  await world.until(async () => (await again.conversationWith("Bob")).state === "ready", "Bob's answer", 300_000);
  await world.clock.advance(60_000);
  await thief.say("Bob", "I am Alice");
  await again.say("Bob", "this is me");
  for (const device of [bob, tablet]) {
    await world.until(async () => (await device.heard("Alice")).includes("this is me"), "Alice's text");
    expect(await device.heard("Alice")).toEqual(["this is me"]);
  }
  await closeAll(thief, again, bob, tablet);
});

test("each contact sees one line about it, and knows the keys of the next generation", async () => {
  const { world, bob, carol } = await theft();
  for (const person of [bob, carol]) {
    const kinds = (await person.messages("Alice")).map(({ body }) => body.kind);
    expect(kinds.filter((kind) => kind === "newKeys")).toEqual(["newKeys"]);
    await person.engine.close();
    expect(await rowOf(person, "SELECT generation FROM generations")).toEqual({ generation: 1 });
  }
  await world.clock.advance(1_000);
});

test("a thief cannot bring themselves back through any contact, whatever they light, ask or rename", async () => {
  const { world, thief, again, bob, carol } = await theft();
  const disk = copyDisk(thief.disk);
  await thief.start(thief.disk);
  await thief.engine.close();
  // They may also say that the device has lost its thread everywhere: it lights beacons and asks.
  await rowsOf(disk, "UPDATE conversations SET state = 'rejoining', beacon = NULL");
  await thief.start(disk);
  await thief.engine.renameProfile({ name: "Mallory" });
  await world.clock.advance(2 * 86_400_000);
  for (const person of [bob, carol]) {
    expect((await person.read("contacts", {})).map(({ name }) => name)).toContain("Alice");
    expect((await person.read("contacts", {})).map(({ name }) => name)).not.toContain("Mallory");
  }
  expect((await thief.read("conversations", {})).filter(({ state }) => state === "ready")).toEqual([]);
  await thief.engine.close();
  await agreed(world, [again, bob, carol]);
  await again.say("Bob", "still me");
  await world.until(async () => (await bob.heard("Alice")).includes("still me"), "Alice's text");
});

test("a contact who is restored from before the new keys finds the owner, though the thief is faster", async () => {
  const { world, alice, bob, words } = await circle(createWorld(), { backups: "written" });
  const bobsWords = (await bob.engine.recoveryWords({ language: "en" })).join(" ");
  await bob.engine.checkRecovery({ words: bobsWords });
  await world.until(async () => (await bob.read("recovery", {})).backedUpAt !== undefined, "Bob's backup");
  await alice.engine.close();
  const again = await empty(world);
  await again.engine.restoreRecovery({ words, stolen: true });
  await everythingIsBack(world, again);
  await bob.engine.close();
  await again.engine.close();
  const thief = await world.person("Thief", {}, { disk: copyDisk(alice.disk) });
  const restored = await world.person("Bob", { backups: "never" }, { disk: createTestDisk() });
  await restored.engine.restoreRecovery({ words: bobsWords, stolen: false });
  await world.until(async () => (await restored.conversationWith("Alice")).state === "ready", "the thief's answer");
  await again.start(again.disk);
  await world.until(
    async () => (await again.conversationWith("Bob")).state === "ready",
    "the owner's way back",
    300_000,
  );
  await again.say("Bob", "this is me");
  await world.until(async () => (await restored.heard("Alice")).includes("this is me"), "the owner's text");
  await thief.say("Bob", "I am Alice");
  await world.clock.advance(3_600_000);
  expect(await restored.heard("Alice")).not.toContain("I am Alice");
});

test("a thief cannot pass for the person in a new pairing with a contact", async () => {
  const { world, thief, bob } = await theft();
  await thief.start(thief.disk);
  const { invitation } = await meetAndType(world, bob, thief);
  await world.until(async () => (await pairingOf(bob, invitation)).step === "failed", "the refusal");
});

test("a thief cannot read or occupy the new backup, and the newest backup is the owner's", async () => {
  const { world, thief, again, words } = await theft();
  await world.until(async () => (await again.read("recovery", {})).backedUpAt !== undefined, "the new backup");
  await again.engine.close();
  const [own, stolen] = [
    (await rowOf(again, "SELECT backup FROM profile"))?.["backup"] as Uint8Array,
    (await rowOf(thief, "SELECT backup FROM profile"))?.["backup"] as Uint8Array,
  ];
  expect(own).not.toEqual(stolen);
  const week = Math.floor(world.clock.now() / WEEK_MS);
  for (const n of [0, 1, 2, 3])
    expect(backupSeed(crypto, own, { week, n })).not.toEqual(backupSeed(crypto, stolen, { week, n }));
  // What the thief writes under the old secret is older than anything of the next generation.
  await thief.start(thief.disk);
  await thief.engine.renameProfile({ name: "Mallory" });
  await world.clock.advance(3 * 86_400_000);
  await thief.engine.close();
  const third = await empty(world);
  await third.engine.restoreRecovery({ words, stolen: false });
  expect((await third.read("status", {})).profile?.name).toBe("Alice");
  await third.engine.close();
  expect(openBackup(crypto, stolen, { week, n: 0 }, new Uint8Array(8)).ok).toBe(false);
});

test("a contact who was off line learns it, even if the thief reaches them first", async () => {
  const { world, alice, bob, words } = await circle();
  await alice.engine.close();
  const stolen = copyDisk(alice.disk);
  await bob.engine.close();
  const again = await empty(world);
  await again.engine.restoreRecovery({ words, stolen: true });
  await world.clock.advance(60_000);
  await again.engine.close();
  await bob.start(bob.disk);
  const thief = await world.person("Thief", {}, { disk: stolen });
  await world.clock.advance(5_000);
  await thief.say("Bob", "quick, before Alice comes");
  await world.clock.advance(60_000);
  await again.start(again.disk);
  await everythingIsBack(world, again);
  await bob.say("Alice", "to the real one");
  await world.until(async () => (await again.heard("Bob")).includes("to the real one"), "the text");
  await world.clock.advance(600_000);
  expect(await thief.heard("Bob")).not.toContain("to the real one");
});

test("a contact learns it in a common group, when the store withholds the beacons from them", async () => {
  const { world, thief, again, carol } = await theft();
  expect(await contactId(carol, "Alice")).toBe((await again.read("status", {})).profile?.id);
  await carol.engine.close();
  // Carol's device as it was before it heard anything of Alice's new keys.
  await rowsOf(carol.disk, "DELETE FROM generations");
  await carol.start(carol.disk);
  await again.engine.renewGroupKeys({ conversation: (await mustBeIn(again)).id });
  await knows(world, carol);
  await thief.start(thief.disk);
  await world.clock.advance(60_000);
  expect((await groupOf(carol))?.members.length).toBe(3);
});

async function knows(world: World, person: Person): Promise<void> {
  await world.clock.advance(120_000);
  await person.engine.close();
  expect(await rowOf(person, "SELECT max(generation) AS known FROM generations")).toEqual({ known: 1 });
  await person.start(person.disk);
}

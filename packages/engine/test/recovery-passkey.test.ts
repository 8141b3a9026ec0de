/** A second copy of the recovery secret, which a passkey opens (docs/protocol.md, section 8.3). */
import { createCrypto, fromHex, toHex } from "@pli/protocol/crypto";
import { sealObject } from "@pli/protocol/object";
import {
  backupSeed,
  openPasskeyCopy,
  parsePasskeyCopy,
  passkeyPlace,
  sealBackup,
  secretFromWords,
} from "@pli/protocol/recovery";
import { createWorld, type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import { deviceNamed, linkDevice } from "./support/devices.ts";
import { rowsOf } from "./support/friends.ts";
import { circle, empty, everythingIsBack } from "./support/recovery.ts";

const crypto = await createCrypto();
const PASSKEY = "ab".repeat(32);
const placeSecret = passkeyPlace(crypto, fromHex(PASSKEY) ?? new Uint8Array(0));
const DAY_MS = 86_400_000;

const copyOf = async (person: Person) => (await person.read("recovery", {})).passkey;
const copyState = async (person: Person) => (await copyOf(person))?.isKept;
const byPasskey = (person: Person, passkey = PASSKEY, stolen = false) =>
  person.engine.restoreByPasskey({ passkey, stolen });

const isStored = (world: World, person: Person) =>
  world.until(async () => {
    const copy = await copyOf(person);
    return copy?.isKept === true && copy.storedAt !== undefined;
  }, "the copy in the store");

/** One person without contacts, her words, a backup and a copy. */
async function alone(): Promise<{ world: World; alice: Person; words: string }> {
  const world = createWorld();
  const alice = await world.person("Alice", { backups: "written" });
  const words = (await alice.engine.recoveryWords({ language: "en" })).join(" ");
  await alice.engine.checkRecovery({ words });
  await alice.engine.makePasskeyCopy({ passkey: PASSKEY, words });
  await isStored(world, alice);
  await world.until(async () => (await alice.read("recovery", {})).backedUpAt !== undefined, "a backup");
  return { world, alice, words };
}

const weekOf = (world: World): number => Math.floor(world.clock.now() / (7 * DAY_MS));
const endOf = (world: World): number => world.store.table.range(0)?.next ?? 0;
const drop = (world: World, before: number): void => world.store.table.expireBefore(0, before);

/** Puts bytes where a copy for the passkey would stand. */
function put(world: World, at: { week: number; n: number }, bytes: Uint8Array): void {
  for (const one of sealObject(crypto, backupSeed(crypto, placeSecret, at), 0, bytes))
    world.store.put(one.kind === "cell" ? { ...one, type: "put", id: 0 } : { ...one, type: "putBlock", id: 0 });
}

async function refused(world: World, code: string, passkey = PASSKEY): Promise<Person> {
  const again = await empty(world);
  await expect(byPasskey(again, passkey)).rejects.toMatchObject({ code });
  expect((await again.read("status", {})).profile).toBeUndefined();
  return again;
}

test("a passkey alone brings everything back, and the copy is kept by the device that is back", async () => {
  const { world, alice, words } = await circle();
  expect(await alice.engine.makePasskeyCopy({ passkey: PASSKEY, words })).toEqual({ right: true });
  await isStored(world, alice);
  const { id } = (await alice.read("status", {})).profile ?? { id: "" };
  const made = await copyOf(alice);
  await alice.engine.close();
  await world.clock.advance(60_000);
  const again = await empty(world);
  expect(await byPasskey(again)).toMatchObject({ name: "Alice", contacts: 2, groups: 1 });
  expect((await again.read("status", {})).profile?.id).toBe(id);
  await isStored(world, again);
  expect(await copyOf(again)).toMatchObject({ isKept: true, madeAt: made?.isKept === true ? made.madeAt : 0 });
  await everythingIsBack(world, again);
  await expect(byPasskey(again)).rejects.toMatchObject({ code: "profile_exists" });
});

test("it is made of the secret while a device has it, then by the right words only", async () => {
  const world = createWorld();
  const [alice, bob] = [await world.person("Alice", { backups: "written" }), await world.person("Bob")];
  const words = (await alice.engine.recoveryWords({ language: "fr" })).join(" ");
  const bobs = (await bob.engine.recoveryWords({ language: "fr" })).join(" ");
  expect(await alice.engine.makePasskeyCopy({ passkey: PASSKEY })).toEqual({ right: true });
  await isStored(world, alice);
  await alice.engine.checkRecovery({ words });
  await expect(alice.engine.makePasskeyCopy({ passkey: PASSKEY })).rejects.toMatchObject({
    code: "recovery_words_gone",
  });
  const make = (typed: string) => alice.engine.makePasskeyCopy({ passkey: "cd".repeat(32), words: typed });
  expect(await make(bobs)).toEqual({ right: false, code: "recovery_words_of_another" });
  expect(await make("zoo zoo")).toMatchObject({ right: false, code: "recovery_words_missing" });
  expect(await make(words)).toEqual({ right: true });
  for (const passkey of ["", "ab", "zz".repeat(32)])
    await expect(alice.engine.makePasskeyCopy({ passkey, words })).rejects.toMatchObject({ code: "request_malformed" });
});

test("a device holds neither the secret nor what opens the copy, and who has its disk opens nothing", async () => {
  const { world, alice, words } = await alone();
  await alice.engine.close();
  const read = secretFromWords(crypto, words);
  const secret = read.ok ? toHex(read.value.secret) : "";
  const kept = JSON.stringify(await rowsOf(alice.disk, "SELECT key, value FROM meta"));
  expect(kept).toContain(toHex(placeSecret));
  for (const hidden of [secret, PASSKEY]) expect(kept).not.toContain(hidden);
  expect(await rowsOf(alice.disk, "SELECT recovery FROM profile")).toEqual([{ recovery: null }]);
  const [row] = await rowsOf(alice.disk, "SELECT value FROM meta WHERE key = 'passkey-copy'");
  const { record } = JSON.parse(String(row?.["value"])) as { record: string };
  const copy = parsePasskeyCopy(fromHex(record) ?? new Uint8Array(0));
  const sealed = copy.ok ? copy.value.sealed : new Uint8Array(0);
  expect(sealed.length).toBeGreaterThan(0);
  expect(openPasskeyCopy(crypto, placeSecret, sealed).ok).toBe(false);
  await refused(world, "passkey_copy_not_found", toHex(placeSecret));
});

test("it is stored again before the store drops it, while a device is on line", async () => {
  const { world, alice } = await alone();
  const first = endOf(world);
  await world.clock.advance(16 * DAY_MS);
  await isStored(world, alice);
  drop(world, first);
  await alice.engine.close();
  expect(await byPasskey(await empty(world))).toMatchObject({ name: "Alice" });
});

test("once it is removed it is not stored again, and the view says until when the store has it", async () => {
  const { world, alice, words } = await alone();
  await alice.engine.removePasskeyCopy();
  await alice.engine.removePasskeyCopy();
  expect(await copyOf(alice)).toEqual({ isKept: false, until: world.clock.now() + 31 * DAY_MS });
  const first = endOf(world);
  await world.clock.advance(20 * DAY_MS);
  drop(world, first);
  await world.clock.advance(12 * DAY_MS);
  expect(await copyOf(alice)).toBeUndefined();
  const again = await refused(world, "passkey_copy_not_found");
  expect(await again.engine.restoreRecovery({ words, stolen: false })).toMatchObject({ name: "Alice" });
});

test("a new copy takes the place of the one before, which is not stored again", async () => {
  const { world, alice, words } = await alone();
  const other = "cd".repeat(32);
  await alice.engine.makePasskeyCopy({ passkey: other, words });
  await isStored(world, alice);
  const first = endOf(world);
  await world.clock.advance(16 * DAY_MS);
  drop(world, first);
  await alice.engine.close();
  await refused(world, "passkey_copy_not_found");
  expect(await byPasskey(await empty(world), other)).toMatchObject({ name: "Alice" });
});

test("a store that gives junk or nothing is named, a newer copy too, and the words still work", async () => {
  for (const [bytes, code] of [
    [undefined, "passkey_copy_not_found"],
    [crypto.random(300), "passkey_copy_unreadable"],
    [crypto.random(60_000), "passkey_copy_unreadable"],
    [new Uint8Array(0), "passkey_copy_unreadable"],
    [sealBackup(crypto, placeSecret, { week: 0, n: 0 }, crypto.random(81)), "passkey_copy_unreadable"],
    [Uint8Array.of(2, ...crypto.random(80)), "recovery_newer"],
  ] as const) {
    const world = createWorld();
    const alice = await world.person("Alice", { backups: "written" });
    const words = (await alice.engine.recoveryWords({ language: "en" })).join(" ");
    await alice.engine.checkRecovery({ words });
    await world.until(async () => (await alice.read("recovery", {})).backedUpAt !== undefined, "a backup");
    await alice.engine.close();
    const at = { week: weekOf(world), n: 0 };
    if (bytes !== undefined)
      put(world, at, code === "recovery_newer" ? sealBackup(crypto, placeSecret, at, bytes) : bytes);
    const again = await refused(world, code);
    expect(await again.engine.restoreRecovery({ words, stolen: false })).toMatchObject({ name: "Alice" });
  }
});

test("behind what a thief of a device wrote the copy is stored and found", async () => {
  const { world, alice } = await alone();
  await world.clock.advance(14 * DAY_MS);
  for (let n = 0; n < 10; n++) put(world, { week: weekOf(world) + 1, n }, crypto.random(200));
  await world.clock.advance(7 * DAY_MS);
  await isStored(world, alice);
  await alice.engine.close();
  expect(await byPasskey(await empty(world))).toMatchObject({ name: "Alice" });
});

test("where every place is taken by junk the work is bounded, and a device tries no more in that week", async () => {
  const world = createWorld();
  for (let week = weekOf(world) - 6; week <= weekOf(world) + 1; week++)
    for (let n = 0; n < 64; n++) put(world, { week, n }, crypto.random(200));
  const asked = world.store.seen.get;
  await refused(world, "passkey_copy_unreadable");
  expect(world.store.seen.get - asked).toBeLessThan(8 * 64 + 64);
  const alice = await world.person("Alice", { backups: "written" });
  await alice.engine.makePasskeyCopy({ passkey: PASSKEY });
  await world.clock.advance(60_000);
  const put1 = world.store.seen.put;
  await world.clock.advance(5 * 3_600_000);
  expect(world.store.seen.put - put1).toBeLessThan(64);
  expect(await copyOf(alice)).toMatchObject({ isKept: true });
  expect(await copyOf(alice)).not.toHaveProperty("storedAt");
  await world.clock.advance(15 * DAY_MS);
  await isStored(world, alice);
});

test("all devices of the person store it, and one that removes it removes it on all", async () => {
  const { world, alice, words } = await alone();
  const phone = await linkDevice(world, alice, "phone", { backups: "written" });
  await world.until(async () => (await copyState(phone)) === true, "the copy on the phone");
  const other = "cd".repeat(32);
  await alice.engine.makePasskeyCopy({ passkey: other, words });
  const madeAt = world.clock.now();
  await world.until(async () => {
    const copy = await copyOf(phone);
    return copy?.isKept === true && copy.madeAt >= madeAt - 1_000;
  }, "the new copy on the phone");
  await alice.engine.close();
  const first = endOf(world);
  await world.clock.advance(25 * DAY_MS);
  await isStored(world, phone);
  drop(world, first);
  expect(await byPasskey(await empty(world), other)).toMatchObject({ name: "Alice" });
  await phone.engine.removePasskeyCopy();
  expect(await copyState(phone)).toBe(false);
});

test("another device hears of the removal", async () => {
  const { world, alice } = await alone();
  const phone = await linkDevice(world, alice, "phone", { backups: "written" });
  await world.until(async () => (await copyState(phone)) === true, "the copy on the phone");
  await phone.engine.removePasskeyCopy();
  await world.until(async () => (await copyState(alice)) === false, "the removal");
});

test("after a device was stolen the copy gives the keys that follow", async () => {
  const { world, alice, words } = await alone();
  const phone = await linkDevice(world, alice, "phone", { backups: "written" });
  const { id } = await deviceNamed(alice, "phone");
  await phone.engine.close();
  await alice.engine.declareStolen({ device: id, words });
  await world.clock.advance(60_000);
  expect(await copyState(alice)).toBe(true);
  await alice.engine.close();
  const again = await empty(world);
  expect(await byPasskey(again, PASSKEY, true)).toMatchObject({ name: "Alice" });
});

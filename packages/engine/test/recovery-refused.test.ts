/**
 * Backups that are not there, are not whole or are not this person's: clear errors, nothing done.
 */
import { createCrypto } from "@pli/protocol/crypto";
import { backupSecretFrom, identityFromRecovery } from "@pli/protocol/identity";
import { sealObject } from "@pli/protocol/object";
import { backupSeed, encodeBackup, sealBackup, secretFromWords } from "@pli/protocol/recovery";
import { createWorld, type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import { rowsOf } from "./support/friends.ts";
import { circle, empty, everythingIsBack } from "./support/recovery.ts";

const crypto = await createCrypto();
const WEEK_MS = 7 * 86_400_000;

/** Somebody without contacts, with words, whom no backup was written of. */
async function alone(): Promise<{ world: World; words: string }> {
  const world = createWorld();
  const alice = await world.person("Alice");
  const words = (await alice.engine.recoveryWords({ language: "en" })).join(" ");
  await alice.engine.close();
  return { world, words };
}

const secretOf = (words: string) => {
  const read = secretFromWords(crypto, words);
  if (!read.ok) throw new Error(read.error.code);
  return read.value.secret;
};

/** Puts bytes where a backup of these words would stand this week. */
function put(world: World, words: string, n: number, bytes: Uint8Array): void {
  const place = { week: Math.floor(world.clock.now() / WEEK_MS), n };
  const secret = backupSecretFrom(crypto, secretOf(words), 0);
  for (const one of sealObject(crypto, backupSeed(crypto, secret, place), 0, bytes))
    world.store.put(one.kind === "cell" ? { ...one, type: "put", id: 0 } : { ...one, type: "putBlock", id: 0 });
}

const sealedAt = (world: World, words: string, n: number, content: Uint8Array): Uint8Array =>
  sealBackup(
    crypto,
    backupSecretFrom(crypto, secretOf(words), 0),
    { week: Math.floor(world.clock.now() / WEEK_MS), n },
    content,
  );

/** The restore fails with this code, and nothing is there afterwards. */
async function refused(world: World, words: string, code: string): Promise<Person> {
  const again = await empty(world);
  await expect(again.engine.restoreRecovery({ words, stolen: false })).rejects.toMatchObject({ code });
  expect((await again.read("status", {})).profile).toBeUndefined();
  expect(await again.read("conversations", {})).toEqual([]);
  return again;
}

test("where the store has no backup of these words, it says so", async () => {
  const { world, words } = await alone();
  await refused(world, words, "recovery_not_found");
});

test("junk, a truncated backup, and one of another person are unreadable, and a newer one is newer", async () => {
  for (const [code, make] of [
    ["recovery_unreadable", () => crypto.random(5_000)],
    ["recovery_unreadable", (world, words) => sealedAt(world, words, 0, crypto.random(300))],
    ["recovery_unreadable", (world, words) => sealedAt(world, words, 0, new Uint8Array(0)).slice(0, -1)],
    ["recovery_newer", (world, words) => sealedAt(world, words, 0, Uint8Array.of(0xa1, 0x61, 0x76, 3))],
  ] as readonly (readonly [string, (world: World, words: string) => Uint8Array])[]) {
    const { world, words } = await alone();
    put(world, words, 0, make(world, words));
    await refused(world, words, code);
  }
});

test("a backup whose person is another, or of another generation, is not taken, though it opens", async () => {
  const { world, words } = await alone();
  const { id } = identityFromRecovery(crypto, secretOf(words), 0);
  put(world, words, 0, sealedAt(world, words, 0, backupOf(crypto.random(32))));
  put(world, words, 1, sealedAt(world, words, 1, backupOf(id, 3)));
  const again = await refused(world, words, "recovery_unreadable");
  put(world, words, 2, sealedAt(world, words, 2, backupOf(id)));
  expect(await again.engine.restoreRecovery({ words, stolen: false })).toMatchObject({ name: "Alice", contacts: 0 });
});

const backupOf = (profile: Uint8Array, generation = 0): Uint8Array =>
  encodeBackup({
    madeAt: 0,
    profile,
    name: "Alice",
    issuedAt: 0,
    createdAt: 0,
    generation,
    devices: [],
    removed: [],
    contacts: [],
    groups: [],
    settings: [],
  });

test("behind junk an earlier backup is found, and the work is bounded where all is junk", async () => {
  const { world, alice, words } = await circle();
  await alice.engine.close();
  put(world, words, 1, crypto.random(400));
  const again = await empty(world);
  expect(await again.engine.restoreRecovery({ words, stolen: false })).toMatchObject({ contacts: 2 });
  const junk = await alone();
  for (let n = 0; n < 64; n++) put(junk.world, junk.words, n, crypto.random(400));
  const before = junk.world.store.seen.get;
  await refused(junk.world, junk.words, "recovery_unreadable");
  expect(junk.world.store.seen.get - before).toBeLessThan(400);
});

test("a backup older than the store keeps is not found", async () => {
  const { world, alice, words } = await circle();
  await alice.engine.close();
  world.store.table.expireBefore(0, world.store.table.range(0)?.next ?? 0);
  await refused(world, words, "recovery_not_found");
});

test("wrong words, and words of both languages, change nothing", async () => {
  const { world, alice, words } = await circle();
  await alice.engine.close();
  const again = await empty(world);
  const all = words.split(" ");
  for (const [typed, answer] of [
    [all.slice(0, 5).join(" "), { code: "recovery_words_missing", words: 5 }],
    [all.with(2, "whatsit").join(" "), { code: "recovery_word_unknown", place: 3 }],
    [
      all
        .with(0, all[1] ?? "")
        .with(1, all[0] ?? "")
        .join(" "),
      { code: "recovery_words_wrong" },
    ],
  ] as const)
    expect(await again.engine.restoreRecovery({ words: typed, stolen: false })).toEqual(answer);
  expect((await again.read("status", {})).profile).toBeUndefined();
  const plain = words.normalize("NFD").replaceAll(/\p{M}/gu, "");
  expect(await again.engine.restoreRecovery({ words: plain, stolen: false })).toMatchObject({ name: "Alice" });
  await expect(again.engine.restoreRecovery({ words, stolen: false })).rejects.toMatchObject({
    code: "profile_exists",
  });
});

test("without a store nothing is made, and the person hears it", async () => {
  const { world, alice, words } = await circle();
  await alice.engine.close();
  world.store.takeDown();
  const again = await empty(world);
  const restoring = again.engine.restoreRecovery({ words, stolen: false }).then(
    () => undefined,
    ({ code }: { code: string }) => code,
  );
  await world.clock.advance(60_000);
  expect(await restoring).toBe("store_unreachable");
  expect((await again.read("status", {})).profile).toBeUndefined();
});

test("a device whose clock is years off writes and finds backups by the store's", async () => {
  const { world, alice, words } = await circle();
  await alice.engine.close();
  world.store.knobs.clockAhead = -3 * 365 * 86_400;
  const early = await empty(world);
  await expect(early.engine.restoreRecovery({ words, stolen: false })).rejects.toMatchObject({
    code: "recovery_not_found",
  });
  await early.engine.close();
  world.store.knobs.clockAhead = 0;
  const again = await empty(world);
  expect(await again.engine.restoreRecovery({ words, stolen: false })).toMatchObject({ name: "Alice" });
});

test("a power cut while a profile is restored leaves all of it or nothing, and it can be tried again", async () => {
  const { world, alice, words } = await circle();
  await alice.engine.close();
  const found: number[] = [];
  for (const writes of [1, 2, 3, 5, 9]) {
    const again = await empty(world);
    again.power.cutAfter(writes);
    void again.engine.restoreRecovery({ words, stolen: false }).catch(() => undefined);
    await world.until(async () => again.power.isCut, "the cut");
    await again.start(again.power.after);
    const { profile } = await again.read("status", {});
    const contacts = await again.read("contacts", {});
    expect(contacts.length).toBe(profile === undefined ? 0 : 2);
    found.push(contacts.length);
    if (profile === undefined) await again.engine.restoreRecovery({ words, stolen: false });
    await everythingIsBack(world, again);
    await again.engine.close();
  }
  expect(found.length).toBe(5);
});

test("a full disk half-way leaves nothing, and it can be tried again", async () => {
  const { world, alice, words } = await circle();
  await alice.engine.close();
  const again = await empty(world);
  await world.clock.advance(5_000);
  const { folder } = again.disk;
  const used = [...folder.files.values()].reduce((sum, { length }) => sum + length, 0);
  for (const room of [0, 8_000, 24_000]) {
    folder.limit = used + room;
    const restoring = again.engine.restoreRecovery({ words, stolen: false });
    await expect(restoring).rejects.toMatchObject({ code: "disk_full" });
    folder.limit = Number.MAX_SAFE_INTEGER;
    expect((await again.read("status", {})).profile).toBeUndefined();
    expect(await again.read("contacts", {})).toEqual([]);
    await world.clock.advance(30_000);
  }
  await again.engine.restoreRecovery({ words, stolen: false });
  await everythingIsBack(world, again);
});

test("an old backup restored reuses no label: what was lit and written is passed over", async () => {
  const { world, alice, bob, words } = await circle();
  await alice.engine.close();
  const first = await empty(world);
  await first.engine.restoreRecovery({ words, stolen: false });
  await everythingIsBack(world, first);
  await first.engine.close();
  await bob.say("Alice", "once more");
  // The same backup again, by a device that knows nothing of the first one's beacons of today.
  const second = await empty(world);
  await second.engine.restoreRecovery({ words, stolen: false });
  await everythingIsBack(world, second);
  await world.until(async () => (await second.heard("Bob")).includes("once more"), "the text");
  await second.say("Bob", "here");
  await world.until(async () => (await bob.heard("Alice")).includes("here"), "the answer");
  await second.engine.close();
  const lit = await rowsOf(second.disk, "SELECT value FROM meta WHERE key LIKE 'beacon %'");
  expect(lit.some(({ value }) => String(value).includes('"index":1'))).toBe(true);
});

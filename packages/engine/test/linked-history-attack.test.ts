import {
  encodeHistoryDone,
  encodeHistoryManifest,
  encodeHistoryWanted,
  encodePastSlice,
  type HistoryManifest,
  type PastSlice,
} from "@pli/protocol/devices";
import { createContent, encodeContent, type Body } from "@pli/protocol/content";
import { createCrypto, fromHex, toHex } from "@pli/protocol/crypto";
import { padObject, sealObject } from "@pli/protocol/object";
import { createWorld, type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";
import { deviceNamed, linkDevice, settleIn } from "./support/devices.ts";
import { acquaint, closeAll, friends, rowsOf } from "./support/friends.ts";
import { foundGroup } from "./support/groups.ts";
import { historyOf, sayToOwn } from "./support/history.ts";
import { createPuppet } from "./support/puppet.ts";

const crypto = await createCrypto();
const CHOIR = "Choir";
const FOREVER = 2 ** 50;

const control = (name: string, body: Uint8Array): Body => ({ kind: "control", name, body });
const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0);
const textRows = (disk: Person["disk"]) => rowsOf(disk, "SELECT * FROM messages WHERE kind = 'text' ORDER BY ord");

/** Alice has a second device, to which she gave what was said before. */
async function linked() {
  const { world, alice, bob } = await friends({ backups: "never" });
  await bob.say("Alice", "before");
  await world.until(async () => (await alice.texts("Bob")).length === 1);
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  await world.until(async () => (await historyOf(phone))?.step === "complete", "the history");
  const to = bytes((await deviceNamed(phone, "Telephone")).id);
  const conversation = await alice.conversationWith("Bob");
  return { world, alice, bob, phone, to, conversation };
}

/** The name of the history that a closed device was given, and of Bob's conversation. */
async function namesIn(
  alice: Person,
): Promise<{ history: Uint8Array; next: number; shared: Uint8Array; self: Uint8Array }> {
  const [given] = await rowsOf(alice.disk, "SELECT history, next FROM histories_given");
  const [direct] = await rowsOf(alice.disk, "SELECT shared FROM conversations WHERE kind = 'direct'");
  const [self] = await rowsOf(alice.disk, "SELECT shared FROM conversations WHERE kind = 'self'");
  return {
    history: bytes(String(given?.["history"])),
    next: Number(given?.["next"]),
    shared: direct?.["shared"] as Uint8Array,
    self: self?.["shared"] as Uint8Array,
  };
}

function manifestOf(p: { history: Uint8Array; to: Uint8Array }, slices: HistoryManifest["slices"]): Body {
  const whole = { conversations: 1, messages: 10, isRecent: false, isEnd: true };
  return control("history", encodeHistoryManifest({ ...p, ...whole, slices }));
}

/** Stores an object as a device of Alice's could. */
function store(world: World, object: Uint8Array): { seed: Uint8Array; length: number } {
  const seed = crypto.random(32);
  for (const put of sealObject(crypto, seed, 0, object))
    world.store.put(put.kind === "cell" ? { type: "put", id: 0, ...put } : { type: "putBlock", id: 0, ...put });
  return { seed, length: object.length };
}

test("what a contact or a member of a group says of histories is heard by nobody", async () => {
  const world = createWorld();
  const puppet = createPuppet(crypto);
  const alice = await world.person("Alice");
  const mallory = await world.person("Mallory", {}, { groups: puppet.groups });
  await acquaint(world, [alice, mallory]);
  await foundGroup(world, [alice, mallory], CHOIR);
  await alice.say(CHOIR, "ours");
  const phone = await linkDevice(world, alice, "Telephone");
  await settleIn(world, alice, phone);
  await world.until(async () => (await historyOf(phone))?.step === "complete", "the history");
  const before = await historyOf(phone);
  await alice.engine.close();
  const { history, shared } = await namesIn(alice);
  await alice.start(alice.disk);
  const [first, second] = await alice.read("devices", {});
  const [from, to] = [bytes(first?.id ?? ""), bytes(second?.id ?? "")];
  const slice = { n: 9, conversation: shared, count: 1, seed: new Uint8Array(32), length: 40_000, isLast: true };
  const bodies = [
    control("history-wanted", encodeHistoryWanted({ history: crypto.random(16), from, next: 0, missing: [] })),
    control("history-done", encodeHistoryDone(history)),
    manifestOf({ history, to }, [slice]),
  ];
  for (const where of ["Alice", undefined]) await puppet.say(mallory, where, bodies);
  await world.clock.advance(30_000);
  expect(await historyOf(phone)).toEqual(before);
  expect(await alice.read("history", {})).toEqual({ outgoing: [] });
  await closeAll(alice, mallory, phone);
  expect(await rowsOf(phone.disk, "SELECT * FROM slices_taken")).toEqual([]);
});

test("only the device that was asked, and that is still one, is heard", async () => {
  const { world, alice, bob, phone, to } = await linked();
  const tablet = await linkDevice(world, phone, "Tablet");
  await settleIn(world, alice, tablet);
  await world.until(async () => (await historyOf(tablet))?.step === "complete", "the history");
  await alice.engine.close();
  const { history, next, shared } = await namesIn(alice);
  await alice.start(alice.disk);
  const forged: PastSlice = { conversation: shared, people: [], texts: [], notes: [], endings: [], told: [] };
  const slice = {
    n: next,
    conversation: shared,
    count: 1,
    ...store(world, padObject(encodePastSlice(forged))),
    isLast: true,
  };
  await tablet.engine.close();
  await sayToOwn(tablet, manifestOf({ history, to }, [slice]));
  await tablet.start(tablet.disk);
  await world.clock.advance(10_000);
  const { id: device } = await deviceNamed(phone, "Tablet");
  await phone.engine.removeDevice({ device });
  await world.clock.advance(10_000);
  await tablet.engine.close();
  const wanted = encodeHistoryWanted({ history: crypto.random(16), from: to, next: 0, missing: [] });
  await sayToOwn(tablet, control("history-wanted", wanted));
  await tablet.start(tablet.disk);
  await world.clock.advance(30_000);
  expect((await phone.read("history", {})).outgoing).toEqual([]);
  await closeAll(alice, bob, phone, tablet);
  expect(await rowsOf(phone.disk, "SELECT * FROM slices_taken")).toEqual([]);
});

test("a device that names slices without end is given room for some, and all else works", async () => {
  const { world, alice, bob, phone, to } = await linked();
  await alice.engine.close();
  const { history, shared } = await namesIn(alice);
  for (let at = 64; at < 65_536; at += 1_024) {
    const slices = Array.from({ length: 32 }, (_, i) => ({
      n: at + i,
      conversation: shared,
      count: 256,
      seed: crypto.random(32),
      length: 8_000_000,
      isLast: false,
    }));
    await sayToOwn(alice, manifestOf({ history, to }, slices));
  }
  await alice.start(alice.disk);
  await world.clock.advance(30_000);
  await bob.say("Alice", "heard");
  await world.until(async () => (await phone.texts("Bob")).includes("heard"), "what is new");
  await closeAll(alice, bob, phone);
  const [rows] = await rowsOf(phone.disk, "SELECT count(*) AS n FROM slices_taken");
  expect(Number(rows?.["n"])).toBeLessThanOrEqual(512);
});

test("forged slices bring in no stranger, no other conversation, no second copy, and nothing that stays unread", async () => {
  const { world, alice, bob, phone, to, conversation } = await linked();
  const aliceId = (await alice.read("status", {})).profile?.id ?? "";
  await alice.engine.close();
  await phone.engine.close();
  const before = await textRows(phone.disk);
  const { history, next, shared, self } = await namesIn(alice);
  const [real] = await textRows(alice.disk);
  const people = [aliceId, conversation.contact, "ab".repeat(32)].map((id) => ({ id: bytes(id), name: "Somebody" }));
  const said = (text: string, at: number, lifetime?: number): Uint8Array =>
    encodeContent({ ...createContent(crypto, at, { kind: "text", text }), ...(lifetime && { lifetime }) });
  const text = (order: number, from: number, content: Uint8Array) => ({ order, from, state: "read" as const, content });
  const whole: PastSlice = {
    conversation: shared,
    people,
    texts: [
      text(1, 2, said("of a stranger", 1_000)),
      text(2, 1, real?.["content"] as Uint8Array),
      text(3, 1, said("of the year 30000", 900_000_000_000_000)),
      text(4, 1, said("gone in an hour", world.clock.now(), 3_600)),
      text(5, 0, said("mine", 5_000)),
      text(6, 1, Uint8Array.of(1, 2, 3)),
      text(7, 1, said("for two days", world.clock.now(), 172_800)),
    ],
    notes: [
      { order: 8, id: "aa".repeat(16), at: FOREVER, from: 3, line: '{"kind":"paired"}' },
      { order: 9, id: "bb".repeat(16), at: 1, from: 3, line: '{"kind":"text","text":"no author"}' },
      { order: 10, id: "cc".repeat(16), at: 1, from: 3, line: "{" },
    ],
    endings: [{ order: 7, lifetime: 172_800, endsAt: FOREVER }],
    told: [],
  };
  const name = { count: 10, isLast: true };
  const object = padObject(encodePastSlice(whole));
  const slices = [
    { n: next, conversation: shared, ...name, ...store(world, object) },
    {
      n: next + 1,
      conversation: self,
      ...name,
      ...store(world, padObject(encodePastSlice({ ...whole, conversation: self }))),
    },
    { n: next + 2, conversation: crypto.random(32), ...name, ...store(world, object) },
    { n: next + 3, conversation: shared, ...name, ...store(world, object.slice(0, -1)) },
    { n: next + 4, conversation: shared, ...name, ...store(world, object), length: 10 },
  ];
  await sayToOwn(alice, manifestOf({ history, to }, slices));
  await alice.start(alice.disk);
  await phone.start(phone.disk);
  await world.until(async () => (await phone.texts("Bob")).length === 4, "what could have been said");
  await world.clock.advance(60_000);
  expect(await phone.texts("Bob")).toEqual(["before", "of the year 30000", "mine", "for two days"]);
  const view = await phone.conversationWith("Bob");
  expect(view.unread).toBe(0);
  const messages = await phone.messages("Bob");
  const kept = messages.find(({ body }) => body.kind === "text" && body.text === "for two days");
  expect(kept?.expiresAt).toBeLessThanOrEqual(world.clock.now() + 172_800_000);
  expect(messages.filter(({ sentAt }) => sentAt > FOREVER)).toEqual([]);
  await bob.say("Alice", "last");
  await world.until(async () => (await phone.texts("Bob")).at(-1) === "last", "what is new comes last");
  expect((await phone.read("contacts", {})).map(({ name: known }) => known)).toEqual(["Bob"]);
  await closeAll(alice, bob, phone);
  const after = await textRows(phone.disk);
  const [first] = before;
  expect(after.filter(({ id }) => id === first?.["id"])).toEqual(before);
  expect(toHex(self)).not.toBe(toHex(shared));
});

/**
 * Lists and parts that are not there, not whole, of somebody else or by a thief: the rest of the
 * profile is back, the work is bounded, and nobody says anything in another's name.
 */
import { createContent, encodeContent } from "@pli/protocol/content";
import { encodePastSlice, type PastSlice } from "@pli/protocol/devices";
import { fromHex } from "@pli/protocol/crypto";
import { padObject, sealObject } from "@pli/protocol/object";
import { COPY_OBJECT_LEAST, encodeCopyPart, type CopyList } from "@pli/protocol/recovery";
import type { World } from "@pli/testkit";
import { expect, test } from "vitest";
import { closeAll, rowsOf } from "./support/friends.ts";
import { complete, copied, copyCrypto as crypto, copyOf, keepCopy, putAt, sealedList } from "./support/message-copy.ts";
import { circle, empty } from "./support/recovery.ts";

const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(32);

/** Puts a part into the store, as who has made it up. Gives what a list says of it. */
function putPart(world: World, bytes: Uint8Array): CopyList["parts"][number] {
  const seed = crypto.random(32);
  for (const one of sealObject(crypto, seed, 0, bytes))
    world.store.put(one.kind === "cell" ? { ...one, type: "put", id: 0 } : { ...one, type: "putBlock", id: 0 });
  return { seed, length: bytes.length, count: 1 };
}

const partOf = (...slices: readonly PastSlice[]): Uint8Array =>
  padObject(encodeCopyPart(slices.map(encodePastSlice)), COPY_OBJECT_LEAST);

async function lost() {
  const people = await circle();
  const { world, alice, bob } = people;
  const { id, contact } = await alice.conversationWith("Bob");
  const [row] = await rowsOf(alice.disk, `SELECT lower(hex(shared)) AS shared FROM conversations WHERE id = '${id}'`);
  const self = (await alice.read("status", {})).profile?.id ?? "";
  await alice.engine.close();
  const list: CopyList = { madeAt: world.clock.now(), profile: bytesOf(self), generation: 0, older: 0, parts: [] };
  return { ...people, bob, list, shared: bytesOf(String(row?.["shared"])), contact: bytesOf(contact) };
}

test("a list that is junk, truncated, another's or of another generation gives no message, and all else is back", async () => {
  const { world, bob, carol, words, list } = await lost();
  const other = crypto.random(32);
  const bad: readonly Uint8Array[] = [
    crypto.random(5_000),
    sealedList(world, words, 1, crypto.random(200)),
    sealedList(world, words, 2, { ...list, profile: other }),
    sealedList(world, words, 3, { ...list, generation: 1 }),
    sealedList(world, words, 9, list),
    sealedList(world, words, 5, list).slice(0, -1),
  ];
  for (const [n, bytes] of bad.entries()) putAt(world, words, n, bytes);
  const again = await empty(world);
  expect(await again.engine.restoreRecovery({ words, stolen: false })).toMatchObject({
    contacts: 2,
    messages: 0,
    copyProblem: "recovery_unreadable",
  });
  expect((await copyOf(again)).restoring).toBeUndefined();
  await closeAll(again, bob, carol);
});

test("a list of a newer version is named, and an older one behind it is taken", async () => {
  const { world, bob, carol, words, list } = await lost();
  putAt(world, words, 0, sealedList(world, words, 0, Uint8Array.of(0xa1, 0x61, 0x76, 2)));
  const newer = await empty(world);
  expect(await newer.engine.restoreRecovery({ words, stolen: false })).toMatchObject({
    messages: 0,
    copyProblem: "recovery_newer",
  });
  await newer.engine.close();
  putAt(world, words, 1, sealedList(world, words, 1, { ...list, older: 7 }));
  putAt(world, words, 2, sealedList(world, words, 2, Uint8Array.of(0xa1, 0x61, 0x76, 2)));
  const again = await empty(world);
  const restored = await again.engine.restoreRecovery({ words, stolen: false });
  expect(restored).toMatchObject({ messages: 0 });
  expect(restored).not.toHaveProperty("copyProblem");
  expect((await copyOf(again)).restoring).toMatchObject({ older: 7 });
  await closeAll(again, bob, carol);
});

test("what a false list names is bounded: no conversation of another, no words of a third between two", async () => {
  const { world, bob, carol, words, list, shared, contact } = await lost();
  const self = list.profile;
  const content = (text: string) => encodeContent(createContent(crypto, world.clock.now(), { kind: "text", text }));
  const slice: PastSlice = {
    conversation: shared,
    people: [
      { id: contact, name: "" },
      { id: self, name: "" },
      { id: crypto.random(32), name: "Mallory" },
    ],
    texts: [
      { order: 1, from: 0, state: "received", content: content("from a contact") },
      { order: 2, from: 2, state: "received", content: content("from a stranger") },
      { order: 3, from: 1, state: "sent", content: content("my own") },
    ],
    notes: [],
    endings: [],
    told: [],
  };
  const parts = [
    putPart(world, crypto.random(100)),
    putPart(world, padObject(crypto.random(100), COPY_OBJECT_LEAST)),
    putPart(world, partOf({ ...slice, conversation: crypto.random(32) })),
    putPart(world, partOf(slice, slice)),
    { seed: crypto.random(32), length: 70_000, count: 4_096 },
  ];
  putAt(world, words, 0, sealedList(world, words, 0, { ...list, parts }));
  const again = await empty(world);
  await again.engine.restoreRecovery({ words, stolen: false });
  const restoring = await complete(world, again);
  expect(restoring?.messages).toBe(4_100);
  expect(restoring?.missing).toBe(4_099);
  expect(await again.texts("Bob")).toEqual(["from a contact", "my own"]);
  expect(await again.read("conversations", {})).toHaveLength(3);
  await closeAll(again, bob, carol);
});

test("a list of keys that a thief may have does not count once there are later ones", async () => {
  const { world, alice, bob, carol, words } = await circle();
  await bob.say("Alice", "mine");
  await world.until(async () => (await alice.texts("Bob")).length === 1);
  await keepCopy(world, alice);
  await alice.engine.close();
  const second = await empty(world);
  await second.engine.restoreRecovery({ words, stolen: true });
  await complete(world, second);
  expect(await second.texts("Bob")).toEqual(["mine"]);
  // The list is where the thief does not find it within minutes.
  await world.until(async () => (await second.read("recovery", {})).backedUpAt !== undefined, "a backup", 900_000);
  await copied(world, second, 0, 900_000);
  const profile = bytesOf((await second.read("status", {})).profile?.id ?? "");
  await second.engine.close();
  const thief: CopyList = { madeAt: world.clock.now(), profile, generation: 0, older: 0, parts: [] };
  for (let n = 1; n < 5; n++) putAt(world, words, n, sealedList(world, words, n, thief));
  const third = await empty(world);
  await third.engine.restoreRecovery({ words, stolen: false });
  expect(await complete(world, third)).toMatchObject({ missing: 0 });
  expect(await third.texts("Bob")).toContain("mine");
  await closeAll(third, bob, carol);
});

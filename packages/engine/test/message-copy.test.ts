/** A copy of the messages in the store, and what comes of it (docs/protocol.md, section 8.3). */
import { expect, test } from "vitest";
import { linkDevice, settleIn } from "./support/devices.ts";
import { closeAll, rowsOf } from "./support/friends.ts";
import { textsIn, write } from "./support/groups.ts";
import { manyTexts } from "./support/history.ts";
import { complete, copied, copyOf, DAY_MS, keepCopy, nextCopy } from "./support/message-copy.ts";
import { circle, empty, everythingIsBack } from "./support/recovery.ts";

test("it is off until somebody wants it, and nothing of it is in the store before", async () => {
  const { world, alice, bob, carol } = await circle();
  await bob.say("Alice", "one");
  const puts = world.store.seen.putBlock;
  await world.clock.advance(3 * DAY_MS);
  expect(await copyOf(alice)).toEqual({ isOn: false, isUnderWay: false });
  expect(world.store.seen.putBlock).toBe(puts);
  await closeAll(alice, bob, carol);
});

test("all devices are gone: texts of contacts and groups are back, in order, read, and what follows stands below", async () => {
  const { world, alice, bob, carol, words } = await circle();
  for (let i = 0; i < 12; i++) await (i % 3 === 0 ? bob.say("Alice", `b${i}`) : alice.say("Bob", `a${i}`));
  await write(carol, "to the club");
  await world.until(async () => (await alice.texts("Bob")).length === 12 && (await textsIn(alice)).length === 1);
  const before = await alice.texts("Bob");
  const view = await keepCopy(world, alice);
  expect(view).toMatchObject({ isOn: true, last: { older: 0, isHere: true } });
  // The backup knows the setting too.
  await world.clock.advance(31 * 3_600_000);
  await alice.engine.close();
  const again = await empty(world);
  const restored = await again.engine.restoreRecovery({ words, stolen: false });
  expect(restored).toMatchObject({ contacts: 2, groups: 1 });
  expect("messages" in restored && restored.messages).toBeGreaterThanOrEqual(13);
  expect(await complete(world, again)).toMatchObject({ missing: 0, older: 0 });
  expect(await again.texts("Bob")).toEqual(before);
  expect(await textsIn(again)).toEqual(["to the club"]);
  expect((await again.conversationWith("Bob")).unread).toBe(0);
  await everythingIsBack(world, again);
  await bob.say("Alice", "after");
  await world.until(async () => (await again.texts("Bob")).includes("after"), "what is new");
  expect(await again.texts("Bob")).toEqual([...before, "after"]);
  expect(JSON.stringify(await again.engine.search({ text: "a11", limit: 5 }))).toContain("a11");
  // The next one stands behind the list that was found.
  expect((await copyOf(again)).isOn).toBe(true);
  await copied(world, again, 0, 20 * 60_000);
  await closeAll(again, bob, carol);
});

test("the next round writes what is new and the list, and of what was erased or ends nothing stays", async () => {
  const { world, alice, bob, carol, words } = await circle();
  await bob.say("Alice", "stays");
  await bob.say("Alice", "is erased");
  await world.until(async () => (await alice.texts("Bob")).length === 2);
  await keepCopy(world, alice);
  const seeds = async () =>
    (await rowsOf(alice.disk, "SELECT hex(seed) AS seed FROM copy_parts")).map(({ seed }) => seed);
  const blocks = world.store.seen.putBlock;
  const quiet = await nextCopy(world, alice);
  expect(world.store.seen.putBlock).toBe(blocks + 1);
  const message = (await alice.messages("Bob")).find(({ body }) => body.kind === "text" && body.text === "is erased");
  await alice.engine.forgetMessage({ message: message?.id ?? "" });
  await bob.say("Alice", "is new");
  await world.until(async () => (await alice.texts("Bob")).includes("is new"));
  expect((await nextCopy(world, alice)).last?.at).toBeGreaterThan(quiet.last?.at ?? 0);
  await alice.engine.close();
  expect(await seeds()).toHaveLength(1);
  const again = await empty(world);
  await again.engine.restoreRecovery({ words, stolen: false });
  await complete(world, again);
  expect(await again.texts("Bob")).toEqual(["stays", "is new"]);
  await closeAll(again, bob, carol);
});

test("what disappears within a day is not in it, and what is over by the time does not come back", async () => {
  const { world, alice, bob, carol, words } = await circle();
  const { id: conversation } = (await alice.read("conversations", {})).find(({ kind }) => kind === "group") ?? {
    id: "",
  };
  for (const [timer, text] of [
    [3_600, "an hour"],
    [2 * 86_400, "two days"],
    [0, "for good"],
  ] as const) {
    await alice.engine.changeGroup({ conversation, timer });
    await world.clock.advance(60_000);
    await write(alice, text);
    await world.until(async () => (await textsIn(bob)).includes(text), text);
  }
  await keepCopy(world, alice);
  await alice.engine.close();
  const disk = alice.disk;
  expect(await rowsOf(disk, "SELECT sum(messages) AS n FROM copy_parts")).not.toEqual([{ n: 0 }]);
  const early = await empty(world);
  await early.engine.restoreRecovery({ words, stolen: false });
  await complete(world, early);
  expect(await textsIn(early)).toEqual(["two days", "for good"]);
  await early.engine.close();
  await world.clock.advance(3 * DAY_MS);
  const late = await empty(world);
  await late.engine.restoreRecovery({ words, stolen: false });
  await complete(world, late);
  expect(await textsIn(late)).toEqual(["for good"]);
  await closeAll(late, bob, carol);
});

test("turned off nothing is written any more, and the device says when the store has dropped it", async () => {
  const { world, alice, bob, carol } = await circle();
  await bob.say("Alice", "one");
  await world.until(async () => (await alice.texts("Bob")).length === 1);
  const { last } = await keepCopy(world, alice);
  await alice.engine.changeSettings({ messageCopy: false });
  await bob.say("Alice", "two");
  const blocks = world.store.seen.putBlock;
  await world.clock.advance(40 * DAY_MS);
  expect(await copyOf(alice)).toMatchObject({ isOn: false, isUnderWay: false, last });
  expect(last?.until).toBe((last?.at ?? 0) + 31 * DAY_MS);
  // The backup is written again meanwhile; it is no part of the copy.
  expect(world.store.seen.putBlock - blocks).toBeLessThanOrEqual(3);
  await closeAll(alice, bob, carol);
  expect(await rowsOf(alice.disk, "SELECT * FROM copy_parts")).toEqual([]);
  expect(await rowsOf(alice.disk, "SELECT * FROM copy_spans")).toEqual([]);
});

test("a kill in the middle of restoring loses nothing and doubles nothing", async () => {
  const people = await circle();
  const { world, alice, bob, carol, words } = people;
  await manyTexts({ world, alice, bob }, 900, 400);
  await keepCopy(world, alice);
  const before = await alice.texts("Bob");
  await alice.engine.close();
  for (const writes of [1, 2, 3]) {
    const again = await empty(world);
    await again.engine.restoreRecovery({ words, stolen: false });
    again.power.cutAfter(writes);
    await Promise.race([again.power.gone, complete(world, again).catch(() => undefined)]);
    again.power.cut();
    await again.start(again.power.after);
    await complete(world, again);
    expect(await again.texts("Bob")).toEqual(before);
    await again.engine.close();
  }
  await closeAll(bob, carol);
});

test("a store that lost a part gives the others, and the device says how many messages are missing", async () => {
  const people = await circle();
  const { world, alice, bob, carol, words } = people;
  await manyTexts({ world, alice, bob }, 900, 400);
  const blocks = new Set(world.store.table.blocks.keys());
  await keepCopy(world, alice);
  const parts = await rowsOf(alice.disk, "SELECT id, messages FROM copy_parts ORDER BY id");
  const [{ texts = 0 } = {}] = await rowsOf(
    alice.disk,
    `SELECT count(*) AS texts FROM copy_spans s JOIN messages m ON m.conversation = s.conversation AND m.ord BETWEEN s.first AND s.last
     WHERE s.part = ${Number(parts[0]?.["id"])} AND m.kind = 'text'`,
  );
  await alice.engine.close();
  expect(parts.length).toBeGreaterThan(1);
  const first = [...world.store.table.blocks.keys()].find((key) => !blocks.has(key));
  world.store.table.blocks.delete(first ?? "");
  const again = await empty(world);
  await again.engine.restoreRecovery({ words, stolen: false });
  const restoring = await complete(world, again);
  expect(restoring).toMatchObject({ missing: parts[0]?.["messages"] });
  expect((await again.texts("Bob")).length).toBe(900 - Number(texts));
  await closeAll(again, bob, carol);
});

test("of two devices one writes; when it is off for days the other does, and neither spoils the other's", async () => {
  const { world, alice, bob, carol, words } = await circle();
  await bob.say("Alice", "one");
  await world.until(async () => (await alice.texts("Bob")).length === 1);
  const phone = await linkDevice(world, alice, "Telephone", { backups: "written" });
  await settleIn(world, alice, phone);
  await keepCopy(world, alice);
  await world.until(async () => (await copyOf(phone)).last !== undefined, "the other device knows");
  expect(await copyOf(phone)).toMatchObject({ isOn: true, last: { isHere: false } });
  await bob.say("Alice", "two");
  await nextCopy(world, alice);
  expect((await copyOf(phone)).last?.isHere).toBe(false);
  const disk = alice.disk;
  await alice.engine.close();
  await bob.say("Alice", "three");
  await world.clock.advance(4 * DAY_MS);
  await world.until(async () => (await copyOf(phone)).last?.isHere === true, "a copy of the other device");
  await alice.start(disk);
  await world.until(async () => (await copyOf(alice)).last?.isHere === false, "the first hears of it");
  await world.clock.advance(2 * DAY_MS);
  expect((await copyOf(phone)).last?.isHere).toBe(true);
  await closeAll(alice, phone);
  expect(await rowsOf(disk, "SELECT * FROM copy_parts")).toEqual([]);
  const again = await empty(world);
  await again.engine.restoreRecovery({ words, stolen: false });
  await complete(world, again);
  expect(await again.texts("Bob")).toEqual(["one", "two", "three"]);
  await closeAll(again, bob, carol);
});

test("a full store is tried again, and the device says why there is no later copy", async () => {
  const { world, alice, bob, carol } = await circle();
  await bob.say("Alice", "one");
  await world.until(async () => (await alice.texts("Bob")).length === 1);
  world.store.knobs.refusePuts = "store_full";
  await alice.engine.changeSettings({ messageCopy: true });
  await world.until(async () => (await copyOf(alice)).refusal === "store_full", "the reason");
  expect((await copyOf(alice)).last).toBeUndefined();
  world.store.knobs.refusePuts = undefined;
  expect((await copied(world, alice)).last?.messages).toBeGreaterThan(0);
  await closeAll(alice, bob, carol);
});

test("the store is given all of it again before it drops anything", async () => {
  const { world, alice, bob, carol, words } = await circle();
  await bob.say("Alice", "old");
  await world.until(async () => (await alice.texts("Bob")).length === 1);
  await keepCopy(world, alice);
  const kept = world.store.next();
  for (let day = 0; day < 17; day++) await world.clock.advance(DAY_MS);
  const blocks = [...world.store.table.blocks.keys()];
  await world.clock.advance(2 * DAY_MS);
  world.store.expireBefore(kept);
  for (const key of blocks.slice(0, 2)) world.store.table.blocks.delete(key);
  await alice.engine.close();
  const again = await empty(world);
  await again.engine.restoreRecovery({ words, stolen: false });
  expect(await complete(world, again)).toMatchObject({ missing: 0 });
  expect(await again.texts("Bob")).toEqual(["old"]);
  await closeAll(again, bob, carol);
});

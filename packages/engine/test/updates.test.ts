import type { SqlValue } from "@pli/engine/ports";
import {
  commitFromObject,
  createGroupEngine,
  readPayload,
  type GroupEngine,
  type GroupState,
} from "@pli/protocol/conversation";
import { createCrypto, toHex, type Crypto } from "@pli/protocol/crypto";
import { objectReader, type ChunkName } from "@pli/protocol/object";
import { labelKey, type Label } from "@pli/protocol/wire";
import type { MemoryStore } from "@pli/testkit";
import { expect, test } from "vitest";
import { copyDisk, type TestDisk } from "@pli/testkit";
import { allBytes, closeAll, friends, heardAll, lines, rowsOf } from "./support/friends.ts";

function bytesOf(value: SqlValue | undefined): Buffer {
  if (!(value instanceof Uint8Array)) throw new TypeError("not bytes");
  return Buffer.from(value);
}

async function epochOf(disk: Parameters<typeof copyDisk>[0]): Promise<number> {
  const [row] = await rowsOf(copyDisk(disk), "SELECT number FROM epochs WHERE retired_at IS NULL");
  return Number(row?.["number"]);
}

test("after a day, and after a hundred messages, the epoch moves on both sides", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  await alice.say("Bob", "first");
  await heardAll(people, 1, 0);
  const first = await epochOf(alice.disk);
  await world.clock.advance(2 * 86_400_000);
  await alice.say("Bob", "two days later");
  await heardAll(people, 2, 0);
  expect(await epochOf(alice.disk)).toBe(first + 1);
  expect(await epochOf(bob.disk)).toBe(first + 1);
  for (let i = 0; i < 155; i++) await bob.say("Alice", `b${i}`);
  await heardAll(people, 2, 155);
  expect(await epochOf(alice.disk)).toBeGreaterThan(first + 1);
  expect(await epochOf(bob.disk)).toBe(await epochOf(alice.disk));
});

test("both commit at the same instant, 50 times: both agree and every message arrives once, in order", async () => {
  const people = await friends({ updateEvery: 1 });
  const { world, alice, bob } = people;
  for (let i = 0; i < 50; i++) {
    world.store.knobs.delayMs = i % 4 === 0 ? 0 : 7 * (i % 5);
    await Promise.all([alice.say("Bob", `a${i}`), bob.say("Alice", `b${i}`)]);
    await world.clock.advance((i * 13) % 60);
  }
  await heardAll(people, 50, 50);
  await world.clock.advance(60_000);
  const numbers = Array.from({ length: 50 }, (_, i) => i);
  expect(await bob.heard("Alice")).toEqual(numbers.map((i) => `a${i}`));
  expect(await alice.heard("Bob")).toEqual(numbers.map((i) => `b${i}`));
  expect(await epochOf(alice.disk)).toBe(await epochOf(bob.disk));
  expect(await lines(alice, "Bob", "gap")).toBe(0);
  expect((await alice.read("storage", {})).counters.rejoins).toBe(0);
});

test("a message sealed under the old epoch still arrives when the other side has moved on", async () => {
  const people = await friends({ updateEvery: 1, receiptSlots: "never" });
  const { world, alice, bob } = people;
  world.store.knobs.delayMs = 400;
  await bob.say("Alice", "b0");
  await world.clock.advance(100);
  await alice.say("Bob", "a0");
  await heardAll(people, 1, 1);
  await alice.say("Bob", "a1");
  await bob.say("Alice", "b1");
  await heardAll(people, 2, 2);
  expect(await alice.heard("Bob")).toEqual(["b0", "b1"]);
});

test("keys of passed steps and of epochs that have left are not in the database any more", async () => {
  const people = await friends({ updateEvery: 1 });
  const { world, alice, bob } = people;
  const passed: Buffer[] = [];
  const note = async (): Promise<void> => {
    const [parts, states] = ["SELECT secrets, chains FROM leaf_parts", "SELECT group_state FROM epoch_states"];
    for (const row of await rowsOf(copyDisk(alice.disk), parts)) {
      passed.push(bytesOf(row["secrets"]), ...chainSecrets(bytesOf(row["chains"])));
    }
    for (const row of await rowsOf(copyDisk(alice.disk), states)) passed.push(bytesOf(row["group_state"]));
  };
  await note();
  const first = passed.length;
  for (let i = 0; i < 8; i++) {
    await alice.say("Bob", `a${i}`);
    await bob.say("Alice", `b${i}`);
    await world.clock.advance(20_000);
    if (i === 2) await note();
  }
  await heardAll(people, 8, 8);
  await closeAll(alice, bob);
  const bytes = await allBytes(alice.disk);
  expect(passed.length).toBeGreaterThan(first);
  expect(passed.filter((secret) => bytes.includes(secret))).toEqual([]);
  expect(await rowsOf(alice.disk, "SELECT count(*) AS n FROM epochs")).toEqual([{ n: 4 }]);
});

/** The secrets of saved chains: leaf and step stand before each. */
function chainSecrets(chains: Buffer): Buffer[] {
  return Array.from({ length: chains.length / 40 }, (_, i) => chains.subarray(i * 40 + 8, (i + 1) * 40));
}

test("neither the keys of passed steps nor the next epoch can be derived from what is kept", async () => {
  const people = await friends({ updateEvery: 1, receiptSlots: "never" });
  const { alice, bob } = people;
  const library = await createCrypto();
  const groups = createGroupEngine(library);
  const current = "SELECT id, commits FROM epochs WHERE retired_at IS NULL";
  const [before] = await rowsOf(copyDisk(bob.disk), current);
  const id = Number(before?.["id"]);
  // What was exported, and with it every step of the chains, is out of reach from the first moment
  // on.
  const state = await stateOf(groups, bob.disk, id);
  const derive = async (): Promise<unknown> => groups.exportSecret(state, "pli labels", new Uint8Array(0), 32);
  await expect(derive()).rejects.toThrow("erased");

  // Alice updates: with the earlier state, anybody with the store's cells comes to the next epoch;
  // with what is kept, nobody does.
  for (const text of ["1", "2", "3"]) await alice.say("Bob", text);
  await heardAll(people, 3, 0);
  const slot = bytesOf(before?.["commits"]);
  const commit = await objectAt(people.world.store, library, {
    label: slot.subarray(0, 32),
    key: slot.subarray(32, 64),
  });
  const check = (): boolean => true;
  const processed = await groups.processCommit(state, commit, { check, allows: check });
  expect(processed.ok).toBe(true);
  const kept = await stateOf(groups, bob.disk, id);
  expect(await groups.processCommit(kept, commit, { check, allows: check })).toMatchObject({ ok: false });
});

async function stateOf(groups: GroupEngine, disk: TestDisk, epoch: number): Promise<GroupState> {
  const one = `SELECT group_state FROM epoch_states WHERE epoch = ${epoch}`;
  const [row] = await rowsOf(copyDisk(disk), one);
  const parts = await rowsOf(copyDisk(disk), `SELECT secrets FROM leaf_parts WHERE epoch = ${epoch} ORDER BY part`);
  const secrets = parts.map((part) => new Uint8Array(bytesOf(part["secrets"])));
  const state = groups.parseState(new Uint8Array(bytesOf(row?.["group_state"])), secrets);
  if (!state.ok) throw new Error(state.error);
  return state.value;
}

/** Reads the commit that a cell of the store points to, as somebody who has its key. */
async function objectAt(
  store: MemoryStore,
  library: Crypto,
  slot: { label: Buffer; key: Buffer },
): Promise<Uint8Array> {
  const cell = store.table.cells.get(labelKey(new Uint8Array(slot.label) as Label));
  if (cell === undefined) throw new Error("nothing there");
  const payload = readPayload(library, [{ key: slot.key, cell }]);
  if (!payload.ok || payload.value.type !== "pointer") throw new Error("no pointer");
  const reader = objectReader(library, payload.value.pointer.seed, 0, 1_000_000);
  let wanted: readonly ChunkName[] = [reader.first];
  for (;;) {
    const [next, ...rest] = wanted;
    const chunk = next === undefined ? undefined : store.table.cells.get(labelKey(next.label));
    if (next === undefined || chunk === undefined) throw new Error("a chunk is missing");
    const progress = reader.accept(next.kind, next.label, chunk);
    if (!progress.ok) throw new Error(progress.error);
    if ("done" in progress.value) return commitFromObject(progress.value.done) ?? new Uint8Array(0);
    wanted = [...rest, ...progress.value.wanted];
  }
}

test("a past epoch keeps nothing that leads to the next one, and leaves after a week by itself", async () => {
  const people = await friends({ updateEvery: 1 });
  const { world, alice, bob } = people;
  for (let i = 0; i < 3; i++) {
    await alice.say("Bob", `a${i}`);
    await world.clock.advance(20_000);
  }
  const retired = "SELECT length(commits) AS n FROM epochs WHERE retired_at IS NOT NULL";
  expect((await rowsOf(copyDisk(alice.disk), retired)).every(({ n }) => n === 0)).toBe(true);
  expect((await rowsOf(copyDisk(alice.disk), retired)).length).toBeGreaterThan(0);
  await world.clock.advance(8 * 86_400_000);
  expect(await rowsOf(copyDisk(alice.disk), retired)).toEqual([]);
  await bob.say("Alice", "still here");
  await heardAll(people, 3, 1);
});

test("the call secret of an epoch is the same on both devices, another in each epoch, and erased with it", async () => {
  const people = await friends({ updateEvery: 1, receiptSlots: "never" });
  const { alice, bob } = people;
  const found = new Set<string>();
  for (let n = 1; found.size < 6; n++) {
    await alice.say("Bob", String(n));
    await heardAll(people, n, 0);
    const current = "SELECT call_secret FROM epochs WHERE retired_at IS NULL";
    const [atAlice, atBob] = [await rowsOf(copyDisk(alice.disk), current), await rowsOf(copyDisk(bob.disk), current)];
    expect(atAlice).toEqual(atBob);
    expect(bytesOf(atAlice[0]?.["call_secret"])).toHaveLength(32);
    found.add(toHex(bytesOf(atAlice[0]?.["call_secret"])));
  }
  for (const { disk } of [alice, bob]) {
    const bytes = (await allBytes(copyDisk(disk))).toString("hex");
    expect([...found].map((secret) => bytes.includes(secret))).toEqual([false, false, true, true, true, true]);
  }
});

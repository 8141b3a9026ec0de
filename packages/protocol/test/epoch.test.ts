import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  CHAIN_WINDOW,
  advanced,
  chainOf,
  chainWindow,
  commitFromObject,
  putsFromCommit,
  readPayload,
  roomBeside,
  sealMessage,
  startEpoch,
  type ConversationKit,
  type Epoch,
} from "@pli/protocol/conversation";
import { text, toHex, utf8 } from "@pli/protocol/crypto";
import { MAX_CELL_BODY, objectReader, sealCell, type Put } from "@pli/protocol/object";
import { CELL_BYTES, feedOf, labelKey, type Cell } from "@pli/protocol/wire";
import {
  at,
  createWorld,
  everything,
  group,
  NO_AAD,
  NOW,
  person,
  reread,
  trustAll,
  value,
  type World,
} from "./group-people.ts";

const FEED = 3;
const pattern = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (7 * i) % 251);

let world: World;
let kit: ConversationKit;
let alice: Epoch;
let bob: Epoch;
beforeAll(async () => {
  world = await createWorld();
  kit = { crypto: world.crypto, groups: world.engine };
});
beforeEach(async () => {
  const states = await group(world, [await person(world, "alice"), await person(world, "bob")]);
  alice = await startEpoch(kit, at(states, 0), FEED);
  bob = await startEpoch(kit, at(states, 1), FEED);
});

type Store = Map<string, Put>;
const bytesOf = (put: Put): Uint8Array => (put.kind === "cell" ? put.cell : put.block);
const cellIn = (put: Put): Cell => {
  if (put.kind !== "cell") throw new Error("not a cell");
  return put.cell;
};

async function send(epoch: Epoch, content: Uint8Array, store: Store = new Map()) {
  const sealed = await sealMessage(kit, epoch, FEED, content);
  for (const put of sealed.puts) store.set(labelKey(put.label), put);
  return { ...sealed, store };
}

/** What a reader finds at the next labels of a sender: consecutive cells with their keys. */
function found(epoch: Epoch, sender: number, store: Store): { key: Uint8Array; cell: Cell }[] {
  const cells: { key: Uint8Array; cell: Cell }[] = [];
  for (const { label, key } of chainWindow(world.crypto, chainOf(epoch, sender), FEED, CHAIN_WINDOW)) {
    const put = store.get(labelKey(label));
    if (put === undefined) break;
    cells.push({ key, cell: cellIn(put) });
  }
  return cells;
}

/** Reads the next message of a sender as the other member does. */
async function receive(epoch: Epoch, sender: number, store: Store): Promise<{ epoch: Epoch; content: Uint8Array }> {
  const payload = value(readPayload(world.crypto, found(epoch, sender, store)));
  if (payload.type !== "message" && payload.type !== "pointer") throw new Error(payload.type);
  const message = payload.type === "message" ? payload.message : collect(payload.pointer, store);
  const opened = value(await world.engine.decrypt(epoch.group, message, { sender }));
  const moved = advanced(world.crypto, { ...epoch, group: opened.state }, sender, payload.used);
  return { epoch: moved, content: opened.content };
}

function collect({ seed, length }: { seed: Uint8Array; length: number }, store: Store): Uint8Array {
  const reader = objectReader(world.crypto, seed, FEED, length);
  for (const queue = [reader.first]; ;) {
    const wanted = queue.shift();
    const put = wanted && store.get(labelKey(wanted.label));
    if (wanted === undefined || put === undefined) throw new Error("the object is not whole");
    const progress = value(reader.accept(wanted.kind, wanted.label, bytesOf(put)));
    if ("done" in progress) return progress.done;
    queue.push(...progress.wanted);
  }
}

describe("an epoch", () => {
  test("has the same chains and commit slots for both members, each with its own leaf", () => {
    expect(alice.chains).toEqual(bob.chains);
    expect(alice.commits).toEqual(bob.commits);
    expect([alice.ownLeaf, bob.ownLeaf]).toEqual([0, 1]);
    expect(alice.chains.map(({ leaf }) => leaf)).toEqual([0, 1]);
  });

  test("knows only the chains of its members", () => {
    expect(() => chainOf(alice, 2)).toThrow(RangeError);
  });

  test("moves one chain at a time, and is a value", () => {
    const before = alice.chains.map(({ secret }) => toHex(secret));
    const moved = advanced(world.crypto, alice, 1, 3);
    expect(moved.chains.map(({ index }) => index)).toEqual([0, 3]);
    expect(moved.chains[0]).toBe(alice.chains[0]);
    expect(alice.chains.map(({ secret }) => toHex(secret))).toEqual(before);
  });
});

describe("from one member to the other", () => {
  test("messages of every size arrive, in both directions, in one cell, several, or an object", async () => {
    for (const [sender, own, other] of [
      [0, alice, bob],
      [1, bob, alice],
    ] as const) {
      const store: Store = new Map();
      let [writing, reading] = [own, other];
      for (const length of [1, 500, MAX_CELL_BODY, 9000, 15_900, 40_000, 90_000]) {
        const sent = await send(writing, pattern(length), store);
        const read = await receive(reading, sender, store);
        expect(toHex(read.content)).toBe(toHex(pattern(length)));
        [writing, reading] = [sent.epoch, read.epoch];
        expect(chainOf(writing, sender)).toEqual(chainOf(reading, sender));
      }
    }
  });

  test("several wait and are read in their order; a saved state goes on where it was", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(9000), { minLength: 1, maxLength: 3 }), async (lengths) => {
        const store: Store = new Map();
        let [writing, reading] = [alice, bob];
        for (const length of lengths) {
          const sent = await send(writing, pattern(length), store);
          writing = restored(sent.epoch);
        }
        for (const length of lengths) {
          const read = await receive(reading, 0, store);
          expect(read.content).toEqual(pattern(length));
          reading = restored(read.epoch);
        }
      }),
      { numRuns: propertyRuns(8) },
    );
  });

  /** After a restart: the group from its encoding, the chains as they were saved. */
  function restored(epoch: Epoch): Epoch {
    return { ...epoch, group: reread(world, epoch.group) };
  }

  test("a message of two cells takes two labels, and the next one the third", async () => {
    const sent = await send(alice, pattern(5000));
    const slots = chainWindow(world.crypto, chainOf(alice, 0), FEED, 3);
    expect(sent.puts.map(({ label }) => label)).toEqual(slots.slice(0, 2).map(({ label }) => label));
    const next = await send(sent.epoch, utf8("next"));
    expect(next.puts.map(({ label }) => label)).toEqual([slots[2]?.label]);
  });

  test("the room beside a content is what it can grow by in the same cells, to the byte", async () => {
    for (const length of [64, 100, 2_000, 3_914, 3_915, 7_986, 7_987, 16_134]) {
      const cells = (await send(alice, pattern(length))).puts.length;
      const room = roomBeside(length);
      expect((await send(alice, pattern(length + room))).puts.length).toBe(cells);
      expect((await send(alice, pattern(length + room + 1))).puts.length).toBeGreaterThan(cells);
    }
    expect([roomBeside(16_135), roomBeside(66_560)]).toEqual([0, 0]);
  });

  test("everything that leaves is a cell of one size in the conversation's feed", async () => {
    for (const length of [1, 5000, 20_000]) {
      const { puts } = await send(alice, pattern(length));
      for (const put of puts) {
        expect(bytesOf(put)).toHaveLength(CELL_BYTES);
        expect(feedOf(put.label)).toBe(FEED);
      }
    }
  });

  test.each([
    ["in one cell", 30],
    ["in several", 9000],
    ["in an object", 20_000],
  ])("the same message twice, %s, gives unrelated bytes under unrelated labels", async (_, length) => {
    const first = await send(alice, pattern(length));
    const second = await send(first.epoch, pattern(length));
    const puts = [...first.puts, ...second.puts];
    expect(second.puts).toHaveLength(first.puts.length);
    expect(new Set(puts.map(({ label }) => toHex(label))).size).toBe(puts.length);
    for (const [one, other] of pairsOf(puts)) {
      expect(equalBytes(one.label.subarray(2), other.label.subarray(2))).toBeLessThan(8);
      expect(equalBytes(bytesOf(one), bytesOf(other))).toBeLessThan(80);
    }
  });

  const pairsOf = <T>(items: readonly T[]): [T, T][] =>
    items.flatMap((one, i) => items.slice(i + 1).map((other): [T, T] => [one, other]));
  /** Of 4,096 unrelated bytes about 16 are equal, of 30 about none. */
  const equalBytes = (a: Uint8Array, b: Uint8Array): number => a.filter((byte, i) => byte === b[i]).length;

  test("one that is wiped once saved is erased from the old epoch only", async () => {
    const sent = await send(alice, utf8("hello"));
    const kept = toHex(everything(world, sent.epoch.group));
    sent.wipe();
    expect(toHex(everything(world, sent.epoch.group))).toBe(kept);
    expect(text((await receive(bob, 0, sent.store)).content)).toBe("hello");
  });
});

describe("a member who cheats", () => {
  test("cannot write under its own label what another member encrypted", async () => {
    const { message } = await world.engine.encrypt(alice.group, utf8("by alice"), NO_AAD);
    const [slot] = chainWindow(world.crypto, chainOf(bob, 1), FEED, 1);
    if (slot === undefined) throw new Error("no slot");
    const put: Put = { kind: "cell", label: slot.label, cell: sealCell(world.crypto, slot.key, "whole", message) };
    const store: Store = new Map([[labelKey(put.label), put]]);
    const payload = value(readPayload(world.crypto, found(bob, 1, store)));
    if (payload.type !== "message") throw new Error(payload.type);
    expect(await world.engine.decrypt(bob.group, payload.message, { sender: 1 })).toEqual({
      ok: false,
      error: "wrong_sender",
    });
  });

  test("gains nothing by putting a fragment of one message into another", async () => {
    const [one, two] = await Promise.all(
      [251, 241].map(async (step) => {
        const content = Uint8Array.from({ length: 5000 }, (_, i) => i % step);
        return (await world.engine.encrypt(alice.group, content, NO_AAD)).message;
      }),
    );
    const mixed = (one ?? NO_AAD).slice();
    mixed.set((two ?? NO_AAD).subarray(MAX_CELL_BODY - 2), MAX_CELL_BODY - 2);
    expect(await world.engine.decrypt(bob.group, mixed, { sender: 0 })).toEqual({ ok: false, error: "invalid" });
  });

  test("who flips a bit of a stored cell makes it unreadable, and nothing else", async () => {
    const sent = await send(alice, utf8("hello"));
    const [put] = sent.puts;
    if (put === undefined) throw new Error("no cell");
    const [slot] = found(bob, 0, sent.store);
    const bent = cellIn(put).slice() as Cell;
    bent[100] = (bent[100] ?? 0) ^ 1;
    const key = slot?.key ?? NO_AAD;
    expect(readPayload(world.crypto, [{ key, cell: bent }])).toEqual({ ok: false, error: "cell_not_opened" });
  });
});

describe("a commit", () => {
  test("stands at the one label of its attempt, the object before it, always of 8 cells, and leads both on", async () => {
    const made = value(await world.engine.commit(alice.group, { update: true, now: NOW, ...trustAll }));
    const slot = at(alice.commits, 0);
    const puts = putsFromCommit(world.crypto, slot, FEED, made.commit);
    expect(puts).toHaveLength(9);
    expect(at(puts, puts.length - 1).label).toEqual(slot.label);
    const store: Store = new Map(puts.map((put) => [labelKey(put.label), put]));

    const cell = cellIn(at(puts, puts.length - 1));
    const payload = value(readPayload(world.crypto, [{ key: at(bob.commits, 0).key, cell }]));
    if (payload.type !== "pointer") throw new Error(payload.type);
    const commit = commitFromObject(collect(payload.pointer, store)) ?? NO_AAD;
    expect(commit).toEqual(made.commit);
    const processed = value(await world.engine.processCommit(bob.group, commit, { ...trustAll, sender: 0 }));
    const [aliceNext, bobNext] = [
      await startEpoch(kit, made.state, FEED),
      await startEpoch(kit, processed.state, FEED),
    ];
    expect(aliceNext.chains).toEqual(bobNext.chains);
    expect(aliceNext.chains).not.toEqual(alice.chains);
    expect(aliceNext.callSecret).toHaveLength(32);
    expect(aliceNext.callSecret).toEqual(bobNext.callSecret);
    expect(aliceNext.callSecret).not.toEqual(alice.callSecret);
    const sent = await send(aliceNext, utf8("in the next epoch"));
    expect(text((await receive(bobNext, 0, sent.store)).content)).toBe("in the next epoch");
  });

  test("that adds somebody gives the newcomer the chains of its first epoch, and none of those before", async () => {
    const carol = await person(world, "carol");
    const add = { add: [carol.keyPackage], now: NOW, ...trustAll };
    const made = value(await world.engine.commit(bob.group, add));
    const joined = value(await world.engine.join(made.welcome ?? NO_AAD, { ...carol, now: NOW, ...trustAll }));
    const [atBob, atCarol] = [await startEpoch(kit, made.state, FEED), await startEpoch(kit, joined, FEED)];
    expect(atCarol.chains).toEqual(atBob.chains);
    expect(atCarol.callSecret).toEqual(atBob.callSecret);
    expect(atCarol.callSecret).not.toEqual(bob.callSecret);
    expect(atCarol.ownLeaf).toBe(2);
    const known = new Set(bob.chains.map(({ secret }) => toHex(secret)));
    expect(atCarol.chains.filter(({ secret }) => known.has(toHex(secret)))).toEqual([]);
  });
});

import { createWorld, MemoryStore, pair } from "@pli/testkit";
import type { Answer } from "@pli/protocol/wire";
import { encodeAnswer } from "@pli/protocol/wire";
import { describe, expect, test } from "vitest";
import { friends, heardAll, lines } from "./support/friends.ts";

const untroubled = { gaps: 0, undecryptable: 0, rejoins: 0 };

test.each(["loseAnswers", "losePuts"] as const)("%s: every message arrives once, in order", async (knob) => {
  const people = await friends({ receiptSlots: "never" });
  const { world, alice, bob } = people;
  for (const count of [1, 2, 3]) {
    world.store.knobs[knob] = count;
    await alice.say("Bob", `whole ${count}`);
    await alice.say("Bob", `fragments ${"x".repeat(10_000)}`);
    await alice.say("Bob", `object ${"x".repeat(30_000)}`);
    await heardAll(people, 3 * count, 0);
  }
  const heard = (await bob.heard("Alice")).map((text) => text.slice(0, 7));
  expect(heard).toEqual([
    "whole 1",
    "fragmen",
    "object ",
    "whole 2",
    "fragmen",
    "object ",
    "whole 3",
    "fragmen",
    "object ",
  ]);
  expect((await bob.read("storage", {})).counters).toMatchObject({ ...untroubled, duplicates: 0 });
});

test("a line cut after each put in turn: nothing is lost and nothing comes twice", async () => {
  const people = await friends({ receiptSlots: "never" });
  const { world, alice, bob } = people;
  for (let n = 1; n <= 8; n++) {
    world.store.knobs.cutAfterPuts = n;
    await alice.say("Bob", `${n} ${"x".repeat(12_000)}`);
    await alice.say("Bob", `${n} end`);
    await heardAll(people, 2 * n, 0);
  }
  expect(await bob.heard("Alice")).toHaveLength(16);
  expect((await bob.read("storage", {})).counters).toMatchObject({ ...untroubled, duplicates: 0 });
});

test("a slow store, and answers after the client gave up: the same bytes are put again", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  world.store.knobs.delayMs = 15_000;
  await alice.say("Bob", "slow");
  await world.clock.advance(60_000);
  world.store.knobs.delayMs = 0;
  await heardAll(people, 1, 0);
  await bob.say("Alice", "fast");
  await heardAll(people, 1, 1);
  expect((await bob.read("storage", {})).counters).toMatchObject({ ...untroubled, duplicates: 0 });
});

test("a full store: messages stay saved, the status says why, and they leave when there is room", async () => {
  const people = await friends();
  const { world, alice } = people;
  world.store.knobs.refusePuts = "store_full";
  await alice.say("Bob", "one");
  await alice.say("Bob", "two");
  await world.clock.advance(20_000);
  const status = await alice.read("status", {});
  expect(status.connection).toMatchObject({ state: "online", error: "store_full" });
  expect(status.pending).toBe(2);
  expect((await alice.messages("Bob")).at(-1)?.state).toBe("saved");
  world.store.knobs.refusePuts = undefined;
  await heardAll(people, 2, 0);
  expect((await alice.read("status", {})).connection.error).toBeUndefined();
});

test.each(["store_busy", "too_many_requests"] as const)(
  "%s to everything: it passes, and nothing is lost",
  async (code) => {
    const people = await friends();
    const { world, alice, bob } = people;
    world.store.knobs.refuseAll = code;
    await alice.say("Bob", "x".repeat(30_000));
    await bob.say("Alice", "b");
    await world.clock.advance(60_000);
    expect((await alice.read("status", {})).connection.error).toBe(code);
    world.store.knobs.refuseAll = undefined;
    await heardAll(people, 1, 1);
  },
);

test("a message its store will never take fails with the reason, and can be sent again", async () => {
  const people = await friends();
  const { world, alice } = people;
  world.store.knobs.refusePuts = "unknown_feed";
  await alice.say("Bob", "never");
  const failed = await world.until(async () => {
    const last = (await alice.messages("Bob")).at(-1);
    return last?.state === "failed" && last;
  });
  expect(failed.error).toBe("unknown_feed");
  world.store.knobs.refusePuts = undefined;
  await alice.engine.resend({ message: failed.id });
  await heardAll(people, 1, 0);
});

test("a store that shows other cells in its feed: none is accepted, and it does not learn who would want the true ones", async () => {
  const people = await friends({ holePatience: 30_000 });
  const { world, alice, bob } = people;
  world.store.knobs.form = "full";
  const gets = world.store.seen.get;
  world.store.knobs.lying = true;
  await alice.say("Bob", "false");
  await world.clock.advance(1_000);
  world.store.knobs.lying = false;
  await alice.say("Bob", "true");
  await heardAll(people, 1, 0);
  expect(await bob.heard("Alice")).toEqual(["true"]);
  expect(await lines(bob, "Alice", "gap")).toBe(1);
  expect(world.store.seen.get).toBe(gets);
});

test("a store that gives other cells under tags: none is accepted, the true ones are read once it stops", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  world.store.knobs.form = "tags";
  world.store.knobs.lying = true;
  await alice.say("Bob", "true");
  await alice.say("Bob", "too");
  await alice.say("Bob", `long ${"x".repeat(30_000)}`);
  await world.clock.advance(10_000);
  expect(await bob.texts("Alice")).toEqual([]);
  world.store.knobs.lying = false;
  await heardAll(people, 3, 0);
  expect((await bob.heard("Alice")).map((text) => text.slice(0, 4))).toEqual(["true", "too", "long"]);
  expect((await bob.read("storage", {})).counters).toMatchObject({ gaps: 0, undecryptable: 0 });
});

test("a store that goes on lying: what it keeps is shown as one gap, and reading goes on behind it", async () => {
  const people = await friends({ holePatience: 30_000 });
  const { world, alice, bob } = people;
  world.store.knobs.lying = true;
  await alice.say("Bob", "kept away");
  await alice.say("Bob", "this too");
  await world.clock.advance(180_000);
  expect(await lines(bob, "Alice", "gap")).toBe(1);
  expect(await bob.texts("Alice")).toEqual([]);
  world.store.knobs.lying = false;
  await alice.say("Bob", "after");
  await world.until(async () => (await bob.heard("Alice")).includes("after"));
});

test("a store that speaks another version is said to be newer, and is used once it speaks ours", async () => {
  const people = await friends();
  const { world, alice } = people;
  world.store.knobs.version = 9;
  world.store.cut();
  await world.clock.advance(20_000);
  expect((await alice.read("status", {})).connection.error).toBe("store_newer");
  world.store.knobs.version = 1;
  await alice.say("Bob", "hello again");
  await heardAll(people, 1, 0);
  expect((await alice.read("status", {})).connection).toMatchObject({ state: "online" });
});

describe("frames nobody should send", () => {
  const frames: [string, Uint8Array][] = [
    ["an empty one", new Uint8Array(0)],
    ["noise", new Uint8Array(300).fill(0xa7)],
    [
      "an answer cut short",
      encodeAnswer({ type: "stored", id: 7, outcome: "created" } satisfies Answer).subarray(0, 3),
    ],
    ["an answer nobody waits for", encodeAnswer({ type: "stored", id: 4_000_000, outcome: "created" })],
  ];
  test.each(frames)("%s", async (_, frame) => {
    const world = createWorld();
    const noisy = new Noisy(world.store);
    const [alice, bob] = [await world.person("Alice", {}, { store: noisy }), await world.person("Bob")];
    await pair(world, alice, bob);
    noisy.say(frame);
    await world.clock.advance(1_000);
    await alice.say("Bob", "a");
    await bob.say("Alice", "b");
    await heardAll({ world, alice, bob }, 1, 1);
    expect((await alice.read("status", {})).connection.state).toBe("online");
  });
});

/** The world's store, with frames of a test's own on top. */
class Noisy extends MemoryStore {
  readonly #inner: MemoryStore;
  readonly #listeners: ((frame: Uint8Array) => void)[] = [];

  constructor(inner: MemoryStore) {
    super({ clock: inner.clock, origin: inner.origin });
    this.#inner = inner;
  }

  override dial(...[url, protocol, events]: Parameters<MemoryStore["dial"]>): ReturnType<MemoryStore["dial"]> {
    this.#listeners.push((frame) => events.received(frame));
    return this.#inner.dial(url, protocol, events);
  }

  say(frame: Uint8Array): void {
    this.#listeners.at(-1)?.(frame);
  }
}

test("a conversation on a store that is down does not hold up another on a store that is up", async () => {
  const world = createWorld();
  const far = new MemoryStore({ clock: world.clock, origin: "http://far.example" });
  const alice = await world.person("Alice", {}, { store: far });
  const bob = await world.person("Bob", {}, { store: world.store });
  const carol = await world.person("Carol");
  const reachFar = await world.person("Dora", {}, { store: far });
  await pair(world, bob, carol);
  await pair(world, alice, reachFar);
  far.takeDown();
  await alice.say("Dora", "x".repeat(30_000));
  await bob.say("Carol", "near");
  await world.until(async () => (await carol.heard("Bob")).length === 1, "the near message");
  far.bringUp();
  await world.until(async () => (await reachFar.heard("Alice")).length === 1, "the far message");
});

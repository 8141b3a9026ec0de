import { labelKey, type Label } from "@pli/protocol/wire";
import { expect, test } from "vitest";
import { friends, heardAll, lines, type Friends } from "./support/friends.ts";

/**
 * Takes cells out of the store's feed before anyone reads them; what is taken can be given back to
 * `get`.
 */
async function losing(
  people: Friends,
  lose: (index: number) => boolean,
  act: () => Promise<void>,
): Promise<() => void> {
  const { world, bob } = people;
  await bob.engine.close();
  const from = world.store.next();
  await act();
  await world.clock.advance(5_000);
  const entries = world.store.entries().slice(from);
  const lost = entries.filter((_, i) => lose(i)).map(({ label, cell }) => ({ label, cell }));
  for (const { label } of lost) remove(people, label);
  await bob.start(bob.disk);
  return () => lost.forEach(({ label, cell }) => world.store.table.cells.set(labelKey(label), cell));
}

/** The feed keeps its length: another cell, of nobody, stands in its place. */
function remove({ world }: Friends, label: Label): void {
  const entries = world.store.entries();
  const at = entries.findIndex((entry) => labelKey(entry.label) === labelKey(label));
  world.store.table.cells.delete(labelKey(label));
  const stored = entries[at];
  if (stored !== undefined) Object.assign(stored, { label: new Uint8Array(32).fill(1 + (at % 251), 2) });
}

const patient = { receiptSlots: "never" as const, holePatience: 60_000 };

test("a cell that never arrives is one gap line, and later ones are read", async () => {
  const people = await friends(patient);
  const { world, alice, bob } = people;
  await losing(
    people,
    (i) => i === 1 || i === 2,
    async () => {
      for (const text of ["1", "2", "3", "4"]) await alice.say("Bob", text);
    },
  );
  await world.until(async () => (await bob.heard("Alice")).length === 2, "the others");
  expect(await bob.heard("Alice")).toEqual(["1", "4"]);
  const gaps = (await bob.messages("Alice")).filter(({ body }) => body.kind === "gap");
  expect(gaps.map(({ body }) => body)).toEqual([{ kind: "gap", count: 2 }]);
  await alice.say("Bob", "5");
  await heardAll(people, 3, 0);
  expect((await bob.messages("Alice")).map(({ body }) => body.kind)).toEqual(["paired", "text", "gap", "text", "text"]);
});

test("a cell that the feed has passed by is not asked for by its label, even when the store has it", async () => {
  const people = await friends(patient);
  const { world, alice, bob } = people;
  const giveBack = await losing(
    people,
    (i) => i === 1,
    async () => {
      for (const text of ["1", "2", "3"]) await alice.say("Bob", text);
    },
  );
  giveBack();
  world.store.knobs.form = "full";
  const gets = world.store.seen.get;
  await world.until(async () => (await lines(bob, "Alice", "gap")) === 1, "a gap");
  expect(await bob.heard("Alice")).toEqual(["1", "3"]);
  expect(world.store.seen.get).toBe(gets);
});

test("twenty cells behind a hole are not lost", async () => {
  const people = await friends(patient);
  const { alice, bob } = people;
  const texts = Array.from({ length: 21 }, (_, i) => `${i}`);
  await losing(
    people,
    (i) => i === 0,
    async () => {
      for (const text of texts) await alice.say("Bob", text);
    },
  );
  await heardAll(people, 20, 0);
  expect(await bob.heard("Alice")).toEqual(texts.slice(1));
  expect(await lines(bob, "Alice", "gap")).toBe(1);
});

test("twenty cells behind a hole are not lost although the app restarts while it is looked for", async () => {
  const people = await friends(patient);
  const { world, alice, bob } = people;
  const texts = Array.from({ length: 21 }, (_, i) => `${i}`);
  await losing(
    people,
    (i) => i === 0,
    async () => {
      for (const text of texts) await alice.say("Bob", text);
    },
  );
  await world.clock.advance(10_000);
  await bob.restart();
  await heardAll(people, 20, 0);
  expect(await bob.heard("Alice")).toEqual(texts.slice(1));
});

test("a message in fragments whose end has not come yet waits, however long", async () => {
  const people = await friends(patient);
  const { world, alice, bob } = people;
  world.store.knobs.cutAfterPuts = 1;
  await alice.say("Bob", "x".repeat(10_000));
  await world.clock.advance(20);
  await alice.engine.close();
  await world.clock.advance(3_600_000);
  expect(await lines(bob, "Alice", "gap")).toBe(0);
  await alice.start(alice.disk);
  await heardAll(people, 1, 0);
});

test("the rest of a message whose first fragment is gone is not a gap of its own", async () => {
  const people = await friends(patient);
  const { alice, bob } = people;
  await losing(
    people,
    (i) => i === 0,
    async () => {
      await alice.say("Bob", "x".repeat(10_000));
      await alice.say("Bob", "whole");
    },
  );
  await heardAll(people, 1, 0);
  expect((await bob.messages("Alice")).map(({ body }) => body)).toMatchObject([
    { kind: "paired" },
    { kind: "gap", count: 1 },
    { kind: "text", text: "whole" },
  ]);
});

test("nothing is asked of the store when nothing is missing, in full form", async () => {
  const people = await friends(patient);
  const { world, alice, bob } = people;
  world.store.knobs.form = "full";
  const gets = world.store.seen.get;
  for (const size of [1, 5_000, 12_000, 30_000]) {
    await alice.say("Bob", "x".repeat(size));
    await bob.say("Alice", "y".repeat(size));
  }
  await heardAll(people, 4, 4);
  expect(world.store.seen.get).toBe(gets);
});

test("garbage and another's cell under an expected label are refused: one gap, no message", async () => {
  const people = await friends(patient);
  const { world, alice, bob } = people;
  await bob.engine.close();
  const from = world.store.next();
  await alice.say("Bob", "one");
  await alice.say("Bob", "two");
  await world.clock.advance(5_000);
  const [first, second] = world.store.entries().slice(from);
  if (first === undefined || second === undefined) throw new Error("two cells");
  const swapped = second.cell.slice();
  Object.assign(first, { cell: swapped });
  world.store.table.cells.set(labelKey(first.label), swapped as typeof first.cell);
  await bob.start(bob.disk);
  await heardAll(people, 1, 0);
  expect(await bob.heard("Alice")).toEqual(["two"]);
  const gaps = (await bob.messages("Alice")).filter(({ body }) => body.kind === "gap");
  expect(gaps.map(({ body }) => body)).toEqual([{ kind: "gap", count: 1 }]);
  expect((await bob.read("storage", {})).counters).toMatchObject({ gaps: 1, undecryptable: 0 });
});

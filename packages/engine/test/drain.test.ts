import { RECEIPT_SLOTS } from "@pli/engine";
import { createWorld, pair, type Person, type World } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { friends, heardAll } from "./support/friends.ts";
import { mustBeIn, textsIn, write } from "./support/groups.ts";

/** What `drain` gives, while the world's time passes; and how much of it did. */
async function drained(
  world: World,
  person: Person,
  ms = 10_000,
): Promise<{ left: Awaited<ReturnType<Person["engine"]["drain"]>>; took: number }> {
  const begun = world.clock.now();
  let left: Awaited<ReturnType<Person["engine"]["drain"]>> | undefined;
  let failure: unknown;
  person.engine.drain({ ms }).then(
    (value) => (left = value),
    (error: unknown) => (failure = error),
  );
  while (left === undefined && failure === undefined) await world.clock.advance(50);
  if (left === undefined) throw failure;
  return { left, took: world.clock.now() - begun };
}

const NOTHING = { messages: 0, pairings: 0, changes: 0, notes: 0, receipts: 0 };

/**
 * A run of a command: it starts, does one thing, and ends when the engine says that nothing is
 * left.
 */
async function run(world: World, person: Person, work: () => Promise<unknown> = async () => undefined): Promise<void> {
  await person.start(person.disk);
  await work();
  await drained(world, person);
  await person.engine.close();
}

describe("a process that is about to end", () => {
  test("waits until what it wrote is stored, and no longer", async () => {
    const { world, alice, bob } = await friends();
    await world.clock.advance(60_000);
    world.store.knobs.delayMs = 300;
    await alice.say("Bob", "out before the end");
    expect(await alice.read("status", {})).toMatchObject({ pending: 1 });
    const { left, took } = await drained(world, alice);
    expect(left).toEqual(NOTHING);
    expect(took).toBeLessThan(2_000);
    await alice.engine.close();
    await world.clock.advance(5_000);
    expect(await bob.heard("Alice")).toEqual(["out before the end"]);
  });

  test("ends at once when nothing waits, and when no store can be reached", async () => {
    const { world, alice } = await friends();
    await world.clock.advance(60_000);
    expect((await drained(world, alice)).took).toBeLessThan(500);
    world.store.takeDown();
    await world.clock.advance(1_000);
    await alice.say("Bob", "later");
    const { left, took } = await drained(world, alice);
    expect(left).toEqual({ ...NOTHING, messages: 1 });
    expect(took).toBeLessThan(4_000);
  });

  test("ends after a while without progress, and after the time it was given", async () => {
    const { world, alice } = await friends();
    await world.clock.advance(60_000);
    world.store.knobs.refusePuts = "store_full";
    await alice.say("Bob", "later");
    const { left, took } = await drained(world, alice);
    expect(left).toEqual({ ...NOTHING, messages: 1 });
    expect(took).toBeLessThan(5_000);
    expect((await drained(world, alice, 500)).took).toBeLessThan(800);
  });

  test("does not wait for a blocked contact, to whom nothing leaves", async () => {
    const { world, alice } = await friends();
    await world.clock.advance(60_000);
    const { contact } = await alice.conversationWith("Bob");
    await alice.engine.block({ contact, blocked: true });
    await alice.say("Bob", "never");
    expect((await drained(world, alice)).took).toBeLessThan(500);
  });

  test("says that the engine is gone when it is closed meanwhile", async () => {
    const { world, alice } = await friends();
    world.store.knobs.refusePuts = "store_full";
    await alice.say("Bob", "later");
    const over = alice.engine.drain({ ms: 10_000 }).then(
      () => "drained",
      ({ code }: { code: string }) => code,
    );
    await alice.engine.close();
    expect(await over).toBe("engine_gone");
    await expect(alice.engine.drain({ ms: 1 })).rejects.toMatchObject({ code: "engine_gone" });
  });

  test("brings what it reads to an end: key packages, a group, its invitation, in runs of their own", async () => {
    const world = createWorld();
    const [ana, bo] = [await world.person("Ana"), await world.person("Bo")];
    await pair(world, ana, bo);
    for (const person of [ana, bo]) await person.engine.close();
    for (const person of [ana, bo, ana]) await run(world, person);
    await run(world, ana, async () => {
      const { contact } = await ana.conversationWith("Bo");
      await ana.engine.createGroup({ name: "Choir", contacts: [contact] });
    });
    await run(world, bo);
    await run(world, bo, async () => {
      await world.clock.advance(1_000);
      await mustBeIn(bo);
      await write(bo, "here I am");
    });
    await run(world, ana, async () => {
      await world.clock.advance(1_000);
      expect(await textsIn(ana)).toEqual(["here I am"]);
    });
  });

  test("is told of receipts that wait, which leave when it is their time", async () => {
    const people = await friends({ receiptSlots: { every: 600_000, window: 60_000, decoys: true } });
    const { world, alice, bob } = people;
    await alice.say("Bob", "did you get it?");
    await heardAll(people, 1, 0);
    expect((await bob.read("status", {})).waiting.receipts).toBe(1);
    expect((await drained(world, bob)).left).toEqual(NOTHING);
    await alice.say("Bob", "and this?");
    await heardAll(people, 2, 0);
    const { left, took } = await drained(world, bob);
    expect(left).toEqual({ ...NOTHING, receipts: 1 });
    expect(took).toBeLessThan(500);
  });

  describe.each([1, 60])("whose devices run for 1.2 s each %i minutes", (minutes) => {
    const SLOTS = { receiptSlots: RECEIPT_SLOTS };

    async function inTurns(world: World, people: readonly Person[], rounds: number): Promise<void> {
      for (let round = 0; round < rounds; round++) {
        for (const person of people) {
          await person.start(person.disk);
          await drained(world, person, 1_200);
          await person.engine.close();
          await world.clock.advance(minutes * 60_000);
        }
      }
    }

    test("acknowledge each other's texts within some runs", async () => {
      const people = await friends(SLOTS);
      const { world, alice, bob } = people;
      await alice.say("Bob", "did you get it?");
      for (const person of [alice, bob]) {
        await drained(world, person);
        await person.engine.close();
      }
      await inTurns(world, [bob, alice], 10);
      await alice.start(alice.disk);
      expect((await alice.messages("Bob")).at(-1)?.state).toBe("delivered");
    });

    test("write as often whether or not a receipt waits, and at most once in five minutes", async () => {
      const written = async (texts: number): Promise<number> => {
        const people = await friends(SLOTS);
        const { world, alice, bob } = people;
        for (let i = 0; i < texts; i++) await alice.say("Bob", `${i}`);
        await heardAll(people, texts, 0);
        await bob.engine.close();
        await world.clock.advance(10 * 60_000);
        await alice.engine.close();
        const before = world.store.next();
        await inTurns(world, [bob], 12);
        return world.store.next() - before;
      };
      const withTexts = await written(20);
      expect(await written(0)).toBe(withTexts);
      expect(withTexts).toBeLessThanOrEqual(Math.min(12, Math.ceil((12 * minutes) / 5)));
      expect(withTexts).toBeGreaterThan(1);
    });
  });
});

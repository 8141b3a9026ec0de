import { copyDisk } from "@pli/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { friends, heardAll } from "./support/friends.ts";

const SIZES = [1, 9_000, 10, 20_000, 5, 5_000, 30, 12_000, 2, 8, 16_000, 3];

test("whatever order the cells came in, who has read the same ones is in the same state", async () => {
  const people = await friends({ receiptSlots: "never" });
  const { world, alice, bob } = people;
  await bob.engine.close();
  const [before, from] = [copyDisk(bob.disk), world.store.next()];
  const written = SIZES.map((size, i) => `${i} ${"x".repeat(size)}`);
  for (const text of written) await alice.say("Bob", text);
  await world.clock.advance(5_000);
  const count = world.store.next() - from;
  expect(count).toBeGreaterThan(SIZES.length + 10);
  for (const order of fc.sample(shuffled(count), { numRuns: 12, seed: 1 })) {
    reorder(order);
    await bob.start(copyDisk(before));
    await heardAll(people, SIZES.length, 0);
    expect(await bob.heard("Alice")).toEqual(written);
    expect((await bob.read("storage", {})).counters).toMatchObject({ gaps: 0, undecryptable: 0, rejoins: 0 });
    await bob.engine.close();
  }
  await bob.start(copyDisk(before));
  await heardAll(people, SIZES.length, 0);
  await bob.say("Alice", "all of it");
  await heardAll(people, SIZES.length, 1);

  /** The store shows the same cells in another order. */
  function reorder(order: readonly number[]): void {
    const entries = world.store.entries().slice(from);
    const copies = entries.map(({ label, cell }) => ({ label, cell }));
    order.forEach((source, place) => Object.assign(entries[place] ?? {}, copies[source]));
  }
});

const shuffled = (count: number): fc.Arbitrary<number[]> => {
  const all = Array.from({ length: count }, (_, i) => i);
  return fc.shuffledSubarray(all, { minLength: count, maxLength: count });
};

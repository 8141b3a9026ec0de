import { describe, expect, test } from "vitest";
import { counters, heard, write } from "./support/groups.ts";
import { becomes, choir, heardSoon, idOf, lapsesOf, oneView, type Choir } from "./support/one-view.ts";

/**
 * Mallory puts noise under the next labels of this profile, this many cells at a time, for as long
 * as it takes.
 */
async function noise({ world, hostile }: Choir, id: string, count: number, atOnce: number): Promise<void> {
  for (let left = count; left > 0; left -= atOnce) {
    hostile.spoil(world.store, id, Math.min(left, atOnce));
    await world.clock.advance(200);
  }
}

describe("noise under the labels of a member", () => {
  test.each([
    { count: 65, atOnce: 1, who: "Alice" },
    { count: 65, atOnce: 65, who: "Bob" },
    { count: 200, atOnce: 20, who: "Alice" },
    { count: 200, atOnce: 200, who: "Bob" },
    { count: 500, atOnce: 50, who: "Alice" },
    { count: 500, atOnce: 500, who: "Bob" },
  ])("never makes their device come back, nor loses a word: $count cells, $atOnce at a time, $who", async (p) => {
    const all = await choir(["Bob", "Carol"]);
    const { world, mallory, honest, person } = all;
    const target = person(p.who);
    const revokedSenders = await lapsesOf(target);
    await write(target, "before");
    await noise(all, await idOf(target), p.count, p.atOnce);
    await write(target, "after");
    await oneView(world, honest, [mallory, ...honest], ["before", "after"]);
    expect(revokedSenders).toEqual([]);
    expect((await counters(target)).rejoins).toBe(0);
  });

  test("does not lose what they write while it lasts", async () => {
    const all = await choir(["Bob", "Carol"]);
    const { world, mallory, honest, person } = all;
    const bob = person("Bob");
    const revokedSenders = await lapsesOf(bob);
    const said: string[] = [];
    for (let i = 0; i < 10; i++) {
      said.push(`through the noise ${i}`);
      await write(bob, `through the noise ${i}`);
      await noise(all, await idOf(bob), 20, 5);
    }
    await oneView(world, honest, [mallory, ...honest], said);
    expect(revokedSenders).toEqual([]);
    expect((await counters(bob)).rejoins).toBe(0);
  });

  test("does not put them out of step when they were off line while it came", async () => {
    const all = await choir(["Bob", "Carol"]);
    const { world, mallory, honest, person } = all;
    const bob = person("Bob");
    await write(bob, "before");
    await heard(world, honest, ["before"]);
    const id = await idOf(bob);
    await bob.engine.close();
    await noise(all, id, 200, 50);
    await bob.start(bob.disk);
    const revokedSenders = await lapsesOf(bob);
    await write(bob, "after");
    await oneView(world, honest, [mallory, ...honest], ["after"]);
    expect(revokedSenders).toEqual([]);
    expect((await counters(bob)).rejoins).toBe(0);
  });

  test("under those of all at once stops nobody", async () => {
    const all = await choir(["Bob", "Carol"]);
    const { world, hostile, mallory, honest } = all;
    await becomes(all, "Mallory", "reader");
    const revokedSenders = await Promise.all(honest.map(lapsesOf));
    for (const one of honest) hostile.spoil(world.store, await idOf(one), 100);
    for (const one of honest) await write(one, `${one.name} under noise`);
    await heardSoon(
      world,
      honest,
      honest.map(({ name }) => `${name} under noise`),
    );
    await oneView(world, honest, [mallory, ...honest]);
    expect(revokedSenders.flat()).toEqual([]);
  });
});

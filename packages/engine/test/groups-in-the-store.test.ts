import { createWorld, pair, type Person, type World } from "@pli/testkit";
import type { Entry } from "@pli/protocol/wire";
import { describe, expect, test } from "vitest";
import { CHI_SQUARE_LIMIT, chiSquare } from "./support/chi-square.ts";

/** Nothing but what is looked at leaves meanwhile. */
const QUIET = {
  receiptSlots: "never",
  groupStateDelay: [3_600_000, 3_600_000],
} as const;

interface Written {
  readonly cells: Entry[];
  readonly blocks: number;
}

/**
 * A group of a number of people, all of them contacts of the first and of nobody else, and one more
 * contact outside of it.
 */
async function starOf(size: number): Promise<{ world: World; founder: Person; id: string; outside: string }> {
  const world = createWorld();
  const founder = await world.person("Alice", QUIET);
  for (let i = 1; i <= size; i++) await pair(world, founder, await world.person(`Personne ${i}`, QUIET));
  await world.clock.advance(30_000);
  const contacts = (await founder.read("contacts", {})).map((contact) => contact.id);
  const outside = contacts.pop() ?? "";
  const { conversation: id } = await founder.engine.createGroup({ name: "Rédaction", contacts });
  await whenSettled(world, founder, id, size);
  return { world, founder, id, outside };
}

async function whenSettled(world: World, founder: Person, id: string, size: number): Promise<void> {
  await world.until(async () => {
    const group = await founder.read("group", { id });
    return group?.members.length === size && group.pending.length === 0;
  }, "the group");
  await world.clock.advance(20_000);
}

/** What the store is given while this happens. */
async function written(world: World, work: () => Promise<unknown>): Promise<Written> {
  const [from, blocks] = [world.store.next(), world.store.seen.putBlock];
  await work();
  await world.clock.advance(20_000);
  return { cells: world.store.entries().slice(from), blocks: world.store.seen.putBlock - blocks };
}

describe("what the store sees of a group", () => {
  test("the number of its members cannot be read from what is written, and no kind of writing from its bytes", async () => {
    const shapes: unknown[] = [];
    const all: Record<string, Entry[]> = { text: [], change: [], newcomer: [] };
    for (const size of [2, 4, 8]) {
      const { world, founder, id, outside } = await starOf(size);
      const text = await written(world, () => founder.engine.sendText({ conversation: id, text: "bonjour" }));
      const change = await written(world, () => founder.engine.changeGroup({ conversation: id, name: "Enquête" }));
      const newcomer = await written(world, async () => {
        await founder.engine.addToGroup({ conversation: id, contacts: [outside] });
        await whenSettled(world, founder, id, size + 1);
      });
      shapes.push([text, change, newcomer].map(({ cells, blocks }) => ({ cells: cells.length, blocks })));
      all["text"]?.push(...text.cells);
      all["change"]?.push(...change.cells);
      all["newcomer"]?.push(...newcomer.cells);
    }
    expect(shapes[1]).toEqual(shapes[0]);
    expect(shapes[2]).toEqual(shapes[0]);
    expect(shapes[0]).toMatchObject([{ cells: 1, blocks: 0 }, { cells: 9, blocks: 0 }, { blocks: 0 }]);
    for (const entries of Object.values(all)) {
      expect(entries.filter(({ label, cell }) => label.length !== 32 || cell.length !== 4096)).toEqual([]);
      expect(new Set(entries.map(({ cell }) => cell[0])).size).toBe(1);
      expect(chiSquare(entries.map(({ cell }) => cell))).toBeLessThan(CHI_SQUARE_LIMIT);
    }
  });

  test("members who are there ask it for nothing: the feed brings texts and changes alike", async () => {
    const { world, founder, id } = await starOf(4);
    const asked = world.store.seen.get;
    for (const name of ["Enquête", "Rédaction", "Dimanche"]) {
      await written(world, () => founder.engine.changeGroup({ conversation: id, name }));
      await written(world, () => founder.engine.sendText({ conversation: id, text: name }));
    }
    expect(world.store.seen.get - asked).toBe(0);
  });

  test("a receipt for a message of a group is one cell too, and goes to its author alone", async () => {
    const world = createWorld();
    const { groupStateDelay } = QUIET;
    const [alice, bertrand] = [
      await world.person("Alice", { groupStateDelay }),
      await world.person("Bertrand", { groupStateDelay }),
    ];
    await pair(world, alice, bertrand);
    await world.clock.advance(30_000);
    const contacts = (await alice.read("contacts", {})).map((contact) => contact.id);
    const { conversation: id } = await alice.engine.createGroup({ name: "Duo", contacts });
    await whenSettled(world, alice, id, 2);
    const both = await written(world, () => alice.engine.sendText({ conversation: id, text: "bonjour" }));
    expect(both.cells).toHaveLength(2);
    expect(both.cells.map(({ cell }) => cell.length)).toEqual([4096, 4096]);
    const { messages } = await alice.read("messages", { conversation: id, limit: 100 });
    expect(messages.find(({ body }) => body.kind === "text")).toMatchObject({ delivered: 1 });
  });
});

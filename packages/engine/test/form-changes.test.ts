import { tagOf, type Cell, type Label } from "@pli/protocol/wire";
import { expect, test } from "vitest";
import { createExpectations } from "../src/delivery/feed/expectations.ts";
import { pageFrom } from "../src/delivery/feed/page.ts";
import { friends, heardAll } from "./support/friends.ts";

test("a feed that changes its form again and again, also while somebody is away, loses nothing and repeats nothing", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  for (let i = 0; i < 12; i += 1) {
    world.store.knobs.form = i % 2 === 0 ? "tags" : "full";
    if (i % 3 === 0) world.store.cut();
    await alice.say("Bob", `a${i}`);
    await bob.say("Alice", `b${i}`);
    await world.clock.advance(700);
  }
  await heardAll(people, 12, 12);
  expect(await bob.heard("Alice")).toEqual(Array.from({ length: 12 }, (_, i) => `a${i}`));
  expect(await alice.heard("Bob")).toEqual(Array.from({ length: 12 }, (_, i) => `b${i}`));
  const { counters } = await bob.read("storage", {});
  expect(counters).toMatchObject({ gaps: 0, undecryptable: 0, rejoins: 0, duplicates: 0 });
});

test("a person is told in which form the feed comes", async () => {
  const { world, alice, bob } = await friends();
  const told = async (): Promise<string> => (await bob.read("knowledge", {})).feedForm;
  expect(await told()).toBe("full");
  world.store.knobs.form = "tags";
  await alice.say("Bob", "in tags");
  await world.until(async () => (await told()) === "tag", "tag form is told");
  await bob.restart();
  await world.until(async () => (await told()) === "tag", "tag form is told after a restart");
  world.store.knobs.form = "full";
  await alice.say("Bob", "in full");
  await world.until(async () => (await told()) === "full", "full form is told");
});

test("nothing of strangers is got in tag form", async () => {
  const { world, bob } = await friends();
  world.store.knobs.form = "tags";
  await world.clock.advance(5_000);
  const gets = world.store.seen.get;
  for (let i = 0; i < 300; i += 1) world.store.put(strangersPut(i));
  await world.clock.advance(5_000);
  expect(world.store.seen.get).toBe(gets);
  expect((await bob.read("status", {})).connection.state).toBe("online");
});

test("a stranger's cell whose tag is that of an expected label is passed over; all expected labels of one tag are got", async () => {
  const expectations = createExpectations();
  const [mine, alsoMine] = [labelOf(7, 1), labelOf(7, 2)];
  const expectation = { kind: "own", epoch: 1 } as const;
  expectations.set("family", "group", [
    { label: mine, expectation },
    { label: alsoMine, expectation },
  ]);
  const cell = new Uint8Array(4096).fill(5) as Cell;
  const asked: Label[] = [];
  const get = async (label: Label): Promise<Cell | undefined> => {
    asked.push(label);
    return label[31] === 2 ? cell : undefined;
  };
  const page = pageFrom({ type: "tags", id: 0, feed: 0, first: 10, tags: [1, tagOf(mine), 3] }, expectations, get);
  expect([10, 11, 12].map((position) => page.concerns(position))).toEqual([false, true, false]);
  expect(page.expectedAt(11)).toBeUndefined();
  await page.prepare(10);
  expect(asked).toEqual([mine, alsoMine]);
  expect(page.expectedAt(11)).toEqual([{ expectation, cell }]);
  expectations.drop("family");
  expect(page.expectedAt(11)).toEqual([]);
});

const labelOf = (tag: number, rest: number): Label =>
  Uint8Array.of(0, 0, 0, 0, 0, tag, ...new Uint8Array(26).fill(rest)) as Label;

const strangersPut = (i: number) => {
  const label = Uint8Array.from({ length: 32 }, (_, at) => (at < 2 ? 0 : (i * 31 + at * 7) % 251)) as Label;
  return { type: "put", id: 1, label, cell: new Uint8Array(4096) as Cell } as const;
};

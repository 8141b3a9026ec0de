import { tagOf, type Cell, type Entries, type Label, type Tags } from "@pli/protocol/wire";
import { expect, test } from "vitest";
import { createRecent } from "../src/delivery/feed/recent.ts";

const labelled = (number: number): Label => {
  const label = new Uint8Array(32);
  new DataView(label.buffer).setUint32(2, number);
  return label as Label;
};
const cellOf = (number: number): Cell => new Uint8Array(4096).fill(number) as Cell;

const entries = (first: number, numbers: readonly number[]): Entries => ({
  type: "entries",
  id: 0,
  feed: 0,
  first,
  entries: numbers.map((number) => ({ label: labelled(number), cell: cellOf(number) })),
});
const tags = (first: number, numbers: readonly number[]): Tags => ({
  type: "tags",
  id: 0,
  feed: 0,
  first,
  tags: numbers.map((number) => tagOf(labelled(number))),
});
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

test("a cell is found from the moment it came, before it is read and after", () => {
  const recent = createRecent();
  const frame = entries(0, [1, 2]);
  expect(recent.find(labelled(1))).toBeUndefined();
  recent.received(frame);
  expect(recent.find(labelled(1))).toEqual(cellOf(1));
  recent.taken(frame);
  expect(recent.find(labelled(2))).toEqual(cellOf(2));
});

test("of what was read the newest 2,048 cells are kept, of what waits all", () => {
  const recent = createRecent();
  const waiting = entries(
    5_000,
    upTo(3_000).map((i) => 100_000 + i),
  );
  recent.received(waiting);
  for (const number of upTo(2_100)) {
    recent.received(entries(number, [number]));
    recent.taken(entries(number, [number]));
  }
  expect(recent.find(labelled(51))).toBeUndefined();
  expect(recent.find(labelled(52))).toEqual(cellOf(52));
  expect(recent.find(labelled(100_000))).toEqual(cellOf(100_000));
});

test("a tag is remembered as such, the newest 65,536 of them, and no cell is made of it", () => {
  const recent = createRecent();
  recent.received(tags(0, [7]));
  expect(recent.find(labelled(7))).toBe("named");
  recent.taken(tags(0, [7]));
  expect(recent.find(labelled(7))).toBe("named");
  const more = tags(
    1,
    upTo(65_536).map((i) => 10 + i),
  );
  recent.received(more);
  recent.taken(more);
  expect(recent.find(labelled(7))).toBeUndefined();
  expect(recent.find(labelled(10))).toBe("named");
});

test("a cell that was got for a tag is not what the feed showed, and can be got again", () => {
  const recent = createRecent();
  recent.received(tags(0, [7]));
  recent.got(labelled(7), cellOf(8));
  expect(recent.find(labelled(7))).toBe("named");
  expect(recent.findGot(labelled(7))).toEqual(cellOf(8));
  expect([recent.forgetGot(labelled(7)), recent.forgetGot(labelled(7))]).toEqual([true, false]);
  expect(recent.findGot(labelled(7))).toBe("named");
});

test("what the feed showed cannot be forgotten, so nothing is asked for again because it does not open", () => {
  const recent = createRecent();
  const frame = entries(0, [1]);
  recent.received(frame);
  recent.taken(frame);
  expect(recent.forgetGot(labelled(1))).toBe(false);
  expect(recent.find(labelled(1))).toEqual(cellOf(1));
});

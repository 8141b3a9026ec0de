import type { Label } from "@pli/protocol/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createHotTail } from "../src/log/hot-tail.ts";
import { createLabelTable } from "../src/log/label-table.ts";
import { createPlaces } from "../src/log/places.ts";
import { RECORD_BYTES } from "../src/log/record.ts";
import { createLabelHash } from "../src/storage/label-hash.ts";
import { randomLabel } from "./client.ts";

describe("the label table", () => {
  test("finds every label it was given and that lives, and hardly ever another", () => {
    const dead = new Set<number>();
    const table = createLabelTable((place) => !dead.has(place));
    const labels = Array.from({ length: 20_000 }, () => randomLabel());
    for (const [i, label] of labels.entries()) {
      table.add(label, 0, i + 1);
      if (i % 3 === 0) dead.add(i + 1);
    }
    for (const [i, label] of labels.entries()) expect(table.find(label)).toEqual(i % 3 === 0 ? [] : [i + 1]);
    expect(Array.from({ length: 20_000 }, () => table.find(randomLabel())).flat()).toEqual([]);
  });

  test("keeps every place of one label", () => {
    const table = createLabelTable(() => true);
    const label = randomLabel();
    for (let place = 1; place <= 100; place += 1) table.add(label, 0, place);
    expect(table.find(label)).toHaveLength(100);
  });

  test("hashes labels that differ in one bit apart", () => {
    const hash = createLabelHash();
    const label = randomLabel();
    const near = Array.from(
      { length: 256 },
      (_, i) => label.with(i >> 3, (label[i >> 3] ?? 0) ^ (1 << (i & 7))) as Label,
    );
    expect(new Set([label, ...near].map((one) => hash(one, 0))).size).toBe(257);
  });
});

describe("the places of a segment", () => {
  test("lead from positions to slots, over gaps", () => {
    const places = createPlaces([10]);
    expect(places.add(0, 10, 0)).toBe(true);
    expect(places.add(0, 13, 1)).toBe(true);
    expect([9, 10, 11, 12, 13, 14].map((position) => places.slotAt(0, position))).toEqual([
      undefined,
      0,
      undefined,
      undefined,
      1,
      undefined,
    ]);
    expect([places.first(0), places.end(0)]).toEqual([10, 14]);
  });

  test("refuse a position that cannot be right", () => {
    const places = createPlaces([10]);
    places.add(0, 10, 0);
    for (const position of [0, 9, 10, 10 + 2 ** 20]) expect(places.add(0, position, 1)).toBe(false);
    expect(places.end(0)).toBe(11);
  });

  test("of a lost record may have been of any feed, until a later one of the feed tells", () => {
    const places = createPlaces([0, 5]);
    places.add(0, 0, 0);
    places.add(1, 5, 1);
    places.lose();
    places.lose();
    expect([places.end(0), places.end(1)]).toEqual([3, 8]);
    places.add(0, 2, 4);
    expect([places.end(0), places.end(1)]).toEqual([3, 8]);
  });

  test("are what they were after everything since a mark is taken back", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 2 })), fc.array(fc.nat({ max: 2 })), (before, after) => {
        const places = createPlaces([3, 4]);
        let slot = 0;
        const add = (feed: number): unknown => places.add(feed, places.end(feed), slot++);
        before.forEach(add);
        const state = () => [0, 1, 2].map((feed) => [places.first(feed), places.end(feed)]);
        const expected = state();
        const unmark = places.mark();
        after.forEach(add);
        unmark();
        expect(state()).toEqual(expected);
      }),
    );
  });
});

describe("the hot tail", () => {
  test("has the newest records, in pieces as they lie", () => {
    const hot = createHotTail(4);
    for (let number = 0; number < 6; number += 1) hot.memory.fill(number, hot.reserve()).fill(0, 4 * RECORD_BYTES);
    expect([0, 1, 2, 5, 6].map((number) => hot.find(number) !== undefined)).toEqual([false, false, true, true, false]);
    expect(hot.pieces(6)).toEqual([]);
    expect(hot.pieces(4).map(({ length }) => length)).toEqual([2 * RECORD_BYTES]);
    expect(hot.pieces(2).map(({ length }) => length)).toEqual([2 * RECORD_BYTES, 2 * RECORD_BYTES]);
  });

  test("does not have what was taken back, nor what that had overwritten", () => {
    const hot = createHotTail(4);
    for (let number = 0; number < 6; number += 1) hot.reserve();
    hot.rewind(4);
    expect([1, 2, 3, 4, 5].map((number) => hot.find(number) !== undefined)).toEqual([false, true, true, false, false]);
  });
});

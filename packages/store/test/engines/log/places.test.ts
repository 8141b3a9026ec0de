import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createPlaces } from "../../../src/engines/log/places.ts";

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

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createPositionMap } from "../../../src/engines/log/position-map.ts";

describe("the positions of a segment", () => {
  test("lead from positions to slots, over gaps", () => {
    const positions = createPositionMap([10]);
    expect(positions.add(0, 10, 0)).toBe(true);
    expect(positions.add(0, 13, 1)).toBe(true);
    expect([9, 10, 11, 12, 13, 14].map((position) => positions.slotAt(0, position))).toEqual([
      undefined,
      0,
      undefined,
      undefined,
      1,
      undefined,
    ]);
    expect([positions.first(0), positions.end(0)]).toEqual([10, 14]);
  });

  test("refuse a position that cannot be right", () => {
    const positions = createPositionMap([10]);
    positions.add(0, 10, 0);
    for (const position of [0, 9, 10, 10 + 2 ** 20]) expect(positions.add(0, position, 1)).toBe(false);
    expect(positions.end(0)).toBe(11);
  });

  test("of a lost record may have been of any feed, until a later one of the feed tells", () => {
    const positions = createPositionMap([0, 5]);
    positions.add(0, 0, 0);
    positions.add(1, 5, 1);
    positions.lose();
    positions.lose();
    expect([positions.end(0), positions.end(1)]).toEqual([3, 8]);
    positions.add(0, 2, 4);
    expect([positions.end(0), positions.end(1)]).toEqual([3, 8]);
  });

  test("are what they were after everything since a mark is taken back", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 2 })), fc.array(fc.nat({ max: 2 })), (before, after) => {
        const positions = createPositionMap([3, 4]);
        let slot = 0;
        const add = (feed: number): unknown => positions.add(feed, positions.end(feed), slot++);
        before.forEach(add);
        const state = () => [0, 1, 2].map((feed) => [positions.first(feed), positions.end(feed)]);
        const expected = state();
        const unmark = positions.mark();
        after.forEach(add);
        unmark();
        expect(state()).toEqual(expected);
      }),
    );
  });
});

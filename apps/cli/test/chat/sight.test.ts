import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { firstInSight, lastSeen, scrolledAlike, scrolledTo } from "../../src/chat/thread/sight.ts";
import { textFrom } from "../fake-api.ts";
import { camille } from "../people.ts";

/** Messages from an order on, each of this many rows. */
const rowsFrom = (first: number, heights: readonly number[]) =>
  heights.flatMap((height, i) => Array.from({ length: height }, () => ({ order: first + i, line: "" })));
const heights = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 20 });

describe("the rows of a thread in sight", () => {
  test("stay where they are, whatever comes above and below them", () => {
    fc.assert(
      fc.property(heights, heights, heights, fc.nat(), (older, held, newer, at) => {
        const rows = rowsFrom(100, held);
        const scrolled = at % rows.length;
        const more = [...rowsFrom(100 - older.length, older), ...rows, ...rowsFrom(100 + held.length, newer)];
        const expected = scrolled + rowsFrom(0, newer).length;
        expect(scrolledAlike({ rows, scrolled }, more)).toBe(expected);
      }),
    );
  });

  test("begin with the message that was looked for, where there is enough below it", () => {
    const rows = rowsFrom(1, [2, 3, 2, 4, 4]);
    const scrolled = scrolledTo({ order: 2, at: "top" }, { rows, page: 5 });
    expect(firstInSight({ rows, scrolled, page: 5 })).toBe(2);
    expect(scrolledTo({ order: 9, at: "top" }, { rows, page: 5 })).toBe(0);
  });

  test("show a message as seen once its last row is in sight and not covered", () => {
    const rows = rowsFrom(1, [2, 2]);
    const messages = [1, 2].map((order) => textFrom(camille, `${order}`, "text", { order }));
    const seen = (scrolled: number, hasNewer = false): number =>
      lastSeen({ rows, scrolled, page: 4 }, messages, hasNewer);
    expect([seen(0), seen(0, true), seen(1), seen(2)]).toEqual([2, 1, 1, 0]);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mayAsk } from "../src/group/index.ts";

const many = (who: string, count: number): string[] => Array.from({ length: count }, () => who);
const countOf = (open: readonly string[], who: string): number => open.filter((other) => other === who).length;
const people = fc.constantFrom("ann", "ben", "eve", "mal", "zoe");

describe("a question about a group", () => {
  test("is asked while there is room, and not by who has eight open or asked eight within a day", () => {
    expect(mayAsk("ann", [], 0)).toBe(true);
    expect(mayAsk("ann", many("ann", 7), 7)).toBe(true);
    expect(mayAsk("ann", many("ann", 8), 0)).toBe(false);
    expect(mayAsk("ann", [], 8)).toBe(false);
  });

  test("takes the place of the newest of who has the most", () => {
    const open = [...many("ben", 8), ...many("eve", 8), ...many("mal", 8), ...many("zoe", 8)];
    expect(mayAsk("ann", open, 0)).toBe(31);
    expect(mayAsk("ann", [...open.slice(8), ...many("ben", 8)], 0)).toBe(31);
    expect(mayAsk("ann", [...many("mal", 8), ...Array.from({ length: 24 }, (_, i) => `${i}`)], 0)).toBe(7);
  });

  test("of somebody who would have as many as anybody takes nobody's place", () => {
    const open = Array.from({ length: 32 }, (_, i) => `${i}`);
    expect(mayAsk("ann", open, 0)).toBe(false);
    expect(mayAsk("0", open, 0)).toBe(false);
  });

  test("leaves at most 32 open, and 8 of one, in whatever order people ask", () => {
    fc.assert(
      fc.property(fc.array(people, { maxLength: 100 }), (asking) => {
        let open: string[] = [];
        for (const by of asking) {
          const room = mayAsk(by, open, 0);
          if (room !== false) open = [...open.filter((_, i) => i !== room), by];
        }
        expect(open.length).toBeLessThanOrEqual(32);
        for (const who of new Set(open)) expect(countOf(open, who)).toBeLessThanOrEqual(8);
      }),
    );
  });
});

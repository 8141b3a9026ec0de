import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { oneLine } from "../../src/text/safe.ts";
import { columnsOf, cut, fit, wrap, wrapWhole } from "../../src/text/width.ts";

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom("\u001b", "\u009b", "\r", "\n", "\t", "\u202e", "é", "日", "🙂", "\ud800", " ", "a"),
    fc.string({ unit: "binary", maxLength: 1 }),
  ),
});

describe("widths", () => {
  test("wide characters take two columns, combining ones none", () => {
    expect(columnsOf("日本")).toBe(4);
    expect(columnsOf("e\u0301a")).toBe(2);
    expect(columnsOf("🙂")).toBe(2);
    expect(columnsOf("👩‍👩‍👧")).toBe(2);
  });

  test("a cut text never exceeds its columns, and a fitted one fills them", () => {
    fc.assert(
      fc.property(anyText.map(oneLine), fc.integer({ min: 0, max: 30 }), (text, columns) => {
        expect(columnsOf(cut(text, columns))).toBeLessThanOrEqual(columns);
        expect(columnsOf(fit(text, columns))).toBe(columns);
      }),
    );
  });

  test("wrapping loses nothing but spaces and never exceeds its columns", () => {
    fc.assert(
      fc.property(anyText.map(oneLine), fc.integer({ min: 2, max: 30 }), (text, columns) => {
        const lines = wrap(text, columns);
        for (const line of lines) expect(columnsOf(line.trimEnd())).toBeLessThanOrEqual(columns);
        expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
      }),
    );
  });

  test("words are kept whole where they can be", () => {
    expect(wrap("one two three", 8)).toEqual(["one two", "three"]);
    expect(wrap("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
  });
});

describe("a text being written", () => {
  test("is broken after spaces, not within words that fit", () => {
    expect(wrapWhole("the door is too narrow for it", 12)).toEqual(["the door is ", "too narrow ", "for it"]);
    expect(wrapWhole("", 12)).toEqual([""]);
  });

  test("is there to the letter, and no piece is wider than it may be but for one space", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 3, max: 30 }), (text, columns) => {
        const line = oneLine(text);
        const pieces = wrapWhole(line, columns);
        expect(pieces.join("")).toBe(line);
        for (const piece of pieces) expect(columnsOf(piece)).toBeLessThanOrEqual(columns + 1);
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonLine, oneLine, safeLines } from "../src/text/safe.ts";
import { qrLines } from "../src/text/qr.ts";
import { createWhen } from "../src/text/when.ts";
import { columnsOf, cut, fit, wrap } from "../src/text/width.ts";
import { wordsFor } from "../src/words/index.ts";

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom("\u001b", "\u009b", "\r", "\n", "\t", "\u202e", "é", "日", "🙂", "\ud800", " ", "a"),
    fc.string({ unit: "binary", maxLength: 1 }),
  ),
});
const CONTROL = /[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u;

describe("what others wrote, before a terminal sees it", () => {
  test.each([
    ["a colour", "\u001b[31mred", "⟨U+001B⟩[31mred"],
    ["a window title", "\u001b]0;owned\u0007x", "⟨U+001B⟩]0;owned⟨U+0007⟩x"],
    ["an eight-bit escape", "\u009b2Jx", "⟨U+009B⟩2Jx"],
    ["a carriage return", "good\rbad", "good bad"],
    ["a backspace", "a\u0008b", "a⟨U+0008⟩b"],
    ["a direction override", "gpj.\u202eexe", "gpj.⟨U+202E⟩exe"],
    ["a lone surrogate", "a\ud800b", "a\ufffdb"],
  ])("%s cannot act", (_what, text, safe) => {
    expect(oneLine(text)).toBe(safe);
  });

  test("whatever the text, no control character is left, and one line stays one", () => {
    fc.assert(
      fc.property(
        anyText,
        (text) => !CONTROL.test(oneLine(text)) && safeLines(text).every((line) => !CONTROL.test(line)),
      ),
    );
  });

  test("line ends of a message survive, every kind of them, and tabs become spaces", () => {
    expect(safeLines("a\nb\r\nc\rd\u2028e\tf")).toEqual(["a", "b", "c", "d", "e    f"]);
  });

  test("what people write in any script goes through unchanged", () => {
    for (const text of ["Ça va ?", "مرحبا", "日本語", "👩‍👩‍👧", "e\u0301"]) expect(oneLine(text)).toBe(text);
  });

  test("a JSON line holds the exact text and nothing a terminal acts on", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const line = jsonLine({ text });
        expect(line).not.toMatch(CONTROL);
        expect(JSON.parse(line)).toEqual({ text });
      }),
    );
  });
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

describe("a QR code in the terminal", () => {
  const link = `http://127.0.0.1:7540/i#${"A".repeat(80)}`;

  test("is square, dark on light, two dots to a character", () => {
    const lines = qrLines(link, 80) ?? [];
    // oxlint-disable-next-line no-control-regex -- the escape sequences are what is taken away
    const plain = lines.map((line) => line.replaceAll(/\u001b\[[\d;]*m/gu, ""));
    expect(plain.length).toBeGreaterThan(10);
    expect(new Set(plain.map((line) => line.length)).size).toBe(1);
    expect(Math.ceil((plain[0]?.length ?? 0) / 2)).toBe(plain.length);
    expect(plain.join("")).toMatch(/^[ ▀▄█]+$/u);
  });

  test("is left out where it does not fit", () => {
    expect(qrLines(link, 20)).toBeUndefined();
    expect(qrLines(link, 80, 10)).toBeUndefined();
  });
});

test.each(["fr", "en"] as const)(
  "in %s a date has the day before the month, and a number its separators",
  (language) => {
    const words = wordsFor(language);
    const date = new Date(2026, 10, 29, 9, 5).getTime();
    expect(createWhen(words.locale).short(date, date + 40 * 86_400_000)).toBe("29/11/26");
    expect(words.number(12_345)).toBe(language === "fr" ? "12\u202f345" : "12,345");
  },
);

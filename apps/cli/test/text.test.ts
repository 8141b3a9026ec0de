import fc from "fast-check";
import { textOf } from "../src/node/source.ts";
import { describe, expect, test } from "vitest";
import { jsonLine, oneLine, safeLines } from "../src/text/safe.ts";
import { invitationLines } from "../src/text/invitation.ts";
import { qrLines } from "../src/text/qr.ts";
import { createStyle } from "../src/text/style.ts";
import { createWhen } from "../src/text/when.ts";
import { columnsOf, cut, fit, wrap, wrapWhole } from "../src/text/width.ts";
import { wordsFor } from "../src/words/index.ts";

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom("\u001b", "\u009b", "\r", "\n", "\t", "\u202e", "é", "日", "🙂", "\ud800", " ", "a"),
    fc.string({ unit: "binary", maxLength: 1 }),
  ),
});
const CONTROL = /[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u;

describe("what comes in as bytes", () => {
  test("is text when it is UTF-8, and nothing else is guessed to be", () => {
    expect(textOf(Buffer.from("café\n"))).toBe("café\n");
    expect(textOf(Buffer.from("caf\xe9 cr\xe8me", "latin1"))).toBeUndefined();
    expect(textOf(Buffer.from("café").subarray(0, 4))).toBeUndefined();
  });
});

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

const codeRows = (lines: readonly string[]): number => lines.filter((line) => line.includes("\u001b[38;5;16")).length;

describe("a QR code in the terminal", () => {
  const link = `http://127.0.0.1:7540/i#${"A".repeat(90)}`;

  test("is square, dark on light, two dots to a character", () => {
    const lines = qrLines(link, 80) ?? [];
    // oxlint-disable-next-line no-control-regex -- the escape sequences are what is taken away
    const plain = lines.map((line) => line.replaceAll(/\u001b\[[\d;]*m/gu, ""));
    expect(plain.length).toBeGreaterThan(10);
    expect(new Set(plain.map((line) => line.length)).size).toBe(1);
    expect(Math.ceil((plain[0]?.length ?? 0) / 2)).toBe(plain.length);
    expect(plain.join("")).toMatch(/^[ ▀▄█]+$/u);
  });

  const shownOn = (lang: "fr" | "en", columns: number, rows: number) => {
    const words = wordsFor(lang);
    const until = "23 November 2026 at 14:03";
    return invitationLines({ words, style: createStyle(false), link, until, columns, rows, others: 2 }, true);
  };

  test.each([
    ["en", 80, 24],
    ["fr", 80, 24],
    ["en", 40, 15],
    ["fr", 40, 15],
  ] as const)(
    "in %s, a screen of %i by %i has the link alone, and the size that a code takes",
    (lang, columns, rows) => {
      const { lines, hasCode } = shownOn(lang, columns, rows);
      expect(lines.slice(-(rows - 2)).join("")).toContain(link);
      expect([hasCode, codeRows(lines)]).toEqual([false, 0]);
      const [width, height] = lines.join(" ").match(/\d+(?= (?:col|rows|lignes))/gu) ?? [];
      expect(shownOn(lang, Number(width), Number(height)).hasCode).toBe(true);
      expect(shownOn(lang, Number(width), Number(height) - 1).hasCode).toBe(false);
    },
  );

  test.each([
    ["en", 80, 40],
    ["fr", 200, 60],
  ] as const)("in %s, a screen of %i by %i has the whole code, and the link below it", (lang, columns, rows) => {
    const { lines, hasCode } = shownOn(lang, columns, rows);
    expect([hasCode, codeRows(lines)]).toEqual([true, 23]);
    expect(lines.length).toBeLessThanOrEqual(rows - 2);
    expect(lines.slice(lines.findLastIndex((line) => line.includes("▀"))).join("")).toContain(link);
  });

  test("is left out where it does not fit", () => {
    expect(qrLines(link, 20)).toBeUndefined();
    expect(qrLines(link, 80, 10)).toBeUndefined();
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

test.each(["fr", "en"] as const)(
  "in %s a date has the day before the month, and a number its separators",
  (language) => {
    const words = wordsFor(language);
    const date = new Date(2026, 10, 29, 9, 5).getTime();
    expect(createWhen(words.locale).short(date, date + 40 * 86_400_000)).toBe("29/11/26");
    expect(words.number(12_345)).toBe(language === "fr" ? "12\u202f345" : "12,345");
  },
);

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonLine, oneLine, safeLines } from "../../src/text/safe.ts";

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

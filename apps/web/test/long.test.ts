import fc from "fast-check";
import { expect, test } from "vitest";
import { isLargeEmoji } from "../src/ui/message/large-emoji.ts";
import { firstPart } from "../src/ui/message/long.ts";

test("a short text is shown whole; of a long one the first part, cut after a word or a line", () => {
  expect(firstPart("word ".repeat(300))).toBeUndefined();
  expect(firstPart("word ".repeat(400))).toBe("word ".repeat(200).trimEnd());
  expect(firstPart("a\n".repeat(25))).toBeUndefined();
  expect(firstPart("a\n".repeat(40))).toBe("a\n".repeat(16).trimEnd());
  expect(firstPart("👩‍👩‍👧".repeat(400))).toMatch(/^(?:👩‍👩‍👧)+$/u);
});

test("whatever the text, its first part is a beginning of it, and not empty", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1_501, maxLength: 2_500 }), (text) => {
      const first = firstPart(text);
      expect(first).toBeDefined();
      expect(text.startsWith(first ?? "-")).toBe(true);
      expect((first ?? "").length).toBeLessThanOrEqual(1_000);
    }),
    { numRuns: 200 },
  );
});

test.each(["😀", "👍🏽", "👩‍👩‍👧‍👦 🇫🇷", "❤️ ❤️ ❤️", " 😀 "])("%j is large", (text) => expect(isLargeEmoji(text)).toBe(true));
test.each(["", "1", "😀😀😀😀", "😀!", "a😀", "❤", "*️⃣ bold", "😀\u202e"])("%j is not large", (text) =>
  expect(isLargeEmoji(text)).toBe(false),
);

import { expect, test } from "vitest";
import { createWhen } from "../../src/text/when.ts";
import { wordsFor } from "../../src/words/index.ts";

test.each(["fr", "en"] as const)(
  "in %s a date has the day before the month, and a number its separators",
  (language) => {
    const words = wordsFor(language);
    const date = new Date(2026, 10, 29, 9, 5).getTime();
    expect(createWhen(words.locale).short(date, date + 40 * 86_400_000)).toBe("29/11/26");
    expect(words.number(12_345)).toBe(language === "fr" ? "12\u202f345" : "12,345");
  },
);

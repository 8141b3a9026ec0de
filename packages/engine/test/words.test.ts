import { describe, expect, test } from "vitest";
import { ERROR_CODES } from "../src/runtime/errors.ts";
import { SENTENCE_CODES, errorSentence } from "../src/api/words.ts";

const french = ERROR_CODES.map((code) => errorSentence("fr", code));
const english = ERROR_CODES.map((code) => errorSentence("en", code));

describe("the sentences for failures", () => {
  test("every code of the registry has its sentences, and no other code has any", () => {
    expect([...SENTENCE_CODES].sort()).toEqual([...ERROR_CODES].sort());
  });

  test("no two codes share a sentence", () => {
    expect(new Set(french).size).toBe(ERROR_CODES.length);
    expect(new Set(english).size).toBe(ERROR_CODES.length);
  });

  test("each is made of whole sentences of a length people read", () => {
    for (const sentence of [...french, ...english]) {
      expect(sentence).toMatch(/^[A-ZÀÉÊ][^\n]*[^ ]\.$/u);
      expect(sentence.length).toBeLessThanOrEqual(240);
    }
  });

  test("French has narrow no-break spaces before its high punctuation", () => {
    for (const sentence of french)
      expect(sentence.replaceAll("://", "").replaceAll(/:\d/g, "")).not.toMatch(/[^\u202f][;:!?»]|«[^\u202f]/u);
  });

  test("apostrophes are typographic in both languages", () => {
    for (const sentence of [...french, ...english]) expect(sentence).not.toContain("'");
  });

  test("a code that nobody knows gets the sentence of an unforeseen error, and not its own name", () => {
    expect(errorSentence("fr", "never_heard_of")).toBe(errorSentence("fr", "internal"));
    expect(errorSentence("en", "toString")).toBe(errorSentence("en", "internal"));
  });
});

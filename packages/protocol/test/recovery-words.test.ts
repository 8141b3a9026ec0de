import { wordlist as english } from "@scure/bip39/wordlists/english.js";
import { wordlist as french } from "@scure/bip39/wordlists/french.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createCrypto } from "@pli/protocol/crypto";
import { createRecoverySecret, recoverySecretFrom, type RecoverySecret } from "@pli/protocol/identity";
import { MAX_WORDS_CHARS, RECOVERY_WORDS, secretFromWords, wordsFromSecret } from "@pli/protocol/recovery";

const crypto = await createCrypto();
const secretOf = (bytes: Uint8Array): RecoverySecret => {
  const secret = recoverySecretFrom(bytes);
  if (secret === undefined) throw new Error("24 bytes");
  return secret;
};
const secrets = fc.uint8Array({ minLength: 24, maxLength: 24 }).map(secretOf);
const languages = fc.constantFrom("en", "fr");
const read = (text: string) => secretFromWords(crypto, text);
const some = createRecoverySecret(crypto);

test("the two lists are of 2,048 words that their first four letters tell apart, without accents too", () => {
  for (const list of [english, french]) {
    const starts = list.map((word) => word.normalize("NFKD").replaceAll(/\p{M}/gu, "").slice(0, 4));
    expect(new Set(starts).size).toBe(2_048);
  }
});

test("one secret reads in both languages", () => {
  fc.assert(
    fc.property(secrets, languages, (secret, language) => {
      const words = wordsFromSecret(crypto, secret, language);
      expect(words.length).toBe(RECOVERY_WORDS);
      expect(read(words.join(" "))).toEqual({ ok: true, value: { secret, language } });
    }),
  );
});

test("capitals, accents, spaces, numbers and what follows four letters do not count", () => {
  const ways: readonly ((word: string, at: number) => string)[] = [
    (word) => word.toUpperCase(),
    (word) => word.normalize("NFD"),
    (word) => word.normalize("NFD").replaceAll(/\p{M}/gu, ""),
    (word, at) => `${at + 1}. ${word}\r\n`,
    (word, at) => `${at + 1}) ${word};`,
    (word) => `\t${word} ,\u00a0`,
    (word) => Array.from(word.normalize("NFC")).slice(0, 4).join(""),
  ];
  fc.assert(
    fc.property(secrets, languages, fc.array(fc.nat(ways.length - 1), { minLength: 19, maxLength: 19 }), (...drawn) => {
      const [secret, language, chosen] = drawn;
      const words = wordsFromSecret(crypto, secret, language);
      const typed = words.map((word, at) => ways[chosen[at] ?? 0]?.(word, at) ?? word).join(" ");
      expect(read(typed)).toEqual({ ok: true, value: { secret, language } });
    }),
  );
});

test("two words in each other's place, and another word of the list, are found out", () => {
  let missed = 0;
  let tried = 0;
  fc.assert(
    fc.property(secrets, languages, fc.nat(18), fc.nat(18), fc.nat(2_047), (secret, language, one, other, index) => {
      const words = wordsFromSecret(crypto, secret, language);
      const swapped = words.with(one, words[other] ?? "").with(other, words[one] ?? "");
      const replaced = words.with(one, (language === "en" ? english : french)[index] ?? "");
      for (const wrong of [swapped, replaced]) {
        if (wrong.every((word, at) => word.normalize("NFC") === words[at])) continue;
        const result = read(wrong.join(" "));
        tried += 1;
        missed += result.ok ? 1 : 0;
        expect(result.ok ? "recovery_words_wrong" : result.error.code).toBe("recovery_words_wrong");
      }
    }),
  );
  // One in 131,072 passes.
  expect(tried).toBeGreaterThan(0);
  expect(missed).toBeLessThan(2);
});

test("a word that is none is named by its place", () => {
  const words = wordsFromSecret(crypto, some, "fr");
  for (const [at, wrong] of [
    [0, "pli"],
    [7, "abandonnn"],
    [18, "日本語"],
  ] as const)
    expect(read(words.with(at, wrong).join(" "))).toEqual({
      ok: false,
      error: { code: "recovery_word_unknown", place: at + 1 },
    });
});

test("of words of both languages those of the fewer are named", () => {
  const [en, fr] = [wordsFromSecret(crypto, some, "en"), wordsFromSecret(crypto, some, "fr")];
  const isOfBoth = (word: string): boolean => (english as readonly string[]).includes(word);
  const place = fr.findIndex((word, at) => at > 3 && !isOfBoth(word));
  const alien = en.find((word) => !(french as readonly string[]).some((other) => other.startsWith(word.slice(0, 4))));
  expect(read(fr.with(place, alien ?? "zoo").join(" "))).toEqual({
    ok: false,
    error: { code: "recovery_word_unknown", place: place + 1 },
  });
});

test("no words, too few words and too many words give three different errors", () => {
  const words = wordsFromSecret(crypto, some, "en");
  for (const count of [0, 1, 12, 18])
    expect(read(words.slice(0, count).join(" "))).toEqual({
      ok: false,
      error: { code: "recovery_words_missing", words: count },
    });
  const tooMany = { ok: false, error: { code: "recovery_words_too_many" } };
  expect(read([...words, "zoo"].join(" "))).toEqual(tooMany);
  expect(read("zoo ".repeat(MAX_WORDS_CHARS))).toEqual(tooMany);
});

test("any text is answered", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => void read(text)));
});

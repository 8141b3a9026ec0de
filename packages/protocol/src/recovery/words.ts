/**
 * The recovery secret as words that a person can write down, in French or English: the same secret
 * reads in both. docs/protocol.md, section 6.4.
 */
import { wordlist as english } from "@scure/bip39/wordlists/english.js";
import { wordlist as french } from "@scure/bip39/wordlists/french.js";
import { concat, utf8, type Crypto } from "../crypto/index.ts";
import { recoverySecretFrom, type RecoverySecret } from "../identity/index.ts";

export type WordsLanguage = "en" | "fr";

/**
 * Why a text is not the words of a secret. `place` counts from 1. `recovery_words_wrong`: each is a
 * word of the list, but not all are those of one secret, or they stand in another order.
 */
export type WordsProblem =
  | { readonly code: "recovery_word_unknown"; readonly place: number }
  | { readonly code: "recovery_words_missing"; readonly words: number }
  | { readonly code: "recovery_words_too_many" }
  | { readonly code: "recovery_words_wrong" };

export type ReadWords =
  | { readonly ok: true; readonly value: { readonly secret: RecoverySecret; readonly language: WordsLanguage } }
  | { readonly ok: false; readonly error: WordsProblem };

/** Eighteen words and the one that checks them. */
export const RECOVERY_WORDS = 19;
/** What a person can have typed or pasted, in UTF-16 units. */
export const MAX_WORDS_CHARS = 4_096;
const BITS = 11;
/** The first four letters of a word are those of no other. */
const PREFIX = 4;
const SECRET_BITS = 192;
const CHECK_BITS = RECOVERY_WORDS * BITS - SECRET_BITS;

const LISTS: Readonly<Record<WordsLanguage, readonly string[]>> = { en: english, fr: french };

/** The words of a secret, as they are written: those of French with their accents. */
export function wordsFromSecret(crypto: Crypto, secret: RecoverySecret, language: WordsLanguage): string[] {
  const bits = bitsOf(secret) + checkOf(crypto, secret);
  return Array.from({ length: RECOVERY_WORDS }, (_, at) => {
    const index = Number.parseInt(bits.slice(at * BITS, (at + 1) * BITS), 2);
    return (LISTS[language][index] ?? "").normalize("NFC");
  });
}

/**
 * The secret that a person wrote down, from what they type. Capitals, accents, spaces, line ends,
 * punctuation and numbers do not count, and four letters stand for their word. The language is that
 * of most words.
 */
export function secretFromWords(crypto: Crypto, typed: string): ReadWords {
  if (typed.length > MAX_WORDS_CHARS) return refused({ code: "recovery_words_too_many" });
  const tokens = plain(typed)
    .split(/[^\p{L}]+/u)
    .filter(Boolean);
  const language = languageOf(tokens);
  const indexes: number[] = [];
  for (const [at, token] of tokens.entries()) {
    const index = indexOf(language, token);
    if (index === undefined) return refused({ code: "recovery_word_unknown", place: at + 1 });
    indexes.push(index);
  }
  if (indexes.length > RECOVERY_WORDS) return refused({ code: "recovery_words_too_many" });
  if (indexes.length < RECOVERY_WORDS) return refused({ code: "recovery_words_missing", words: indexes.length });
  const secret = secretFromIndexes(crypto, indexes);
  return secret === undefined ? refused({ code: "recovery_words_wrong" }) : { ok: true, value: { secret, language } };
}

const refused = (error: WordsProblem): ReadWords => ({ ok: false, error });

/** Which list most words are of: of as many in both, French, whose words are the longer ones. */
function languageOf(tokens: readonly string[]): WordsLanguage {
  const known = (language: WordsLanguage): number =>
    tokens.filter((token) => indexOf(language, token) !== undefined).length;
  return known("en") > known("fr") ? "en" : "fr";
}

function secretFromIndexes(crypto: Crypto, indexes: readonly number[]): RecoverySecret | undefined {
  const bits = indexes.map((index) => index.toString(2).padStart(BITS, "0")).join("");
  const bytes = Uint8Array.from({ length: SECRET_BITS / 8 }, (_, at) =>
    Number.parseInt(bits.slice(8 * at, 8 * at + 8), 2),
  );
  const secret = recoverySecretFrom(bytes);
  return secret !== undefined && bits.slice(SECRET_BITS) === checkOf(crypto, secret) ? secret : undefined;
}

const bitsOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");

/** The last six bits of the eighteenth word, and the nineteenth: they depend on all, in order. */
const checkOf = (crypto: Crypto, secret: RecoverySecret): string =>
  bitsOf(crypto.sha256(concat(utf8("pli recovery words v1"), secret))).slice(0, CHECK_BITS);

/** Small letters without accents: how words are compared. */
const plain = (text: string): string =>
  text
    .normalize("NFKD")
    .replaceAll(/\p{M}+/gu, "")
    .toLowerCase()
    .replaceAll("œ", "oe")
    .replaceAll("æ", "ae");

type Index = { readonly words: readonly string[]; readonly byStart: ReadonlyMap<string, number> };
const indexes = new Map<WordsLanguage, Index>();

function indexOf(language: WordsLanguage, token: string): number | undefined {
  const { words, byStart } = indexes.get(language) ?? indexFor(language);
  const at = byStart.get(token.slice(0, PREFIX));
  if (at === undefined) return undefined;
  return token.length >= PREFIX ? (words[at]?.startsWith(token) === true ? at : undefined) : at;
}

/** By their first four letters; a word of three letters has them all. */
function indexFor(language: WordsLanguage): Index {
  const words = LISTS[language].map(plain);
  const index = { words, byStart: new Map(words.map((word, at) => [word.slice(0, PREFIX), at])) };
  indexes.set(language, index);
  return index;
}

/** The passphrase of an export: words that a machine drew, for people to copy. */
import { wordlist } from "@scure/bip39/wordlists/english.js";

/** Twelve words of a list of 2,048: 132 bits, which no guessing reaches. */
const WORDS = 12;
const BITS = 11;
const BETWEEN = "-";

/** A new one, drawn evenly by the platform's generator. */
export function createPassphrase(): string {
  const drawn = crypto.getRandomValues(new Uint16Array(WORDS));
  return Array.from(drawn, (n) => wordlist[n & (2 ** BITS - 1)] ?? "").join(BETWEEN);
}

/**
 * What somebody typed, as it was shown: capitals, spaces and line ends do not matter where all of
 * it is words of the list. Anything else stays as it is, since a file may have been sealed again by
 * hand.
 */
export function readPassphrase(typed: string): string {
  const words = typed
    .normalize("NFKC")
    .toLowerCase()
    .split(/[\s-]+/u)
    .filter(Boolean);
  return words.length > 0 && words.every((word) => wordlist.includes(word)) ? words.join(BETWEEN) : typed;
}

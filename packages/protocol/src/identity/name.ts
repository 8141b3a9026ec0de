import { err, ok, type Result } from "../wire/index.ts";

/** The longest name, in Unicode characters. */
export const MAX_NAME_CHARS = 64;

/**
 * The name a person chose, normalised (NFC) and trimmed: 1 to 64 characters that show themselves.
 * Refused: control characters and line breaks, marks that turn the direction of text, and
 * characters nobody can see.
 */
export function parseName(input: string): Result<string, "name_empty" | "name_too_long" | "name_not_allowed"> {
  if (input.length > 16 * MAX_NAME_CHARS) return err("name_too_long");
  const name = input.normalize("NFC").trim();
  if (hidesCharacters(name)) return err("name_not_allowed");
  if (ONLY_INVISIBLE.test(name)) return err("name_empty");
  return Array.from(name).length > MAX_NAME_CHARS ? err("name_too_long") : ok(name);
}

/** Whether a text holds a character that no name may have. */
export function hidesCharacters(text: string): boolean {
  return NOT_ALLOWED.test(text);
}

const NOT_ALLOWED = new RegExp(
  "[" +
    String.raw`\p{Cc}\p{Cs}\u2028\u2029` + // controls, lone surrogates, line and paragraph separators
    String.raw`\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069` + // direction
    String.raw`\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f` + // invisible
    String.raw`\u2800\u3164\ufeff\uffa0\ufff0-\uffff\u{e0000}-\u{e0fff}` +
    "]",
  "u",
);

/** Nothing, or spaces, joiners, variation selectors and marks that have nothing to stand on. */
const ONLY_INVISIBLE = /^(?:[\s\p{M}]|\u200c|\u200d)*$/u;

import { err, ok, type Result } from "../wire/index.ts";
import { MAX_NAME_CHARS, hidesCharacters } from "../identity/name.ts";

/** The longest description, in Unicode characters. */
export const MAX_DESCRIPTION_CHARS = 1000;

/** Nothing, or spaces, joiners, common marks and variation selectors. */
const ONLY_INVISIBLE = /^(?:\s|\u200c|\u200d|[\u0300-\u036f]|[\ufe00-\ufe0f])*$/u;

/**
 * The description a person wrote, normalised (NFC, line feeds, trimmed), without the characters
 * that no name may have; it may be empty.
 */
export function parseDescription(input: string): Result<string, "description_too_long"> {
  if (input.length > 16 * MAX_DESCRIPTION_CHARS) return err("description_too_long");
  const lines = input
    .normalize("NFC")
    .replaceAll("\t", " ")
    .split(/\r\n|[\n\r\u2028\u2029]/u);
  const shown = lines.map((line) =>
    Array.from(line)
      .filter((char) => !hidesCharacters(char))
      .join(""),
  );
  const description = shown.join("\n").trim();
  return isDescription(description) ? ok(description) : err("description_too_long");
}

/**
 * Whether rules may carry this name. Looser than `parseName`, which makes it: nothing here depends
 * on the version of Unicode a device knows, since two members must never disagree about a commit.
 */
export function isGroupName(name: string): boolean {
  return isWithin(name, MAX_NAME_CHARS) && !ONLY_INVISIBLE.test(name) && !hidesCharacters(name);
}

/** The same for a description. */
export function isDescription(description: string): boolean {
  return (
    isWithin(description, MAX_DESCRIPTION_CHARS) && description.split("\n").every((line) => !hidesCharacters(line))
  );
}

function isWithin(text: string, chars: number): boolean {
  return text.length <= 2 * chars && Array.from(text).length <= chars;
}

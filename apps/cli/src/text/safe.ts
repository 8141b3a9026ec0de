/**
 * Everything others wrote goes through here before it reaches a terminal: control characters can move the cursor, rewrite
 * what was printed, rename the window or answer in the person's place; direction overrides can show a text backwards.
 */

/** C0 and C1 controls, DEL, line and paragraph separators, direction embeddings, overrides and isolates, BOM, and the like. */
const UNSAFE = /[\p{Cc}\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]/gu;

/** Text for one line: a name, an address, a first line. Line ends and tabs become spaces. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\t\r\n\u2028\u2029]+/gu, " ")
    .replaceAll(UNSAFE, "");
}

/** The lines of a message. Only its line ends survive; the caller indents, so that no line can pass for another message. */
export function safeLines(text: string): string[] {
  return text
    .toWellFormed()
    .split(/\r\n|[\r\n\u2028\u2029]/u)
    .map((line) => line.replaceAll("\t", "    ").replaceAll(UNSAFE, ""));
}

/** One JSON line. What a terminal could act on is escaped, so that the value is whole and the screen safe. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replaceAll(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

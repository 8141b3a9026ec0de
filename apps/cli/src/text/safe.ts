import { blankMark, markText, shownText } from "@pli/engine/content";

/**
 * Everything others wrote goes through here before it reaches a terminal: control characters can
 * move the cursor, rewrite what was printed, rename the window or answer in the person's place;
 * direction overrides can show a text backwards. They are shown as marks, ⟨U+001B⟩. Names have a
 * rule of their own, `createNaming`.
 */

const LINE_END = /\r\n|[\r\n\u2028\u2029]/u;
const UNSEEN = /[\p{Cc}\p{DI}\p{Zl}\p{Zp}\ufff9-\ufffb]/gu;

/** Text for one line: an address, an error, a first line. Line ends and tabs become spaces. */
export function oneLine(text: string): string {
  return shownText(text.replaceAll(/[\t\r\n\u2028\u2029]+/gu, " "));
}

/**
 * The lines of a message. It is cut at its line ends. The caller puts a sign of ours before each
 * line but the first, so that no line can pass for another message.
 */
export function safeLines(text: string): string[] {
  const blank = blankMark(text);
  if (blank !== undefined) return [markText(blank)];
  return text.split(LINE_END).map((line) => shownText(line.replaceAll("\t", "    ")));
}

/**
 * One JSON line. What a terminal could act on, and what nobody sees, is escaped: the value is whole
 * and the screen safe.
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replaceAll(UNSEEN, (char) =>
    Array.from({ length: char.length }, (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, "0")}`).join(""),
  );
}

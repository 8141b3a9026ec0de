/**
 * Makes what others wrote safe for a terminal. Control characters can move the cursor, rewrite what
 * was printed, rename the window or type in the person's place; direction overrides can show a text
 * backwards. They are shown as marks, ⟨U+001B⟩. `createNaming` has the rules for names.
 */
import { blankMark, markText, shownText } from "@pli/engine/content";

const LINE_END = /\r\n|[\r\n\u2028\u2029]/u;
const UNSEEN = /[\p{Cc}\p{DI}\p{Zl}\p{Zp}\ufff9-\ufffb]/gu;

/** Text as one line. Line ends and tabs become spaces. */
export function oneLine(text: string): string {
  return shownText(text.replaceAll(/[\t\r\n\u2028\u2029]+/gu, " "));
}

/**
 * The lines of a message. The caller puts `GUTTER` before each line but the first, so that no line
 * passes for another message.
 */
export function safeLines(text: string): string[] {
  const blank = blankMark(text);
  if (blank !== undefined) return [markText(blank)];
  return text.split(LINE_END).map((line) => shownText(line.replaceAll("\t", "    ")));
}

/** One JSON line. Escapes what a terminal could act on and what nobody sees: no text is lost. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replaceAll(UNSEEN, (char) =>
    Array.from({ length: char.length }, (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, "0")}`).join(""),
  );
}

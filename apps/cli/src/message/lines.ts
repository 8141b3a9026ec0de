/** A message as lines for people. */
import type { MessageView, QuoteView } from "@pli/engine/api";
import { isolated, lureOf } from "@pli/engine/content";
import { cutName, type Reader } from "../naming.ts";
import { GUTTER } from "../text/gutter.ts";
import { oneLine } from "../text/safe.ts";
import type { Style } from "../text/style.ts";
import type { When } from "../text/when.ts";
import { columnsOf, wrap } from "../text/width.ts";
import type { Words } from "../words/index.ts";
import { bodyLines, isNotice } from "./kinds/index.ts";

interface Printer {
  words: Words;
  style: Style;
  when: When;
}

/** Where and for whom a message is shown. */
export interface Showing {
  author: string;
  reader: Reader;
  /** The group, where messages of several conversations are mixed. */
  group?: string;
  columns: number;
}

const QUOTE_CHARS = 60;
/** Where fewer columns are left beside a name, a text begins below it. */
const LEAST_ROOM = 8;

/**
 * A message as lines of at most the given width. The first has time, author and text; each later
 * one begins with a bar. A line is cut before it gets its style, so that no style runs over the end
 * of a line.
 */
export function messageLines(printer: Printer, message: MessageView, showing: Showing): string[] {
  const { style, words, when } = printer;
  const { columns } = showing;
  const group = showing.group === undefined ? undefined : cutName(showing.group, columns / 4);
  const own = cutName(showing.author, columns / 3);
  const notice = isNotice(message);
  const head = `${when.time(message.sentAt)}  `;
  const author = group === undefined ? own : `${group} · ${own}`;
  const name = notice ? `· ${group === undefined ? "" : `${group}${words.colon} `}` : `${author}${words.colon} `;
  const indent = " ".repeat(Math.max(0, head.length - GUTTER.length)) + GUTTER;
  const [first = "", ...rest] = [...bodyLines(message, words, showing.reader), ...doneLines(message, words, showing)]
    .flatMap((line, index) => wrapped(line, columns - head.length, index === 0 ? columnsOf(name) : 0))
    .map(isolated);
  if (notice) {
    return [style.dim(head + name + first), ...rest.map((line) => style.dim(`${indent}${line}`))];
  }
  const lure = lureOf(message);
  const painted = message.mine ? style.dim(author) : style.bold(author);
  const lines = [
    `${style.dim(head)}${painted}${words.colon} ${first}`,
    ...rest.map((line) => style.dim(indent) + line),
  ];
  const used = rest.length === 0 ? head.length + columnsOf(name + first) : indent.length + columnsOf(rest.at(-1) ?? "");
  const whole = marked(lines, used, stateMark(printer, message, showing.reader), {
    indent: style.dim(indent),
    columns,
  });
  if (lure === undefined) return whole;
  const warned = wrap(words.message.lures[lure], columns - indent.length);
  return [...whole, ...warned.map((line) => style.dim(indent) + style.warning(line))];
}

/** Below what a message says: what it answers, that it is not what it was, and who reacted. */
function doneLines(
  { replyTo, edited, reactions = [], starred }: MessageView,
  words: Words,
  { reader }: Showing,
): string[] {
  const lines: string[] = [];
  if (replyTo !== undefined) lines.push(quoteLine(replyTo, words, reader));
  if (edited !== undefined) lines.push(`(${words.actions.isEdited})`);
  for (const { emoji, people } of reactions)
    lines.push(`${emoji} ${people.map((one) => reader.nameOf(one)).join(", ")}`);
  if (starred === true) lines.push(`(${words.actions.isStarred})`);
  return lines;
}

function quoteLine({ state, text = "", from = "", fromName = "" }: QuoteView, words: Words, reader: Reader): string {
  if (state === "missing") return `(${words.actions.answersMissing})`;
  if (state === "deleted") return `(${words.actions.answersDeleted})`;
  return words.actions.answers(
    reader.nameOf({ id: from, name: fromName }),
    Array.from(oneLine(text)).slice(0, QUOTE_CHARS).join(""),
  );
}

/** The first line has a name before it; where that leaves no room, the text begins on the next. */
function wrapped(line: string, columns: number, before: number): string[] {
  if (columns - before < LEAST_ROOM && before > 0) return ["", ...wrap(line, columns)];
  const [first = "", ...more] = wrap(line, columns - before);
  const rest = line.slice(first.length).trimStart();
  return before === 0 || more.length === 0 ? [first, ...more] : [first, ...wrap(rest, columns)];
}

/**
 * Puts the mark behind the last line, which is `used` columns wide, or below it where there is no
 * room.
 */
function marked(
  lines: string[],
  used: number,
  mark: { text: string; paint: (text: string) => string },
  { indent, columns }: { indent: string; columns: number },
): string[] {
  if (mark.text === "") return lines;
  if (used + 2 + columnsOf(mark.text) > columns) return [...lines, indent + mark.paint(mark.text)];
  return [...lines.slice(0, -1), `${lines.at(-1) ?? ""}  ${mark.paint(mark.text)}`];
}

/**
 * How far a message of this person has come: ✓ at the store, ✓✓ at the other side, anything else in
 * words. For a message that somebody else passed on: who did.
 */
function stateMark({ style, words }: Printer, message: MessageView, reader: Reader) {
  const { state, delivered = 0, read = 0, fromRosterOf: teller } = message;
  const { states } = words.message;
  if (teller !== undefined) return { text: `(${words.message.toldBy(reader.nameOf(teller))})`, paint: style.dim };
  if (message.error === "not_received") return { text: `(${states.notReceived})`, paint: style.warning };
  if (state === "failed") return { text: `(${states.failed})`, paint: style.warning };
  if (state === "saved") return { text: `(${states.saved})`, paint: style.dim };
  if (read > 0) return { text: `✓✓ ${words.group.readBy(read)}`, paint: style.accent };
  if (delivered > 0) return { text: `✓✓ ${words.group.deliveredTo(delivered)}`, paint: style.dim };
  const marks = { sent: "✓", delivered: "✓✓", read: `✓✓ ${states.read}`, received: "" };
  return { text: marks[state], paint: state === "read" ? style.accent : style.dim };
}

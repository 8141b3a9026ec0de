import type { MessageView, PliApi } from "@pli/engine/api";
import { isolated, shownName } from "@pli/engine/content";
import type { Context } from "./context.ts";
import { changeSentence } from "./group/history.ts";
import type { Profile } from "./home.ts";
import { cutName, readerOf, type Reader } from "./naming.ts";
import { placeFields, placeOf, type Place } from "./place.ts";
import { safeLines } from "./text/safe.ts";
import type { Style } from "./text/style.ts";
import type { When } from "./text/when.ts";
import { columnsOf, wrap } from "./text/width.ts";
import type { Words } from "./words/index.ts";

/**
 * Prints a message in JSON, but nothing for what a script has no use for: that the two are paired.
 */
export function emitMessage({ emit }: Context, message: MessageView, place: Place, me: Profile): void {
  const event = messageEvent(message, place, me);
  if (event !== undefined) emit(event);
}

/** A message in JSON: the shape of docs/cli.md. */
export function messageEvent(message: MessageView, place: Place, me: Profile) {
  const { body } = message;
  if (body.kind === "paired") return undefined;
  const { kind, ...more } = body;
  return {
    event: kind === "text" || kind === "unknown" ? "message" : "notice",
    id: message.id,
    ...placeFields(place),
    from: message.mine ? me.name : authorIn(place, message),
    fromId: message.from,
    mine: message.mine,
    kind,
    text: null,
    ...more,
    sentAt: message.sentAt,
    order: message.order,
    state: message.state,
    ...(message.delivered === undefined ? {} : { deliveredTo: message.delivered }),
    ...(message.read === undefined ? {} : { readBy: message.read }),
    ...(message.toldBy === undefined ? {} : { toldBy: message.toldBy.name, toldById: message.toldBy.id }),
    ...(message.expiresAt === undefined ? {} : { expiresAt: message.expiresAt }),
    ...(message.error === undefined ? {} : { error: message.error }),
  };
}

/** The other's name as it is known there. */
export const authorIn = (place: Pick<Place, "kind" | "name">, { fromName }: MessageView): string =>
  place.kind === "direct" ? place.name : fromName;

/** The author as a reader calls them. */
export const authorFor = (reader: Reader, place: Pick<Place, "kind" | "name">, message: MessageView): string =>
  reader.nameOf({ id: message.from, name: authorIn(place, message) });

/** What a message says to a person, as safe lines. */
export function bodyLines(message: MessageView, words: Words, reader: Reader): string[] {
  const { body } = message;
  switch (body.kind) {
    case "text":
      return safeLines(body.text);
    case "gap":
      return [words.message.gap(body.count)];
    case "held":
      return [words.message.held(reader.nameOf({ id: message.from, name: message.fromName }), body.count)];
    case "away":
      return [words.message.away(body.days)];
    case "blocked":
      return [words.message.whileBlocked(reader.nameOf({ id: message.from, name: message.fromName }), body.count)];
    case "renamed":
      return [words.message.renamed(shownName(body.from), reader.nameOf({ id: message.from, name: body.to }))];
    case "change":
      return [changeSentence(words, message, body.change, reader)];
    default:
      return [words.message[body.kind]];
  }
}

export const isNotice = (message: MessageView): boolean =>
  message.body.kind !== "text" && message.body.kind !== "unknown";

export interface MessagePrinter {
  words: Words;
  style: Style;
  when: When;
}

/**
 * How a message is shown: under which name, to whom, and in which group where several are mixed.
 */
export interface Showing {
  author: string;
  reader: Reader;
  group?: string;
  columns: number;
}

/**
 * Prints a message that stands alone, with its conversation: a group, or for a message of our own
 * who it was for.
 */
export async function tellMessage(context: Context, api: PliApi, me: Profile, message: MessageView): Promise<void> {
  const place = await placeOf(api, message);
  emitMessage(context, message, place, me);
  if (context.globals.json) return;
  const reader = await readerOf(api, me, place.conversation);
  const author = message.mine ? context.words.you : authorFor(reader, place, message);
  const group = place.kind === "group" || message.mine ? shownName(place.name) : undefined;
  const showing = { author, reader, columns: lineColumns(context.world), ...(group !== undefined && { group }) };
  for (const line of messageLines(context, message, showing)) context.say(line);
}

/** Prints the day of a message where it is not that of the message before. */
export function createDayHeadings({ say, style, when }: Context): (message: MessageView) => void {
  let day = "";
  return ({ sentAt }) => {
    const key = when.dayKey(sentAt);
    if (key !== day) say(style.dim(`${day === "" ? "" : "\n"}${when.day(sentAt)}`));
    day = key;
  };
}

/**
 * Before every line of a message but its first: no text can put it there, so no line passes for
 * another message.
 */
export const GUTTER = "│ ";
/** Fewer columns than these beside a name, and a text begins below it. */
const LEAST_ROOM = 8;

/**
 * How wide lines for people may be: none that is wider than the terminal, which would break it
 * where a message begins.
 */
export const lineColumns = ({ stdout }: Context["world"]): number => (stdout.isTerminal ? stdout.columns() : Infinity);

/**
 * A message as lines, each at most as wide as the terminal. The first has time, author and text;
 * each later one begins with a bar. A line is cut before it gets its style, so that no style runs
 * over the end of a line.
 */
export function messageLines(p: MessagePrinter, message: MessageView, showing: Showing): string[] {
  const { style } = p;
  const { columns } = showing;
  const group = showing.group === undefined ? undefined : cutName(showing.group, columns / 4);
  const own = cutName(showing.author, columns / 3);
  const notice = isNotice(message);
  const head = `${p.when.time(message.sentAt)}  `;
  const author = group === undefined ? own : `${group} · ${own}`;
  const name = notice ? `· ${group === undefined ? "" : `${group}${p.words.colon} `}` : `${author}${p.words.colon} `;
  const indent = " ".repeat(Math.max(0, head.length - GUTTER.length)) + GUTTER;
  const [first = "", ...rest] = bodyLines(message, p.words, showing.reader)
    .flatMap((line, index) => wrapped(line, columns - head.length, index === 0 ? columnsOf(name) : 0))
    .map(isolated);
  if (notice) {
    return [style.dim(head + name + first), ...rest.map((line) => style.dim(`${indent}${line}`))];
  }
  const painted = message.mine ? style.dim(author) : style.bold(author);
  const lines = [
    `${style.dim(head)}${painted}${p.words.colon} ${first}`,
    ...rest.map((line) => style.dim(indent) + line),
  ];
  const used = rest.length === 0 ? head.length + columnsOf(name + first) : indent.length + columnsOf(rest.at(-1) ?? "");
  return marked(lines, used, stateMark(p, message, showing.reader), { indent: style.dim(indent), columns });
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
  p: { indent: string; columns: number },
): string[] {
  if (mark.text === "") return lines;
  if (used + 2 + columnsOf(mark.text) > p.columns) return [...lines, p.indent + mark.paint(mark.text)];
  return [...lines.slice(0, -1), `${lines.at(-1) ?? ""}  ${mark.paint(mark.text)}`];
}

/**
 * How far a message of ours has come: at the store ✓, with the other ✓✓; in words what matters
 * more, and in a group how many. Of what did not come from its author: who says so.
 */
function stateMark({ style, words }: MessagePrinter, message: MessageView, reader: Reader) {
  const { state, delivered = 0, read = 0, toldBy } = message;
  const { states } = words.message;
  if (toldBy !== undefined) return { text: `(${words.message.toldBy(reader.nameOf(toldBy))})`, paint: style.dim };
  if (message.error === "not_received") return { text: `(${states.notReceived})`, paint: style.warning };
  if (state === "failed") return { text: `(${states.failed})`, paint: style.warning };
  if (state === "saved") return { text: `(${states.saved})`, paint: style.dim };
  if (read > 0) return { text: `✓✓ ${words.group.readBy(read)}`, paint: style.accent };
  if (delivered > 0) return { text: `✓✓ ${words.group.deliveredTo(delivered)}`, paint: style.dim };
  const marks = { sent: "✓", delivered: "✓✓", read: `✓✓ ${states.read}`, received: "" };
  return { text: marks[state], paint: state === "read" ? style.accent : style.dim };
}

/** Asks for the messages that these lines say were not kept. Gives the number of lines. */
export async function askForHeld(api: PliApi, messages: readonly MessageView[]): Promise<number> {
  const held = messages.filter(({ body }) => body.kind === "held" && body.mayAsk);
  for (const { id } of held) await api.askForHeld({ message: id });
  return held.length;
}

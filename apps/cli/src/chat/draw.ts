import type { ConversationView, MessageView } from "@pli/engine/api";
import { errorSentence } from "@pli/engine/words";
import { dots } from "../contact.ts";
import type { Context } from "../context.ts";
import { bodyLines, messageLines } from "../message.ts";
import { digitBox } from "../commands/pair.ts";
import { qrLines } from "../text/qr.ts";
import { oneLine, safeLines } from "../text/safe.ts";
import { columnsOf, cut, fit, wrap } from "../text/width.ts";
import { textOf, type Editor } from "./editor.ts";
import type { ChatState } from "./state.ts";

/** The window's lines, and where the cursor stands (from 0). */
export interface Picture {
  readonly lines: readonly string[];
  readonly cursor: { row: number; column: number } | undefined;
}

const SMALLEST = { columns: 20, rows: 6 };
const PROMPT = "> ";

/** The conversations that fit what was typed. */
export function matching({ conversations, editor }: ChatState): readonly ConversationView[] {
  const wanted = textOf(editor).startsWith("/") ? "" : textOf(editor).trim().toLowerCase();
  return conversations.filter(({ name }) => name.toLowerCase().includes(wanted));
}

export function draw(context: Context, state: ChatState): Picture {
  const { stdout } = context.world;
  const [columns, rows] = [stdout.columns(), stdout.rows()];
  if (columns < SMALLEST.columns || rows < SMALLEST.rows)
    return { lines: [cut(context.words.chat.small, columns)], cursor: undefined };
  const composer = composerLines(state.editor, columns, Math.floor(rows / 3));
  const room = rows - composer.lines.length - 2;
  const above = [
    header(context, state, columns),
    ...body(context, state, columns, room),
    footer(context, state, columns),
  ];
  const lines = above.map((line) => clipped(line, columns));
  const cursor = { row: lines.length + composer.cursor.row, column: composer.cursor.column };
  return { lines: [...lines, ...composer.lines], cursor };
}

/** A line that is too wide is cut, and loses its styles: none of them may stay open. */
function clipped(line: string, columns: number): string {
  // oxlint-disable-next-line no-control-regex -- the sequences of our own styles take no room
  const plain = line.replaceAll(/\u001b\[[\d;]*m/gu, "");
  return columnsOf(plain) <= columns ? line : cut(plain, columns);
}

function header(context: Context, state: ChatState, columns: number): string {
  const { words, style } = context;
  const { status } = state;
  const open = state.screen === "thread" ? chosenOf(state) : undefined;
  const name = open === undefined ? words.chat.title : `${oneLine(open.name)} ${dots(open.level)}`;
  const facts = [
    open?.state === "rejoining" ? words.chat.rejoining : "",
    status !== undefined && status.pending > 0 ? words.chat.pending(status.pending) : "",
    status === undefined ? "" : words.chat.states[status.connection.state],
  ].filter((fact) => fact !== "");
  const right = cut(facts.join(" · "), Math.floor(columns / 2));
  return style.reverse(fit(` ${name}`, columns - columnsOf(right) - 1) + right + " ");
}

function footer({ words, style, globals }: Context, state: ChatState, columns: number): string {
  const { chat } = words;
  const hints = { list: chat.listHint, thread: chat.threadHint, pairing: chat.pairingHint, help: chat.helpHint };
  const trouble = state.status?.trouble ?? state.status?.connection.error;
  if (state.notice !== "") return style.warning(cut(state.notice, columns));
  if (state.leaving) return style.warning(cut(chat.reallyCancel, columns));
  if (trouble !== undefined) return style.warning(cut(errorSentence(globals.language, trouble), columns));
  return style.dim(cut(hints[state.screen], columns));
}

function body(context: Context, state: ChatState, columns: number, room: number): string[] {
  const lines = {
    list: () => listLines(context, state, columns, room),
    thread: () => threadLines(context, state, columns, room),
    pairing: () => filled(pairingLines(context, state, columns, room), room),
    help: () => filled(helpLines(context, columns), room),
  }[state.screen]();
  return lines.slice(0, room);
}

const filled = (lines: readonly string[], room: number): string[] => [
  ...lines,
  ...Array.from({ length: Math.max(0, room - lines.length) }, () => ""),
];

export const chosenOf = ({ conversations, chosen }: ChatState): ConversationView | undefined =>
  conversations.find(({ id }) => id === chosen);

function listLines(context: Context, state: ChatState, columns: number, room: number): string[] {
  const { words } = context;
  const all = matching(state);
  if (state.conversations.length === 0) return filled(["", words.chat.empty, words.chat.emptyAdvice], room);
  if (all.length === 0) return filled(["", words.chat.noMatch], room);
  const at = Math.max(
    0,
    all.findIndex(({ id }) => id === state.chosen),
  );
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), all.length - room));
  return filled(
    all
      .slice(first, first + room)
      .map((conversation) => row(context, conversation, conversation.id === state.chosen, columns)),
    room,
  );
}

function row(context: Context, conversation: ConversationView, chosen: boolean, columns: number): string {
  const { style, when, words, world } = context;
  const time = when.short(conversation.activeAt, world.clock.now());
  const unread = conversation.unread > 0 ? ` (${conversation.unread})` : "";
  const name = `${oneLine(conversation.name)}${unread}`;
  const draft = conversation.draft === "" ? "" : `${words.chat.draft} `;
  const last = conversation.last === undefined ? "" : oneLine(bodyLines(conversation.last, words)[0] ?? "");
  const width = Math.min(28, Math.floor(columns / 3));
  const text = `${chosen ? "›" : " "} ${fit(name, width)} ${fit(draft + last, Math.max(0, columns - width - time.length - 5))} ${time}`;
  const line = cut(text, columns);
  if (chosen) return style.accent(line);
  return conversation.unread > 0 ? style.bold(line) : line;
}

function threadLines(context: Context, state: ChatState, columns: number, room: number): string[] {
  const { words, style } = context;
  const lines = conversationLines(context, state, columns);
  const end = Math.max(0, lines.length - state.scrolled);
  const start = Math.max(0, end - room);
  const shown = lines.slice(start, end);
  if (start > 0 || state.hasOlder) shown[0] = style.dim(words.chat.olderAbove);
  if (end < lines.length && shown.length > 1) shown[shown.length - 1] = style.dim(words.chat.newerBelow);
  return [...Array.from({ length: Math.max(0, room - shown.length) }, () => ""), ...shown];
}

/** The whole conversation as lines of the window's width; the newest last. */
export function conversationLines(context: Context, state: ChatState, columns: number): string[] {
  const { words, style, when } = context;
  const name = cut(oneLine(chosenOf(state)?.name ?? ""), Math.floor(columns / 3));
  if (state.messages.length === 0) return [style.dim(words.message.none)];
  let day = "";
  return state.messages.flatMap((message) => {
    const key = when.dayKey(message.sentAt);
    const heading = key === day ? [] : ["", style.dim(when.day(message.sentAt))];
    day = key;
    return [...heading, ...wrapped(context, message, message.mine ? words.you : name, columns)];
  });
}

/** Wrapped before it is styled: a style never spans a break. */
function wrapped(context: Context, message: MessageView, author: string, columns: number): string[] {
  const indent = 7;
  if (message.body.kind !== "text") return messageLines(context, message, author).map((line) => cut(line, columns));
  const margin = columnsOf(author) + indent + 2;
  const lines = safeLines(message.body.text).flatMap((line, i) => wrap(line, columns - (i === 0 ? margin : indent)));
  const text = lines.join("\n");
  return messageLines(context, { ...message, body: { kind: "text", text } }, author);
}

function pairingLines(context: Context, { pairing }: ChatState, columns: number, room: number): string[] {
  const { words, style, when } = context;
  if (pairing === undefined) return [];
  const peer = oneLine(pairing.peer ?? "?");
  const say = (text: string): string[] => wrap(text, columns);
  if (pairing.step === "code" && pairing.say !== undefined) {
    const left = pairing.attemptsLeft < 3 ? say(words.pairing.wrong(pairing.attemptsLeft)).map(style.warning) : [];
    return [
      "",
      ...say(words.pairing.call(peer)),
      ...digitBox(pairing.say).map(style.bold),
      ...say(words.chat.typeDigits),
      ...left,
    ];
  }
  if (pairing.step === "confirming") return ["", ...say(words.pairing.confirming(peer))];
  if (pairing.link === undefined) {
    const invited = pairing.peer === undefined ? [] : say(words.pairing.invites(peer));
    return [
      "",
      ...invited,
      ...say(pairing.step === "opening" ? words.pairing.opening : words.pairing.waitingForInviter),
    ];
  }
  const text = [...say(words.pairing.send), "", ...hardLines(pairing.link, columns).map(style.accent), ""];
  const after = [...say(words.pairing.until(when.moment(pairing.expiresAt))), ...say(words.pairing.why)];
  const qr = qrLines(pairing.link, columns, room - text.length - after.length) ?? [];
  return [...text, ...qr, ...after];
}

function hardLines(text: string, columns: number): string[] {
  return Array.from({ length: Math.ceil(text.length / columns) }, (_, i) => text.slice(i * columns, (i + 1) * columns));
}

function helpLines({ words, style }: Context, columns: number): string[] {
  return ["", ...words.chat.help.map(([key, what]) => cut(`  ${style.bold(fit(key, 24))} ${what}`, columns + 8))];
}

/** The text being written, wrapped, at most `most` lines of it: those around the cursor. */
function composerLines(
  editor: Editor,
  columns: number,
  most: number,
): { lines: string[]; cursor: { row: number; column: number } } {
  const width = columns - PROMPT.length - 1;
  const before = editor.before.split("\n").flatMap((line) => chunks(line, width));
  const all = textOf(editor)
    .split("\n")
    .flatMap((line) => chunks(line, width));
  const row = before.length - 1;
  const first = Math.max(0, Math.min(row - most + 1, all.length - most));
  const lines = all.slice(first, first + most).map((line, i) => (first + i === 0 ? PROMPT : "  ") + line);
  return { lines, cursor: { row: row - first, column: PROMPT.length + columnsOf(before[row] ?? "") } };
}

/** Pieces of at most `width` columns; what is written is kept to the letter. */
function chunks(line: string, width: number): string[] {
  const pieces: string[] = [""];
  for (const character of oneLine(line)) {
    const last = pieces[pieces.length - 1] ?? "";
    if (columnsOf(last + character) > width) pieces.push(character);
    else pieces[pieces.length - 1] = last + character;
  }
  return pieces;
}

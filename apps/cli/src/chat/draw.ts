import type { ConversationView, GroupQuestionView, MessageView, PairingView } from "@pli/engine/api";
import { isolated, nameForQuotes, shownName } from "@pli/engine/content";
import { failureSentence } from "../words/failures.ts";
import { beginsId, dots, shortId } from "../contact.ts";
import type { Context } from "../context.ts";
import { rejoiningSaid } from "../group/rejoining.ts";
import { groupLines, joiningText } from "../group/show.ts";
import { authorFor, bodyLines, isNotice, messageLines } from "../message.ts";
import { cutName, isGiven } from "../naming.ts";
import { digitBox } from "../commands/pair.ts";
import { ended, inBrackets, underWay, whyEnded } from "../pairing.ts";
import { invitationLines } from "../text/invitation.ts";
import { oneLine } from "../text/safe.ts";
import { createSizes } from "../text/size.ts";
import { columnsOf, cut, fit, wrap, wrapWhole } from "../text/width.ts";
import { connectionFact, awayText } from "../waiting.ts";
import { textOf, type Editor } from "./editor.ts";
import type { ChatState } from "./state.ts";

/** The window's lines, and where the cursor stands (from 0). */
export interface Picture {
  readonly lines: readonly string[];
  readonly cursor: { row: number; column: number } | undefined;
}

const SMALLEST = { columns: 20, rows: 6 };
const PROMPT = "> ";
/** Behind the name of a group: its messages disappear. */
const TIMED = "◷";

/**
 * The conversations that fit what was typed: an identifier first, then a name this person gave,
 * then those others chose.
 */
export function matching({ conversations, contacts, editor }: ChatState): readonly ConversationView[] {
  const wanted = textOf(editor).startsWith("/") ? "" : textOf(editor).trim().toLowerCase();
  if (wanted === "") return conversations;
  const given = new Set(contacts.filter(isGiven).map(({ id }) => id));
  const isIt = ({ id, contact }: ConversationView): boolean => beginsId(contact === "" ? id : contact, wanted);
  const rank = (one: ConversationView): number => (isIt(one) ? 0 : given.has(one.contact) ? 1 : 2);
  return conversations
    .filter((one) => isIt(one) || one.name.toLowerCase().includes(wanted))
    .toSorted((a, b) => rank(a) - rank(b));
}

export function draw(context: Context, state: ChatState): Picture {
  const { stdout } = context.world;
  const [columns, rows] = [stdout.columns(), stdout.rows()];
  if (columns < SMALLEST.columns || rows < SMALLEST.rows)
    return { lines: [cut(context.words.chat.small, columns)], cursor: undefined };
  const composer = composerLines(state.editor, columns, Math.floor(rows / 3));
  const hints = footer(context, state, columns, Math.floor(rows / 3));
  const free = rows - composer.lines.length - hints.length - 1;
  const foot = [...hopeLines(context, state, columns, Math.floor(free / 3)), ...hints];
  const room = rows - composer.lines.length - foot.length - 1;
  const above = [header(context, state, columns), ...body(context, state, columns, room), ...foot];
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
  const open = state.screen === "thread" || state.screen === "group" ? chosenOf(state) : undefined;
  const name = open === undefined ? words.chat.title : `${nameOf(state, open)}${timed(open)} ${dots(open.level)}`;
  const facts = [
    open === undefined ? "" : conversationFact(context, open),
    open !== undefined && state.group?.jammed !== undefined ? words.chat.jammed : "",
    status === undefined ? "" : connectionFact(context, status),
    status !== undefined && status.pending > 0 ? words.chat.pending(status.pending) : "",
  ].filter((fact) => fact !== "");
  const right = cut(facts.join(" · "), Math.floor(columns / 2));
  return style.reverse(`${fit(` ${name}`, columns - columnsOf(right) - 2)} ${right} `);
}

/** What is out of the ordinary about a conversation, or how many a group has. */
function conversationFact(context: Context, conversation: ConversationView): string {
  const { words, globals } = context;
  const { states, progress, members, reading } = words.group;
  if (conversation.kind === "direct") return conversation.state === "rejoining" ? words.chat.rejoining : "";
  const joining = joiningText(context.words, conversation);
  if (joining !== undefined) return joining;
  if (conversation.progress !== undefined) {
    const size = createSizes(globals.language);
    return progress(size(conversation.progress.done), size(conversation.progress.total));
  }
  const isIn = conversation.state === "ready" || conversation.state === "rejoining";
  if (isIn && !conversation.writable) return reading;
  return conversation.state === "ready" ? members(conversation.members ?? 0) : states[conversation.state];
}

/** In a group where this device cannot go on: for whom it waits, above what is written. */
function hopeLines(context: Context, { screen, group, reader }: ChatState, columns: number, most: number): string[] {
  if (screen !== "thread" || group?.rejoining === undefined || most < 1) return [];
  const said = [...rejoiningSaid(context, group.rejoining, reader).hope, context.words.chat.seeGroup].join(" ");
  return atMost(wrap(said, columns), most, columns).map(context.style.warning);
}

/**
 * What just happened, what is wrong, or which keys there are: as many lines as the sentence needs,
 * up to `most`.
 */
function footer({ words, style, globals }: Context, state: ChatState, columns: number, most: number): string[] {
  const { chat } = words;
  const hints = {
    list: chat.listHint,
    thread: chat.threadHint,
    group: chat.groupHint,
    pairing: chat.pairingHint,
    help: chat.helpHint,
  };
  const trouble = state.status?.trouble ?? state.status?.connection.error;
  const warning =
    state.notice ||
    (state.leaving ? chat.reallyCancel : "") ||
    (trouble === undefined ? "" : failureSentence(globals.language, trouble));
  const paint = warning === "" ? style.dim : style.warning;
  return atMost(wrap(warning || hints[state.screen], columns), most, columns).map(paint);
}

/** The first lines; where there are more, the last one shown is cut. */
function atMost(lines: readonly string[], most: number, columns: number): readonly string[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), cut(lines.slice(most - 1).join(" "), columns)];
}

function body(context: Context, state: ChatState, columns: number, room: number): string[] {
  const lines = {
    list: () => listLines(context, state, columns, room),
    thread: () => threadLines(context, state, columns, room),
    pairing: () => filled(pairingLines(context, state, columns, room), room),
    group: () => filled(pageLines(context, state).slice(state.scrolled), room),
    help: () => filled(pageLines(context, state).slice(state.scrolled), room),
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
  const waiting = waitingLines(context, state, columns);
  const say = (...sentences: string[]): string[] =>
    filled([...waiting, "", ...sentences.flatMap((sentence) => wrap(sentence, columns))], room);
  if (state.conversations.length === 0) return say(words.chat.empty, words.chat.emptyAdvice);
  if (all.length === 0) return say(words.chat.noMatch);
  const at = Math.max(
    0,
    all.findIndex(({ id }) => id === state.chosen),
  );
  const rows = Math.max(1, room - waiting.length);
  const first = Math.max(0, Math.min(at - Math.floor(rows / 2), all.length - rows));
  const shown = all.slice(first, first + rows);
  return filled([...waiting, ...shown.map((one) => row(context, state, one, columns))], room);
}

function waitingLines(context: Context, state: ChatState, columns: number): string[] {
  return [...pairingHints(context, state, columns), ...questionHint(context, state, columns)];
}

/** The oldest question of a contact, and how to answer it. */
function questionHint(context: Context, state: ChatState, columns: number): string[] {
  const notice = questionNotice(context, state);
  return state.questions.some(isOpen) ? wrap(notice, columns).map(context.style.accent) : [];
}

const isOpen = ({ over }: GroupQuestionView): boolean => over === undefined;

export function questionNotice({ words }: Context, { questions, reader }: ChatState): string {
  const say = words.group.questions;
  const [first, ...more] = questions.filter(isOpen);
  if (first === undefined) return say.none;
  const id = shortId(first.id);
  return [
    say[first.why](reader.nameOf(first.from), first.name === undefined ? undefined : nameForQuotes(first.name)),
    ...(first.store === undefined || first.isPrivate === true ? [] : [say.store(oneLine(first.store))]),
    ...(first.isPrivate === true ? [say.isPrivate, say.chatOnlyNo(id)] : [say.chatHow(id)]),
    ...(more.length === 0 ? [] : [say.more(more.length)]),
  ].join(" ");
}

/** Says how an invitation has ended, that one is under way, or that somebody has answered one. */
function pairingHints(context: Context, { pairings }: ChatState, columns: number): string[] {
  const { words, style } = context;
  const answered = pairings.find(({ step }) => step === "code");
  const [over] = ended(pairings);
  const say = (sentence: string, paint: (text: string) => string): string[] => wrap(sentence, columns).map(paint);
  return [
    ...(over === undefined ? [] : say(endedText(context, over), style.warning)),
    ...(answered === undefined ? [] : say(words.chat.answered(shownName(answered.peer ?? "?")), style.accent)),
    ...(answered === undefined && underWay(pairings).length > 0 ? say(words.chat.waitingInvitation, style.dim) : []),
  ];
}

const endedText = (context: Context, pairing: PairingView): string =>
  context.words.invitations.chat.ended(inBrackets(pairing), whyEnded(context, pairing));

function row(context: Context, state: ChatState, conversation: ConversationView, columns: number): string {
  const { style, when, words, world } = context;
  const chosen = conversation.id === state.chosen;
  const time = when.short(conversation.activeAt, world.clock.now());
  const unread = conversation.unread > 0 ? ` (${words.number(conversation.unread)})` : "";
  const width = Math.min(28, Math.floor(columns / 3));
  const name = cutName(nameOf(state, conversation), width - unread.length - timed(conversation).length);
  const { draft } = conversation;
  const begun = `${words.chat.draft}${words.colon} ${isolated(oneLine(draft))}`;
  const last = draft === "" ? lastLine(context, state, conversation) : begun;
  const text = `${chosen ? "›" : " "} ${fit(name + timed(conversation) + unread, width)} ${fit(last, Math.max(0, columns - width - time.length - 5))} ${time}`;
  const line = cut(text, columns);
  if (chosen) return style.accent(line);
  return conversation.unread > 0 ? style.bold(line) : line;
}

/** As this person calls it; a group is known by its own identifier. */
const nameOf = ({ reader }: ChatState, { id, contact, name }: ConversationView): string =>
  reader.nameOf({ id: contact === "" ? id : contact, name });

const timed = ({ timer }: ConversationView): string => (timer === undefined ? "" : ` ${TIMED}`);

/** The newest message; in a group with its author. */
function lastLine({ words }: Context, { reader }: ChatState, { kind, last }: ConversationView): string {
  if (last === undefined) return "";
  const text = isolated(bodyLines(last, words, reader)[0] ?? "");
  if (kind === "direct" || isNotice(last)) return text;
  return `${last.mine ? words.you : reader.nameOf({ id: last.from, name: last.fromName })}${words.colon} ${text}`;
}

function threadLines(context: Context, state: ChatState, columns: number, room: number): string[] {
  const { words, style } = context;
  const lines = conversationRows(context, state, columns).map(({ line }) => line);
  const end = Math.max(0, lines.length - state.scrolled);
  const start = Math.max(0, end - room);
  const shown = lines.slice(start, end);
  if (start > 0 || state.hasOlder) shown[0] = style.dim(words.chat.olderAbove);
  const isMore = end < lines.length || state.hasNewer;
  if (isMore && shown.length > 1) shown[shown.length - 1] = newerHint(context, state);
  return [...Array.from({ length: Math.max(0, room - shown.length) }, () => ""), ...shown];
}

/** That there is more below, and how much of it is new. */
function newerHint({ words, style }: Context, state: ChatState): string {
  const unread = chosenOf(state)?.unread ?? 0;
  return unread === 0 ? style.dim(words.chat.newerBelow) : style.accent(words.chat.unreadBelow(unread));
}

/** A line of a conversation, and the order of the message it belongs to. */
export interface ThreadRow {
  readonly order: number;
  readonly line: string;
}

/**
 * The rows last made of each page, and what they were made from: a page is wrapped once, not at
 * every look.
 */
const made = new WeakMap<readonly MessageView[], { of: readonly unknown[]; rows: readonly ThreadRow[] }>();

/** What is held of the conversation, as lines of the window's width; the newest last. */
export function conversationRows(context: Context, state: ChatState, columns: number): readonly ThreadRow[] {
  const place = chosenOf(state);
  const of = [context, state.reader, place?.kind, place?.name, columns];
  const known = made.get(state.messages);
  if (known?.of.every((value, i) => value === of[i])) return known.rows;
  const rows = rowsOf(context, state, place, columns);
  made.set(state.messages, { of, rows });
  return rows;
}

function rowsOf(
  context: Context,
  state: ChatState,
  place: ConversationView | undefined,
  columns: number,
): readonly ThreadRow[] {
  const { words, style, when } = context;
  const author = (message: MessageView): string => {
    if (message.mine || place === undefined) return words.you;
    return authorFor(state.reader, place, message);
  };
  if (state.messages.length === 0) return [{ order: 0, line: style.dim(words.message.none) }];
  let day = "";
  return state.messages.flatMap((message) => {
    const key = when.dayKey(message.sentAt);
    const heading = key === day ? [] : ["", style.dim(when.day(message.sentAt))];
    day = key;
    const showing = { author: author(message), reader: state.reader, columns };
    const { order } = message;
    return [...heading, ...messageLines(context, message, showing)].map((line) => ({ order, line }));
  });
}

function pairingLines(context: Context, { pairing }: ChatState, columns: number, room: number): string[] {
  const { words, style, when, world } = context;
  if (pairing === undefined) return [];
  const peer = shownName(pairing.peer ?? "?");
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
  const away =
    pairing.waitsFor === undefined ? [] : ["", ...say(awayText(context, pairing.waitsFor)).map(style.warning)];
  if (pairing.link === undefined && pairing.role === "inviter")
    return ["", ...say(away.length === 0 ? words.pairing.preparing : words.waiting.notLeft), ...away];
  if (pairing.link === undefined) {
    const invited = pairing.peer === undefined ? [] : say(words.pairing.invites(peer));
    return [
      "",
      ...invited,
      ...say(pairing.step === "opening" ? words.pairing.opening : words.pairing.waitingForInviter),
      ...away,
    ];
  }
  const { rows } = world.stdout;
  const until = when.moment(pairing.expiresAt);
  const shown = { words, style, link: pairing.link, until, columns, rows: rows(), others: rows() - room };
  return invitationLines(shown, true).lines;
}

const KEY_COLUMNS = 24;
/** Fewer than these, and what a key does stands below it. */
const LEAST_BESIDE = 30;

function helpLines({ words, style, world }: Context): string[] {
  const columns = world.stdout.columns();
  const beside = columns - KEY_COLUMNS - 3;
  const entry = ([key, what]: readonly [string, string]): string[] => {
    if (beside < LEAST_BESIDE || columnsOf(key) > KEY_COLUMNS) {
      return [
        ...wrap(key, columns - 2).map((line) => `  ${style.bold(line)}`),
        ...wrap(what, columns - 4).map((line) => `    ${line}`),
      ];
    }
    const [first = "", ...rest] = wrap(what, beside);
    const margin = " ".repeat(KEY_COLUMNS + 3);
    return [`  ${style.bold(fit(key, KEY_COLUMNS))} ${first}`, ...rest.map((line) => margin + line)];
  };
  return ["", ...words.chat.help.flatMap(entry)];
}

/** Help, or what there is to know of a group: read from its top. */
function pageLines(context: Context, { screen, group, reader }: ChatState): string[] {
  if (screen === "help") return helpLines(context);
  const columns = context.world.stdout.columns();
  return group === undefined ? [] : groupLines(context, group, reader, columns);
}

/** How many lines a key scrolls by page: fewer than are in sight. */
export const pageRows = ({ world }: Context): number => Math.max(1, world.stdout.rows() - 6);

/** How far down such a page may be scrolled: its last lines stay in sight. */
export const withinPage = (context: Context, state: ChatState, lines: number): number =>
  Math.max(0, Math.min(lines, pageLines(context, state).length - pageRows(context)));

/** The text being written, wrapped, at most `most` lines of it: those around the cursor. */
function composerLines(
  editor: Editor,
  columns: number,
  most: number,
): { lines: string[]; cursor: { row: number; column: number } } {
  const width = columns - PROMPT.length - 1;
  const before = editor.before.split("\n").map(oneLine);
  const wrapped = textOf(editor)
    .split("\n")
    .map((line) => wrapWhole(oneLine(line), width));
  const cursor = placeIn(wrapped[before.length - 1] ?? [""], before.at(-1) ?? "");
  const row = wrapped.slice(0, before.length - 1).flat().length + cursor.row;
  const all = wrapped.flat();
  const first = Math.max(0, Math.min(row - most + 1, all.length - most));
  const lines = all.slice(first, first + most).map((line, i) => (first + i === 0 ? PROMPT : "  ") + line);
  return { lines, cursor: { row: row - first, column: PROMPT.length + cursor.column } };
}

/** Where the end of `before` stands in the pieces of a line that begins with it. */
function placeIn(pieces: readonly string[], before: string): { row: number; column: number } {
  let rest = before.length;
  for (const [row, piece] of pieces.entries()) {
    if (rest < piece.length || row === pieces.length - 1) return { row, column: columnsOf(piece.slice(0, rest)) };
    rest -= piece.length;
  }
  return { row: 0, column: 0 };
}

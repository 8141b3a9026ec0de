/** The list of conversations, with what waits for an answer above it. */
import type { ConversationView } from "@pli/engine/api";
import { isolated, shownName } from "@pli/engine/content";
import type { Context } from "../../context.ts";
import { bodyLines, isNotice } from "../../message/kinds/index.ts";
import { cutName } from "../../naming.ts";
import { ended, inBrackets, underWay, whyEnded } from "../../pairing/invitations.ts";
import { oneLine } from "../../text/safe.ts";
import { cut, fit, wrap } from "../../text/width.ts";
import { matching, type ChatState } from "../state.ts";
import { filled } from "./filled.ts";
import { nameOf, timed } from "./names.ts";
import { isOpen, questionNotice } from "./questions.ts";

export function listLines(context: Context, state: ChatState, columns: number, room: number): string[] {
  const { words } = context;
  const all = matching(state);
  const hints = [...pairingHints(context, state, columns), ...questionHint(context, state, columns)];
  const say = (...sentences: string[]): string[] =>
    filled([...hints, "", ...sentences.flatMap((sentence) => wrap(sentence, columns))], room);
  if (state.conversations.length === 0) return say(words.chat.empty, words.chat.emptyAdvice);
  if (all.length === 0) return say(words.chat.noMatch);
  const at = Math.max(
    0,
    all.findIndex(({ id }) => id === state.chosen),
  );
  const rows = Math.max(1, room - hints.length);
  const first = Math.max(0, Math.min(at - Math.floor(rows / 2), all.length - rows));
  const shown = all.slice(first, first + rows);
  return filled([...hints, ...shown.map((one) => conversationLine(context, state, one, columns))], room);
}

/** How an invitation has ended, and that somebody has answered one or that one is under way. */
function pairingHints(context: Context, { pairings }: ChatState, columns: number): string[] {
  const { words, style } = context;
  const answered = pairings.find(({ step }) => step === "code");
  const [over] = ended(pairings);
  const say = (sentence: string, paint: (text: string) => string): string[] => wrap(sentence, columns).map(paint);
  return [
    ...(over === undefined
      ? []
      : say(words.invitations.chat.ended(inBrackets(over), whyEnded(context, over)), style.warning)),
    ...(answered === undefined ? [] : say(words.chat.answered(shownName(answered.peer ?? "?")), style.accent)),
    ...(answered === undefined && underWay(pairings).length > 0 ? say(words.chat.waitingInvitation, style.dim) : []),
  ];
}

function questionHint(context: Context, state: ChatState, columns: number): string[] {
  if (!state.questions.some(isOpen)) return [];
  return wrap(questionNotice(context, state), columns).map(context.style.accent);
}

function conversationLine(context: Context, state: ChatState, conversation: ConversationView, columns: number): string {
  const { style, when, words, world } = context;
  const isChosen = conversation.id === state.chosen;
  const time = when.short(conversation.activeAt, world.clock.now());
  const unread = conversation.unread > 0 ? ` (${words.number(conversation.unread)})` : "";
  const width = Math.min(28, Math.floor(columns / 3));
  const name = cutName(nameOf(state, conversation), width - unread.length - timed(conversation).length);
  const left = fit(name + timed(conversation) + unread, width);
  const middle = fit(draftOrLast(context, state, conversation), Math.max(0, columns - width - time.length - 5));
  const line = cut(`${isChosen ? "›" : " "} ${left} ${middle} ${time}`, columns);
  if (isChosen) return style.accent(line);
  return conversation.unread > 0 ? style.bold(line) : line;
}

function draftOrLast({ words }: Context, state: ChatState, conversation: ConversationView): string {
  const { draft, locked } = conversation;
  if (locked) return words.conversation.mark;
  if (draft !== "") return `${words.chat.draft}${words.colon} ${isolated(oneLine(draft))}`;
  const { archive, kind, last } = conversation;
  if (last === undefined) return "";
  const text = isolated(bodyLines(last, words, state.reader)[0] ?? "");
  if (archive !== undefined) return `(${words.archive.mark}) ${text}`;
  if (kind === "direct" || isNotice(last)) return text;
  const author = last.mine ? words.you : state.reader.nameOf({ id: last.from, name: last.fromName });
  return `${author}${words.colon} ${text}`;
}

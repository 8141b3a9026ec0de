/** The held messages of a conversation as rows of the window's width, the newest last. */
import type { ConversationView, MessageView } from "@pli/engine/api";
import type { Context } from "../../context.ts";
import { authorFor } from "../../message/author.ts";
import { messageLines } from "../../message/lines.ts";
import { chosenOf, type ChatState } from "../state.ts";

export interface ThreadRow {
  /** The order of the message that the row belongs to. */
  readonly order: number;
  readonly line: string;
}

/** The rows of each page of messages and what they were made from: a page is wrapped once. */
const cache = new WeakMap<readonly MessageView[], { from: readonly unknown[]; rows: readonly ThreadRow[] }>();

export function conversationRows(context: Context, state: ChatState, columns: number): readonly ThreadRow[] {
  const conversation = chosenOf(state);
  const from = [context, state.reader, conversation?.kind, conversation?.name, columns];
  const cached = cache.get(state.messages);
  if (cached?.from.every((value, i) => value === from[i])) return cached.rows;
  const rows = makeRows(context, state, conversation, columns);
  cache.set(state.messages, { from, rows });
  return rows;
}

function makeRows(
  context: Context,
  { messages, reader }: ChatState,
  conversation: ConversationView | undefined,
  columns: number,
): readonly ThreadRow[] {
  const { words, style, when } = context;
  if (messages.length === 0) return [{ order: 0, line: style.dim(words.message.none) }];
  let day = "";
  return messages.flatMap((message) => {
    const key = when.dayKey(message.sentAt);
    const heading = key === day ? [] : ["", style.dim(when.day(message.sentAt))];
    day = key;
    const isOwn = message.mine || conversation === undefined;
    const author = isOwn ? words.you : authorFor(reader, conversation, message);
    const { order } = message;
    const lines = messageLines(context, message, { author, reader, columns });
    return [...heading, ...lines].map((line) => ({ order, line }));
  });
}

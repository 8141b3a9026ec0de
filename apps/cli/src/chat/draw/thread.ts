/** The part of a thread that is in sight. */
import type { Context } from "../../context.ts";
import { chosenOf, type ChatState } from "../state.ts";
import { filled } from "./filled.ts";
import { conversationRows } from "./rows.ts";

export function threadLines(context: Context, state: ChatState, columns: number, room: number): string[] {
  const { words, style } = context;
  const lines = conversationRows(context, state, columns).map(({ line }) => line);
  const end = Math.max(0, lines.length - state.scrolled);
  const start = Math.max(0, end - room);
  const shown = lines.slice(start, end);
  if (start > 0 || state.hasOlder) shown[0] = style.dim(words.chat.olderAbove);
  const isMore = end < lines.length || state.hasNewer;
  if (isMore && shown.length > 1) shown[shown.length - 1] = newerHint(context, state);
  return [...filled([], room - shown.length), ...shown];
}

/** That there is more below, and how many messages of it are unread. */
function newerHint({ words, style }: Context, state: ChatState): string {
  const unread = chosenOf(state)?.unread ?? 0;
  return unread === 0 ? style.dim(words.chat.newerBelow) : style.accent(words.chat.unreadBelow(unread));
}

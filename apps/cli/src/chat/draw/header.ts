/** The first line of the window: what is open, and the state of the connection. */
import type { ConversationView } from "@pli/engine/api";
import { dots } from "../../contact.ts";
import type { Context } from "../../context.ts";
import { joiningText } from "../../group/show.ts";
import { createSizes } from "../../text/size.ts";
import { columnsOf, cut, fit } from "../../text/width.ts";
import { connectionFact } from "../../waiting.ts";
import { chosenOf, type ChatState } from "../state.ts";
import { nameOf, timed } from "./names.ts";

export function header(context: Context, state: ChatState, columns: number): string {
  const { words, style } = context;
  const { status } = state;
  const open = state.screen === "thread" || state.screen === "group" ? chosenOf(state) : undefined;
  const title = [words.chat.title, context.profile].filter((part) => part !== undefined).join(" · ");
  const name = open === undefined ? title : `${nameOf(state, open)}${timed(open)} ${dots(open.level)}`;
  const facts = [
    open === undefined ? "" : conversationFact(context, open),
    open !== undefined && state.group?.blocked !== undefined ? words.chat.changesBlocked : "",
    status === undefined ? "" : connectionFact(context, status),
    status !== undefined && status.pending > 0 ? words.chat.pending(status.pending) : "",
  ].filter((fact) => fact !== "");
  const right = cut(facts.join(" · "), Math.floor(columns / 2));
  return style.reverse(`${fit(` ${name}`, columns - columnsOf(right) - 2)} ${right} `);
}

/** What is unusual about a conversation; in a group otherwise how many members it has. */
function conversationFact(context: Context, conversation: ConversationView): string {
  const { words, globals } = context;
  const { states, progress, members, reading } = words.group;
  if (conversation.archive !== undefined) return words.archive.state;
  if (conversation.kind === "direct") return words.chat.standing[conversation.state];
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

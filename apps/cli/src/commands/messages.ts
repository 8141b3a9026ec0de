import type { ContactView, MessageView } from "@pli/engine/api";
import { findContact } from "../contact.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { settled, withProfile, type Profile } from "../home.ts";
import { messageEvent, messageLines } from "../message.ts";
import { oneLine } from "../text/safe.ts";

/** Shows the newest messages of a conversation, oldest first. */
export function messages(context: Context, command: { contact: string; limit: number }): Promise<ExitCode> {
  return withProfile(context, async (api, me) => {
    await settled(context, api);
    const contact = findContact(context, await api.read("contacts", {}), command.contact);
    const { conversation } = contact;
    const page = await api.read("messages", { conversation, limit: command.limit });
    if (context.globals.json) printJson(context, page.messages, contact, me);
    else printThread(context, page, contact);
    if (context.world.stdout.isTerminal && !context.globals.json) await api.markRead({ conversation });
    return EXIT.done;
  });
}

function printJson(context: Context, all: MessageView[], contact: ContactView, me: Profile): void {
  for (const message of all) {
    const event = messageEvent(message, contact, me);
    if (event !== undefined) context.emit(event);
  }
}

function printThread(
  context: Context,
  page: { messages: MessageView[]; hasOlder: boolean },
  contact: ContactView,
): void {
  const { say, words, style, when } = context;
  if (page.hasOlder) context.note(style.dim(words.message.older));
  if (page.messages.length === 0) say(words.message.none);
  let day = "";
  for (const message of page.messages) {
    const key = when.dayKey(message.sentAt);
    if (key !== day) say(style.dim(`${day === "" ? "" : "\n"}${when.day(message.sentAt)}`));
    day = key;
    const author = message.mine ? words.you : oneLine(contact.name);
    for (const line of messageLines(context, message, author)) say(line);
  }
}

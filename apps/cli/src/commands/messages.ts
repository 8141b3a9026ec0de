import type { MessageView, PliApi } from "@pli/engine/api";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { codeOf } from "../failure.ts";
import { found, settled, withProfile, type Profile } from "../home.ts";
import { authorFor, lineColumns, messageEvent, messageLines } from "../message.ts";
import { readerOf, type Reader } from "../naming.ts";
import { findPlace, type Place } from "../place.ts";

/** So much of an identifier means no other message of a conversation. */
const SHOWN_ID = 12;

/** Shows the newest messages of a conversation, oldest first. */
export function messages(
  context: Context,
  command: { contact: string; limit: number; ids: boolean },
): Promise<ExitCode> {
  return withProfile(context, async (api, me) => {
    await settled(context, api);
    const place = await found(api, () => findPlace(context, api, command.contact));
    const { conversation } = place;
    const page = await api.read("messages", { conversation, limit: command.limit });
    if (context.globals.json) printJson(context, page.messages, place, me);
    else printThread(context, page, place, await readerOf(api, me, conversation), command.ids);
    if (context.world.stdout.isTerminal && !context.globals.json) await markShown(api, conversation);
    return EXIT.done;
  });
}

/** On a disk that takes nothing more it stays unread here: it was read all the same. */
async function markShown(api: PliApi, conversation: string): Promise<void> {
  await api.markRead({ conversation }).catch((thrown: unknown) => {
    if (!["disk_full", "disk_read_only"].includes(codeOf(thrown))) throw thrown;
  });
}

function printJson(context: Context, all: MessageView[], place: Place, me: Profile): void {
  for (const message of all) {
    const event = messageEvent(message, place, me);
    if (event !== undefined) context.emit(event);
  }
}

function printThread(
  context: Context,
  page: { messages: MessageView[]; hasOlder: boolean },
  place: Place,
  reader: Reader,
  ids: boolean,
): void {
  const { say, words, style, when } = context;
  if (page.hasOlder) context.note(style.dim(words.message.older));
  if (page.messages.length === 0) say(words.message.none);
  let day = "";
  for (const message of page.messages) {
    const key = when.dayKey(message.sentAt);
    if (key !== day) say(style.dim(`${day === "" ? "" : "\n"}${when.day(message.sentAt)}`));
    day = key;
    const author = message.mine ? words.you : authorFor(reader, place, message);
    const before = ids ? `${message.id.slice(0, SHOWN_ID)}  ` : "";
    const columns = lineColumns(context.world) - before.length;
    for (const [row, line] of messageLines(context, message, { author, reader, columns }).entries())
      say((row === 0 ? style.dim(before) : " ".repeat(before.length)) + line);
  }
}

import type { MessageView, PliApi, StatusView } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { sayQuestions } from "../group/questions.ts";
import { withProfile, type Profile } from "../home.ts";
import { authorFor, lineColumns, messageEvent, messageLines } from "../message.ts";
import { readerOf, type Reader } from "../naming.ts";
import { placeOf, type Place } from "../place.ts";
import { awayText } from "../waiting.ts";
import { sayInvitationNews } from "./invitations.ts";

/** Prints messages as they arrive, in the order of arrival, until interrupted. */
export function listen(context: Context, command: { unread: boolean }): Promise<ExitCode> {
  return withProfile(context, async (api, me) => {
    const { promise: interrupted, resolve } = Promise.withResolvers<void>();
    const stopWaiting = context.world.onInterrupt(resolve);
    const print = printer(context, api, me, command.unread);
    let queue = command.unread ? printUnread(api, print) : Promise.resolve();
    const failed = Promise.withResolvers<never>();
    const stops = [
      api.onMessage((message) => {
        queue = queue.then(() => print(message));
        queue.catch(failed.reject);
      }),
      sayQuestions(context, api, me),
      sayInvitationNews(context, api),
      showConnection(context, api),
    ];
    queue.catch(failed.reject);
    context.note(context.style.dim(context.words.listen.started));
    try {
      await Promise.race([interrupted, failed.promise]);
      await queue;
    } finally {
      [...stops, stopWaiting].forEach((stop) => stop());
    }
    return EXIT.done;
  });
}

type Print = (message: MessageView) => Promise<void>;

function printer(context: Context, api: PliApi, me: Profile, markRead: boolean): Print {
  const printed = new Set<string>();
  return async (message) => {
    if (printed.has(message.id)) return;
    printed.add(message.id);
    const place = await placeOf(api, message);
    const event = messageEvent(message, place, me);
    if (event !== undefined) context.emit(event);
    const reader = await readerOf(api, me, place.conversation);
    const columns = lineColumns(context.world);
    for (const line of messageLines(context, message, { ...showing(reader, place, message), columns }))
      context.say(line);
    if (markRead) await api.markRead({ conversation: message.conversation });
  };
}

function showing(reader: Reader, place: Place, message: MessageView) {
  const author = authorFor(reader, place, message);
  return { author, reader, ...(place.kind === "group" && { group: shownName(place.name) }) };
}

async function printUnread(api: PliApi, print: Print): Promise<void> {
  const conversations = await api.read("conversations", {});
  for (const { id, unread } of conversations.filter((conversation) => conversation.unread > 0)) {
    const { messages } = await api.read("messages", { conversation: id, limit: unread * 2 + 50 });
    for (const message of messages.filter(({ mine }) => !mine).slice(-unread)) await print(message);
  }
}

function showConnection(context: Context, api: PliApi): () => void {
  let shown: StatusView["connection"]["state"] = "online";
  return api.watch("status", {}, ({ connection }) => {
    if (connection.state === shown || connection.state === "connecting") return;
    shown = connection.state;
    const { store, since, nextTry } = connection;
    const away = { store, since, ...(nextTry !== undefined && { nextTry }) };
    context.note(context.style.dim(shown === "offline" ? awayText(context, away) : context.words.listen.states[shown]));
  });
}

import type { MessageView, PliApi, StatusView } from "@pli/engine/api";
import { pagesAfter } from "@pli/engine/pages";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { sayQuestions } from "../group/questions.ts";
import { withProfile, type Profile } from "../home.ts";
import { extra } from "../line/errors.ts";
import { printMessage } from "../message/print.ts";
import { awayText } from "../waiting.ts";
import { sayInvitationNews } from "../pairing/news.ts";
import type { Command } from "./command.ts";

/** Prints messages as they arrive, in the order of arrival, until interrupted. */
export const listen: Command<"listen", { unread: boolean }> = {
  name: "listen",
  options: { unread: { type: "boolean" } },
  read: (words, { flags }) => extra(words, 0) ?? { unread: flags.has("unread") },
  run: untilInterrupted,
};

function untilInterrupted(context: Context, { unread }: { unread: boolean }): Promise<ExitCode> {
  return withProfile(context, async (api, me) => {
    const interrupt = new AbortController();
    const { promise: interrupted, resolve } = Promise.withResolvers<void>();
    const stopWaiting = context.world.onInterrupt(() => {
      interrupt.abort();
      resolve();
    });
    const print = printer(context, api, me, unread);
    let queue = unread ? printUnread(api, print, interrupt.signal) : Promise.resolve();
    const failed = Promise.withResolvers<never>();
    const arrived: MessageView[] = [];
    const stops = [
      api.onMessage((message) => {
        arrived.push(message);
        queue = queue.then(() => print(arrived.splice(0)));
        queue.catch(failed.reject);
      }),
      sayQuestions(context, api, me),
      sayInvitationNews(context, api),
      showConnection(context, api),
    ];
    queue.catch(failed.reject);
    if (context.profile !== undefined)
      context.note(context.style.dim(context.words.profile.listening(context.profile)));
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

/** Prints messages that were not printed yet. */
type Print = (messages: readonly MessageView[]) => Promise<void>;

/** With `marksRead`, marks messages as read once they have left this process. */
function printer(context: Context, api: PliApi, me: Profile, marksRead: boolean): Print {
  const printedUpTo = new Map<string, number>();
  return async (messages) => {
    const written = new Map<string, number>();
    for (const message of messages) {
      const { conversation, order } = message;
      if (order <= (printedUpTo.get(conversation) ?? 0)) continue;
      printedUpTo.set(conversation, order);
      if ((await api.read("conversation", { id: conversation }))?.locked) {
        sayLocked(context);
        continue;
      }
      await printMessage(context, api, me, message);
      written.set(conversation, order);
    }
    if (!marksRead || written.size === 0) return;
    await context.world.stdout.written();
    for (const [conversation, upTo] of written) await api.markRead({ conversation, upTo });
  };
}

/** Of a locked conversation nothing is said, not even which one it is. */
function sayLocked({ emit, say, style, words }: Context): void {
  emit({ event: "locked_message" });
  say(style.dim(words.listen.locked));
}

/** Prints what others wrote and did behind the read mark of each conversation, page by page. */
async function printUnread(api: PliApi, print: Print, stop: AbortSignal): Promise<void> {
  const conversations = await api.read("conversations", {});
  for (const { id: conversation, readUpTo: after } of conversations.filter(
    ({ unread, locked }) => unread > 0 && !locked,
  )) {
    const pages = pagesAfter((page) => api.read("messages", page), { conversation, after });
    for await (const messages of pages) {
      if (stop.aborted) return;
      await print(messages.filter(({ mine }) => !mine));
    }
  }
}

function showConnection(context: Context, api: PliApi): () => void {
  let shown: StatusView["connection"]["state"] = "online";
  return api.watch("status", {}, ({ connection }) => {
    if (connection.state === shown || connection.state === "connecting") return;
    shown = connection.state;
    context.note(context.style.dim(shown === "offline" ? awayText(context, connection) : context.words.listen.online));
  });
}

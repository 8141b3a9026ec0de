import type { MessageView, PliApi } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Failure } from "../failure.ts";
import type { Deps } from "../home.ts";
import { missing } from "../line/errors.ts";
import { askForHeld } from "../message/held.ts";
import { emitMessage } from "../message/print.ts";
import { placeFields, type Place } from "../place.ts";
import { aboutPlace, inPlace } from "./about-place.ts";
import { isMessageName, onMessage } from "./actions.ts";
import type { Command } from "./command.ts";

/** How many of the newest messages are looked at. */
const LOOKED_AT = 1_000;
const SHORTEST_ID = 8;

/** Stops announcing what is written in a conversation. */
export const mute = aboutPlace("mute", (deps, place) => setMuted(deps, place, true));
/** Announces what is written in a conversation again. */
export const unmute = aboutPlace("unmute", (deps, place) => setMuted(deps, place, false));
/** Shows nothing of a conversation until the passphrase has been given once more. */
export const lock = aboutPlace("lock", async (deps, place) => {
  const { world, home } = deps.context;
  if ((await world.homeStatus(home)) !== "passphrase") throw new Failure("lock_missing");
  return setLocked(deps, place, true);
});
/** Shows it again like the others. The command was opened with the passphrase. */
export const unlock = aboutPlace("unlock", (deps, place) => setLocked(deps, place, false));
/** Tries again what could not be sent. */
export const resend = aboutPlace("resend", resendFailed);
/** Asks for messages that came and were more than may be kept. */
export const again = aboutPlace("again", askAgain);

/**
 * Deletes messages, by their identifiers or the beginnings of them: from this person's devices, or
 * for everybody. One alone needs no contact before it.
 */
export const deleteMessages: Command<
  "delete",
  { readonly place?: string; readonly messages: readonly string[]; readonly everyone: boolean }
> = {
  name: "delete",
  options: { everyone: { type: "boolean" } },
  read: ([first, ...messages], typed) => {
    if (first === undefined) return missing("MESSAGE");
    const everyone = typed.flags.has("everyone");
    if (messages.length > 0) return { place: first, messages, everyone };
    return isMessageName(first) ? { messages: [first], everyone } : missing("MESSAGE");
  },
  run: (context, { place, messages: [only = "", ...more], everyone }) =>
    place === undefined
      ? onMessage(context, { message: only }, (deps, message) => forget(deps, [message], everyone))
      : inPlace(context, place, async (deps, there) => {
          const all = await newest(deps.api, there);
          const meant = [only, ...more].map((query) => messageMeant(context, all, query));
          return forget(deps, meant, everyone);
        }),
};

async function setMuted({ context, api }: Deps, place: Place, muted: boolean): Promise<ExitCode> {
  await api.mute({ conversation: place.conversation, muted });
  context.emit({ event: "muted", ...placeFields(place), muted });
  context.say(context.words.conversation[muted ? "muted" : "unmuted"](shownName(place.name)));
  return EXIT.done;
}

async function setLocked({ context, api }: Deps, place: Place, locked: boolean): Promise<ExitCode> {
  await api.lockConversation({ conversation: place.conversation, locked });
  context.emit({ event: "conversation_lock", ...placeFields(place), locked });
  context.say(context.words.conversation[locked ? "locked" : "unlocked"](shownName(place.name)));
  return EXIT.done;
}

async function newest(api: PliApi, { conversation }: Place): Promise<readonly MessageView[]> {
  return (await api.read("messages", { conversation, limit: LOOKED_AT })).messages;
}

async function resendFailed({ context, api, me }: Deps, place: Place): Promise<ExitCode> {
  const failed = (await newest(api, place)).filter(({ state }) => state === "failed");
  for (const message of failed) {
    await api.resend({ message: message.id });
    emitMessage(context, { ...message, state: "saved" }, place, me);
  }
  context.say(context.words.conversation.resent(failed.length));
  return EXIT.done;
}

async function askAgain({ context, api }: Deps, place: Place): Promise<ExitCode> {
  const count = await askForHeld(api, await newest(api, place));
  context.emit({ event: "asked", count });
  context.say(count === 0 ? context.words.chat.nothingHeld : context.words.chat.askedAgain);
  return EXIT.done;
}

async function forget({ context, api }: Deps, meant: readonly MessageView[], everyone: boolean): Promise<ExitCode> {
  for (const { id } of meant) {
    if (everyone) await api.deleteForEveryone({ message: id });
    else await api.forgetMessage({ message: id });
    context.emit({ event: "deleted", id, ...(everyone && { everyone }) });
  }
  const { deleted, deletedForAll } = context.words.conversation;
  context.say((everyone ? deletedForAll : deleted)(meant.length));
  return EXIT.done;
}

/** The one message meant. `message_unknown` when there is none, or several. */
function messageMeant({ words }: Context, messages: readonly MessageView[], query: string): MessageView {
  const beginning = query.toLowerCase();
  const fits = (id: string): boolean =>
    id === beginning || (beginning.length >= SHORTEST_ID && id.startsWith(beginning));
  const [message, ...others] = messages.filter(({ id }) => fits(id));
  if (message !== undefined && others.length === 0) return message;
  throw new Failure("message_unknown", { advice: words.conversation.listIds, exit: EXIT.contact });
}

import type { MessageView, PliApi } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Failure } from "../failure.ts";
import { found, withProfile, type Profile } from "../home.ts";
import { emitMessage } from "../message.ts";
import { findPlace, placeFields, type Place } from "../place.ts";

/** What can be done about one conversation, named as it was typed. */
export type ConversationAction =
  | { what: "mute"; place: string }
  | { what: "unmute"; place: string }
  /** Tries again what could not be sent. */
  | { what: "resend"; place: string }
  /** Asks for what came and was more than may be kept. */
  | { what: "again"; place: string }
  /** From this device alone: messages by their identifiers, or the beginnings of them. */
  | { what: "delete"; place: string; messages: readonly string[] };

/** How many of the newest messages are looked at. */
const LOOKED_AT = 1_000;
const SHORTEST_ID = 8;

/** `pli mute`, `unmute`, `resend`, `again`, `delete`: does it, and says what was done. */
export function conversation(context: Context, { action }: { action: ConversationAction }): Promise<ExitCode> {
  const work = async (api: PliApi, me: Profile): Promise<ExitCode> => {
    const place = await found(api, () => findPlace(context, api, action.place));
    if (action.what === "mute" || action.what === "unmute") return mute(context, api, place, action.what === "mute");
    const { messages } = await api.read("messages", { conversation: place.conversation, limit: LOOKED_AT });
    if (action.what === "resend") return resend(context, api, { me, place, messages });
    if (action.what === "again") return askAgain(context, api, messages);
    return forget(
      context,
      api,
      action.messages.map((id) => messageOf(context, messages, id)),
    );
  };
  return withProfile(context, work, { acts: true });
}

async function mute(context: Context, api: PliApi, place: Place, muted: boolean): Promise<ExitCode> {
  await api.mute({ conversation: place.conversation, muted });
  context.emit({ event: "muted", ...placeFields(place), muted });
  context.say(context.words.conversation[muted ? "muted" : "unmuted"](shownName(place.name)));
  return EXIT.done;
}

async function resend(
  context: Context,
  api: PliApi,
  { me, place, messages }: { me: Profile; place: Place; messages: readonly MessageView[] },
): Promise<ExitCode> {
  const failed = messages.filter(({ state }) => state === "failed");
  for (const message of failed) {
    await api.resend({ message: message.id });
    emitMessage(context, { ...message, state: "saved" }, place, me);
  }
  context.say(context.words.conversation.resent(failed.length));
  return EXIT.done;
}

async function askAgain(context: Context, api: PliApi, messages: readonly MessageView[]): Promise<ExitCode> {
  const count = await askForHeld(api, messages);
  context.emit({ event: "asked", count });
  context.say(count === 0 ? context.words.chat.nothingHeld : context.words.chat.askedAgain);
  return EXIT.done;
}

/** Asks for what these messages say was not kept; how many of them do. */
export async function askForHeld(api: PliApi, messages: readonly MessageView[]): Promise<number> {
  const held = messages.filter(({ body }) => body.kind === "held" && body.mayAsk);
  for (const { id } of held) await api.askForHeld({ message: id });
  return held.length;
}

/** The one message meant; `message_unknown` when there is none, or several. */
function messageOf({ words }: Context, messages: readonly MessageView[], beginning: string): MessageView {
  const wanted = beginning.toLowerCase();
  const [message, ...others] = messages.filter(({ id }) => id === wanted || isBeginning(id, wanted));
  if (message !== undefined && others.length === 0) return message;
  throw new Failure("message_unknown", { advice: words.conversation.listIds, exit: EXIT.contact });
}

const isBeginning = (id: string, word: string): boolean => word.length >= SHORTEST_ID && id.startsWith(word);

async function forget(context: Context, api: PliApi, messages: readonly MessageView[]): Promise<ExitCode> {
  for (const { id } of messages) {
    await api.forgetMessage({ message: id });
    context.emit({ event: "deleted", id });
  }
  context.say(context.words.conversation.deleted(messages.length));
  return EXIT.done;
}

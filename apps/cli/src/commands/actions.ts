/** What people do with one message, which its identifier names. */
import type { MessageView } from "@pli/engine/api";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Failure } from "../failure.ts";
import { found, withProfile, type Deps } from "../home.ts";
import { extra, missing } from "../line/errors.ts";
import { emitMessage } from "../message/print.ts";
import { findPlace, placeOf } from "../place.ts";
import type { HelpName } from "../words/help-en.ts";
import type { Command } from "./command.ts";

/** Whether it may be the identifier of a message, or the beginning of one. */
export const isMessageName = (word: string): boolean => /^[0-9a-f]{8,64}$/i.test(word);

interface AboutOne {
  /** Its identifier, or how that begins. */
  readonly message: string;
}

/** A command about one message and some words. */
function aboutMessage<Name extends HelpName>(
  name: Name,
  wanted: "TEXT" | "EMOJI" | "CONTACT",
  work: (deps: Deps, message: MessageView, words: readonly string[]) => Promise<ExitCode>,
): Command<Name, AboutOne & { readonly words: readonly string[] }> {
  return {
    name,
    read: ([message, ...words]) => {
      if (message === undefined) return missing("MESSAGE");
      return words.length === 0 ? missing(wanted) : { message, words };
    },
    run: (context, asked) => onMessage(context, asked, (deps, message) => work(deps, message, asked.words)),
  };
}

export function onMessage(
  context: Context,
  { message }: AboutOne,
  work: (deps: Deps, message: MessageView) => Promise<ExitCode>,
): Promise<ExitCode> {
  return withProfile(
    context,
    async (api, me) => work({ context, api, me }, await found(api, () => meant(context, api, message))),
    { acts: true },
  );
}

/** The one message that is meant. `message_unknown` when there is none, or several. */
async function meant({ words }: Context, api: Deps["api"], query: string): Promise<MessageView> {
  const beginning = query.toLowerCase();
  const [message, ...others] = isMessageName(query) ? await api.read("messagesNamed", { beginning }) : [];
  if (message !== undefined && others.length === 0) return message;
  throw new Failure("message_unknown", { advice: words.conversation.listIds, exit: EXIT.contact });
}

/** Prints what a message is now. */
async function show({ context, api, me }: Deps, id: string): Promise<void> {
  const [message] = await api.read("messagesNamed", { beginning: id });
  if (message !== undefined) emitMessage(context, message, await placeOf(api, message), me);
}

/** Answers a message. */
export const reply = aboutMessage("reply", "TEXT", async (deps, { id, conversation }, words) => {
  const { message } = await deps.api.sendText({ conversation, text: words.join(" "), replyTo: id });
  await show(deps, message);
  deps.context.say(deps.context.words.actions.replied);
  return EXIT.done;
});

/** Says an own text otherwise. */
export const edit = aboutMessage("edit", "TEXT", async (deps, { id }, words) => {
  await deps.api.editText({ message: id, text: words.join(" ") });
  await show(deps, id);
  deps.context.say(deps.context.words.actions.edited);
  return EXIT.done;
});

/** Reacts with one emoji, or with none any more. */
export const react = aboutMessage("react", "EMOJI", async (deps, { id }, words) => {
  const emoji = words.join(" ");
  await deps.api.react({ message: id, ...(emoji !== "none" && { emoji }) });
  await show(deps, id);
  deps.context.say(deps.context.words.actions[emoji === "none" ? "withdrawn" : "reacted"]);
  return EXIT.done;
});

/** Sends the same text to others, and does not say whose it was. */
export const forward = aboutMessage("forward", "CONTACT", async (deps, { body }, queries) => {
  const { api, context } = deps;
  if (body.kind !== "text") throw new Failure("message_unknown");
  const places = [];
  for (const query of queries) places.push(await found(api, () => findPlace(context, api, query)));
  for (const { conversation } of places) {
    const { message } = await api.sendText({ conversation, text: body.text });
    await show(deps, message);
  }
  context.say(context.words.actions.forwarded(places.length));
  return EXIT.done;
});

/** Marks a message for this person alone. */
export const star: Command<"star", AboutOne & { readonly on: boolean }> = {
  name: "star",
  options: { off: { type: "boolean" } },
  read: ([message, ...rest], typed) =>
    message === undefined ? missing("MESSAGE") : (extra(rest, 0) ?? { message, on: !typed.flags.has("off") }),
  run: (context, { message, on }) =>
    onMessage(context, { message }, async (deps, { id }) => {
      await deps.api.star({ message: id, on });
      await show(deps, id);
      context.say(context.words.actions[on ? "starred" : "unstarred"]);
      return EXIT.done;
    }),
};

import type { MessageView, PliApi, WaitingMessages } from "@pli/engine/api";
import { isErrorCode } from "@pli/engine/errors";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Failure } from "../failure.ts";
import { found, settled, withProfile, type Profile } from "../home.ts";
import { missing } from "../line/errors.ts";
import { numberFrom } from "../line/values.ts";
import { messageEvent } from "../message/event.ts";
import { PARTING_MS } from "../parting.ts";
import { findPlace, type Place } from "../place.ts";
import { savedText, waitingFields } from "../waiting.ts";
import type { Command } from "./command.ts";

/** How many of the newest messages are watched to see this one leave. */
const WATCHED = 50;

const DEFAULT_PATIENCE_S = 10;
const PATIENCES_S = { least: 0, most: 3_600 };

interface Asked {
  contact: string;
  text: string;
  /** How many seconds to wait for the store. */
  patience: number;
}

/**
 * Sends a text. Waits until the store has it, or until it is clear that it leaves later. Reads
 * first what the store has, so that the text stands below what was written before it.
 */
export const send: Command<"send", Asked> = {
  name: "send",
  options: { wait: { type: "string" } },
  read: ([contact, ...text], typed) => {
    if (contact === undefined) return missing("CONTACT");
    if (text.length === 0) return missing("TEXT");
    const patience = numberFrom(typed, "wait", PATIENCES_S, DEFAULT_PATIENCE_S);
    return typeof patience === "object" ? patience : { contact, text: text.join(" "), patience };
  },
  run: sendText,
};

async function sendText(context: Context, asked: Asked): Promise<ExitCode> {
  const text = await textFrom(context, asked.text);
  const ms = asked.patience * 1000;
  let saved = 0;
  const work = async (api: PliApi, me: Profile): Promise<ExitCode> => {
    if (ms > 0) await settled(context, api, ms);
    const place = await found(api, () => findPlace(context, api, asked.contact));
    const since = context.world.clock.now();
    await hurry(api);
    const { message } = await api.sendText({ conversation: place.conversation, text });
    const sent = await departure(context, api, {
      message,
      conversation: place.conversation,
      since,
      patience: asked.patience,
    });
    saved = sent.state === "saved" ? 1 : 0;
    const waiting = sent.state === "saved" ? await waitsFor(api, place) : undefined;
    return report(context, sent, { place, me, waiting });
  };
  return withProfile(context, work, { acts: true, ms: Math.min(ms, PARTING_MS), reported: () => saved });
}

/** The text as it was typed, or the whole input without its last line end. */
async function textFrom({ world, words }: Context, text: string): Promise<string> {
  if (text !== "-") return text;
  const input = await world.stdin.all();
  if (input === undefined) throw new Failure("request_malformed", { advice: words.advice.notText });
  return input.replace(/\r?\n$/u, "");
}

/** Does not wait for the next attempt to reach a store that was off line. */
async function hurry(api: PliApi): Promise<void> {
  const { connection } = await api.read("status", {});
  if (connection.state === "offline") await api.reconnect();
}

interface Awaited {
  readonly message: string;
  readonly conversation: string;
  /** When it was sent, in ms. */
  readonly since: number;
  readonly patience: number;
}

/**
 * The message once it has left or failed, once the store was found unreachable after `since`, or
 * once `patience` is over.
 */
async function departure(context: Context, api: PliApi, awaited: Awaited): Promise<MessageView> {
  const { conversation, since, patience } = awaited;
  const { promise: over, resolve: stop } = Promise.withResolvers<void>();
  let latest: MessageView | undefined;
  const stops = [
    context.world.clock.after(patience * 1000, stop),
    api.watch("messages", { conversation, limit: WATCHED }, ({ messages }) => {
      latest = messages.find(({ id }) => id === awaited.message) ?? latest;
      if (latest !== undefined && latest.state !== "saved") stop();
    }),
    api.watch("status", {}, ({ connection }) => {
      if (connection.state === "offline" && connection.since >= since) stop();
    }),
  ];
  await over;
  stops.forEach((unwatch) => unwatch());
  latest ??= await findMessage(api, awaited);
  return latest;
}

async function findMessage(api: PliApi, { conversation, message }: Awaited): Promise<MessageView> {
  const { messages } = await api.read("messages", { conversation, limit: WATCHED });
  const found = messages.find(({ id }) => id === message);
  if (found === undefined) throw new Failure("message_unknown");
  return found;
}

async function waitsFor(api: PliApi, place: Place): Promise<WaitingMessages | undefined> {
  const status = await api.read("status", {});
  return status.waitsFor?.find(({ conversation }) => conversation === place.conversation);
}

function report(
  context: Context,
  message: MessageView,
  { place, me, waiting }: { place: Place; me: Profile; waiting: WaitingMessages | undefined },
): ExitCode {
  if (message.state === "failed") throw failed(message);
  const event = messageEvent(message, place, me);
  if (event !== undefined)
    context.emit({ ...event, ...(waiting !== undefined && { waitsFor: waitingFields(waiting) }) });
  if (waiting !== undefined) context.say(savedText(context, waiting));
  else if (message.state !== "received") context.say(context.words.send.states[message.state]);
  return EXIT.done;
}

function failed(message: MessageView): Failure {
  const code = message.error ?? "internal";
  return new Failure(isErrorCode(code) ? code : "internal");
}

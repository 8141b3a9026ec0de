import type { MessageView, PliApi } from "@pli/engine/api";
import { pagesAfter } from "@pli/engine/pages";
import { lineColumns, type Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { codeOf } from "../failure.ts";
import { found, settled, withProfile } from "../home.ts";
import { extra, missing } from "../line/errors.ts";
import { numberFrom } from "../line/values.ts";
import { authorFor } from "../message/author.ts";
import { messageLines } from "../message/lines.ts";
import { createDayHeadings, emitMessage } from "../message/print.ts";
import { readerOf, type Reader } from "../naming.ts";
import { findPlace, type Place } from "../place.ts";
import type { Command } from "./command.ts";

/**
 * How many characters of an identifier are shown: they tell the messages of a conversation apart.
 */
const SHOWN_ID = 12;

const DEFAULT_LIMIT = 50;
const LIMITS = { least: 1, most: 999_999 };
const ORDERS = { least: 0, most: 999_999_999_999_999 };

interface Asked {
  readonly contact: string;
  /** How many at most: the newest, those before an order, or those after one. */
  readonly limit: number;
  readonly before?: number;
  readonly after?: number;
  /** Whether to show the beginnings of their identifiers. */
  readonly ids: boolean;
}

/** Shows messages of a conversation, oldest first. */
export const messages: Command<"messages", Asked> = {
  name: "messages",
  options: {
    limit: { type: "string" },
    ids: { type: "boolean" },
    before: { type: "string" },
    after: { type: "string" },
  },
  read: ([contact, ...rest], typed) => {
    if (contact === undefined) return missing("CONTACT");
    const limit = numberFrom(typed, "limit", LIMITS, DEFAULT_LIMIT);
    if (typeof limit === "object") return limit;
    const before = numberFrom(typed, "before", ORDERS, undefined);
    if (typeof before === "object") return before;
    const after = numberFrom(typed, "after", ORDERS, undefined);
    if (typeof after === "object") return after;
    if (before !== undefined && after !== undefined) return { problem: "word_extra", word: "--after" };
    const position = { ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
    return extra(rest, 0) ?? { contact, limit, ...position, ids: typed.flags.has("ids") };
  },
  run: show,
};

/** The messages that are shown: the first `limit` of a conversation between two orders. */
interface Stretch {
  readonly conversation: string;
  readonly after: number;
  readonly before: number;
  readonly limit: number;
}

const PAGE = 200;

function show(context: Context, asked: Asked): Promise<ExitCode> {
  return withProfile(context, async (api, me) => {
    await settled(context, api);
    const place = await found(api, () => findPlace(context, api, asked.contact));
    const { archive, conversation } = place;
    if (archive !== undefined) context.say(context.style.dim(`(${context.words.archive.state})`));
    const stretch = await stretchOf(api, conversation, asked);
    const print: Print = context.globals.json
      ? (message) => emitMessage(context, message, place, me)
      : threadPrinter(context, place, await readerOf(api, me, conversation), asked.ids);
    await noteOlder(context, api, stretch);
    let last: MessageView | undefined;
    for await (const message of messagesIn(api, stretch)) {
      print(message);
      last = message;
    }
    if (last === undefined) context.say(context.words.message.none);
    else await afterwards(context, api, last);
    return EXIT.done;
  });
}

/** Marks messages as read. A full disk is no failure here: the messages were shown. */
async function markShown(api: PliApi, conversation: string, upTo: number): Promise<void> {
  await api.markRead({ conversation, upTo }).catch((thrown: unknown) => {
    if (!["disk_full", "disk_read_only"].includes(codeOf(thrown))) throw thrown;
  });
}

async function stretchOf(
  api: PliApi,
  conversation: string,
  { limit, after, before = Number.MAX_SAFE_INTEGER }: Asked,
): Promise<Stretch> {
  if (after !== undefined) return { conversation, after, before, limit };
  return { conversation, after: await orderBelow(api, conversation, before, limit), before, limit };
}

/** The order below the last `count` messages before another order. */
async function orderBelow(api: PliApi, conversation: string, before: number, count: number): Promise<number> {
  let first = before;
  for (let left = count; left > 0;) {
    const page = await api.read("messages", { conversation, limit: Math.min(left, PAGE), before: first });
    first = page.messages[0]?.order ?? first;
    left -= page.messages.length;
    if (!page.hasOlder) break;
  }
  return first - 1;
}

async function* messagesIn(api: PliApi, { conversation, after, before, limit }: Stretch): AsyncGenerator<MessageView> {
  let left = limit;
  for await (const page of pagesAfter((parameters) => api.read("messages", parameters), { conversation, after }))
    for (const message of page) {
      if (left === 0 || message.order >= before) return;
      left -= 1;
      yield message;
    }
}

async function noteOlder(context: Context, api: PliApi, { conversation, after }: Stretch): Promise<void> {
  const { messages: older } = await api.read("messages", { conversation, limit: 1, before: after + 1 });
  if (older.length > 0) context.note(context.style.dim(context.words.message.older(String(after + 1))));
}

/** Says whether there are newer messages, and in a terminal marks what was shown as read. */
async function afterwards(context: Context, api: PliApi, { conversation, order }: MessageView): Promise<void> {
  const { world, words, style, globals } = context;
  const { messages: newer } = await api.read("messages", { conversation, limit: 1, after: order });
  if (newer.length > 0) context.note(style.dim(words.message.newer(String(order))));
  if (!world.stdout.isTerminal || globals.json) return;
  await world.stdout.written();
  await markShown(api, conversation, order);
}

type Print = (message: MessageView) => void;

function threadPrinter(context: Context, place: Place, reader: Reader, ids: boolean): Print {
  const { say, words, style } = context;
  const sayDay = createDayHeadings(context);
  return (message) => {
    sayDay(message);
    const author = message.mine ? words.you : authorFor(reader, place, message);
    const before = ids ? `${message.id.slice(0, SHOWN_ID)}  ` : "";
    const columns = lineColumns(context.world) - before.length;
    for (const [row, line] of messageLines(context, message, { author, reader, columns }).entries())
      say((row === 0 ? style.dim(before) : " ".repeat(before.length)) + line);
  };
}

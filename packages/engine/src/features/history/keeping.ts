/**
 * A slice that another own device made, or this one before it was lost, becomes messages here. What
 * the author's bytes say is read from them; what no author signed is bounded and checked like a
 * file from anybody.
 */
import { parseContent, messageIdFrom, type Content } from "@pli/protocol/content";
import type { PastAction, PastNote, PastSlice, PastText } from "@pli/protocol/devices";
import { LEAST_PAST_LIFETIME_SECONDS } from "@pli/protocol/devices";
import { toHex } from "@pli/protocol/crypto";
import { parseName } from "@pli/protocol/identity";
import { LATEST_MS } from "@pli/protocol/object";
import { notePast, raisePast, type Conversation } from "../../epochs/conversations.table.ts";
import type { Kit } from "../../kit.ts";
import type { MessageBody, MessageState } from "../../api/views.ts";
import type { Tx } from "../../runtime/context.ts";
import { actionFrom, isAction } from "../actions/action.ts";
import { putTombstone, takeAction } from "../actions/applying.ts";
import { parseBody } from "../archive/bodies.ts";
import { savePersonTold } from "../group/people.table.ts";
import { isAnyErased } from "../messages/erased.table.ts";
import { wasErased } from "../messages/erasing.ts";
import { replyToOf, textOf, type NewMessage } from "../messages/lines.ts";
import { findLine, findOldestSent } from "../messages/messages.table.ts";
import { touch } from "../messages/notes.ts";
import { LIVE_ORDERS, WINDOW, windowOf } from "./orders.ts";

/** `number`: of the history, which is its window in the order. */
export async function keepSlice(
  { context, messages, profiles }: Pick<Kit, "context" | "messages" | "profiles">,
  tx: Tx,
  slice: PastSlice,
  { conversation, number }: { conversation: Conversation; number: number },
): Promise<void> {
  const { clock, crypto } = context;
  const now = clock.now();
  const self = (await profiles.get(tx)).id;
  const people = slice.people.map(({ id }) => toHex(id));
  const endings = new Map(slice.endings.map((ending) => [ending.order, ending]));
  const tellers = new Map(slice.told.map(({ order, by }) => [order, people[by] ?? ""]));
  const base = windowOf(number);
  const notesUpTo = await findOldestSent(tx, conversation.id, base + WINDOW, LIVE_ORDERS);

  const isSomeErased = await isAnyErased(tx);

  /** Between two, nobody else wrote. */
  const mayHaveWritten = (sender: string): boolean =>
    conversation.kind === "group" || sender === self || sender === conversation.contact;

  async function textFrom({ order, from, state, content }: PastText): Promise<NewMessage | undefined> {
    const sender = people[from] ?? "";
    const parsed = parseContent(content);
    if (!parsed.ok || !mayHaveWritten(sender)) return undefined;
    if (isSomeErased && (await wasErased(context, tx, sender, content))) return undefined;
    const body = shownBody(parsed.value);
    if (body === undefined) return undefined;
    const id = messageIdFrom(crypto, content, {
      sender: slice.people[from]?.id ?? new Uint8Array(32),
      conversation: conversation.shared,
    });
    const mine = sender === self;
    const teller = tellers.get(order);
    const { sentAt } = parsed.value;
    const lifetime = endings.get(order)?.lifetime ?? parsed.value.lifetime;
    return {
      id: toHex(id),
      conversation: conversation.id,
      sender,
      mine,
      kind: body.kind,
      text: textOf(body),
      content,
      sentAt,
      state: stateOf(state, mine),
      order: base + order,
      replyTo: replyToOf(parsed.value),
      ...(lifetime !== undefined && { lifetime }),
      ...(teller !== undefined && { fromRosterOf: teller }),
    };
  }

  /** When it is over: never later than its lifetime from now. */
  function endOf(order: number, { lifetime, sentAt }: NewMessage): number | undefined {
    if (lifetime === undefined) return undefined;
    const latest = now + lifetime * 1000;
    return Math.min(latest, endings.get(order)?.endsAt ?? Math.min(sentAt, now) + lifetime * 1000);
  }

  function noteFrom({ order, id, at, from, line }: PastNote): NewMessage | undefined {
    const sender = people[from] ?? "";
    const body = parseBody(jsonFrom(line));
    if (body === undefined || body === "passed" || body.kind === "text" || body.kind === "unknown") return undefined;
    if (sender !== "" && !mayHaveWritten(sender)) return undefined;
    // Another device has told the same line already, as it noted it itself.
    if (body.kind !== "deleted" && notesUpTo !== undefined && at >= notesUpTo) return undefined;
    const mine = sender === self;
    return {
      id,
      conversation: conversation.id,
      sender,
      mine,
      kind: body.kind,
      text: textOf(body),
      sentAt: Math.min(at, LATEST_MS),
      state: stateOf("received", mine),
      order: base + order,
    };
  }

  /** Another own device has found that its author might do so. */
  async function takeDone({ from, content }: PastAction): Promise<void> {
    const author = people[from] ?? "";
    const parsed = parseContent(content);
    if (!parsed.ok || !isAction(parsed.value.body) || !mayHaveWritten(author)) return;
    if (isSomeErased && (await wasErased(context, tx, author, content))) return;
    const said = { conversation: conversation.id, author, mine: author === self, leads: false, content, cameAt: now };
    const { sentAt, body } = parsed.value;
    await takeAction(context, tx, actionFrom(context, { ...said, sentAt }, body));
  }

  /** What came here before was deleted where this slice was made. */
  async function deleteHere({ id, text }: NewMessage): Promise<void> {
    const line = await findLine(tx, conversation.id, id);
    if (line?.kind === "text" || line?.kind === "unknown") await putTombstone(context, tx, line, text);
  }

  await notePast(tx, conversation.id, LIVE_ORDERS);
  const lines = [...slice.texts, ...slice.notes].toSorted((a, b) => a.order - b.order);
  let newest: { at: number; order: number } | undefined;
  for (const line of lines) {
    const message = "content" in line ? await textFrom(line) : noteFrom(line);
    if (message === undefined) continue;
    const lifetime = message.lifetime ?? LEAST_PAST_LIFETIME_SECONDS;
    if (lifetime < LEAST_PAST_LIFETIME_SECONDS) continue;
    const isNews = await messages.insertPast(tx, message, endOf(line.order, message));
    if (message.kind === "deleted") await deleteHere(message);
    if (isNews) newest = { at: Math.min(message.sentAt, now), order: base + line.order - LIVE_ORDERS };
  }
  for (const action of slice.actions ?? []) await takeDone(action);
  for (const [i, { name }] of slice.people.entries()) await nameOf(tx, people[i] ?? "", name, self);
  if (newest !== undefined) await raisePast(tx, conversation.id, newest, LIVE_ORDERS);
  touch(tx, conversation.id);
}

/** What is said to people: nothing else stands in a conversation. */
function shownBody({ body }: Content): MessageBody | undefined {
  if (body.kind === "text") return { kind: "text", text: body.text };
  return body.kind === "unknown" ? { kind: "unknown" } : undefined;
}

/** Nothing of before waits to leave from here. */
function stateOf(told: PastText["state"], mine: boolean): MessageState {
  if (!mine) return "received";
  return told === "received" ? "sent" : told;
}

/** A name that a group told; one that is known here stays. */
async function nameOf(tx: Tx, id: string, told: string, self: string): Promise<void> {
  const name = parseName(told);
  if (id !== self && name.ok) await savePersonTold(tx, id, name.value, undefined);
}

function jsonFrom(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

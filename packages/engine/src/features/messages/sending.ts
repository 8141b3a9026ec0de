import { roomBeside } from "@pli/protocol/conversation";
import {
  createContent,
  encodeContent,
  messageIdFrom,
  parseContent,
  parseText,
  ridingIn,
  type Body,
  type Content,
} from "@pli/protocol/content";
import { toHex } from "@pli/protocol/crypto";
import type { MessageView } from "../../api/api.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import { getConversation, streamOf, timerOf, type Conversation } from "../../epochs/conversations.ts";
import type { Epochs } from "../../epochs/epochs.ts";
import {
  insertContent,
  isPendingContent,
  withdrawContents,
  type ContentPurpose,
  type PendingContent,
} from "../../epochs/pending-contents.table.ts";
import type { Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import { bytesIn, numberIn, textIn } from "../../runtime/storage/row.ts";
import type { Receipts } from "../receipts/receipts.ts";
import type { Messages } from "./messages.ts";

const MAX_REQUEST_CHARS = 64;
/**
 * Between two the newest of those that nobody has acknowledged are sent again, so many, however old
 * they are.
 */
const MAX_UNACKNOWLEDGED = 1_000;
/** What a reader could not keep is sent again as far back as this. */
const RESEND_MS = 30 * 86_400_000;
const DAY_MS = 86_400_000;
/**
 * A receipt leaves at a slot, within hours: so long after the store has dropped a message, none
 * comes any more.
 */
const RECEIPT_DAYS = 1;
/** In a group the others have what the store had, unless this device was in a state of its own. */
const RESEND_IN_GROUP_MS = 2 * 86_400_000;
/** Of what is sent again although it was acknowledged: the newest. */
const MAX_ACKNOWLEDGED = 200;

/**
 * What a person or the engine writes into a conversation: saved at once, sealed when it can leave.
 */
export interface Sending {
  /** The same `request` again gives the message it gave before. */
  sendText(tx: Tx, conversation: string, text: string, request?: string): Promise<MessageView>;
  /** Has a message that is saved here leave, again or for the first time. */
  enqueueText(tx: Tx, message: string): Promise<void>;
  /** All that the other side may not have is sent again, in the order it was written. */
  enqueueAgain(tx: Tx, conversation: string, lost?: Lost): Promise<void>;
  /**
   * Own messages from there on are sent again, also acknowledged ones, the newest if they are many.
   */
  enqueueSince(tx: Tx, conversation: string, from: From): Promise<void>;
  /**
   * Own messages behind that one of which this person has not said that they have them are sent
   * again, the oldest first.
   */
  enqueueFor(tx: Tx, conversation: string, reader: string, behind: number): Promise<void>;
  /** `reference`: a name for what somebody waits for until it is stored. */
  enqueue(tx: Tx, conversation: string, purpose: ContentPurpose, body: Body, reference?: string): Promise<void>;
  /**
   * This message does not leave any more. Whether it may have left already: then the others may
   * have it.
   */
  takeBack(tx: Tx, message: string): Promise<"no" | "perhaps" | "yes">;
  /**
   * Between two, at this store: what nobody has said to have, and the store has no more, did not
   * arrive.
   */
  giveUp(tx: Tx, store: string, retentionDays: number): Promise<void>;
}

/**
 * What may be lost of what somebody acknowledged. `behind` this message, in a group: what the store
 * had, so that all is sent again that not everybody has. `since` that moment: what a device had
 * that was put back to before.
 */
export type Lost = { readonly behind: number } | { readonly since: number };

/** `behind` this message, and not before that moment, in ms. */
type From = { readonly behind?: number; readonly since?: number };

/** Nobody has said that they have it. */
const UNACKNOWLEDGED = "state = 'sent' AND NOT EXISTS (SELECT 1 FROM marks WHERE message = messages.id)";
/** Somebody in the group has not said so; who is no contact never does. */
const LACKED = `state IN ('sent', 'delivered', 'read') AND EXISTS (SELECT 1 FROM members other
  WHERE other.conversation = messages.conversation AND other.profile <> messages.sender
    AND NOT EXISTS (SELECT 1 FROM marks WHERE message = messages.id AND profile = other.profile))`;

export function createSending(
  context: Context,
  deps: {
    epochs: Epochs;
    messages: Messages;
    profiles: Profiles;
    receipts: Receipts;
    queue: SendQueue;
  },
): Sending {
  const { crypto, clock } = context;
  const { epochs, messages, profiles } = deps;

  /**
   * Message path 3/11: saved on this device, with its place among what leaves, before anything else
   * happens.
   */
  async function sendText(tx: Tx, conversation: string, wanted: string, request?: string): Promise<MessageView> {
    if (request !== undefined && request.length > MAX_REQUEST_CHARS) throw new PliError("request_malformed");
    const before = request === undefined ? undefined : await messages.ofRequest(tx, conversation, request);
    if (before !== undefined) return before;
    const text = parseText(wanted);
    if (!text.ok) throw new PliError(text.error === "text_empty" ? "message_empty" : "message_too_long");
    const profile = await profiles.get(tx);
    const { kind, shared, state } = await getConversation(tx, conversation);
    if (kind === "group") await mustWrite(tx, conversation, state);
    const sentAt = clock.now();
    const timer = await timerOf(tx, conversation);
    const lifetime = timer === 0 ? undefined : timer;
    const body = createContent(crypto, sentAt, { kind: "text", text: text.value });
    const said = lifetime === undefined ? body : { ...body, lifetime };
    const content = await carrying(tx, { id: conversation, kind }, said);
    const id = toHex(messageIdFrom(crypto, content, { sender: profile.card.id, conversation: shared }));
    const message = { id, conversation, sender: profile.id, mine: true, kind: "text", text: text.value } as const;
    const view = await messages.insert(tx, {
      ...message,
      content,
      sentAt,
      lifetime,
      state: "saved",
      ...(request && { request }),
    });
    if (view === undefined) throw new PliError("internal");
    await enqueueText(tx, id);
    return view;
  }

  /**
   * Receipts that wait for the contact ride in what leaves for them anyway, in as many cells as
   * without.
   */
  async function carrying(
    tx: Tx,
    { id, kind }: Pick<Conversation, "id" | "kind">,
    content: Content,
  ): Promise<Uint8Array> {
    const plain = encodeContent(content);
    if (kind === "group") return plain;
    const riding = await deps.receipts.take(tx, id, ridingIn(roomBeside(plain.length)));
    return riding === undefined ? plain : encodeContent({ ...content, riding });
  }

  async function mustWrite(tx: Tx, conversation: string, state: Conversation["state"]): Promise<void> {
    const leaving = "SELECT 1 FROM intentions WHERE conversation = ? AND kind = 'leave'";
    const isOut = state === "joining" || state === "left" || (await tx.sql.all(leaving, [conversation])).length > 0;
    if (isOut) throw new PliError("not_in_group");
    const [row] = await tx.sql.all("SELECT writable FROM conversations WHERE id = ?", [conversation]);
    if (row?.["writable"] !== 1) throw new PliError("not_allowed");
  }

  async function enqueueText(tx: Tx, message: string): Promise<void> {
    const [row] = await tx.sql.all("SELECT * FROM messages WHERE id = ? AND mine AND kind = 'text'", [message]);
    if (row === undefined) throw new PliError("message_unknown");
    if (await isPendingContent(tx, { purpose: "text", reference: message })) return;
    const conversation = await getConversation(tx, textIn(row, "conversation"));
    await add(tx, conversation, { purpose: "text", reference: message, content: bytesIn(row, "content") });
  }

  async function enqueueAgain(tx: Tx, conversation: string, lost?: Lost): Promise<void> {
    const { kind } = await getConversation(tx, conversation);
    if (kind === "direct") await boundUnacknowledged(tx, conversation);
    const since = kind === "group" ? clock.now() - RESEND_IN_GROUP_MS : 0;
    await withdrawContents(tx, { conversation, purpose: "text" });
    const behind = lost !== undefined && "behind" in lost ? lost.behind : undefined;
    const lacked = behind === undefined ? UNACKNOWLEDGED : LACKED;
    const rows = await tx.sql.all(
      `SELECT id, ord FROM messages WHERE conversation = ? AND mine AND kind = 'text'
         AND (state = 'saved' OR (${lacked} AND sent_at > ? AND ord > ?))`,
      [conversation, since, behind ?? 0],
    );
    const all = new Map(rows.map((row) => [textIn(row, "id"), numberIn(row, "ord")]));
    if (lost !== undefined && "since" in lost)
      for (const { id, order } of await newest(tx, conversation, lost)) all.set(id, order);
    const inOrder = [...all].toSorted(([, one], [, other]) => one - other);
    for (const [id] of inOrder) await enqueueText(tx, id);
  }

  /** Between two nothing is left at one mark for ever: it leaves again, or it did not arrive. */
  async function boundUnacknowledged(tx: Tx, conversation: string): Promise<void> {
    const open = "conversation = ? AND mine AND kind = 'text' AND (state = 'sent' OR error = 'not_received')";
    const [last] = await tx.sql.all(`SELECT ord FROM messages WHERE ${open} ORDER BY ord DESC LIMIT 1 OFFSET ?`, [
      conversation,
      MAX_UNACKNOWLEDGED,
    ]);
    const behind = last === undefined ? 0 : numberIn(last, "ord");
    const failed = `UPDATE messages SET state = 'failed', error = 'not_received' WHERE ${open} AND ord <= ?`;
    await tx.sql.run(failed, [conversation, behind]);
    const again = `UPDATE messages SET state = 'saved', error = NULL WHERE ${open} AND state = 'failed' AND ord > ?`;
    await tx.sql.run(again, [conversation, behind]);
    tx.changed(`messages:${conversation}`, "conversations", "status");
  }

  async function giveUp(tx: Tx, store: string, retentionDays: number): Promise<void> {
    const rows = await tx.sql.all(
      `UPDATE messages INDEXED BY messages_unacknowledged SET state = 'failed', error = 'not_received'
         WHERE mine AND state = 'sent' AND left_at < ?
         AND conversation IN (SELECT id FROM conversations WHERE kind = 'direct' AND store = ?)
         AND id NOT IN (SELECT reference FROM pending_contents WHERE purpose = 'text') RETURNING conversation`,
      [clock.now() - (retentionDays + RECEIPT_DAYS) * DAY_MS, store],
    );
    for (const conversation of new Set(rows.map((row) => textIn(row, "conversation"))))
      tx.changed(`messages:${conversation}`, "conversations");
  }

  async function takeBack(tx: Tx, message: string): Promise<"no" | "perhaps" | "yes"> {
    for (const { conversation, content, epoch } of await withdrawContents(tx, {
      purpose: "text",
      reference: message,
    })) {
      const parsed = parseContent(content);
      if (parsed.ok && parsed.value.riding !== undefined)
        await deps.receipts.putBack(tx, conversation, parsed.value.riding);
      // What was sealed for these labels is not put again, and nothing else ever is: the key of a
      // label seals once. Who reads on in this epoch would wait there for what never comes, so the
      // next message leaves in another.
      if (epoch !== undefined) await epochs.wearOut(tx, epoch);
    }
    const [said] = await tx.sql.all("SELECT state, left_at FROM messages WHERE id = ? AND mine", [message]);
    if (said === undefined || said["left_at"] === null) return "no";
    return said["state"] === "saved" ? "perhaps" : "yes";
  }

  async function enqueueSince(tx: Tx, conversation: string, from: From): Promise<void> {
    for (const { id } of await newest(tx, conversation, from)) await enqueueText(tx, id);
  }

  /** Who has one already drops the second copy. */
  async function newest(
    tx: Tx,
    conversation: string,
    { behind = 0, since = 0 }: From,
  ): Promise<{ id: string; order: number }[]> {
    const rows = await tx.sql.all(
      `SELECT id, ord FROM messages WHERE conversation = ? AND mine AND kind = 'text' AND state <> 'failed'
         AND ord > ? AND sent_at >= ? ORDER BY ord DESC LIMIT ?`,
      [conversation, behind, since, MAX_ACKNOWLEDGED],
    );
    return rows.toReversed().map((row) => ({ id: textIn(row, "id"), order: numberIn(row, "ord") }));
  }

  async function enqueueFor(tx: Tx, conversation: string, reader: string, behind: number): Promise<void> {
    const rows = await tx.sql.all(
      `SELECT id FROM messages WHERE conversation = ? AND mine AND kind = 'text' AND state NOT IN ('failed', 'read')
         AND ord > ? AND sent_at > ? AND NOT EXISTS (SELECT 1 FROM marks WHERE message = messages.id AND profile = ?)
         AND (state <> 'delivered' OR (SELECT kind FROM conversations c WHERE c.id = conversation) = 'group')
       ORDER BY ord LIMIT ?`,
      [conversation, behind, clock.now() - RESEND_MS, reader, MAX_ACKNOWLEDGED],
    );
    for (const row of rows) await enqueueText(tx, textIn(row, "id"));
  }

  async function enqueue(tx: Tx, id: string, purpose: ContentPurpose, body: Body, reference = ""): Promise<void> {
    const conversation = await getConversation(tx, id);
    const said = createContent(crypto, clock.now(), body);
    const content = purpose === "receipt" ? encodeContent(said) : await carrying(tx, conversation, said);
    await add(tx, conversation, { purpose, reference, content });
  }

  async function add(
    tx: Tx,
    { id, store }: Conversation,
    content: Pick<PendingContent, "purpose" | "reference" | "content">,
  ): Promise<void> {
    await insertContent(tx, { conversation: id, ...content });
    deps.queue.wake(tx, streamOf(id), store);
  }

  return {
    sendText,
    enqueueText,
    enqueueAgain,
    enqueueSince,
    enqueueFor,
    enqueue,
    takeBack,
    giveUp,
  };
}

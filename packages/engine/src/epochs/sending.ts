import { roomBeside, sealMessage } from "@pli/protocol/conversation";
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
import { toHex, utf8 } from "@pli/protocol/crypto";
import type { MessageView } from "../api/api.ts";
import { fractionFrom } from "../runtime/chance.ts";
import type { Context, Tx } from "../runtime/context.ts";
import { PliError } from "../runtime/errors.ts";
import type { Outbox, OutboxItem, Purpose } from "../delivery/outbox/outbox.ts";
import type { Contacts } from "../people/contacts.ts";
import type { Profiles } from "../people/profile.ts";
import { createTxEvent, type TxEvent } from "../runtime/tx-event.ts";
import { bytesIn, numberIn, textIn } from "../runtime/storage/row.ts";
import type { Commits } from "./commits.ts";
import { findConversation, getConversation, streamOf, timerOf, type Conversation } from "./conversations.ts";
import { WORN_OUT, type Epochs, type HeldEpoch } from "./epochs.ts";
import type { OwnLabels } from "./own-labels.ts";
import type { Messages } from "../features/messages/messages.ts";
import type { Receipts } from "../features/receipts/receipts.ts";
import type { EpochRoles } from "./epoch-roles.ts";

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
/** Leaves are updated more rarely as groups grow: each update is work for all. */
const USUAL_MEMBERS = 50;
/** Of the conversations that are owed new keys, so many get them each hour. */
const RENEWED_EACH_HOUR = 1 / 8;

/**
 * What a person or the engine writes into a conversation: saved at once, sealed when it can leave.
 */
export interface Sending {
  /** Something of this group is about to be sealed: a change that is due leaves before it. */
  readonly beforeSealing: TxEvent<string>;
  /** The same `request` again gives the message it gave before. */
  sendText(tx: Tx, conversation: string, text: string, request?: string): Promise<MessageView>;
  /** Puts a message that is saved here into the outbox, again or for the first time. */
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
  enqueue(tx: Tx, conversation: string, purpose: Purpose, body: Body): Promise<void>;
  /**
   * Whether a receipt that is queued there now leaves now: nothing else waits to leave before it.
   */
  mayAcknowledge(tx: Tx, conversation: string): Promise<boolean>;
  /** New keys for those who only read: what leaves at a slot brings none. */
  renew(tx: Tx): Promise<void>;
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
  p: {
    epochs: Epochs;
    ownLabels: OwnLabels;
    epochRoles: EpochRoles;
    messages: Messages;
    profiles: Profiles;
    contacts: Contacts;
    receipts: Receipts;
    commits: Commits;
    outbox: Outbox;
  },
): Sending {
  const { crypto, clock, options } = context;
  const { epochs, messages, profiles, contacts } = p;
  /** Conversations that a receipt left in while an update was due, since the start. */
  const owed = new Set<string>();
  const beforeSealing: Sending["beforeSealing"] = createTxEvent();

  /**
   * Message path 3/11: saved on this device, with its place in the outbox, before anything else
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
    const riding = await p.receipts.take(tx, id, ridingIn(roomBeside(plain.length)));
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
    const waiting = await tx.sql.all("SELECT id FROM outbox WHERE purpose = 'text' AND reference = ?", [message]);
    if (waiting.length > 0) return;
    const conversation = await getConversation(tx, textIn(row, "conversation"));
    await p.outbox.add(tx, {
      stream: streamOf(conversation.id),
      store: conversation.store,
      purpose: "text",
      reference: message,
      content: bytesIn(row, "content"),
      puts: undefined,
    });
  }

  async function enqueueAgain(tx: Tx, conversation: string, lost?: Lost): Promise<void> {
    const { kind } = await getConversation(tx, conversation);
    if (kind === "direct") await boundUnacknowledged(tx, conversation);
    const since = kind === "group" ? clock.now() - RESEND_IN_GROUP_MS : 0;
    const stream = streamOf(conversation);
    await tx.sql.run("DELETE FROM outbox WHERE stream = ? AND purpose = 'text'", [stream]);
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
         AND id NOT IN (SELECT reference FROM outbox WHERE purpose = 'text') RETURNING conversation`,
      [clock.now() - (retentionDays + RECEIPT_DAYS) * DAY_MS, store],
    );
    for (const conversation of new Set(rows.map((row) => textIn(row, "conversation"))))
      tx.changed(`messages:${conversation}`, "conversations");
  }

  async function takeBack(tx: Tx, message: string): Promise<"no" | "perhaps" | "yes"> {
    const rows = await tx.sql.all(
      "DELETE FROM outbox WHERE purpose = 'text' AND reference = ? RETURNING stream, content, epoch",
      [message],
    );
    for (const row of rows) {
      const conversation = textIn(row, "stream").slice(streamOf("").length);
      const content = parseContent(bytesIn(row, "content"));
      if (content.ok && content.value.riding !== undefined)
        await p.receipts.putBack(tx, conversation, content.value.riding);
      // What was sealed for these labels is not put again, and nothing else ever is: the key of a
      // label seals once. Who reads on in this epoch would wait there for what never comes, so the
      // next message leaves in another.
      if (row["epoch"] !== null) await epochs.wearOut(tx, numberIn(row, "epoch"));
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

  async function enqueue(tx: Tx, id: string, purpose: Purpose, body: Body): Promise<void> {
    const conversation = await getConversation(tx, id);
    const said = createContent(crypto, clock.now(), body);
    const content = purpose === "receipt" ? encodeContent(said) : await carrying(tx, conversation, said);
    const { store } = conversation;
    await p.outbox.add(tx, { stream: streamOf(id), store, purpose, reference: "", content, puts: undefined });
  }

  /**
   * Seals the next item under the epoch of this moment; what was sealed under an earlier one is
   * sealed again.
   */
  async function seal(tx: Tx, item: OutboxItem): Promise<"sealed" | "later" | "again"> {
    if (item.content === undefined) return "sealed";
    const id = item.stream.slice(streamOf("").length);
    const conversation = await findConversation(tx, id);
    const held = await epochs.current(tx, id);
    if (conversation?.state !== "ready" || held === undefined || (await isStopped(tx, conversation))) return "later";
    if (item.puts !== undefined && item.epoch === held.id) return "sealed";
    const change = await changeBefore(tx, conversation, held, item.purpose);
    if (change !== "none") return change;
    if (item.purpose === "text" && !p.epochRoles.mayWrite(held, (await profiles.get(tx)).id)) return refuse(tx, item);
    if (item.purpose === "text" && (await p.ownLabels.areSpent(tx, held))) return waitForLabels(tx, item);
    const sealed = await sealMessage(context, held.epoch, held.feed, item.content);
    await epochs.saveStep(tx, { ...held, epoch: sealed.epoch, sent: held.sent + 1 }, held.epoch.ownLeaf);
    await p.outbox.saveSealed(tx, item.id, held.id, sealed.puts);
    if (item.purpose === "text")
      await tx.sql.run("UPDATE messages SET left_at = ? WHERE id = ? AND mine", [clock.now(), item.reference]);
    tx.after(sealed.wipe);
    return "sealed";
  }

  /**
   * Others have spoilt too many labels of ours: texts wait for fresh ones, and all else goes before
   * them.
   */
  async function waitForLabels(tx: Tx, { id, stream }: OutboxItem): Promise<"later" | "again"> {
    const others = "SELECT 1 FROM outbox WHERE stream = ? AND purpose <> 'text' AND id > ? LIMIT 1";
    if ((await tx.sql.all(others, [stream, id])).length === 0) return "later";
    const texts = "DELETE FROM outbox WHERE stream = ? AND purpose = 'text' RETURNING id, reference";
    const waiting = await tx.sql.all(texts, [stream]);
    for (const row of waiting.toSorted((one, other) => numberIn(one, "id") - numberIn(other, "id")))
      await enqueueText(tx, textIn(row, "reference"));
    return "again";
  }

  /** Nothing leaves to a blocked contact, or before what founds the conversation. */
  async function isStopped(tx: Tx, { id, kind }: Conversation): Promise<boolean> {
    if (kind === "group") return false;
    const contact = await contacts.ofConversation(tx, id);
    return contact === undefined || contact.blocked || (await foundingLeaves(tx, id));
  }

  /** The rules have changed since it was written. */
  async function refuse(tx: Tx, item: OutboxItem): Promise<"again"> {
    await tx.sql.run("DELETE FROM outbox WHERE id = ?", [item.id]);
    await messages.fail(tx, item.reference, "not_allowed");
    return "again";
  }

  /**
   * The pairing or the beacon that founds a group leaves first: the other side must know it before
   * its first message.
   */
  async function foundingLeaves(tx: Tx, conversation: string): Promise<boolean> {
    const rows = await tx.sql.all(
      `SELECT 1 FROM outbox o LEFT JOIN pairings p ON o.stream = 'pairing ' || p.id
       WHERE (o.purpose = 'pairing' AND json_extract(p.view, '$.conversation') = ?)
         OR (o.purpose = 'beacon' AND o.reference LIKE ? || ' %') LIMIT 1`,
      [conversation, conversation],
    );
    return rows.length > 0;
  }

  /**
   * Whether a commit of ours leaves before the next message; nothing that stands in the way of one
   * keeps the message here.
   */
  async function changeBefore(
    tx: Tx,
    { id, kind }: Conversation,
    held: HeldEpoch,
    purpose: Purpose,
  ): Promise<"none" | "again" | "later"> {
    if (await isPending(tx, held)) return "later";
    if (kind === "group") await beforeSealing.emit(tx, id);
    if (await isPending(tx, held)) return "again";
    if (!isUpdateDue(held)) return "none";
    if (purpose === "receipt") return owe(id);
    return (await p.commits.propose(tx, held, { update: true })).ok ? "again" : "none";
  }

  async function isPending(tx: Tx, held: HeldEpoch): Promise<boolean> {
    const rows = await tx.sql.all("SELECT 1 FROM pending_commits WHERE epoch = ?", [held.id]);
    return rows.length > 0;
  }

  /**
   * Post-compromise security: after a day or a hundred messages, each with its own jitter (section
   * 5).
   */
  function isUpdateDue(held: HeldEpoch): boolean {
    const { ownLeaf, chains } = held.epoch;
    const jitter = 1 + (crypto.sha256(utf8(`${held.leafSince} ${ownLeaf}`))[0] ?? 0) / 512;
    const patience = jitter * Math.max(1, chains.length / USUAL_MEMBERS);
    const old = clock.since(held.leafSince) > options.updateAfter * patience;
    return old || held.sent >= options.updateEvery * patience;
  }

  /** A receipt must look like a decoy: the update that is due leaves at another time. */
  function owe(conversation: string): "none" {
    owed.add(conversation);
    return "none";
  }

  async function isFree(tx: Tx, id: string): Promise<boolean> {
    const conversation = await findConversation(tx, id);
    const held = await epochs.current(tx, id);
    if (conversation?.state !== "ready" || held === undefined || (await isPending(tx, held))) return false;
    const before = await tx.sql.all("SELECT 1 FROM outbox WHERE stream = ? LIMIT 1", [streamOf(id)]);
    return before.length === 0 && !(await isStopped(tx, conversation));
  }

  /** A receipt brings no new keys, and behind labels that were left nobody would read it. */
  async function mayAcknowledge(tx: Tx, id: string): Promise<boolean> {
    const held = await epochs.current(tx, id);
    return held !== undefined && held.sent < WORN_OUT && (await isFree(tx, id));
  }

  /** At some hour after they are due: nothing that came decides which. */
  async function renew(tx: Tx): Promise<void> {
    const worn = "SELECT conversation FROM epochs WHERE retired_at IS NULL AND sent >= ?";
    for (const row of await tx.sql.all(worn, [WORN_OUT])) owed.add(textIn(row, "conversation"));
    for (const id of [...owed].filter(() => fractionFrom(crypto.random(4)) < RENEWED_EACH_HOUR)) {
      const held = await epochs.current(tx, id);
      if (held === undefined || !(await isFree(tx, id))) continue;
      owed.delete(id);
      if (isUpdateDue(held)) await p.commits.propose(tx, held, { update: true });
    }
  }

  p.outbox.sealWith(seal);

  return {
    beforeSealing,
    sendText,
    enqueueText,
    enqueueAgain,
    enqueueSince,
    enqueueFor,
    enqueue,
    mayAcknowledge,
    renew,
    takeBack,
    giveUp,
  };
}

import { conversationIdFrom, putsFromCommit, sealMessage } from "@pli/protocol/conversation";
import { createContent, encodeContent, messageIdFrom, parseText, type Body } from "@pli/protocol/content";
import { toHex, utf8 } from "@pli/protocol/crypto";
import type { MessageView } from "../api.ts";
import type { Context, Unit } from "../core/context.ts";
import { PliError } from "../errors.ts";
import type { Outbox, OutboxItem, Purpose } from "../outbox/outbox.ts";
import type { Contact, Contacts } from "../profile/contacts.ts";
import type { Profiles } from "../profile/profile.ts";
import { bytesIn, textIn } from "../storage/row.ts";
import { findConversation, getConversation, streamOf } from "./conversations.ts";
import type { Epochs, HeldEpoch } from "./epochs.ts";
import type { Messages } from "./messages.ts";

const MAX_REQUEST_CHARS = 64;
/** Messages the other side may have missed are sent again as far back as this. */
const RESEND_MS = 30 * 86_400_000;

/** What a person or the engine writes into a conversation: saved at once, sealed when it can leave. */
export interface Sending {
  /** The same `request` again gives the message it gave before. */
  sendText(unit: Unit, conversation: string, text: string, request?: string): Promise<MessageView>;
  /** Puts a message that is saved here into the outbox, again or for the first time. */
  enqueueText(unit: Unit, message: string): Promise<void>;
  /** All that the other side may not have is sent again, in the order it was written. */
  enqueueAgain(unit: Unit, conversation: string): Promise<void>;
  enqueue(unit: Unit, conversation: string, purpose: Purpose, body: Body): Promise<void>;
  seal(unit: Unit, item: OutboxItem): Promise<"sealed" | "later" | "again">;
}

export function createSending(
  context: Context,
  p: { epochs: Epochs; messages: Messages; profiles: Profiles; contacts: Contacts; outbox(): Outbox },
): Sending {
  const { crypto, clock, groups, options } = context;
  const { epochs, messages, profiles, contacts } = p;

  /** Message path 3/11: saved on this device, with its place in the outbox, before anything else happens. */
  async function sendText(unit: Unit, conversation: string, wanted: string, request?: string): Promise<MessageView> {
    if (request !== undefined && request.length > MAX_REQUEST_CHARS) throw new PliError("request_malformed");
    const before = request === undefined ? undefined : await messages.ofRequest(unit, conversation, request);
    if (before !== undefined) return before;
    const text = parseText(wanted);
    if (!text.ok) throw new PliError(text.error === "text_empty" ? "message_empty" : "message_too_long");
    const profile = await profiles.get(unit);
    await getConversation(unit, conversation);
    const contact = await contacts.ofConversation(unit, conversation);
    if (contact === undefined) throw new PliError("conversation_unknown");
    const shared = conversationIdFrom(crypto, contact.pairwise);
    const sentAt = clock.now();
    const content = encodeContent(createContent(crypto, sentAt, { kind: "text", text: text.value }));
    const id = toHex(messageIdFrom(crypto, content, { sender: profile.card.id, conversation: shared }));
    const message = { id, conversation, sender: profile.id, mine: true, kind: "text", text: text.value } as const;
    const view = await messages.insert(unit, {
      ...message,
      content,
      sentAt,
      state: "saved",
      ...(request && { request }),
    });
    if (view === undefined) throw new PliError("internal");
    await enqueueText(unit, id);
    return view;
  }

  async function enqueueText(unit: Unit, message: string): Promise<void> {
    const [row] = await unit.sql.all("SELECT * FROM messages WHERE id = ? AND mine AND kind = 'text'", [message]);
    if (row === undefined) throw new PliError("message_unknown");
    const waiting = await unit.sql.all("SELECT id FROM outbox WHERE purpose = 'text' AND reference = ?", [message]);
    if (waiting.length > 0) return;
    const conversation = await getConversation(unit, textIn(row, "conversation"));
    await p.outbox().add(unit, {
      stream: streamOf(conversation.id),
      store: conversation.store,
      purpose: "text",
      reference: message,
      content: bytesIn(row, "content"),
      puts: undefined,
    });
  }

  async function enqueueAgain(unit: Unit, conversation: string): Promise<void> {
    const stream = streamOf(conversation);
    await unit.sql.run("DELETE FROM outbox WHERE stream = ? AND purpose = 'text'", [stream]);
    const rows = await unit.sql.all(
      `SELECT id FROM messages WHERE conversation = ? AND mine AND kind = 'text'
         AND (state = 'saved' OR (state = 'sent' AND sent_at > ?)) ORDER BY ord`,
      [conversation, clock.now() - RESEND_MS],
    );
    for (const row of rows) await enqueueText(unit, textIn(row, "id"));
  }

  async function enqueue(unit: Unit, id: string, purpose: Purpose, body: Body): Promise<void> {
    const conversation = await getConversation(unit, id);
    const content = encodeContent(createContent(crypto, clock.now(), body));
    const { store } = conversation;
    await p.outbox().add(unit, { stream: streamOf(id), store, purpose, reference: "", content, puts: undefined });
  }

  /** Seals the next item under the epoch of this moment; what was sealed under an earlier one is sealed again. */
  async function seal(unit: Unit, item: OutboxItem): Promise<"sealed" | "later" | "again"> {
    if (item.content === undefined) return "sealed";
    const id = item.stream.slice(streamOf("").length);
    const conversation = await findConversation(unit, id);
    const held = await epochs.current(unit, id);
    const contact = await contacts.ofConversation(unit, id);
    if (conversation?.state !== "ready" || held === undefined || contact === undefined || contact.blocked)
      return "later";
    if (await foundingLeaves(unit, id)) return "later";
    if (item.puts !== undefined && item.epoch === held.id) return "sealed";
    const update = await updateOf(unit, held, contact, item);
    if (update !== "none") return update;
    const sealed = await sealMessage(context, held.epoch, held.feed, item.content);
    await epochs.saveStep(unit, { ...held, epoch: sealed.epoch, sent: held.sent + 1 }, held.epoch.ownLeaf);
    await p.outbox().saveSealed(unit, item.id, held.id, sealed.puts);
    unit.after(sealed.wipe);
    return "sealed";
  }

  /** The pairing or the beacon that founds a group leaves first: the other side must know it before its first message. */
  async function foundingLeaves(unit: Unit, conversation: string): Promise<boolean> {
    const rows = await unit.sql.all(
      `SELECT 1 FROM outbox o LEFT JOIN pairings p ON o.stream = 'pairing ' || p.id
       WHERE (o.purpose = 'pairing' AND json_extract(p.view, '$.conversation') = ?)
         OR (o.purpose = 'beacon' AND o.reference LIKE ? || ' %') LIMIT 1`,
      [conversation, conversation],
    );
    return rows.length > 0;
  }

  /** Whether our leaf is to be updated before this item leaves; nothing that stands in the way of that keeps it here. */
  async function updateOf(
    unit: Unit,
    held: HeldEpoch,
    contact: Contact,
    item: OutboxItem,
  ): Promise<"none" | "again" | "later"> {
    const waiting = await unit.sql.all("SELECT epoch FROM pending_commits WHERE epoch = ?", [held.id]);
    if (waiting.length > 0) return "later";
    const slot = held.epoch.commits[held.attempt];
    if (slot === undefined || !isUpdateDue(held)) return "none";
    return (await proposeUpdate(unit, held, contact, item, slot)) ? "again" : "none";
  }

  /** Post-compromise security: after a day or a hundred messages, each with its own jitter (section 5). */
  function isUpdateDue(held: HeldEpoch): boolean {
    const jitter = 1 + (crypto.sha256(utf8(`${held.leafSince} ${held.epoch.ownLeaf}`))[0] ?? 0) / 512;
    const old = clock.now() - held.leafSince > options.updateAfter * jitter;
    return old || held.sent >= options.updateEvery * jitter;
  }

  /** A commit that updates our leaf, to be put at the one label its epoch allows. It leaves before anything else. */
  async function proposeUpdate(
    unit: Unit,
    held: HeldEpoch,
    contact: Contact,
    item: OutboxItem,
    slot: HeldEpoch["epoch"]["commits"][number],
  ): Promise<boolean> {
    const check = contacts.leafCheck(await profiles.get(unit), contact.card, "any time");
    const made = await groups.commit(held.epoch.group, { update: true, now: Math.floor(clock.now() / 1000), check });
    if (!made.ok) return false;
    const next = groups.encodeState(made.value.state);
    await unit.sql.run("INSERT INTO pending_commits VALUES (?, ?, ?)", [held.id, held.attempt, next]);
    await p.outbox().add(unit, {
      stream: item.stream,
      store: item.store,
      purpose: "commit",
      reference: String(held.id),
      content: undefined,
      puts: putsFromCommit(crypto, slot, held.feed, made.value.commit),
    });
    return true;
  }

  return { sendText, enqueueText, enqueueAgain, enqueue, seal };
}

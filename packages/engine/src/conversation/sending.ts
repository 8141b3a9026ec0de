import { putsFromCommit, sealMessage } from "@pli/protocol/conversation";
import { createContent, encodeContent, messageIdFrom, parseText, type Body } from "@pli/protocol/content";
import { toHex, utf8 } from "@pli/protocol/crypto";
import type { MessageView } from "../api.ts";
import type { Context, Unit } from "../core/context.ts";
import { PliError } from "../errors.ts";
import type { Outbox, OutboxItem, Purpose } from "../outbox/outbox.ts";
import type { Contacts } from "../profile/contacts.ts";
import type { Profiles } from "../profile/profile.ts";
import { bytesIn, textIn } from "../storage/row.ts";
import { findConversation, getConversation, idBytes, streamOf } from "./conversations.ts";
import type { Epochs, HeldEpoch } from "./epochs.ts";
import type { Messages } from "./messages.ts";

/** What a person or the engine writes into a conversation: saved at once, sealed when it can leave. */
export interface Sending {
  sendText(unit: Unit, conversation: string, text: string): Promise<MessageView>;
  /** Puts a message that is saved here into the outbox, again or for the first time. */
  enqueueText(unit: Unit, message: string): Promise<void>;
  enqueue(unit: Unit, conversation: string, purpose: Purpose, body: Body): Promise<void>;
  seal(unit: Unit, item: OutboxItem): Promise<"sealed" | "later" | "again">;
}

export function createSending(
  context: Context,
  p: { epochs: Epochs; messages: Messages; profiles: Profiles; contacts: Contacts; outbox(): Outbox },
): Sending {
  const { crypto, clock, groups, options } = context;
  const { epochs, messages, profiles, contacts } = p;

  async function sendText(unit: Unit, conversation: string, wanted: string): Promise<MessageView> {
    const text = parseText(wanted);
    if (!text.ok) throw new PliError(text.error === "text_empty" ? "message_empty" : "message_too_long");
    const profile = await profiles.get(unit);
    await getConversation(unit, conversation);
    const sentAt = clock.now();
    const content = encodeContent(createContent(crypto, sentAt, { kind: "text", text: text.value }));
    const id = toHex(messageIdFrom(crypto, content, { sender: profile.card.id, conversation: idBytes(conversation) }));
    const message = { id, conversation, sender: profile.id, mine: true, kind: "text", text: text.value } as const;
    const view = await messages.insert(unit, { ...message, content, sentAt, state: "saved" });
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
    if (conversation?.state !== "ready" || held === undefined || (await pairingLeaves(unit))) return "later";
    if (item.puts !== undefined && item.epoch === held.id) return "sealed";
    if (isUpdateDue(held)) return proposeUpdate(unit, held, item);
    const sealed = await sealMessage(context, held.epoch, held.feed, item.content);
    await epochs.saveStep(unit, { ...held, epoch: sealed.epoch, sent: held.sent + 1 }, held.epoch.ownLeaf);
    await p.outbox().saveSealed(unit, item.id, held.id, sealed.puts);
    unit.after(sealed.wipe);
    return "sealed";
  }

  /** What a pairing still writes goes first: the other side must know the conversation before its first message. */
  async function pairingLeaves(unit: Unit): Promise<boolean> {
    return (await unit.sql.all("SELECT 1 FROM outbox WHERE purpose = 'pairing' LIMIT 1")).length > 0;
  }

  /** Post-compromise security: after a day or a hundred messages, each with its own jitter (section 5). */
  function isUpdateDue(held: HeldEpoch): boolean {
    const jitter = 1 + (crypto.sha256(utf8(`${held.leafSince} ${held.epoch.ownLeaf}`))[0] ?? 0) / 512;
    const old = clock.now() - held.leafSince > options.updateAfter * jitter;
    return old || held.sent >= options.updateEvery * jitter;
  }

  /** A commit that updates our leaf, to be put at the one label its epoch allows. It leaves before anything else. */
  async function proposeUpdate(unit: Unit, held: HeldEpoch, item: OutboxItem): Promise<"again" | "later"> {
    const waiting = await unit.sql.all("SELECT epoch FROM pending_commits WHERE epoch = ?", [held.id]);
    if (waiting.length > 0) return "later";
    const slot = held.epoch.commits[held.attempt];
    const contact = await contacts.ofConversation(unit, held.conversation);
    if (slot === undefined || contact === undefined) return "later";
    const check = contacts.leafCheck(await profiles.get(unit), contact.card);
    const made = await groups.commit(held.epoch.group, { update: true, now: Math.floor(clock.now() / 1000), check });
    if (!made.ok) throw new PliError("internal");
    await unit.sql.run("INSERT INTO pending_commits VALUES (?, ?, ?)", [
      held.id,
      held.attempt,
      groups.encodeState(made.value.state),
    ]);
    await p.outbox().add(unit, {
      stream: item.stream,
      store: item.store,
      purpose: "commit",
      reference: String(held.id),
      content: undefined,
      puts: putsFromCommit(crypto, slot, held.feed, made.value.commit),
    });
    return "again";
  }

  return { sendText, enqueueText, enqueue, seal };
}

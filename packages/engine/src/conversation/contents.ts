import { messageIdFrom, parseContent, type Content } from "@pli/protocol/content";
import { conversationIdFrom } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import type { MessageView } from "../api.ts";
import type { Context, Unit } from "../core/context.ts";
import { count } from "../core/counters.ts";
import type { Contacts } from "../profile/contacts.ts";
import type { Messages } from "./messages.ts";

/** What the engine does with what somebody wrote. */
export interface ContentHandlers {
  /** A receipt or a control message, opened and authentic. */
  control(unit: Unit, conversation: string, body: Content["body"]): Promise<void>;
  /** A message to show has come. */
  message(unit: Unit, message: MessageView): Promise<void>;
  /** One that is here already came again: its author does not know. */
  duplicate(unit: Unit, conversation: string, message: string): Promise<void>;
}

/** Acts on the content of a message that MLS has opened. */
export type ApplyContent = (unit: Unit, conversation: string, bytes: Uint8Array) => Promise<void>;

export function createContents(
  { crypto }: Context,
  p: { messages: Messages; contacts: Contacts; handlers: ContentHandlers },
): ApplyContent {
  const { messages, contacts, handlers } = p;

  /** Message path 11/11: saved once, and shown to whoever watches as soon as the transaction is durable. */
  return async function applyContent(unit, conversation, bytes) {
    const contact = await contacts.ofConversation(unit, conversation);
    const content = parseContent(bytes);
    if (contact === undefined) return;
    if (!content.ok) {
      await count(unit, "undecryptable");
      return messages.noteGap(unit, conversation, 1);
    }
    const { body, sentAt } = content.value;
    if (body.kind === "receipt" || body.kind === "control") return handlers.control(unit, conversation, body);
    const shared = conversationIdFrom(crypto, contact.pairwise);
    const id = toHex(messageIdFrom(crypto, bytes, { sender: contact.card.id, conversation: shared }));
    const text = body.kind === "text" ? body.text : "";
    const kept = { id, conversation, sender: contact.id, mine: false, kind: body.kind, text, content: bytes } as const;
    const view = await messages.insert(unit, { ...kept, sentAt, state: "received" });
    if (view !== undefined) return handlers.message(unit, view);
    await count(unit, "duplicates");
    await handlers.duplicate(unit, conversation, id);
  };
}

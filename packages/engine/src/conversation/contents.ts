import { messageIdFrom, parseContent, type Content } from "@pli/protocol/content";
import { toHex } from "@pli/protocol/crypto";
import type { MessageView } from "../api.ts";
import type { Context, Unit } from "../core/context.ts";
import { count } from "../core/counters.ts";
import type { Contacts } from "../profile/contacts.ts";
import { findConversation, idBytes, type Conversation } from "./conversations.ts";
import type { HeldEpoch } from "./epochs.ts";
import type { Messages } from "./messages.ts";
import type { Standings } from "./standings.ts";

/** Where something was said, and by whom. */
export interface Said {
  readonly conversation: Conversation;
  /** Profile id of the author, and the leaf that wrote it. */
  readonly sender: string;
  readonly leaf: number;
  readonly held: HeldEpoch;
}

/** What the engine does with what somebody wrote. */
export interface ContentHandlers {
  /** A receipt or a control message, opened and authentic. */
  control(unit: Unit, said: Said, body: Content["body"]): Promise<void>;
  /** Whether the author might say something to be shown there, and may now. */
  mayHaveSaid(unit: Unit, said: Said): Promise<boolean>;
  /** Whether the author is out of the group since the epoch this was said in: it is as if it had not been. */
  isOut(unit: Unit, said: Said): Promise<boolean>;
  /** A message to show has come. */
  message(unit: Unit, message: MessageView): Promise<void>;
  /** One that is here already came again: its author does not know. */
  duplicate(unit: Unit, said: Said, message: string): Promise<void>;
}

/** Acts on the content of a message of a leaf that MLS has opened. */
export type ApplyContent = (unit: Unit, held: HeldEpoch, leaf: number, bytes: Uint8Array) => Promise<void>;

export function createContents(
  { crypto }: Context,
  p: { messages: Messages; contacts: Contacts; standings: Standings; handlers: ContentHandlers },
): ApplyContent {
  const { messages, contacts, standings, handlers } = p;

  /** Message path 11/11: saved once, and shown to whoever watches as soon as the transaction is durable. */
  return async function applyContent(unit, held, leaf, bytes) {
    const conversation = await findConversation(unit, held.conversation);
    const sender = standings.authorAt(held, leaf);
    if (conversation === undefined || sender === undefined) return;
    const content = parseContent(bytes);
    if (!content.ok) return refuse(unit, conversation.id);
    const said = { conversation, sender, leaf, held };
    if (await handlers.isOut(unit, said)) return;
    const { body, sentAt } = content.value;
    if (body.kind === "receipt" || body.kind === "control") return handlers.control(unit, said, body);
    if (!(await handlers.mayHaveSaid(unit, said))) return refuse(unit, conversation.id);
    if ((await contacts.find(unit, sender))?.blocked === true) return;
    const { id: where, shared } = conversation;
    const id = toHex(messageIdFrom(crypto, bytes, { sender: idBytes(sender), conversation: shared }));
    const text = body.kind === "text" ? body.text : "";
    const kept = { id, conversation: where, sender, mine: false, kind: body.kind, text, content: bytes } as const;
    const view = await messages.insert(unit, { ...kept, sentAt, state: "received" });
    if (view !== undefined) return handlers.message(unit, view);
    await messages.confirm(unit, where, id);
    await count(unit, "duplicates");
    await handlers.duplicate(unit, said, id);
  };

  /** Nothing an honest member can have meant, or something they may not say. */
  async function refuse(unit: Unit, conversation: string): Promise<void> {
    await count(unit, "undecryptable");
    await messages.noteGap(unit, conversation, 1);
  }
}

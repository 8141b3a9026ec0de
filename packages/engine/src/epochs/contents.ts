import { messageIdFrom, parseContent, type Acknowledged, type Body, type Content } from "@pli/protocol/content";
import { toHex } from "@pli/protocol/crypto";
import type { MessageView } from "../api/api.ts";
import { MESSAGE_ROW_BYTES } from "../runtime/budgets.ts";
import type { Context, Tx } from "../runtime/context.ts";
import { count } from "../runtime/counters.ts";
import type { Blocking } from "../features/blocking/blocking.ts";
import { findConversation, idBytes, type Conversation } from "./conversations.ts";
import type { HeldEpoch } from "./epochs.ts";
import { wasErased } from "../features/messages/erasing.ts";
import { lifetimeOf } from "../features/disappearing/lifetimes.ts";
import type { Messages } from "../features/messages/messages.ts";
import type { EpochRoles } from "./epoch-roles.ts";

/** Where something was said, and by whom. */
export interface Said {
  readonly conversation: Conversation;
  /** Profile id of the author, and the leaf that wrote it. */
  readonly sender: string;
  readonly leaf: number;
  readonly held: HeldEpoch;
}

/** What the engine does with what somebody wrote. */
export interface ContentHandlers extends Pick<Blocking, "isUnheard" | "drop"> {
  /** A receipt or a control message, opened and authentic. */
  control(tx: Tx, said: Said, body: Content["body"]): Promise<void>;
  /** Receipts that rode in whatever was said. */
  riding(tx: Tx, said: Said, riding: Acknowledged): Promise<void>;
  /** Whether the author might say something to be shown there, and may now. */
  mayHaveSaid(tx: Tx, said: Said): Promise<boolean>;
  /**
   * Whether the author is out of the group since the epoch this was said in: it is as if it had not
   * been.
   */
  isOut(tx: Tx, said: Said): Promise<boolean>;
  /** A message to show has come. */
  message(tx: Tx, message: MessageView): Promise<void>;
  /** One that is here already came again: its author does not know. */
  duplicate(tx: Tx, said: Said, message: string): Promise<void>;
}

/**
 * Acts on the content of a message of a leaf that MLS has opened. What came in an object was paid
 * for before it was fetched.
 */
export type ApplyContent = (
  tx: Tx,
  held: HeldEpoch,
  leaf: number,
  bytes: Uint8Array,
  source: "cells" | "object",
) => Promise<void>;

/**
 * Whether an object of so many bytes is fetched in which a leaf's message stands. If not, what is
 * to be shown of that is shown.
 */
export type MayFetch = (tx: Tx, held: HeldEpoch, leaf: number, bytes: number) => Promise<boolean>;

/** One content that was opened, and how it came. */
interface Arrived {
  readonly content: Content;
  readonly bytes: Uint8Array;
  readonly source: "cells" | "object";
  readonly said: Said;
}

/** What is done with each kind of content. */
type Appliers = { readonly [K in Body["kind"]]: Applier<Body & { kind: K }> };
type Applier<B extends Body> = (tx: Tx, arrived: Arrived, body: B) => Promise<void>;

export function createContents(
  context: Context,
  p: { messages: Messages; epochRoles: EpochRoles; handlers: ContentHandlers },
): { apply: ApplyContent; mayFetch: MayFetch } {
  const { crypto, budgets } = context;
  const { messages, epochRoles, handlers } = p;

  /**
   * Message path 11/11: saved once, and shown to whoever watches as soon as the transaction is
   * durable.
   */
  const applyContent: ApplyContent = async (tx, held, leaf, bytes, source) => {
    const conversation = await findConversation(tx, held.conversation);
    const sender = epochRoles.authorAt(held, leaf);
    if (conversation === undefined || sender === undefined) return;
    const content = parseContent(bytes);
    if (!content.ok) return refuse(tx, conversation.id);
    const said = { conversation, sender, leaf, held };
    if (await handlers.isOut(tx, said)) return;
    const { body, riding } = content.value;
    if (riding !== undefined && (await mayState(tx, said, riding))) await handlers.riding(tx, said, riding);
    const apply = appliers[body.kind] as Applier<Body>;
    await apply(tx, { content: content.value, bytes, source, said }, body);
  };

  const appliers: Appliers = {
    text: (tx, arrived, { text }) => show(tx, arrived, { kind: "text", text }),
    unknown: (tx, arrived) => show(tx, arrived, { kind: "unknown", text: "" }),
    receipt: async (tx, { said }, body) => {
      if (await mayState(tx, said, body)) await handlers.control(tx, said, body);
    },
    // What says nothing to people costs this device something all the same.
    control: async (tx, { said }, body) => {
      if (await budgets.take(tx, "controls", said.sender)) await handlers.control(tx, said, body);
    },
  };

  /** What is said to people, and kept. */
  async function show(
    tx: Tx,
    { content, bytes, source, said }: Arrived,
    line: { kind: "text" | "unknown"; text: string },
  ): Promise<void> {
    const { conversation, sender, held } = said;
    const { sentAt } = content;
    const lifetime = lifetimeOf(content.lifetime, epochRoles.rules(held)?.timer ?? 0);
    if (!(await handlers.mayHaveSaid(tx, said))) return refuse(tx, conversation.id);
    const { id: where, shared } = conversation;
    const id = toHex(messageIdFrom(crypto, bytes, { sender: idBytes(sender), conversation: shared }));
    if (await handlers.isUnheard(tx, conversation, sender, sentAt))
      return handlers.drop(tx, conversation, sender, { id, content: bytes });
    if ((await messages.isHere(tx, where, id)) || (await wasErased(context, tx, sender, bytes)))
      return seenAgain(tx, said, id);
    if (source === "cells" && !(await mayKeep(tx, said, bytes.length))) return;
    const kept = { id, conversation: where, sender, mine: false, ...line, content: bytes } as const;
    const view = await messages.insert(tx, { ...kept, sentAt, lifetime, state: "received" });
    if (view !== undefined) await handlers.message(tx, view);
  }

  const mayState = (tx: Tx, { sender }: Said, { delivered, read }: Acknowledged): Promise<boolean> =>
    budgets.take(tx, "statuses", sender, delivered.length + read.length);

  async function seenAgain(tx: Tx, said: Said, id: string): Promise<void> {
    await messages.confirm(tx, said.conversation.id, id);
    await count(tx, "duplicates");
    if (await budgets.take(tx, "duplicates", said.sender)) await handlers.duplicate(tx, said, id);
  }

  /** Whether so many bytes of this author are kept here. If not, a line says so. */
  async function mayKeep(
    tx: Tx,
    { conversation: { id, kind }, sender }: Pick<Said, "conversation" | "sender">,
    bytes: number,
  ): Promise<boolean> {
    const size = bytes + MESSAGE_ROW_BYTES;
    const isWithin =
      (await budgets.take(tx, "bytes", sender, size)) &&
      (kind === "direct" || (await budgets.take(tx, "groupBytes", id, size)));
    if (!isWithin) await messages.noteHeld(tx, id, sender, bytes);
    return isWithin;
  }

  const mayFetch: MayFetch = async (tx, held, leaf, bytes) => {
    const conversation = await findConversation(tx, held.conversation);
    const sender = epochRoles.authorAt(held, leaf);
    if (conversation === undefined || sender === undefined) return false;
    if (await handlers.isUnheard(tx, conversation, sender)) {
      await handlers.drop(tx, conversation, sender);
      return false;
    }
    return mayKeep(tx, { conversation, sender }, bytes);
  };

  /** Nothing an honest member can have meant, or something they may not say. */
  async function refuse(tx: Tx, conversation: string): Promise<void> {
    await count(tx, "undecryptable");
    await messages.noteGap(tx, conversation, 1);
  }

  return { apply: applyContent, mayFetch };
}

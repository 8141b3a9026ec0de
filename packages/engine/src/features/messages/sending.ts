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
import type { MessageView } from "../../api/views.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import { idBytes, streamOf } from "../../epochs/conversations.ts";
import { getConversation, isWritable, timerOf, type Conversation } from "../../epochs/conversations.table.ts";
import type { Epochs } from "../../epochs/epochs.ts";
import {
  insertContent,
  isPendingContent,
  withdrawContents,
  type ContentPurpose,
  type PendingContent,
} from "../../epochs/pending-contents.table.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import { isLeaving } from "../group/pending-operations.table.ts";
import type { Receipts } from "../receipts/receipts.ts";
import { createResending, type Resending } from "./resending.ts";
import { findLine, findOwnText, findProgress } from "./messages.table.ts";
import type { Messages } from "./messages.ts";

const MAX_REQUEST_CHARS = 64;

/**
 * What a person or the engine writes into a conversation: saved at once, sealed when it can leave.
 */
export interface Sending extends Resending {
  /** The same `request` again gives the message it gave before. */
  sendText(
    tx: Tx,
    conversation: string,
    text: string,
    how?: { readonly request?: string | undefined; readonly replyTo?: string | undefined },
  ): Promise<MessageView>;
  /** Rejects where this person, or this device, may not write now. */
  mustWriteTo(tx: Tx, conversation: string): Promise<void>;
  /** Has this content leave, as it is. */
  enqueueContent(
    tx: Tx,
    conversation: string,
    content: Pick<PendingContent, "purpose" | "reference" | "content">,
  ): Promise<void>;
  /** Has a message that is saved here leave, again or for the first time. */
  enqueueText(tx: Tx, message: string): Promise<void>;
  /** `reference`: a name for what somebody waits for until it is stored. */
  enqueue(tx: Tx, conversation: string, purpose: ContentPurpose, body: Body, reference?: string): Promise<void>;
  /**
   * This message does not leave any more. Whether it may have left already: then the others may
   * have it.
   */
  takeBack(tx: Tx, message: string): Promise<"no" | "perhaps" | "yes">;
}

export function createSending(
  context: Context,
  deps: {
    epochs: Epochs;
    messages: Messages;
    ownDevices: OwnDevices;
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
  async function sendText(
    tx: Tx,
    conversation: string,
    wanted: string,
    { request, replyTo }: { readonly request?: string | undefined; readonly replyTo?: string | undefined } = {},
  ): Promise<MessageView> {
    if (request !== undefined && request.length > MAX_REQUEST_CHARS) throw new PliError("request_malformed");
    const before = request === undefined ? undefined : await messages.ofRequest(tx, conversation, request);
    if (before !== undefined) return before;
    const text = parseText(wanted);
    if (!text.ok) throw new PliError(text.error === "text_empty" ? "message_empty" : "message_too_long");
    await mustWriteTo(tx, conversation);
    const profile = await profiles.get(tx);
    const { kind, shared } = await getConversation(tx, conversation);
    const inReplyTo = replyTo === undefined ? undefined : await answered(tx, conversation, replyTo);
    const sentAt = clock.now();
    const timer = await timerOf(tx, conversation);
    const lifetime = timer === 0 ? undefined : timer;
    const body = createContent(crypto, sentAt, { kind: "text", text: text.value, ...(inReplyTo && { inReplyTo }) });
    const said = lifetime === undefined ? body : { ...body, lifetime };
    const content = await carrying(tx, { id: conversation, kind }, said);
    const id = toHex(messageIdFrom(crypto, content, { sender: profile.card.id, conversation: shared }));
    const message = { id, conversation, sender: profile.id, mine: true, kind: "text", text: text.value } as const;
    const view = await messages.insert(tx, {
      ...message,
      content,
      sentAt,
      lifetime,
      replyTo,
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

  async function mustWriteTo(tx: Tx, conversation: string): Promise<void> {
    const profile = await profiles.get(tx);
    if ((await deps.ownDevices.removed(tx)).has(toHex(profile.certificate.deviceId)))
      throw new PliError("device_removed");
    const { kind, state } = await getConversation(tx, conversation);
    if (kind === "group") await mustWrite(tx, conversation, state);
  }

  async function mustWrite(tx: Tx, conversation: string, state: Conversation["state"]): Promise<void> {
    if (state === "joining" || state === "left" || (await isLeaving(tx, conversation)))
      throw new PliError("not_in_group");
    if (!(await isWritable(tx, conversation))) throw new PliError("not_allowed");
  }

  async function enqueueText(tx: Tx, message: string): Promise<void> {
    const text = await findOwnText(tx, message);
    if (text === undefined) throw new PliError("message_unknown");
    if (await isPendingContent(tx, { purpose: "text", reference: message })) return;
    const conversation = await getConversation(tx, text.conversation);
    await add(tx, conversation, { purpose: "text", reference: message, content: text.content });
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
    const own = await findProgress(tx, message);
    if (own === undefined || !own.hasLeft) return "no";
    return own.state === "saved" ? "perhaps" : "yes";
  }

  async function enqueue(tx: Tx, id: string, purpose: ContentPurpose, body: Body, reference = ""): Promise<void> {
    const conversation = await getConversation(tx, id);
    const said = createContent(crypto, clock.now(), body);
    const content = purpose === "receipt" ? encodeContent(said) : await carrying(tx, conversation, said);
    await add(tx, conversation, { purpose, reference, content });
  }

  async function enqueueContent(
    tx: Tx,
    id: string,
    content: Pick<PendingContent, "purpose" | "reference" | "content">,
  ): Promise<void> {
    await add(tx, await getConversation(tx, id), content);
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
    ...createResending(context, { enqueueText }),
    sendText,
    enqueueText,
    enqueue,
    takeBack,
    mustWriteTo,
    enqueueContent,
  };
}

/** One answers what somebody wrote in the same conversation. */
async function answered(tx: Tx, conversation: string, id: string): Promise<Uint8Array> {
  const line = await findLine(tx, conversation, id);
  if (line?.kind !== "text" && line?.kind !== "unknown") throw new PliError("message_unknown");
  return idBytes(id);
}

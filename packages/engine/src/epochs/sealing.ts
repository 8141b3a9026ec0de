/** Contents on their way: sealed into the send queue, sealed again, stored, refused. */
import { sealMessage } from "@pli/protocol/conversation";
import type { Reported, SendQueue } from "../delivery/queue/send-queue.ts";
import type { Context, Tx } from "../runtime/context.ts";
import type { ErrorCode } from "../runtime/errors.ts";
import { createTxEvent, type TxEvent } from "../runtime/tx-event.ts";
import { streamOf } from "./conversations.ts";
import { type Conversation } from "./conversations.table.ts";
import type { Epochs, HeldEpoch } from "./epochs.ts";
import type { OwnLabels } from "./own-labels.ts";
import * as table from "./pending-contents.table.ts";
import type { ContentPurpose, PendingContent } from "./pending-contents.table.ts";

/** Who hears what becomes of the contents of one purpose. */
export interface ContentOwner {
  /** Its cells may leave from now on. */
  sealed?(tx: Tx, content: PendingContent): Promise<void>;
  stored?(tx: Tx, content: PendingContent): Promise<void>;
  /** It never leaves: the rules have changed since it was written, or the store refuses it. */
  refused?(tx: Tx, content: PendingContent, code: ErrorCode): Promise<void>;
}

export interface Sealing {
  /** A text of this conversation has left, or never will: what waited for it may be done. */
  readonly left: TxEvent<string>;
  /** Registers who hears what becomes of contents of this purpose. */
  on(purpose: ContentPurpose, owner: ContentOwner): void;
  /** What was sealed under an earlier epoch is sealed again. */
  seal(tx: Tx, conversation: Conversation, held: HeldEpoch, content: PendingContent): Promise<void>;
  /** It never leaves. */
  refuse(tx: Tx, content: PendingContent, code: ErrorCode): Promise<void>;
  /** All texts of its conversation leave after all else in it. False: nothing else waits. */
  putTextsLast(tx: Tx, content: PendingContent): Promise<boolean>;
  /** What the send queue reports of the cells of a content. */
  stored(tx: Tx, item: Reported): Promise<void>;
  taken(tx: Tx, item: Reported): Promise<void>;
  refused(tx: Tx, item: Reported, code: ErrorCode): Promise<void>;
}

export function createSealing(
  context: Context,
  deps: { queue: SendQueue; epochs: Epochs; ownLabels: OwnLabels },
): Sealing {
  const { queue, epochs } = deps;
  const owners = new Map<ContentPurpose, ContentOwner>();
  const left: Sealing["left"] = createTxEvent();

  async function seal(
    tx: Tx,
    { id: conversation, store }: Conversation,
    held: HeldEpoch,
    content: PendingContent,
  ): Promise<void> {
    const { id, purpose } = content;
    const [stream, reference] = [streamOf(conversation), table.contentReference(id, held.id)];
    await table.withdrawCells(tx, content);
    const sealed = await sealMessage(context, held.epoch, held.feed, content.content);
    await epochs.saveStep(tx, { ...held, epoch: sealed.epoch, sent: held.sent + 1 }, held.epoch.ownLeaf);
    await queue.add(tx, { stream, store, reference, puts: sealed.puts });
    await table.saveSealed(tx, id, held.id);
    await owners.get(purpose)?.sealed?.(tx, { ...content, epoch: held.id });
    tx.after(sealed.wipe);
  }

  async function refuse(tx: Tx, content: PendingContent, code: ErrorCode): Promise<void> {
    await table.withdrawCells(tx, content);
    await table.deleteContent(tx, content.id);
    await owners.get(content.purpose)?.refused?.(tx, content, code);
    if (table.isSaid(content.purpose)) await left.emit(tx, content.conversation);
  }

  async function putTextsLast(tx: Tx, content: PendingContent): Promise<boolean> {
    if (!(await table.hasOthersBehind(tx, content))) return false;
    const { conversation } = content;
    const texts = await table.withdrawContents(tx, { conversation, purpose: "text" });
    const actions = await table.withdrawContents(tx, { conversation, purpose: "action" });
    const said = [...texts, ...actions].toSorted((one, other) => one.id - other.id);
    for (const one of said) await table.insertContent(tx, one);
    return true;
  }

  async function stored(tx: Tx, item: Reported): Promise<void> {
    const content = await table.findContent(tx, sealedIn(item).id);
    if (content === undefined) return;
    await table.deleteContent(tx, content.id);
    await owners.get(content.purpose)?.stored?.(tx, content);
    if (table.isSaid(content.purpose)) await left.emit(tx, content.conversation);
  }

  /**
   * What was sealed for a used label is sealed again, in its place. If it was sealed under the
   * epoch of this moment, this device's state may be old.
   */
  async function taken(tx: Tx, item: Reported): Promise<void> {
    const { id, epoch } = sealedIn(item);
    const content = await table.findContent(tx, id);
    if (content?.epoch === epoch) await table.saveSealed(tx, id, undefined);
    const now = await epochs.current(tx, item.name);
    if (now?.id === epoch) await deps.ownLabels.taken(tx, now);
  }

  async function refused(tx: Tx, item: Reported, code: ErrorCode): Promise<void> {
    const content = await table.findContent(tx, sealedIn(item).id);
    if (content !== undefined) await refuse(tx, content, code);
  }

  return {
    left,
    on: (purpose, owner) => void owners.set(purpose, owner),
    seal,
    refuse,
    putTextsLast,
    stored,
    taken,
    refused,
  };
}

/** Which content an item of the send queue carries, and the epoch it is sealed under. */
function sealedIn({ reference }: Reported): { id: number; epoch: number } {
  const [, id, epoch] = reference.split(" ");
  return { id: Number(id), epoch: Number(epoch) };
}

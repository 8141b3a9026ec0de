/**
 * Own messages that are sent again, because somebody may not have them; and those that are given
 * up.
 */
import type { ForAll } from "@pli/protocol/group";
import { getConversation } from "../../epochs/conversations.table.ts";
import {
  deleteUnsealedText,
  insertContent,
  isPendingContent,
  withdrawContents,
} from "../../epochs/pending-contents.table.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { listOwnActions } from "../actions/actions.table.ts";
import {
  boundUnacknowledged,
  giveUpUnacknowledged,
  listLacked,
  listNewestOwnTexts,
  listOwnTextsFor,
  type OwnText,
} from "./messages.table.ts";

/**
 * Between two the newest of those that nobody has acknowledged are sent again, however old
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
/** The same of what was done with messages: as long as a store keeps cells, about. */
const ACTIONS_AGAIN_MS = 30 * 86_400_000;
const MAX_ACTIONS = 100;

export interface Resending {
  /** All that the other side may not have is sent again, in the order it was written. */
  enqueueAgain(tx: Tx, conversation: string, lost?: Lost): Promise<void>;
  /**
   * Own messages from there on are sent again, also acknowledged ones, the newest if they are many.
   */
  enqueueSince(tx: Tx, conversation: string, from: From): Promise<void>;
  /**
   * Own messages that all have a right to, and of which this person has not said that they have
   * them, are sent again, the oldest first.
   */
  enqueueFor(tx: Tx, conversation: string, reader: string, forAll: ForAll): Promise<void>;
  /**
   * Between two, at this store: what nobody has said to have, and the store has no more, did not
   * arrive.
   */
  giveUp(tx: Tx, store: string, retentionDays: number): Promise<void>;
}

/**
 * What may be lost of what somebody acknowledged. `forAll`, in a group: what the store had, so that
 * all is sent again that not everybody has, and has a right to. `since` that moment: what a device
 * had that was put back to before.
 */
export type Lost = { readonly forAll: ForAll } | { readonly since: number };

/**
 * `behind` this message, and not before that moment, in ms. `sealedFrom`: those too that left in
 * the epoch of this id, or later. `forAll`: none but what all have a right to.
 */
type From = {
  readonly behind?: number;
  readonly since?: number;
  readonly sealedFrom?: number;
  readonly forAll?: ForAll;
};

/** `enqueueText` has a message that is saved here leave. */
export function createResending(
  context: Context,
  { enqueueText }: { enqueueText(tx: Tx, message: string): Promise<void> },
): Resending {
  const { clock } = context;

  async function enqueueAgain(tx: Tx, conversation: string, lost?: Lost): Promise<void> {
    const { kind } = await getConversation(tx, conversation);
    // Between two nothing is left at one mark for ever: it leaves again, or it did not arrive.
    if (kind === "direct") await boundUnacknowledged(tx, conversation, MAX_UNACKNOWLEDGED);
    const since = kind === "group" ? clock.now() - RESEND_IN_GROUP_MS : 0;
    await withdrawContents(tx, { conversation, purpose: "text" });
    const waiting = await withdrawContents(tx, { conversation, purpose: "action" });
    const forAll = lost !== undefined && "forAll" in lost ? lost.forAll : undefined;
    const all = new Map((await listLacked(tx, conversation, { since, forAll })).map(({ id, order }) => [id, order]));
    if (lost !== undefined && "since" in lost)
      for (const { id, order } of await newest(tx, conversation, lost)) all.set(id, order);
    const inOrder = [...all].toSorted(([, one], [, other]) => one - other);
    for (const [id] of inOrder) await enqueueText(tx, id);
    for (const { reference, content } of waiting)
      await insertContent(tx, { conversation, purpose: "action", reference, content });
    // In a group all that are there may read on: what is older than their coming is not theirs.
    if (kind === "direct" || forAll !== undefined) await actionsAgain(tx, conversation, { forAll });
  }

  const giveUp = (tx: Tx, store: string, retentionDays: number): Promise<void> =>
    giveUpUnacknowledged(tx, store, clock.now() - (retentionDays + RECEIPT_DAYS) * DAY_MS);

  async function enqueueSince(tx: Tx, conversation: string, from: From): Promise<void> {
    for (const { id } of await newest(tx, conversation, from)) await enqueueLast(tx, id);
    if (from.forAll !== undefined) await actionsAgain(tx, conversation, { forAll: from.forAll });
  }

  /**
   * Nobody says that they have an edit, a deletion or a reaction: those of the last days leave
   * again, behind the texts. Who has one drops the second copy.
   */
  async function actionsAgain(tx: Tx, conversation: string, { forAll }: { forAll: ForAll | undefined }): Promise<void> {
    const since = clock.now() - ACTIONS_AGAIN_MS;
    for (const { id, content } of await listOwnActions(tx, conversation, { since, forAll, limit: MAX_ACTIONS })) {
      if (await isPendingContent(tx, { purpose: "action", reference: id })) continue;
      await insertContent(tx, { conversation, purpose: "action", reference: id, content });
    }
  }

  /**
   * What waits already leaves in this order too: a reader who lacks all of them reads them as they
   * were written. What is sealed keeps its place.
   */
  async function enqueueLast(tx: Tx, message: string): Promise<void> {
    await deleteUnsealedText(tx, message);
    await enqueueText(tx, message);
  }

  /** Who has one already drops the second copy. */
  const newest = (
    tx: Tx,
    conversation: string,
    { behind = 0, since = 0, sealedFrom, forAll }: From,
  ): Promise<OwnText[]> =>
    listNewestOwnTexts(tx, conversation, { behind, since, sealedFrom, forAll, limit: MAX_ACKNOWLEDGED });

  async function enqueueFor(tx: Tx, conversation: string, reader: string, forAll: ForAll): Promise<void> {
    const from = { forAll, since: clock.now() - RESEND_MS, limit: MAX_ACKNOWLEDGED };
    for (const { id } of await listOwnTextsFor(tx, conversation, reader, from)) await enqueueLast(tx, id);
    await actionsAgain(tx, conversation, { forAll });
  }

  return { enqueueAgain, enqueueSince, enqueueFor, giveUp };
}

/** What becomes of an epoch when the commit at its label is read: saved, and announced. */
import { COMMIT_ATTEMPTS, type CommitChange } from "@pli/protocol/conversation";
import type { SendQueue } from "../delivery/queue/send-queue.ts";
import type { Context, Tx } from "../runtime/context.ts";
import { deleteCommitCells } from "./arrived.table.ts";
import type { CommitEvents } from "./commit-events.ts";
import { findConversation } from "./conversations.table.ts";
import type { Epochs, HeldEpoch } from "./epochs.ts";
import type { OwnCommit, OwnCommits } from "./own-commits.ts";
import { rememberCommit } from "./settled-commits.table.ts";

/** A commit that won, and how it came. */
export interface Winner extends OwnCommit {
  /** Undefined when it was our own. */
  readonly change: CommitChange | undefined;
}

export interface CommitOutcomes {
  /** It is history: the next epoch starts. */
  start(tx: Tx, held: HeldEpoch, winner: Winner): Promise<void>;
  /**
   * Somebody put this device out. Whether those who stay can open the commit, this device cannot
   * see: it keeps the epoch for a while, and if they passed over the commit, the next attempt leads
   * on from it.
   */
  leave(tx: Tx, held: HeldEpoch, by: number, change: CommitChange): Promise<void>;
  /** Between two the other side starts over; in a group those ahead bring this device back. */
  unopened(tx: Tx, held: HeldEpoch, by: number | undefined): Promise<void>;
  /** The next attempt of this epoch decides. `isIgnored`: everybody passes over this one. */
  passOver(tx: Tx, held: HeldEpoch, p: { isIgnored: boolean; by?: number | undefined }): Promise<HeldEpoch>;
}

export function createCommitOutcomes(
  context: Context,
  deps: { epochs: Epochs; own: OwnCommits; queue: SendQueue; events: CommitEvents },
): CommitOutcomes {
  const { epochs, own, queue, events } = deps;

  /** Group change path 9/10: the next epoch, with new label chains. */
  async function start(tx: Tx, held: HeldEpoch, winner: Winner): Promise<void> {
    const { conversation, generation, number, store, feed, epoch, attempt } = held;
    const { state, hash, keepsKeys, ...event } = winner;
    const label = epoch.commits[attempt]?.label ?? new Uint8Array(0);
    const authenticator = context.groups.epochAuthenticator(state);
    await rememberCommit(tx, { conversation, generation, number, label, hash, authenticator });
    await own.drop(tx, held);
    await deleteCommitCells(tx, held.id);
    const next = { conversation, generation, store, feed, group: state };
    await events.starting.emit(tx, { before: held, group: state });
    const after = await epochs.start(tx, keepsKeys ? { ...next, since: held } : next);
    await events.settled.emit(tx, { conversation, before: held, after, ...event });
    tx.after(queue.kick);
  }

  async function leave(tx: Tx, held: HeldEpoch, by: number, change: CommitChange): Promise<void> {
    const { conversation } = held;
    await own.drop(tx, held);
    await epochs.saveAttempt(tx, { ...held, attempt: held.attempt + 1 });
    await events.removed.emit(tx, { conversation, before: held, by, change });
    tx.changed("status");
  }

  async function unopened(tx: Tx, held: HeldEpoch, by: number | undefined): Promise<void> {
    const { conversation } = held;
    await own.drop(tx, held);
    if ((await findConversation(tx, conversation))?.kind !== "group") return events.stale.emit(tx, conversation);
    await events.unopened.emit(tx, { conversation, held, by });
  }

  async function passOver(
    tx: Tx,
    held: HeldEpoch,
    { isIgnored, by }: { isIgnored: boolean; by?: number | undefined },
  ): Promise<HeldEpoch> {
    const { conversation } = held;
    await own.drop(tx, held);
    const next = { ...held, attempt: held.attempt + 1 };
    await epochs.saveAttempt(tx, next);
    if (isIgnored) await events.ignored.emit(tx, { conversation, held: next, by });
    if (next.attempt === COMMIT_ATTEMPTS) await events.outOfLabels.emit(tx, conversation);
    return next;
  }

  return { start, leave, unopened, passOver };
}

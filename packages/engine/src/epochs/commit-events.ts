import type { CommitChange, GroupState } from "@pli/protocol/conversation";
import type { TxEvent } from "../runtime/tx-event.ts";
import type { HeldEpoch } from "./epochs.ts";

/** A commit became the history of a conversation: an epoch has ended and another begun. */
export interface Settled {
  readonly conversation: string;
  readonly before: HeldEpoch;
  readonly after: HeldEpoch;
  /** Undefined when the commit was our own. */
  readonly change: CommitChange | undefined;
  /** What our own commit was made for, and the welcome of those it added. */
  readonly pendingBody: Uint8Array | undefined;
  readonly welcome: Uint8Array | undefined;
}

/**
 * Where a commit came from: the epoch it was made in, and the leaf that made it, if it is certain.
 */
export interface CommitBy {
  readonly conversation: string;
  readonly held: HeldEpoch;
  readonly by: number | undefined;
}

/** By a commit of the leaf `by` this device is out of the group. */
export interface Removed {
  readonly conversation: string;
  readonly before: HeldEpoch;
  readonly by: number;
  readonly change: CommitChange;
}

/** What others act on when commits come, each in the transaction that makes it so. */
export interface CommitEvents {
  /** The next epoch is about to start: what follows from its exporter can still be derived. */
  readonly starting: TxEvent<{ readonly before: HeldEpoch; readonly group: GroupState }>;
  readonly settled: TxEvent<Settled>;
  readonly removed: TxEvent<Removed>;
  /**
   * One is allowed, and what it seals to this device does not open: others may have followed it.
   */
  readonly unopened: TxEvent<CommitBy>;
  /** What stood at a commit's label is passed over; `held` is at the next attempt. */
  readonly ignored: TxEvent<CommitBy>;
  /** All attempts of an epoch of this conversation are used up: nothing leads on from it. */
  readonly outOfLabels: TxEvent<string>;
  /** This conversation cannot continue from the state we hold. */
  readonly stale: TxEvent<string>;
  /** `lookBehind` has come to where no commit stands yet: what follows comes through the feed. */
  readonly caughtUp: TxEvent<string>;
}

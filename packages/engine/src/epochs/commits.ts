import type { GroupError } from "@pli/protocol/conversation";
import { createCommitCheck } from "@pli/protocol/group";
import type { Cell, Result } from "@pli/protocol/wire";
import type { Delivery } from "../delivery/port.ts";
import type { SendQueue } from "../delivery/queue/send-queue.ts";
import type { Contacts } from "../people/contacts.ts";
import type { Profiles } from "../people/profile.ts";
import type { Context, Tx } from "../runtime/context.ts";
import { createTxEvent } from "../runtime/tx-event.ts";
import { COMMIT_LEAF, keepCell, listEpochsWithCommit } from "./arrived.table.ts";
import type { CommitEvents } from "./commit-events.ts";
import { createCommitOutcomes } from "./commit-outcomes.ts";
import { createCommitReading } from "./commit-reading.ts";
import { findConversation } from "./conversations.table.ts";
import { loadUnlessPast, type Epochs, type HeldEpoch } from "./epochs.ts";
import {
  createOwnCommits,
  epochIn,
  referenceOf,
  type CommitRules,
  type OwnCommits,
  type Proposal,
} from "./own-commits.ts";
import { listLost, markLost } from "./pending-commits.table.ts";

/**
 * Group changes: what is written first at the one label an epoch allows is its history
 * (docs/protocol.md, section 5).
 */
export interface Commits extends Pick<OwnCommits, "isPending"> {
  readonly events: CommitEvents;
  /**
   * Makes a commit and puts it into the send queue; it is history when the store says that it was
   * first. `wrong_epoch`: one of ours waits already, or the epoch has no label left. Anything else:
   * it would not be allowed, or cannot be made.
   */
  propose(tx: Tx, held: HeldEpoch, proposal: Proposal): Promise<Result<void, GroupError>>;
  /** A cell stands at the label of an attempt. */
  arrived(tx: Tx, held: HeldEpoch, attempt: number, cell: Cell): Promise<void>;
  /** Our own commit was stored at its label, or another was there. */
  stored(tx: Tx, reference: string): Promise<void>;
  taken(tx: Tx, reference: string): Promise<void>;
  /**
   * Asks the store for the commits of this epoch's attempts: the feed may have passed them before
   * their labels were known.
   */
  lookBehind(tx: Tx, epoch: number): Promise<void>;
  /** Nobody follows the commit that does not open here: the next attempt of its epoch decides. */
  giveUpUnopened(tx: Tx, held: HeldEpoch): Promise<void>;
  /** Takes up what a stop interrupted. */
  resume(tx: Tx): Promise<void>;
}

export function createCommits(
  context: Context,
  deps: {
    epochs: Epochs;
    profiles: Profiles;
    contacts: Contacts;
    queue: SendQueue;
    delivery(store: string): Delivery;
  },
): Commits {
  const { contacts } = deps;
  const events: CommitEvents = {
    starting: createTxEvent(),
    settled: createTxEvent(),
    removed: createTxEvent(),
    unopened: createTxEvent(),
    ignored: createTxEvent(),
    outOfLabels: createTxEvent(),
    stale: createTxEvent(),
    caughtUp: createTxEvent(),
  };

  /**
   * Between two, only their leaves, of own devices only those of this person; in a group, all that
   * certify themselves: the rules say who comes in.
   */
  async function leafCheckIn(tx: Tx, id: string): ReturnType<CommitRules["leafCheckIn"]> {
    const conversation = await findConversation(tx, id);
    if (conversation?.kind === "group") return contacts.leafCheckOfAnyone();
    const self = await deps.profiles.get(tx);
    if (conversation?.kind === "self") return contacts.leafCheckOfOwn(self);
    const contact = await contacts.ofConversation(tx, id);
    return contact && contacts.leafCheck(self, contact, "any time");
  }

  const rules: CommitRules = { allows: createCommitCheck(context.crypto), leafCheckIn };
  const own = createOwnCommits(context, { ...deps, rules });
  const outcomes = createCommitOutcomes(context, { ...deps, own, events });
  const reading = createCommitReading(context, { ...deps, own, outcomes, events, rules });

  /** Group change path 6/10: every member sees the same cell under the expected label. */
  async function arrived(tx: Tx, held: HeldEpoch, attempt: number, cell: Cell): Promise<void> {
    await keepCell(tx, { epoch: held.id, leaf: COMMIT_LEAF, step: attempt }, cell);
    await reading.read(tx, held.id, "asShown");
  }

  /** Group change path 5/10: our own commit was stored at its label. */
  async function stored(tx: Tx, reference: string): Promise<void> {
    const held = await awaited(tx, reference);
    const ours = held && (await own.find(tx, held));
    if (held !== undefined && ours !== undefined) await outcomes.start(tx, held, { ...ours, change: undefined });
  }

  /** Ours is kept as a mark, without its state, until the winner has been read. */
  async function taken(tx: Tx, reference: string): Promise<void> {
    const held = await awaited(tx, reference);
    if (held === undefined) return;
    await markLost(tx, held.id);
    reading.askFor(tx, held);
  }

  /**
   * The epoch of an answer, as long as that attempt is the one whose turn it is: the answer to an
   * earlier one comes late.
   */
  async function awaited(tx: Tx, reference: string): Promise<HeldEpoch | undefined> {
    const held = await loadUnlessPast(deps.epochs, tx, epochIn(reference));
    return held !== undefined && referenceOf(held) === reference ? held : undefined;
  }

  async function resume(tx: Tx): Promise<void> {
    for (const epoch of await listEpochsWithCommit(tx)) await reading.read(tx, epoch, "asShown");
    for (const epoch of await listLost(tx)) {
      const held = await loadUnlessPast(deps.epochs, tx, epoch);
      if (held !== undefined) reading.askFor(tx, held);
    }
  }

  return {
    events,
    propose: own.propose,
    isPending: own.isPending,
    arrived,
    stored,
    taken,
    lookBehind: reading.lookBehind,
    giveUpUnopened: reading.giveUpUnopened,
    resume,
  };
}

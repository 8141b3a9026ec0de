/** Commits of this device: made, put into the send queue, and kept until one has won. */
import {
  putsFromCommit,
  type CommitCheck,
  type GroupError,
  type GroupState,
  type LeafCheck,
} from "@pli/protocol/conversation";
import type { Put } from "@pli/protocol/object";
import { err, ok, type Result } from "@pli/protocol/wire";
import { withdrawItems } from "../delivery/queue/send-queue.table.ts";
import type { SendQueue } from "../delivery/queue/send-queue.ts";
import type { Context, Tx } from "../runtime/context.ts";
import { COMMIT_LEAF, findCell } from "./arrived.table.ts";
import { streamOf } from "./conversations.ts";
import type { HeldEpoch } from "./epochs.ts";
import { encodeGroup, groupFrom } from "./group-bytes.ts";
import * as table from "./pending-commits.table.ts";

/** What a commit of ours is to do. `body`: what its maker wants back when it has won. */
export interface Proposal {
  readonly add?: readonly Uint8Array[];
  readonly remove?: readonly number[];
  readonly rules?: Uint8Array;
  readonly evidence?: Uint8Array;
  readonly update?: boolean;
  /** What our leaf has from now on. */
  readonly credential?: Uint8Array;
  readonly body?: Uint8Array;
}

/** Our own commit, if it wins: where it leads. */
export interface OwnCommit {
  readonly state: GroupState;
  /** SHA-256 of its cell. */
  readonly hash: Uint8Array;
  /** Our leaf has the keys it had. */
  readonly keepsKeys: boolean;
  readonly pendingBody: Uint8Array | undefined;
  readonly welcome: Uint8Array | undefined;
}

/** What a commit may do. */
export interface CommitRules {
  readonly allows: CommitCheck;
  /** Which leaves may be in a conversation. Undefined: it is not known here any more. */
  leafCheckIn(tx: Tx, conversation: string): Promise<LeafCheck | undefined>;
}

export interface OwnCommits {
  propose(tx: Tx, held: HeldEpoch, proposal: Proposal): Promise<Result<void, GroupError>>;
  /** Whether one of ours is on its way, or has lost and the winner is not read yet. */
  isPending(tx: Tx, held: HeldEpoch): Promise<boolean>;
  /** The one of this attempt; undefined when there is none, or another has won. */
  find(tx: Tx, held: HeldEpoch): Promise<OwnCommit | undefined>;
  /** It does not leave any more, and nothing of it is kept. */
  drop(tx: Tx, held: HeldEpoch): Promise<void>;
}

export function createOwnCommits(context: Context, deps: { queue: SendQueue; rules: CommitRules }): OwnCommits {
  const { crypto, clock, groups } = context;

  /** Group change path 4/10: one commit at the one label that its epoch allows, saved first. */
  async function propose(tx: Tx, held: HeldEpoch, { body, ...wanted }: Proposal): Promise<Result<void, GroupError>> {
    const slot = held.epoch.commits[held.attempt];
    const check = await deps.rules.leafCheckIn(tx, held.conversation);
    if (slot === undefined || check === undefined || (await isPending(tx, held))) return err("wrong_epoch");
    const here = await findCell(tx, { epoch: held.id, leaf: COMMIT_LEAF, step: held.attempt });
    if (here !== undefined) return err("wrong_epoch");
    const now = Math.floor(clock.now() / 1000);
    const made = await groups.commit(held.epoch.group, { ...wanted, now, check, allows: deps.rules.allows });
    if (!made.ok) return made;
    const { state, commit, welcome } = made.value;
    const renews = wanted.update === true || wanted.credential !== undefined;
    const onlyAdds = !renews && wanted.rules === undefined && (wanted.remove ?? []).length === 0;
    const puts = putsFromCommit(crypto, slot, held.feed, commit);
    await table.insertPendingCommit(tx, {
      epoch: held.id,
      attempt: held.attempt,
      nextState: encodeGroup(groups, state),
      renews: !onlyAdds,
      hash: hashOf(puts),
      body,
      welcome,
    });
    const stream = streamOf(held.conversation);
    await deps.queue.add(tx, { stream, store: held.store, reference: referenceOf(held), isAhead: true, puts });
    return ok(undefined);
  }

  function hashOf(puts: readonly Put[]): Uint8Array {
    const last = puts.at(-1);
    return crypto.sha256(last?.kind === "cell" ? last.cell : new Uint8Array(0));
  }

  const isPending = (tx: Tx, held: HeldEpoch): Promise<boolean> => table.hasPendingCommit(tx, held.id);

  async function find(tx: Tx, held: HeldEpoch): Promise<OwnCommit | undefined> {
    const row = await table.findPendingCommit(tx, held.id, held.attempt);
    if (row === undefined) return undefined;
    const { nextState, hash, renews, body: pendingBody, welcome } = row;
    return { state: groupFrom(groups, nextState), hash, keepsKeys: !renews, pendingBody, welcome };
  }

  async function drop(tx: Tx, { id, conversation }: HeldEpoch): Promise<void> {
    await table.deletePendingCommit(tx, id);
    await withdrawItems(tx, streamOf(conversation), (reference) => reference.startsWith(`${COMMIT} ${id} `));
  }

  return { propose, isPending, find, drop };
}

/** How the send queue names a commit: by its epoch and its attempt there. */
const COMMIT = "commit";
export const referenceOf = ({ id, attempt }: HeldEpoch): string => `${COMMIT} ${id} ${attempt}`;
export const isCommitReference = (reference: string): boolean => reference.startsWith(`${COMMIT} `);
export const epochIn = (commitReference: string): number => Number(commitReference.split(" ")[1]);

/** No commit of ours leaves in this conversation any more. */
export async function withdrawCommits(tx: Tx, conversation: string): Promise<void> {
  await withdrawItems(tx, streamOf(conversation), isCommitReference);
}

import { EPOCH_MARK_BYTES, MAX_EPOCH_MARKS, type GroupControl, type Marks } from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import type { Tx } from "../../runtime/context.ts";
import { findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { listMembers } from "./members.ts";
import type { PendingOperation } from "./pending-operations.ts";

/** What this device knows of the history of a group, for comparing with others. */
export interface Branch {
  /** The MLS group, hexadecimal: what is known of another founding is forgotten. */
  readonly group: string;
  readonly marks: Marks;
  /** The newest epoch that others were told of. */
  readonly told: number;
  /** Epochs at which a fork was counted. */
  readonly forks: readonly number[];
  /** The epoch this device came in with by a welcome; 0: by founding the group. */
  readonly joinedAt: number;
  /**
   * Contacts who told of the other branch, those who are in ours, and those who were told of ours
   * since.
   */
  readonly voices: readonly Teller[];
  readonly peers: readonly Teller[];
  readonly answered: readonly string[];
  /** Who made the commits of our history, by the epoch each began. */
  readonly authors: readonly { readonly epoch: number; readonly who: string }[];
  /**
   * The label of the attempt behind the one that began an epoch of ours, hexadecimal; and the
   * epochs behind which somebody wrote there.
   */
  readonly behind: readonly { readonly epoch: number; readonly label: string }[];
  readonly passedOver: readonly number[];
  /**
   * Who made commits that nobody could open, by the epoch each would have begun: their word for
   * what came of them is not heard.
   */
  readonly refused: readonly Refused[];
  /**
   * The other history that was told of last: the first epoch known to differ, whose mark there is
   * the lower, and where they may have parted.
   */
  readonly rival?: { readonly epoch: number; readonly isLower: boolean; readonly from?: number };
  /** Behind which message here the epochs began; and what this device changed itself with them. */
  readonly begun: readonly (Since & { readonly epoch: number })[];
  readonly done: readonly { readonly epoch: number; readonly operation: PendingOperation }[];
  /**
   * Devices that were brought back in this history, and with which epoch; what is owed for each is
   * paid once.
   */
  readonly replaced: readonly { readonly profile: string; readonly epoch: number }[];
  /** People who came in, by the epoch, and behind which message here. */
  readonly came: readonly (Since & { readonly profile: string; readonly epoch: number })[];
  /** From this epoch on our history gives way, once this device is brought into the other. */
  readonly yields?: number;
  /** Own messages behind this one are said again for those who came back from another history. */
  readonly owed?: number;
}

/** A commit that this device passed over, as nobody could open it. */
export interface Refused {
  readonly epoch: number;
  readonly who: string;
  /** Who stood where we did when we passed it over, or beyond. */
  readonly beside?: readonly string[];
}

/**
 * Behind which message here a time began: `own` for our own, of which those that still waited to be
 * sealed belong to it.
 */
export interface Since {
  readonly after: number;
  readonly own: number;
}

export const ALL: Since = { after: 0, own: 0 };

/**
 * A contact who told their history: the first epoch they told of, and the newest that both know.
 * `moved`: they were in ours before.
 */
export interface Teller {
  readonly who: string;
  readonly since: number;
  readonly epoch: number;
  readonly moved?: true;
}

/** The marks with one more, or another for an epoch that begins again; the newest that fit. */
export function withMark(marks: Marks, epoch: number, authenticator: Uint8Array): Marks {
  const mark = toHex(authenticator.subarray(0, EPOCH_MARK_BYTES));
  return [...marks.filter(([other]) => other < epoch), [epoch, mark] as const].slice(-MAX_EPOCH_MARKS);
}

/** The newest epoch that both have been in; -1: none. */
export function lastCommon(ours: Marks, theirs: Marks): number {
  const known = new Map(ours);
  return theirs.findLast(([epoch, mark]) => known.get(epoch) === mark)?.[0] ?? -1;
}

/**
 * Epochs that we do not know of, as another knows them, before the newest that both have been in:
 * up to there it is one history.
 */
export function withEarlier(ours: Marks, theirs: Marks): Marks {
  const known = new Set(ours.map(([epoch]) => epoch));
  const common = lastCommon(ours, theirs);
  const missing = theirs.filter(([epoch]) => epoch < common && !known.has(epoch));
  return [...missing, ...ours].toSorted(([a], [b]) => a - b).slice(-MAX_EPOCH_MARKS);
}

export function newBranch(group: string): Branch {
  const told = { voices: [], peers: [], answered: [], authors: [], behind: [], passedOver: [], refused: [] };
  return { group, joinedAt: 0, marks: [], told: -1, forks: [], ...told, begun: [], done: [], replaced: [], came: [] };
}

/** The marks that somebody told. */
export const marksFrom = ({ epochs }: GroupControl & { readonly name: "group-state" }): Marks =>
  epochs.map(({ epoch, mark }) => [epoch, toHex(mark)] as const);

const keyOf = (conversation: string): string => `branch ${conversation}`;

export const findBranch = (tx: Tx, conversation: string): Promise<Branch | undefined> =>
  findMeta(tx, keyOf(conversation));

export const saveBranch = (tx: Tx, conversation: string, branch: Branch): Promise<void> =>
  saveMeta(tx, keyOf(conversation), branch);

/**
 * Behind which own message all were in the group who are in it now: nobody who came later has a
 * right to what was written before.
 */
export async function ownForAll(tx: Tx, conversation: string): Promise<number> {
  const branch = await findBranch(tx, conversation);
  const present = new Set((await listMembers(tx, conversation)).map(({ profile }) => profile));
  return Math.max(0, ...(branch?.came ?? []).flatMap(({ profile, own }) => (present.has(profile) ? [own] : [])));
}

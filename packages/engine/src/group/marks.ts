import { EPOCH_MARK_BYTES, MAX_EPOCH_MARKS, type Marks } from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import type { Unit } from "../core/context.ts";
import { findMeta, saveMeta } from "../storage/meta.ts";
import type { Wish } from "./intentions.ts";

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
  /** Contacts who told of the other branch, those who are in ours, and those who were told of ours since. */
  readonly voices: readonly Teller[];
  readonly peers: readonly Teller[];
  readonly answered: readonly string[];
  /** Who made the commits of our history, by the epoch each began. */
  readonly authors: readonly { readonly epoch: number; readonly who: string }[];
  /** The label of the attempt behind the one that began an epoch of ours, hexadecimal; and the epochs behind which somebody wrote there. */
  readonly behind: readonly { readonly epoch: number; readonly label: string }[];
  readonly passedOver: readonly number[];
  /** Who made commits that nobody could open, by the epoch each would have begun: their word for what came of them is not heard. */
  readonly refused: readonly { readonly epoch: number; readonly who: string }[];
  /** The other history that was told of last: where it parts from ours, and whose mark there is the lower. */
  readonly rival?: { readonly epoch: number; readonly isLower: boolean };
  /** When the epochs began on this device, in ms, and behind which message here; and what it changed itself with them. */
  readonly begun: readonly (Since & { readonly epoch: number; readonly at: number })[];
  readonly done: readonly { readonly epoch: number; readonly wish: Wish }[];
  /** Devices that were brought back in this history, with which epoch, and when; what is owed for each is paid once. */
  readonly replaced: readonly { readonly profile: string; readonly epoch: number; readonly at: number }[];
  /** People who came in, by the epoch, and behind which message here. */
  readonly came: readonly (Since & { readonly profile: string; readonly epoch: number })[];
  /** From this epoch on our history gives way, once this device is brought into the other. */
  readonly yields?: number;
  /** The history that was given up, and what is done again once this device is back: own changes, own messages since then. */
  readonly lost?: { readonly marks: Marks; readonly wishes: readonly Wish[]; readonly since: number };
  /** Own messages since this moment are said again for those who came back from another history. */
  readonly owed?: number;
}

/** Behind which message here a time began: `own` for our own, of which those that still waited to be sealed belong to it. */
export interface Since {
  readonly after: number;
  readonly own: number;
}

export const ALL: Since = { after: 0, own: 0 };

/** A contact who told their history: the first epoch they told of, and the newest that we know too. */
export interface Teller {
  readonly who: string;
  readonly since: number;
  readonly epoch: number;
}

/** The marks with one more, or another for an epoch that begins again; the newest that fit. */
export function withMark(marks: Marks, epoch: number, authenticator: Uint8Array): Marks {
  const mark = toHex(authenticator.subarray(0, EPOCH_MARK_BYTES));
  return [...marks.filter(([other]) => other < epoch), [epoch, mark] as const].slice(-MAX_EPOCH_MARKS);
}

/** Of the same history: epochs that we do not know of, as the other knows them, up to our newest. */
export function withEarlier(ours: Marks, theirs: Marks): Marks {
  const known = new Set(ours.map(([epoch]) => epoch));
  const newest = ours.at(-1)?.[0] ?? 0;
  const missing = theirs.filter(([epoch]) => epoch < newest && !known.has(epoch));
  return [...missing, ...ours].toSorted(([a], [b]) => a - b).slice(-MAX_EPOCH_MARKS);
}

export function newBranch(group: string): Branch {
  const told = { voices: [], peers: [], answered: [], authors: [], behind: [], passedOver: [], refused: [] };
  return { group, joinedAt: 0, marks: [], told: -1, forks: [], ...told, begun: [], done: [], replaced: [], came: [] };
}

const keyOf = (conversation: string): string => `branch ${conversation}`;

export const findBranch = (unit: Unit, conversation: string): Promise<Branch | undefined> =>
  findMeta(unit, keyOf(conversation));

export const saveBranch = (unit: Unit, conversation: string, branch: Branch): Promise<void> =>
  saveMeta(unit, keyOf(conversation), branch);

import { isBoolean, isUint, listOf, textUpTo, type Guard } from "../../object/index.ts";
import { MAX_EPOCH_MARKS } from "../marks.ts";
import { isTrue, isWait, objectOf, stateCodec, type StateCodec, type Timer, type Wait } from "../reducer.ts";
import type { Marks } from "./weigh.ts";

/** Own changes, tellers and counted forks that are remembered. */
export const REMEMBERED = 64;
/** People to tell, or told: no more than a group has. */
export const MAX_PEOPLE = 2000;
/** Own changes are remembered up to this many characters, the newest first. */
export const MAX_DONE_CHARS = 262_144;
const MAX_STATE_BYTES = 2_097_152;

/** A device waits this long before it leaves a history that others may yet speak for. */
export const PATIENCE_MS = 12_000;
/** A device that is still behind after this long asks to be brought on. */
export const BEHIND_MS = 8_000;

/**
 * Behind which message here a time began: `own` for own messages, of which those that still waited
 * to be sealed belong to it. `epochId`: with which epoch, as this device counts them; what arrived
 * later may be of an earlier one.
 */
export type Since = { readonly after: number; readonly own: number; readonly epochId?: number };

/**
 * What all who are in the group have a right to, of own messages: those said in the epoch `epochId`
 * or later, and of those whose epoch is not known the ones behind the message `own`.
 */
export type ForAll = Pick<Since, "own" | "epochId">;

/** Behind nothing: all that is here. */
export const ALL: Since = { after: 0, own: 0 };

/**
 * A contact who told their history: the first epoch they told of, and the newest that both know.
 * `moved`: they were in ours before.
 */
export type Teller = {
  readonly who: string;
  readonly since: number;
  readonly epoch: number;
  readonly moved?: true;
};

/**
 * A commit that this device passed over, as nobody could open it; `beside`: who stood here then.
 */
export type Refused = { readonly epoch: number; readonly who: string; readonly beside?: readonly string[] };

/** What a device knows of the history of a group, for comparing it with others. */
export type ForkState = {
  /** The MLS group, hexadecimal. Of another one nothing is kept. */
  readonly group: string;
  readonly marks: Marks;
  /** Epochs at which a fork was counted. */
  readonly forks: readonly number[];
  /** The epoch this device came in with by a welcome; 0: by founding the group. */
  readonly joinedAt: number;
  /** Who brought this device in. */
  readonly helper?: string;
  /**
   * Contacts who told of the other history, those who are in ours, and those who were told of ours
   * since the epoch began.
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
  /** Who made commits that nobody could open: their word for what came of them is not heard. */
  readonly refused: readonly Refused[];
  /**
   * The other history that was told of last: the first epoch known to differ, whose mark there is
   * the lower, and where they may have parted.
   */
  readonly rival?: { readonly epoch: number; readonly isLower: boolean; readonly from: number };
  /** Behind which message here the epochs began; and what this device changed itself with them. */
  readonly begun: readonly (Since & { readonly epoch: number })[];
  /** `operation`: as the device keeps it. */
  readonly done: readonly { readonly epoch: number; readonly operation: string }[];
  /** Devices that were brought back in this history; what is owed for each is paid once. */
  readonly replaced: readonly { readonly profile: string; readonly epoch: number }[];
  /** People who came in, by the epoch, and behind which message here. */
  readonly came: readonly (Since & { readonly profile: string; readonly epoch: number })[];
  /** From this epoch on our history gives way, once this device is brought into the other. */
  readonly yields?: number;
  /** Own messages behind this one are said again for those who came back from another history. */
  readonly owed?: number;
  /** Whom to tell of ours in any case; when to tell, and when to tell sooner. */
  readonly whom: readonly string[];
  readonly tell?: Wait;
  readonly tellSoon?: Wait;
  /** A history that may give way is left after a while; `last`: when another was told of last. */
  readonly patience?: { readonly since: number; readonly last: number };
  /** Who told of newer epochs. */
  readonly checks: readonly { readonly since: number; readonly newest: number; readonly who: string }[];
  readonly repay?: Wait;
};

const ID = textUpTo(64);
const TEXT = textUpTo(MAX_DONE_CHARS);
const SINCE = { after: isUint, own: isUint };
const MAYBE_EPOCH = { epochId: isUint };
const TELLER = objectOf({ who: ID, since: isUint, epoch: isUint }, { moved: isTrue });
const MARK: Guard<readonly [number, string]> = (value): value is readonly [number, string] =>
  Array.isArray(value) && value.length === 2 && isUint(value[0]) && ID(value[1]);
const some = <T>(item: Guard<T>): Guard<readonly T[]> => listOf(item, REMEMBERED);

export const forkCodec: StateCodec<ForkState> = stateCodec(
  objectOf(
    {
      group: ID,
      marks: listOf(MARK, MAX_EPOCH_MARKS),
      forks: some(isUint),
      joinedAt: isUint,
      voices: some(TELLER),
      peers: some(TELLER),
      answered: listOf(ID, MAX_PEOPLE),
      authors: some(objectOf({ epoch: isUint, who: ID })),
      behind: some(objectOf({ epoch: isUint, label: ID })),
      passedOver: some(isUint),
      refused: some(objectOf({ epoch: isUint, who: ID }, { beside: some(ID) })),
      begun: some(objectOf({ ...SINCE, epoch: isUint }, MAYBE_EPOCH)),
      done: some(objectOf({ epoch: isUint, operation: TEXT })),
      replaced: some(objectOf({ profile: ID, epoch: isUint })),
      came: some(objectOf({ ...SINCE, profile: ID, epoch: isUint }, MAYBE_EPOCH)),
      whom: listOf(ID, MAX_PEOPLE),
      checks: some(objectOf({ since: isUint, newest: isUint, who: ID })),
    },
    {
      helper: ID,
      rival: objectOf({ epoch: isUint, isLower: isBoolean, from: isUint }),
      yields: isUint,
      owed: isUint,
      tell: isWait,
      tellSoon: isWait,
      patience: objectOf({ since: isUint, last: isUint }),
      repay: isWait,
    },
  ),
  MAX_STATE_BYTES,
);

const NOBODY = { voices: [], peers: [], answered: [], authors: [], behind: [], passedOver: [], refused: [] };

/** Of an MLS group of which nothing is known yet. */
export function newForkState(group: string): ForkState {
  const nothing = { marks: [], forks: [], begun: [], done: [], replaced: [], came: [], whom: [], checks: [] };
  return { group, joinedAt: 0, ...NOBODY, ...nothing };
}

export function forkTimers({ tell, tellSoon, patience, checks, repay }: ForkState): readonly Timer[] {
  const [check] = checks;
  return [
    ...(tell === undefined ? [] : [{ name: "tell", ...tell }]),
    ...(tellSoon === undefined ? [] : [{ name: "tell soon", ...tellSoon }]),
    ...(patience === undefined ? [] : [{ name: "patience", since: patience.since, wait: PATIENCE_MS }]),
    ...(check === undefined ? [] : [{ name: "behind", since: check.since, wait: BEHIND_MS }]),
    ...(repay === undefined ? [] : [{ name: "repay", ...repay }]),
  ];
}

/**
 * Who made a commit that this device passed over, where a welcome has led it behind that commit:
 * it may be in their history. It is not if it has followed another commit in its place, and
 * somebody else sent the welcome.
 */
export function ledBehind({ refused, joinedAt, helper, begun }: ForkState): string | undefined {
  const first = begun[0]?.epoch ?? joinedAt;
  const isFollowed = (epoch: number): boolean => begun.some((one) => one.epoch === epoch);
  const mayBeTheirs = ({ epoch, who }: Refused): boolean => who === helper || !isFollowed(epoch);
  return refused.findLast((one) => first < one.epoch && one.epoch < joinedAt && mayBeTheirs(one))?.who;
}

type Passing = "rival" | "yields" | "owed" | "tell" | "tellSoon" | "patience" | "repay";

/** The state without what is named. */
export function dropped(state: ForkState, ...names: readonly Passing[]): ForkState {
  const kept = Object.entries(state).filter(([name]) => !(names as readonly string[]).includes(name));
  return Object.fromEntries(kept) as ForkState;
}

/** The newest epoch that this device has come to. */
export const newestOf = ({ marks }: { readonly marks: Marks }): number => marks.at(-1)?.[0] ?? 0;

/** The marks with one more, or another for an epoch that begins again; the newest that fit. */
export function withMark(marks: Marks, epoch: number, mark: string): Marks {
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

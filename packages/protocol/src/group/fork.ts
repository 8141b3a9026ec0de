/**
 * Which of two histories of a group stays when a store, or a member, has shown its members different commits under one
 * label (docs/protocol.md, section 8.4). Pure: every device decides from what it was told.
 */

/** What shows which history an epoch has: the first bytes of its authenticator, hexadecimal. By epoch, rising. */
export type Marks = readonly (readonly [epoch: number, mark: string])[];

/**
 * What two lists of marks of one group say. `fork`: the histories differ; `epoch` is the first where they are known to,
 * and `isLower` whether our mark there is the lower one.
 */
export type Verdict =
  | { readonly type: "nothing in common" }
  | { readonly type: "same" }
  | { readonly type: "fork"; readonly epoch: number; readonly isLower: boolean };

/** An authenticator holds the whole history before it: the newest epoch known to both decides. */
export function weigh(ours: Marks, theirs: Marks): Verdict {
  const other = new Map(theirs);
  const common = ours.filter(([epoch]) => other.has(epoch));
  const newest = common.at(-1);
  if (newest === undefined) return { type: "nothing in common" };
  if (other.get(newest[0]) === newest[1]) return { type: "same" };
  const shared = common.findLastIndex(([epoch, mark]) => other.get(epoch) === mark);
  const [epoch, mark] = common[shared + 1] ?? newest;
  return { type: "fork", epoch, isLower: mark < (other.get(epoch) ?? "") };
}

/** Somebody who says which history they are in. `since`: the first epoch they tell of. */
export type Voice = { readonly who: string; readonly leads: boolean; readonly since: number };

/** What a device knows about a fork. Both sides without this device's own voice. */
export type ForkFacts = {
  readonly epoch: number;
  readonly isLower: boolean;
  /** This device: whether it leads the group, and since which epoch it is in; 0: it founded it. */
  readonly self: Voice;
  readonly ours: readonly Voice[];
  readonly theirs: readonly Voice[];
  /** The others are told of by the only contact this person has in the group. */
  readonly isOnlyContact: boolean;
  /** Somebody has written behind the commit that began this epoch of our history, as those do who pass over it. */
  readonly isPassedOver: boolean;
};

/**
 * Whether this device gives its history up for the other. The history with the lower mark stays if somebody can vouch
 * for it; if nobody can and others vouch for the other one, that one stays. A witness of a fork is somebody who was in the
 * group before it and followed the commit: those whom a single member has brought into a history of their own making say
 * only what that member says.
 */
export function givesWay(facts: ForkFacts): boolean {
  const { epoch, isLower, self, ours, theirs, isOnlyContact, isPassedOver } = facts;
  const wereThere = (voices: readonly Voice[]): Voice[] => voices.filter(({ since }) => since < epoch);
  const [here, there] = [wereThere([self, ...ours]), wereThere(theirs)];
  if (!isLower) return isBelieved(there) || (isOnlyContact && there.length > 0);
  const isAlone = isPassedOver && ours.every(({ who }) => who === self.who);
  return isBelieved(there) && (isAlone || !isBelieved(here));
}

/** Somebody who leads the group is believed alone; of others, two must say the same. */
function isBelieved(voices: readonly Voice[]): boolean {
  return new Set(voices.map(({ who }) => who)).size > 1 || voices.some(({ leads }) => leads);
}

/**
 * Which of two histories of a group stays when a store, or a member, has shown its members
 * different commits under one label (docs/protocol.md, section 8.4). Pure: every device decides
 * from what it was told.
 */

/**
 * What shows which history an epoch has: the first bytes of its authenticator, hexadecimal. By
 * epoch, rising.
 */
export type Marks = readonly (readonly [epoch: number, mark: string])[];

/**
 * What two lists of marks of one group say. `fork`: the histories differ; `epoch` is the first
 * where they are known to, and `isLower` whether our mark there is the lower one.
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

/**
 * Somebody who says which history they are in. `since`: the first epoch of it that they were in.
 */
export type Voice = { readonly who: string; readonly leads: boolean; readonly since: number };

/** What a device knows about a fork. Both sides without this device's own voice. */
export type ForkFacts = {
  readonly epoch: number;
  readonly isLower: boolean;
  /** This device: whether it leads the group, and since which epoch it is in; 0: it founded it. */
  readonly self: Voice;
  readonly ours: readonly Voice[];
  readonly theirs: readonly Voice[];
  /** The only contact that this person has in the group tells of the other history. */
  readonly isOnlyContact: boolean;
  /**
   * Of those who tell of the other, one was in the newest epoch of ours, and has been brought there
   * since.
   */
  readonly hasLost: boolean;
  /**
   * Somebody has written behind the commit that began this epoch of our history, as those do who
   * pass over it.
   */
  readonly isPassedOver: boolean;
  /** Who brought this device into our history. */
  readonly helper?: string;
};

/**
 * How much is behind a history, by those who are known to be in it. `COMPANY`: somebody who leads
 * the group, or two people, no matter since when they are in it. `BELIEVED`: the same of people who
 * were there before it parted from the other. `WITNESS`: one who was there before, and leads
 * nobody.
 */
const [NOBODY, WITNESS, COMPANY, BELIEVED] = [0, 1, 2, 3] as const;

/**
 * Whether this device gives its history up for the other. The one with more behind it stays, and of
 * two with as much that of the lower mark, if it is more than one member's word: a member can try
 * for a low mark, and say what they want. A witness was in the group before the histories parted;
 * who came in later was brought there by somebody, and comes second. All who tell are in the list
 * of this device, so nobody counts whom a member has brought in from outside. Where nobody else is
 * left, nothing holds this device. Nor does the word of its helper alone, where another history is
 * believed too: who came into ours after they parted knows by nobody else which is the older one.
 */
export function givesWay(facts: ForkFacts): boolean {
  const { epoch, isLower, self, ours, theirs, isOnlyContact, hasLost, isPassedOver } = facts;
  const isAlone = ours.every(({ who }) => who === self.who);
  const own = weightOf([self, ...ours], epoch);
  // Alone with a commit that others passed over, somebody who leads the group is one member more.
  const here = isAlone && isPassedOver ? Math.min(own, WITNESS) : own;
  const there = weightOf(theirs, epoch);
  if (!isLower && isOnlyContact && theirs.length > 0) return true;
  if (isAlone && hasLost) return true;
  if (there === BELIEVED && isByHelperAlone(facts)) return true;
  if (there < COMPANY && here > NOBODY) return false;
  if (there === here) return !isLower && there >= COMPANY;
  return there > here;
}

function isByHelperAlone({ epoch, helper, ours, self }: ForkFacts): boolean {
  if (helper === undefined || self.since < epoch) return false;
  return weightOf([self, ...ours.filter(({ who }) => who !== helper)], epoch) < BELIEVED;
}

function weightOf(voices: readonly Voice[], epoch: number): number {
  const witnesses = voices.filter(({ since }) => since < epoch);
  if (isCompany(witnesses)) return BELIEVED;
  if (isCompany(voices)) return COMPANY;
  return witnesses.length > 0 ? WITNESS : NOBODY;
}

const isCompany = (voices: readonly Voice[]): boolean =>
  new Set(voices.map(({ who }) => who)).size > 1 || voices.some(({ leads }) => leads);

import type { Helper, RejoinEvent } from "./events.ts";
import type { Relation } from "./place.ts";
import { YOUNG_MS, type Answer, type RejoinState } from "./state.ts";

/** People asked at each look. */
const ASKED_AT_ONCE = 2;
/** The same person is asked again after this long, then twice as long, up to an hour. */
const ASK_AGAIN_MS = 20_000;
const HELPER_AGAIN_MS = 10_000;
const CANNOT_AGAIN_MS = 300_000;
const ASK_AGAIN_MOST_MS = 3_600_000;
/**
 * Nobody is given consent more often than this: who answers each question at once must not be asked
 * without end.
 */
const CONSENT_AGAIN_MS = 2_000;
/**
 * Who can help and was given consent longer ago goes before, while their last answer is younger
 * than this.
 */
const TURN_MS = 20_000;
/** Who made the commit that does not open is asked after this long, when others have not helped. */
const AUTHOR_MS = 45_000;
/**
 * Contacts who are not known to be in the group are asked too after this long, or at once by a
 * device whose old state knows nobody else: they may have come in since.
 */
const STRANGERS_MS = 60_000;

type Looked = RejoinEvent & { readonly type: "looked" };

/**
 * Repair path 4/9. Half of those who are asked at once lead the group, as long as there are some:
 * they are more often there. Who was not asked for the longest comes first, so that no number of
 * people who answer for nothing keeps the others from being asked. The one whose commit does not
 * open is asked when nobody else was left to ask for a while: they would only lead to where it
 * leads.
 */
export function nextAsked(state: RejoinState, { now, helpers, others }: Looked): readonly string[] {
  const waited = Math.abs(now - state.since);
  const isAuthor = ({ id }: Helper): boolean => id === state.by;
  const asksAuthor = waited >= AUTHOR_MS || !helpers.some((helper) => helper.member && !isAuthor(helper));
  const asksStrangers = waited >= STRANGERS_MS || (state.cause === "old" && others === 0);
  const isAsked = (helper: Helper): boolean => (isAuthor(helper) ? asksAuthor : helper.member || asksStrangers);
  const due = helpers.filter((helper) => isAsked(helper) && isDue(state, helper.id, now)).toSorted(byRest(state, now));
  const leader = due.find(({ member, leads }) => member && leads);
  const rest = due.filter((helper) => helper !== leader).toSorted((a, b) => Number(b.member) - Number(a.member));
  return [...(leader === undefined ? [] : [leader]), ...rest].slice(0, ASKED_AT_ONCE).map(({ id }) => id);
}

/** By how long they were not asked; who never was goes first, in the order given. */
function byRest({ asked }: RejoinState, now: number): (a: Helper, b: Helper) => number {
  const rest = ({ id }: Helper): number => Math.abs(now - (asked[id]?.at ?? -Number.MAX_SAFE_INTEGER));
  return (a, b) => rest(b) - rest(a);
}

/** Those who can help are asked again soon; the silent, and those who cannot, ever more rarely. */
function isDue({ asked, answers, since }: RejoinState, id: string, now: number): boolean {
  const before = asked[id];
  if (before === undefined) return true;
  const isYoung = Math.abs(now - since) < YOUNG_MS;
  const standing = answers[id]?.standing;
  const grown = Math.min(ASK_AGAIN_MS * 2 ** (before.times - 1), ASK_AGAIN_MOST_MS);
  const cannot = standing === "refused" || standing === "out";
  const pause = standing === "goesOn" && isYoung ? HELPER_AGAIN_MS : cannot ? Math.max(grown, CANNOT_AGAIN_MS) : grown;
  return Math.abs(now - before.at) >= pause;
}

/**
 * Whether somebody who tells of the group is asked at once. Not so who made the commit that does
 * not open: they know where it leads, and could fetch people from where they stand one by one,
 * before these agree that nobody has followed it.
 */
export function isAskedAtOnce({ asked, by, since }: RejoinState, who: string, now: number): boolean {
  const before = asked[who];
  if (before !== undefined && Math.abs(now - before.at) < HELPER_AGAIN_MS) return false;
  return who !== by || Math.abs(now - since) >= AUTHOR_MS;
}

/**
 * Whether nobody was given consent longer ago than this person, of those who can help and have
 * answered just now.
 */
export function isNext(state: RejoinState, who: string, now: number): boolean {
  const { asked, answers } = state;
  const { given, gaveAt } = asked[who] ?? { given: 0 };
  if (gaveAt !== undefined && Math.abs(now - gaveAt) < CONSENT_AGAIN_MS) return false;
  return Object.entries(answers).every(([other, answer]) => {
    const isWaiting = helps(state, answer) && Math.abs(now - answer.at) < TURN_MS;
    return !isWaiting || (asked[other]?.given ?? 0) >= given;
  });
}

export function helps(state: RejoinState, { standing, relation, leaf }: Answer): boolean {
  return standing === "goesOn" && leaf === true && leadsOn(state, relation);
}

/**
 * Whether a place is one to be brought to: where this device stands itself, it continues by itself,
 * unless its state is old.
 */
function leadsOn({ cause }: RejoinState, relation: Relation): boolean {
  return relation === "ahead" || relation === "apart" || cause === "old";
}

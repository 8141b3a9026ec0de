/**
 * How a device that cannot go on in a group comes back (docs/protocol.md, section 8.4): whom it
 * asks, what it makes of their answers, and when it continues by itself because nobody is ahead of
 * it. A reducer: what happened goes in, what to do comes out, and a device that stops in between
 * takes up the saved state. Times are in milliseconds, people are profile ids in hexadecimal.
 */
import type { Marks } from "../fork/weigh.ts";

/**
 * Where a device stands in a group: the MLS group, the epoch, and the first bytes of its
 * authenticator, hexadecimal.
 */
export type Place = { readonly group: string; readonly epoch: number; readonly mark: string };

/** How another's place stands to ours. `apart`: another history, or another MLS group. */
export type Relation = "ahead" | "same" | "behind" | "apart";

/**
 * By the marks of the epochs that this device knows of its MLS group. What is newer than all of
 * them cannot be told apart.
 */
export function relationOf(ours: { group: string; marks: Marks } | undefined, theirs: Place | undefined): Relation {
  const newest = ours?.marks.at(-1)?.[0];
  if (theirs === undefined) return "behind";
  if (ours === undefined || newest === undefined || ours.group !== theirs.group) return "apart";
  if (theirs.epoch > newest) return "ahead";
  const known = ours.marks.find(([epoch]) => epoch === theirs.epoch);
  if (known !== undefined && known[1] !== theirs.mark) return "apart";
  return theirs.epoch === newest ? "same" : "behind";
}

/**
 * Why a device looks for the others. `unopened`: a commit that is allowed does not open here.
 * `lost`: cells were missed that are gone. `old`: this device has written what it does not know of,
 * or its leaf was replaced. `removed`: a commit puts it out, and it cannot see whether those who
 * stay could open it. `behind` and `fork`: it continues, and others have told of a newer epoch, or
 * of another history that stays.
 */
export type RejoinCause = "unopened" | "lost" | "old" | "removed" | "behind" | "fork";

/**
 * What somebody says of themselves: they go on in the group, they cannot either, or they are not in
 * it any more.
 */
export type Standing = "goesOn" | "stuck" | "out";

export type Answer = {
  readonly standing: Standing | "refused";
  readonly relation: Relation;
  readonly at: number;
  /** Since when they say this of themselves. */
  readonly first: number;
  /** They named a leaf of ours: they can put another in its place. */
  readonly leaf?: true;
};

/**
 * `given`: the turn at which they were last given consent to a leaf that they had named, and
 * `gaveAt` when; 0: they never were.
 */
export type Asked = {
  readonly times: number;
  readonly at: number;
  readonly given: number;
  readonly gaveAt?: number;
};

export type RejoinState = {
  readonly cause: RejoinCause;
  /** Who made the commit that does not open: their answer says nothing about the others. */
  readonly by?: string;
  readonly since: number;
  /**
   * Who was asked: how often, and when last; and when it was their turn to be given consent. They
   * may bring this device back.
   */
  readonly asked: Readonly<Record<string, Asked>>;
  readonly answers: Readonly<Record<string, Answer>>;
};

/**
 * Somebody who can be asked. `member`: in the group as far as is known here; `leads`: an owner or
 * admin of it.
 */
export type Helper = { readonly id: string; readonly member: boolean; readonly leads: boolean };

export type RejoinEvent =
  /**
   * Now and then. `helpers`: in random order, so that nobody is asked first for what their id is.
   * `others`: how many people are in the group beside this one.
   */
  | {
      readonly type: "looked";
      readonly now: number;
      readonly helpers: readonly Helper[];
      readonly others: number;
      readonly founds: boolean;
    }
  /**
   * Somebody who works in the group tells where they stand, as after a change of it: they may be
   * able to help now.
   */
  | { readonly type: "heardOf"; readonly now: number; readonly who: string; readonly relation: Relation }
  /** `leaf`: ours as it stands for them; none when we are not in it there. */
  | {
      readonly type: "answered";
      readonly now: number;
      readonly who: string;
      readonly standing: Standing;
      readonly relation: Relation;
      readonly leaf?: LeafName;
    }
  /**
   * `leftOut`: they have founded the group again as an owner, and said in it that they leave us
   * out.
   */
  | { readonly type: "refused"; readonly now: number; readonly who: string; readonly leftOut: boolean };

/** A leaf of an MLS group, by its encryption key; both hexadecimal. */
export type LeafName = { readonly group: string; readonly encryptionKey: string };

export type RejoinEffect =
  /**
   * `leaf`: consent to being put in its place. None: in that of the leaf this device knows, if it
   * knows one.
   */
  | { readonly type: "ask"; readonly who: string; readonly leaf?: LeafName }
  /**
   * Nobody is ahead: this device continues from where it stands, and passes over the commit that
   * does not open.
   */
  | { readonly type: "resume" }
  /**
   * Nobody is left who could bring this owner back: the group is founded again. `gone`: who says
   * that they have left it.
   */
  | { readonly type: "found"; readonly gone: readonly string[] }
  /** It is out of the group, as several people say and nobody denies. */
  | { readonly type: "end" };

/** How often the state is looked at while it is young; later a minute is enough. */
export const REJOIN_LOOK_MS = 5_000;
const YOUNG_MS = 300_000;
const OLD_LOOK_MS = 60_000;
/** People asked at each look. */
const ASKED_AT_ONCE = 2;
/** The same person is asked again after this long, then twice as long, up to an hour. */
const ASK_AGAIN_MS = 20_000;
const HELPER_AGAIN_MS = 10_000;
const CANNOT_AGAIN_MS = 300_000;
const ASK_AGAIN_MOST_MS = 3_600_000;
/**
 * How long answers are waited for before this device continues, and how long where not all have
 * answered.
 */
const SETTLE_MS = 6_000;
const SETTLE_MOST_MS = 15_000;
const SETTLE_LONG_MS = 3_600_000;
/**
 * Somebody ahead who cannot go on at this moment is waited for; then this device continues without
 * them.
 */
const STUCK_AHEAD_MS = 30_000;
/**
 * Who says that they are ahead and brings this device nowhere for so long holds it back no more;
 * nor does who says that it is out, if another knows it as a member.
 */
const CLAIM_MS = 180_000;
const FOUND_MS = 90_000;
/**
 * Members who are silent, or no contacts, may still be in the group: they are waited for this long.
 */
const FOUND_LONG_MS = 3_600_000;
const END_MS = 60_000;
const REMOVED_MS = 20_000;
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
 * Contacts who are not known to be in the group are asked too after this long: they may have come
 * in since.
 */
const STRANGERS_MS = 60_000;
/**
 * This many people must say that this device is out, and one of them who is in the group as far as
 * it knows: nobody's word alone ends a membership, nor that of people who have nothing to do with
 * the group.
 */
const REFUSALS = 2;

export function beginRejoin(p: { cause: RejoinCause; by?: string; now: number }): RejoinState {
  const { cause, by, now } = p;
  return { cause, since: now, asked: {}, answers: {}, ...(by !== undefined && { by }) };
}

/** Who is in the group by their own word, and stands where this device does, or beyond. */
export function besideUs({ answers }: RejoinState): readonly string[] {
  const isIn = ({ standing, relation }: Answer): boolean =>
    (standing === "goesOn" || standing === "stuck") && relation !== "behind";
  return Object.entries(answers).flatMap(([who, answer]) => (isIn(answer) ? [who] : []));
}

/** When to look again. */
export function nextLook({ since }: RejoinState, now: number): number {
  return now + (Math.abs(now - since) < YOUNG_MS ? REJOIN_LOOK_MS : OLD_LOOK_MS);
}

export function stepRejoin(
  state: RejoinState,
  event: RejoinEvent,
): { readonly state: RejoinState; readonly effects: readonly RejoinEffect[] } {
  switch (event.type) {
    case "looked":
      return looked(state, event);
    case "heardOf":
      return heardOf(state, event);
    case "answered":
      return answered(state, event);
    case "refused":
      return refused(state, event);
  }
}

type Looked = RejoinEvent & { readonly type: "looked" };
type HeardOf = RejoinEvent & { readonly type: "heardOf" };
type Answered = RejoinEvent & { readonly type: "answered" };
type Refused = RejoinEvent & { readonly type: "refused" };

function looked(state: RejoinState, event: Looked): ReturnType<typeof stepRejoin> {
  const outcome = outcomeOf(state, event);
  const who = outcome === "resume" || outcome === "end" ? [] : nextAsked(state, event);
  const asked = who.reduce((before, id) => withAsked(before, id, event.now), state);
  const asks = who.map((id): RejoinEffect => ({ type: "ask", who: id }));
  return { state: asked, effects: outcome === undefined ? asks : [...asks, effectOf(state, outcome)] };
}

function heardOf(before: RejoinState, { now, who, relation }: HeardOf): ReturnType<typeof stepRejoin> {
  const state = hasComeElsewhere(before.answers[who], relation)
    ? withAnswer(before, who, answerOf(before, who, { standing: "goesOn", relation, now }))
    : before;
  const asked = state.asked[who];
  if (asked !== undefined && Math.abs(now - asked.at) < HELPER_AGAIN_MS) return { state, effects: [] };
  return { state: withAsked(state, who, now), effects: [{ type: "ask", who }] };
}

/**
 * Who could not go on where this device stands has been brought on since: what they answered holds
 * no more.
 */
function hasComeElsewhere(answer: Answer | undefined, relation: Relation): boolean {
  const stoodHere = answer?.standing === "stuck" && answer.relation === "same";
  return stoodHere && (relation === "ahead" || relation === "apart");
}

function effectOf({ answers }: RejoinState, outcome: "resume" | "found" | "end"): RejoinEffect {
  if (outcome !== "found") return { type: outcome };
  return { type: outcome, gone: Object.keys(answers).filter((who) => answers[who]?.standing === "out") };
}

/**
 * Somebody who continues and knows our leaf brings us back, once we consent to that leaf's being
 * replaced. They take turns: who uses it and keeps the welcome to themselves comes after the others
 * who can help.
 */
function answered(state: RejoinState, event: Answered): ReturnType<typeof stepRejoin> {
  const { now, who, standing, relation, leaf } = event;
  if (state.asked[who] === undefined) return { state, effects: [] };
  const answer = answerOf(state, who, { standing, relation, now, names: leaf !== undefined });
  const next = withAnswer(state, who, answer);
  if (leaf === undefined || !helps(state, answer) || !isNext(next, who, now)) return { state: next, effects: [] };
  return { state: withConsent(withAsked(next, who, now), who, now), effects: [{ type: "ask", who, leaf }] };
}

function answerOf(
  { answers }: RejoinState,
  who: string,
  p: { standing: Answer["standing"]; relation: Relation; now: number; names?: boolean },
): Answer {
  const { standing, relation, now, names = false } = p;
  const before = answers[who];
  const first = before?.standing === standing ? before.first : now;
  return { standing, relation, at: now, first, ...(names && { leaf: true }) };
}

/**
 * Of a removal that the rules allow, or of a founding by an owner, one word more is enough: they
 * followed it.
 */
function refused(state: RejoinState, { now, who, leftOut }: Refused): ReturnType<typeof stepRejoin> {
  if (state.asked[who] === undefined) return { state, effects: [] };
  const next = withAnswer(state, who, answerOf(state, who, { standing: "refused", relation: "apart", now }));
  const isConfirmed = leftOut || (state.cause === "removed" && who !== state.by);
  return { state: next, effects: isConfirmed ? [{ type: "end" }] : [] };
}

/**
 * Whether nobody was given consent longer ago than this person, of those who can help and have
 * answered just now.
 */
function isNext(state: RejoinState, who: string, now: number): boolean {
  const { asked, answers } = state;
  const { given, gaveAt } = asked[who] ?? { given: 0 };
  if (gaveAt !== undefined && Math.abs(now - gaveAt) < CONSENT_AGAIN_MS) return false;
  return Object.entries(answers).every(([other, answer]) => {
    const isWaiting = helps(state, answer) && Math.abs(now - answer.at) < TURN_MS;
    return !isWaiting || (asked[other]?.given ?? 0) >= given;
  });
}

function helps(state: RejoinState, { standing, relation, leaf }: Answer): boolean {
  return standing === "goesOn" && leaf === true && leadsOn(state, relation);
}

/**
 * Whether a place is one to be brought to: where this device stands itself, it continues by itself,
 * unless its state is old.
 */
function leadsOn({ cause }: RejoinState, relation: Relation): boolean {
  return relation === "ahead" || relation === "apart" || cause === "old";
}

function outcomeOf(state: RejoinState, event: Looked): "resume" | "found" | "end" | undefined {
  const { now, helpers, founds } = event;
  const judges = helpers.filter(({ id, member }) => member && id !== state.by).map(({ id }) => id);
  const answers = Object.entries(state.answers).filter(([who]) => who !== state.by);
  const waited = Math.abs(now - state.since);
  if (state.cause === "removed" && isWhereWeAre(answers)) return "resume";
  if (state.cause === "removed") return isRemoved(answers, event.others, waited) ? "end" : undefined;
  if (waited >= END_MS && (isRefused(state, answers, judges) || isAlone(answers, judges, event.others))) return "end";
  if (state.cause === "old")
    return founds && mayFound(answers, judges, { waited, others: event.others }) ? "found" : undefined;
  if (state.cause === "behind" || state.cause === "fork")
    return maySettle(answers, judges, waited) ? "resume" : undefined;
  return mayResume(answers, judges, { waited, now }) ? "resume" : undefined;
}

type Answers = readonly (readonly [string, Answer])[];

/** Somebody continues where this device stands: they have passed over the commit that stops it. */
function isWhereWeAre(answers: Answers): boolean {
  return answers.some(([, { standing, relation }]) => standing === "goesOn" && relation === "same");
}

/** A removal stands when nobody is there who could say otherwise, or nobody does for a while. */
function isRemoved(answers: Answers, others: number, waited: number): boolean {
  if (others <= 1) return true;
  const isDoubted = answers.some(([, { standing }]) => standing === "stuck" || standing === "goesOn");
  return waited >= (isDoubted ? END_MS : REMOVED_MS);
}

/**
 * It continues where it is already: others were mistaken, or it has tried for long. Those of its
 * own history may answer before those who are in the other.
 */
function maySettle(answers: Answers, judges: readonly string[], waited: number): boolean {
  if (waited >= SETTLE_LONG_MS) return true;
  const going = answers.flatMap(([, { standing, relation }]) => (standing === "goesOn" ? [relation] : []));
  const isHeard = haveAnswered(answers, judges) || waited >= SETTLE_MOST_MS;
  return isHeard && going.length > 0 && going.every((relation) => relation === "same");
}

const haveAnswered = (answers: Answers, judges: readonly string[]): boolean =>
  judges.every((who) => answers.some(([other]) => other === who));

/**
 * Nobody who could be asked is ahead of us, or in another history: not by a word that stands alone
 * for too long.
 */
function mayResume(
  answers: Answers,
  judges: readonly string[],
  { waited, now }: { waited: number; now: number },
): boolean {
  const said = answers.map(([, answer]) => answer);
  if (isWhereWeAre(answers)) return true;
  const isIn = said.some(({ standing }) => standing === "stuck" || standing === "goesOn");
  const holds = (answer: Answer): boolean => Math.abs(now - answer.first) < CLAIM_MS || (isRefusal(answer) && !isIn);
  if (said.some((answer) => holdsBack(answer) && holds(answer))) return false;
  if (said.some(({ standing, relation }) => standing === "stuck" && relation === "ahead") && waited < STUCK_AHEAD_MS) {
    return false;
  }
  if (haveAnswered(answers, judges)) return waited >= SETTLE_MS;
  return said.length > 0 && waited >= SETTLE_MOST_MS;
}

const isRefusal = ({ standing }: Answer): boolean => standing === "refused";

function holdsBack(answer: Answer): boolean {
  const { standing, relation } = answer;
  return isRefusal(answer) || (standing === "goesOn" && (relation === "ahead" || relation === "apart"));
}

/** All who answer cannot go on either, or are out: nobody is left to bring an old state back. */
function mayFound(
  answers: Answers,
  judges: readonly string[],
  { waited, others }: { waited: number; others: number },
): boolean {
  if (judges.length === 0) return true;
  const isLost = answers.every(([, { standing }]) => standing === "stuck" || standing === "out");
  return answers.length > 0 && isLost && waited >= (answers.length >= others ? FOUND_MS : FOUND_LONG_MS);
}

/** Several people say so, nobody says otherwise, and everybody was asked. */
function isRefused({ asked }: RejoinState, answers: Answers, judges: readonly string[]): boolean {
  const refusing = answers.flatMap(([who, { standing }]) => (standing === "refused" ? [who] : []));
  const isDenied = answers.some(([, { standing }]) => standing === "goesOn" || standing === "stuck");
  const isSaid = refusing.length >= REFUSALS && (judges.length === 0 || judges.some((who) => refusing.includes(who)));
  return isSaid && !isDenied && judges.every((who) => asked[who] !== undefined);
}

/**
 * Everybody else is out of the group, but for one who says that this device is: nobody is left in
 * it to talk with.
 */
function isAlone(answers: Answers, judges: readonly string[], others: number): boolean {
  const said = judges.map((who) => answers.find(([other]) => other === who)?.[1].standing);
  const isEverybody = judges.length > 0 && judges.length === others;
  return isEverybody && said.includes("refused") && said.every((one) => one === "refused" || one === "out");
}

/**
 * Half of those who are asked at once lead the group, as long as there are some: they are more
 * often there. Who was not asked for the longest comes first, so that no number of people who
 * answer for nothing keeps the others from being asked. The one whose commit does not open is asked
 * when nobody else was left to ask for a while: they would only lead to where it leads.
 */
function nextAsked(state: RejoinState, { now, helpers }: Looked): readonly string[] {
  const waited = Math.abs(now - state.since);
  const isAuthor = ({ id }: Helper): boolean => id === state.by;
  const asksAuthor = waited >= AUTHOR_MS || !helpers.some((helper) => helper.member && !isAuthor(helper));
  const isAsked = (helper: Helper): boolean =>
    isAuthor(helper) ? asksAuthor : helper.member || waited >= STRANGERS_MS;
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

function withAsked(state: RejoinState, id: string, now: number): RejoinState {
  const before = state.asked[id] ?? { times: 0, given: 0 };
  return { ...state, asked: { ...state.asked, [id]: { ...before, times: before.times + 1, at: now } } };
}

function withConsent(state: RejoinState, id: string, now: number): RejoinState {
  const before = state.asked[id] ?? { times: 0, at: now };
  const turn = 1 + Math.max(0, ...Object.values(state.asked).map(({ given }) => given));
  return { ...state, asked: { ...state.asked, [id]: { ...before, given: turn, gaveAt: now } } };
}

const withAnswer = (state: RejoinState, who: string, answer: Answer): RejoinState => ({
  ...state,
  answers: { ...state.answers, [who]: answer },
});

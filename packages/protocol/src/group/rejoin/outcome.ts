import type { RejoinEvent } from "./events.ts";
import type { Answer, RejoinState } from "./state.ts";

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
 * This many people must say that this device is out, and one of them who is in the group as far as
 * it knows: nobody's word alone ends a membership, nor that of people who have nothing to do with
 * the group.
 */
const REFUSALS = 2;

type Looked = RejoinEvent & { readonly type: "looked" };

/** How looking for the others ends, by what they answered; undefined: it does not yet. */
export function outcomeOf(state: RejoinState, event: Looked): "resume" | "found" | "end" | undefined {
  const { now, helpers, founds } = event;
  const judges = helpers.filter(({ id, member }) => member && id !== state.by).map(({ id }) => id);
  const answers = Object.entries(state.answers).filter(([who]) => who !== state.by);
  const waited = Math.abs(now - state.since);
  if (state.cause === "removed" && isWhereWeAre(answers)) return "resume";
  if (state.cause === "removed") return isRemoved(answers, event.others, waited) ? "end" : undefined;
  if (waited >= END_MS && (isRefused(state, answers, judges) || isAlone(answers, judges, event.others))) return "end";
  if (state.cause === "old")
    return founds && mayFound(answers, judges, { now, waited, others: event.others, isAlone: helpers.length === 0 })
      ? "found"
      : undefined;
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
  { now, waited, others, isAlone: hasNobody }: { now: number; waited: number; others: number; isAlone: boolean },
): boolean {
  if (others === 0 && !hasNobody) return waited >= FOUND_MS && !isClaimed(answers, now);
  if (judges.length === 0) return true;
  const isLost = answers.every(([, { standing }]) => standing === "stuck" || standing === "out");
  return answers.length > 0 && isLost && waited >= (answers.length >= others ? FOUND_MS : FOUND_LONG_MS);
}

/**
 * A contact says to be in the group, where this old state knows nobody else: this device may have
 * added them and forgotten it. They have so long to bring it back.
 */
function isClaimed(answers: Answers, now: number): boolean {
  return answers.some(
    ([, { standing, first }]) => (standing === "goesOn" || standing === "stuck") && Math.abs(now - first) < CLAIM_MS,
  );
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

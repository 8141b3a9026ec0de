import { isUint, oneOf, textUpTo } from "../../object/index.ts";
import { isTrue, objectOf, recordOf, stateCodec, type StateCodec, type Timer } from "../reducer.ts";
import type { CauseOf } from "../repairs.ts";
import type { Relation } from "./place.ts";

/** How often the state is looked at while it is young; later a minute is enough. */
const LOOK_MS = 5_000;
export const YOUNG_MS = 300_000;
const OLD_LOOK_MS = 60_000;

/**
 * Why a device looks for the others. `unopened`: a commit that is allowed does not open here.
 * `lost`: cells were missed that are gone. `old`: this device has written what it does not know of,
 * or its leaf was replaced. `removed`: a commit puts it out, and it cannot see whether those who
 * stay could open it. `behind` and `fork`: it continues, and others have told of a newer epoch, or
 * of another history that stays.
 */
export type RejoinCause = CauseOf<"rejoin">;

/**
 * What somebody says of themselves: they go on in the group, they cannot either, or they are not in
 * it any more.
 */
export type MemberState = "goesOn" | "stuck" | "out";

export type Answer = {
  readonly standing: MemberState | "refused";
  readonly relation: Relation;
  readonly at: number;
  /** Since when they say this of themselves. */
  readonly first: number;
  /** They named a leaf of ours: they can put another in its place. */
  readonly leaf?: true;
  /** How its encryption key begins, hexadecimal. */
  readonly key?: string;
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

/** People who are remembered as asked. */
export const MAX_PEOPLE = 2048;
const MAX_STATE_BYTES = 1_048_576;

/** So much of an encryption key is remembered: as much as nobody guesses. */
export const KEY_CHARS = 32;

const ID = textUpTo(64);
const WHEN = isUint;
const ANSWER = objectOf(
  {
    standing: oneOf("goesOn", "stuck", "out", "refused"),
    relation: oneOf("ahead", "same", "behind", "apart"),
    at: WHEN,
    first: WHEN,
  },
  { leaf: isTrue, key: textUpTo(KEY_CHARS) },
);
const ASKED = objectOf({ times: isUint, at: WHEN, given: isUint }, { gaveAt: WHEN });

export const rejoinCodec: StateCodec<RejoinState> = stateCodec(
  objectOf(
    {
      cause: oneOf("unopened", "lost", "old", "removed", "behind", "fork"),
      since: WHEN,
      asked: recordOf(ASKED, MAX_PEOPLE),
      answers: recordOf(ANSWER, MAX_PEOPLE),
    },
    { by: ID },
  ),
  MAX_STATE_BYTES,
);

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
  return now + (Math.abs(now - since) < YOUNG_MS ? LOOK_MS : OLD_LOOK_MS);
}

/** A device looks again as long as it has not come back. */
export function rejoinTimers(state: RejoinState, now: number): readonly Timer[] {
  return [{ name: "look", since: now, wait: nextLook(state, now) - now }];
}

export function withAsked(state: RejoinState, id: string, now: number): RejoinState {
  const before = state.asked[id] ?? { times: 0, given: 0 };
  return { ...state, asked: { ...state.asked, [id]: { ...before, times: before.times + 1, at: now } } };
}

export function withConsent(state: RejoinState, id: string, now: number): RejoinState {
  const before = state.asked[id] ?? { times: 0, at: now };
  const turn = 1 + Math.max(0, ...Object.values(state.asked).map(({ given }) => given));
  return { ...state, asked: { ...state.asked, [id]: { ...before, given: turn, gaveAt: now } } };
}

export const withAnswer = (state: RejoinState, who: string, answer: Answer): RejoinState => ({
  ...state,
  answers: { ...state.answers, [who]: answer },
});

import type { Step, Wait } from "../reducer.ts";
import type { ForkEffect, ForkView, ToldState } from "./events.ts";
import { MAX_PEOPLE, type ForkState } from "./state.ts";

/** Contacts that hear of a new epoch, beside those who must. */
const TOLD = 3;
/**
 * Devices that tell: in a large group the epochs would fill the store with what all tell of them.
 */
const TELLERS = 16;
/** After what may have parted people they tell each other sooner: between these, in ms. */
const SOON_MS = [2_000, 6_000] as const;

export type ForkStep = Step<ForkState, ForkEffect> & { readonly state: ForkState };

export const isTeller = (leaves: number, chance: number): boolean => chance * leaves < TELLERS;

/** What this device tells. Who was there with the first epoch listed does not say since when. */
export function historyOf({ group, joinedAt, marks }: ForkState): ToldState {
  const isLate = joinedAt > (marks[0]?.[0] ?? 0);
  return { group, marks, ...(isLate && { since: joinedAt }) };
}

/** Tells a while later; at the moment that was set before, if there is one. */
export function tellLater(state: ForkState, whom: readonly string[], view: ForkView): ForkState {
  return { ...withWhom(state, whom), tell: state.tell ?? waitOf(view.delay, view) };
}

export function tellSoon(state: ForkState, view: ForkView, whom: readonly string[] = []): ForkState {
  return { ...withWhom(state, whom), tellSoon: state.tellSoon ?? waitOf(SOON_MS, view) };
}

function withWhom(state: ForkState, whom: readonly string[]): ForkState {
  return { ...state, whom: [...new Set([...state.whom, ...whom])].slice(-MAX_PEOPLE) };
}

function waitOf([least, most]: readonly [number, number], { now, random }: ForkView): Wait {
  return { since: now, wait: Math.round(least + random * (most - least)) };
}

/** Tells those who must hear it, and a few others; a device that does not work tells nobody. */
export function tellNow(before: ForkState, { contacts, leavers, works }: ForkView): ForkStep {
  const state = { ...before, whom: [] };
  if (!works) return { state, effects: [] };
  const [mustHear, leaves] = [new Set(before.whom), new Set(leavers)];
  const staying = contacts.filter((who) => !leaves.has(who));
  const some = staying.filter((who) => !mustHear.has(who)).slice(0, TOLD);
  const told = [...staying.filter((who) => mustHear.has(who)), ...some];
  return { state, effects: told.map((to) => ({ type: "tell", to, state: historyOf(before) })) };
}

/** Once in each epoch: the other may know more of where the histories part, or be who gives way. */
export function answer(state: ForkState, who: string): ForkStep {
  if (state.answered.includes(who)) return { state, effects: [] };
  const answered = [...state.answered, who].slice(-MAX_PEOPLE);
  return { state: { ...state, answered }, effects: [{ type: "tell", to: who, state: historyOf(state) }] };
}

import { MAX_EPOCH_MARKS } from "../marks.ts";
import type { ForkEffect, ForkEvent } from "./events.ts";
import { MAX_DONE_CHARS, REMEMBERED, lastCommon, newForkState, withMark, type ForkState } from "./state.ts";
import { isTeller, tellLater, tellSoon, historyOf, type ForkStep } from "./telling.ts";
import type { Marks } from "./weigh.ts";

/** For this many epochs after a fork people tell each other sooner. */
const RECENT_EPOCHS = 8;
/**
 * What is wanted again when the history it was done in gives way: a removal must not be undone by a
 * store.
 */
const REPEATED: ReadonlySet<string> = new Set(["add", "remove", "role", "rules", "left"]);

type Of<T extends ForkEvent["type"]> = ForkEvent & { readonly type: T };

export function onEpochStarted(before: ForkState | undefined, event: Of<"epochStarted">): ForkStep {
  const { epoch, by, tell, comers, leaves, chance, view } = event;
  const known = ofGroup(before, event.group);
  const state = withEpoch(by === undefined ? known : withCommit(known, event, by), event);
  const hasParted = state.forks.some((fork) => epoch - fork <= RECENT_EPOCHS);
  if (hasParted) return { state: tellSoon(state, view, tell), effects: [] };
  const isOne = isTeller(leaves, chance);
  const isTold = isOne || tell.length > 0;
  const whom = isOne ? [...tell, ...comers] : tell;
  return { state: isTold ? tellLater(state, whom, view) : state, effects: [] };
}

export function onJoined(before: ForkState | undefined, event: Of<"joined">): ForkStep {
  const { epoch, by, comers, former, isLate, told, view } = event;
  const known = { ...ofGroup(before, event.group), joinedAt: epoch, helper: by };
  const came = withEpoch(told?.group === event.group ? withTold(known, told.marks, epoch) : known, event);
  const state = tellSoon(withComers(came, epoch, comers), view);
  const tells = former.map((to): ForkEffect => ({ type: "tell", to, state: historyOf(state) }));
  return { state, effects: isLate === true ? [...tells, { type: "tell", state: historyOf(state) }] : tells };
}

/**
 * What came before this epoch, as somebody tells it. What is known here holds up to the newest
 * epoch that both know: behind it this device may have been in another history.
 */
function withTold(state: ForkState, told: Marks, epoch: number): ForkState {
  if (told.length === 0) return state;
  const earlier = (marks: Marks): Marks => marks.filter(([other]) => other < epoch);
  const common = lastCommon(earlier(state.marks), earlier(told));
  const ours = state.marks.filter(([other]) => other <= common);
  const known = new Set(ours.map(([other]) => other));
  const theirs = earlier(told).filter(([other]) => !known.has(other));
  return { ...state, marks: [...ours, ...theirs].toSorted(([a], [b]) => a - b).slice(-MAX_EPOCH_MARKS) };
}

/**
 * Of another MLS group nothing is kept, but for whom to tell, and when; and who came into it, since
 * what was said before that is not theirs in its successor either.
 */
function ofGroup(before: ForkState | undefined, group: string): ForkState {
  if (before === undefined || before.group === group) return before ?? newForkState(group);
  const { whom, tell, tellSoon: soon } = before;
  const came = before.came.map((one) => ({ ...one, epoch: 0 }));
  return { ...newForkState(group), came, whom, ...(tell && { tell }), ...(soon && { tellSoon: soon }) };
}

function withCommit(state: ForkState, { epoch, behind: label }: Of<"epochStarted">, who: string): ForkState {
  const earlier = <T extends { readonly epoch: number }>(all: readonly T[]): T[] =>
    all.filter((one) => one.epoch < epoch);
  const authors = [...earlier(state.authors), { epoch, who }].slice(-REMEMBERED);
  const behind = [...earlier(state.behind), ...(label === undefined ? [] : [{ epoch, label }])];
  return { ...state, authors, behind: behind.slice(-RECENT_EPOCHS) };
}

/** What shows that this device has come to this epoch; the newest marks that fit. */
function withEpoch(state: ForkState, { epoch, mark, since }: Of<"epochStarted"> | Of<"joined">): ForkState {
  const marks = withMark(state.marks, epoch, mark);
  const begun = [...state.begun.filter((other) => other.epoch < epoch), { epoch, ...since }].slice(-REMEMBERED);
  return { ...state, marks, begun, answered: [] };
}

export function onBroughtIn(state: ForkState, { epoch, back, added }: Of<"broughtIn">): ForkStep {
  if (back.length + added.length === 0) return { state, effects: [] };
  const others = state.replaced.filter(({ profile }) => !back.includes(profile));
  const replaced = [...others, ...back.map((profile) => ({ profile, epoch }))].slice(-REMEMBERED);
  return { state: { ...withComers(state, epoch, added), replaced }, effects: [] };
}

function withComers(state: ForkState, epoch: number, added: readonly string[]): ForkState {
  const { epoch: _, ...since } = state.begun.at(-1) ?? { epoch: 0, after: 0, own: 0 };
  const earlier = state.came.filter(({ profile }) => !added.includes(profile));
  const came = [...earlier, ...added.map((profile) => ({ profile, epoch, ...since }))].slice(-REMEMBERED);
  return { ...state, came };
}

export function onChanged(state: ForkState, { epoch, changes }: Of<"changed">): ForkStep {
  const lasting = changes.filter(({ kind }) => REPEATED.has(kind)).map(({ operation }) => ({ epoch, operation }));
  return { state: { ...state, done: newest([...state.done, ...lasting].slice(-REMEMBERED)) }, effects: [] };
}

/** The last of them that are no longer together than the bound. */
function newest(done: ForkState["done"]): ForkState["done"] {
  let chars = 0;
  const isBeyond = ({ operation }: ForkState["done"][number]): boolean => (chars += operation.length) > MAX_DONE_CHARS;
  return done.slice(1 + done.findLastIndex(isBeyond));
}

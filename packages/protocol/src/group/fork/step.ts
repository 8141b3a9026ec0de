/**
 * How a device finds out that its group has parted, and which of two histories it stays in
 * (docs/protocol.md, section 8.4, "Group state" and "Forks"). A store that shows two members
 * different commits under one label splits a group. Contacts tell each other which history they
 * have; of two, all agree on the one that gives way, and its devices are brought into the other. A
 * reducer: what happened goes in, what to do comes out. Times in ms, people as profile ids in
 * hexadecimal.
 */
import { isDue, unchanged, type Step } from "../reducer.ts";
import { countFork, firstOf, isConvinced, onPeerState, partedAt, yieldNow } from "./compare.ts";
import type { ForkEffect, ForkEvent, ForkView, ToldState } from "./events.ts";
import { onBroughtIn, onChanged, onEpochStarted, onJoined } from "./record.ts";
import { BEHIND_MS, PATIENCE_MS, REMEMBERED, dropped, lastCommon, newestOf } from "./state.ts";
import type { ForAll, ForkState } from "./state.ts";
import { tellLater, tellNow, tellSoon, historyOf, type ForkStep } from "./telling.ts";
import { weigh } from "./weigh.ts";

/** Own messages that are said again for somebody who came back: none older than this. */
const REPAID_MS = 2 * 86_400_000;
/** They are said again after this long, and up to as long again: others come back too. */
const REPAY_MS = 10_000;

type Of<T extends ForkEvent["type"]> = ForkEvent & { readonly type: T };

/** One step. Before an epoch began there is nothing to compare, and nothing happens. */
export function stepFork(state: ForkState | undefined, event: ForkEvent): Step<ForkState, ForkEffect> {
  if (event.type === "epochStarted") return onEpochStarted(state, event);
  if (event.type === "joined") return onJoined(state, event);
  return state === undefined ? unchanged(state) : stepKnown(state, event);
}

function stepKnown(state: ForkState, event: Exclude<ForkEvent, Of<"epochStarted"> | Of<"joined">>): ForkStep {
  switch (event.type) {
    case "broughtIn":
      return onBroughtIn(state, event);
    case "changed":
      return onChanged(state, event);
    case "reached":
      return unchanged(tellLater(state, [event.who], event.view));
    case "peerState":
      return onPeerState(state, event);
    case "lookingFor":
      return unchanged(withCheck(state, event));
    case "memberReturned":
      return onMemberReturned(state, event);
    case "mayOwe":
      return unchanged(repayIn(state, event.rest, event.view));
    case "mayRepay":
      return onMayRepay(state, event);
    case "shownAgain":
      return onShownAgain(state, event);
    case "passedOver":
      return onPassedOver(state, event);
    case "cameBack":
      return onCameBack(state, event);
    case "stays":
      return onStays(state, event);
    case "timer":
      return onTimer(state, event.view);
  }
}

function withCheck(state: ForkState, { who, newest, view: { now } }: Of<"lookingFor">): ForkState {
  return { ...state, checks: [...state.checks, { since: now, newest, who }].slice(-REMEMBERED) };
}

/**
 * Believed of somebody whose device all have seen come back, and once for each time: behind where
 * the histories parted; or from when they came on, if they say that this is the first epoch they
 * have been in.
 */
function onMemberReturned(state: ForkState, { who, said }: Of<"memberReturned">): ForkStep {
  const verdict = weigh(state.marks, said.marks);
  if (state.group !== said.group) return unchanged(state);
  if (verdict.type !== "fork") return onMemberLate(state, who, said);
  const back = state.replaced.find(({ profile, epoch }) => profile === who && epoch >= verdict.epoch);
  if (back === undefined) return unchanged(state);
  const counted = countFork(state, verdict.epoch);
  const step = owe(counted.state, { who, back, from: partedAt(state, said, verdict.epoch) });
  return { state: step.state, effects: [...counted.effects, ...step.effects] };
}

/** They were brought in by somebody who may have come later than they, and know nothing earlier. */
function onMemberLate(state: ForkState, who: string, said: ToldState): ForkStep {
  const back = state.replaced.find(({ profile, epoch }) => profile === who && epoch === firstOf(said));
  const came = state.came.find(({ profile }) => profile === who);
  if (back === undefined || came === undefined || came.epoch >= back.epoch) return unchanged(state);
  return owe(state, { who, back, from: came.epoch });
}

type Back = ForkState["replaced"][number];

function owe(state: ForkState, { who, back, from }: { who: string; back: Back; from: number }): ForkStep {
  const owed = behindOf(state, from);
  const replaced = state.replaced.filter((other) => other !== back);
  return {
    state: { ...state, replaced, owed: Math.min(owed, state.owed ?? owed) },
    effects: [{ type: "owe", to: who }],
  };
}

const begunFrom = ({ begun }: ForkState, epoch: number): ForkState["begun"][number] | undefined =>
  begun.find((one) => one.epoch >= epoch);

/** Behind which message here the own ones left in this epoch or later. */
const behindOf = (state: ForkState, epoch: number): number => begunFrom(state, epoch)?.own ?? Number.MAX_SAFE_INTEGER;

/** Others come back at the same time: it is done once for all of them. */
function repayIn(state: ForkState, rest: number, { now, random }: ForkView): ForkState {
  return { ...state, repay: state.repay ?? { since: now, wait: Math.round(rest + REPAY_MS + random * REPAY_MS) } };
}

/** Also what others of the same history have acknowledged; nothing from before a member came in. */
function onMayRepay(state: ForkState, { rest, view }: Of<"mayRepay">): ForkStep {
  if (state.owed === undefined) return unchanged(state);
  if (rest > 0) return unchanged(repayIn(state, rest, view));
  const from = { behind: state.owed, since: Math.max(0, view.now - REPAID_MS) };
  return {
    state: dropped(state, "owed"),
    effects: [{ type: "resend", ...from, forAll: forAllOf(state, view.members) }],
  };
}

/**
 * Nobody has a right to what was said only before they came. The epoch decides where it is known: a
 * message that waited is said to all who are there when it leaves, and one that left before is not
 * theirs, whatever order they stand in.
 */
export function forAllOf({ came }: Pick<ForkState, "came">, members: readonly string[]): ForAll {
  const present = new Set(members);
  const here = came.filter(({ profile }) => present.has(profile));
  const epochs = here.flatMap(({ epochId }) => (epochId === undefined ? [] : [epochId]));
  const own = Math.max(0, ...here.map((one) => one.own));
  return epochs.length === 0 ? { own } : { own, epochId: Math.max(...epochs) };
}

/** Another cell at the very label of a commit proves a fork. */
function onShownAgain(state: ForkState, { epoch, view }: Of<"shownAgain">): ForkStep {
  if (state.forks.includes(epoch)) return unchanged(state);
  const counted = countFork(state, epoch);
  const told = tellNow(counted.state, view);
  return { state: told.state, effects: [...counted.effects, ...told.effects] };
}

/** They compare, and nothing more. */
function onPassedOver(state: ForkState, { epoch, view }: Of<"passedOver">): ForkStep {
  if (state.passedOver.includes(epoch)) return unchanged(state);
  const passedOver = [...state.passedOver, epoch].slice(-REMEMBERED);
  return unchanged(tellSoon({ ...state, passedOver }, view));
}

/**
 * Whatever made this device look for a way back: what it came into shows what of its own history is
 * left behind. Does again what was changed there, and says again what was written there, or said
 * again there. Who came in meanwhile has no right to what is older than the fork.
 */
function onCameBack(state: ForkState, { comers = [], told }: Of<"cameBack">): ForkStep {
  const { from, isKnown } = leftBehind(state, told);
  if (from === undefined) return unchanged(state);
  const sealedFrom = comers.length > 0 ? undefined : begunFrom(state, from)?.epochId;
  const again = {
    type: "resend",
    behind: behindOf(state, from),
    ...(sealedFrom !== undefined && { sealedFrom }),
  } as const;
  const marks = state.marks.filter(([epoch]) => epoch < from);
  if (!isKnown) return { state: { ...state, marks }, effects: [again] };
  const lost = state.done.filter(({ epoch }) => epoch >= from);
  // What nobody followed is not done again behind everybody's back: they have passed over it.
  const isPassedOver = state.passedOver.includes(state.rival?.epoch ?? from);
  const earlier = { marks, done: state.done.filter(({ epoch }) => epoch < from) };
  return {
    state: { ...dropped(state, "yields", "rival"), ...earlier, voices: [], peers: [], answered: [] },
    effects: [
      { type: "note", line: "forkRepaired" },
      ...(isPassedOver ? [] : lost).map(({ operation }) => ({ type: "enqueue", operation }) as const),
      again,
      { type: "tell", state: historyOf(state) },
    ],
  };
}

/**
 * From which epoch on our history is not the one that this device came into. `isKnown`: an epoch of
 * it is another there, or it gave way; otherwise who told of the other does not know these
 * epochs, and they may be in it.
 */
function leftBehind(
  { group, marks, yields }: ForkState,
  told: ToldState | undefined,
): { readonly from: number | undefined; readonly isKnown: boolean } {
  const common = told?.group === group ? lastCommon(marks, told.marks) : -1;
  if (told === undefined || common < 0) return { from: yields, isKnown: yields !== undefined };
  const left = marks.find(([epoch]) => epoch > common)?.[0];
  const isKnown = yields !== undefined || weigh(marks, told.marks).type === "fork";
  return left === undefined ? { from: undefined, isKnown: false } : { from: common + 1, isKnown };
}

function onStays(state: ForkState, { passed, view }: Of<"stays">): ForkStep {
  const epoch = newestOf(state) + 1;
  const more = passed === undefined ? [] : [{ epoch, who: passed.who, beside: passed.beside.slice(0, REMEMBERED) }];
  const refused = [...state.refused, ...more].slice(-REMEMBERED);
  return unchanged(tellSoon({ ...dropped(state, "yields", "rival"), refused }, view));
}

/** All that is due. */
function onTimer(before: ForkState, view: ForkView): ForkStep {
  const { now } = view;
  const effects: ForkEffect[] = [];
  let state = before;
  const take = (step: ForkStep): void => {
    state = step.state;
    effects.push(...step.effects);
  };
  const { tell, tellSoon: soon, patience, repay } = before;
  if (isDue(tell, now)) take(tellNow(dropped(state, "tell"), view));
  if (isDue(soon, now)) take(tellNow(dropped(state, "tellSoon"), view));
  if (patience !== undefined && isDue({ since: patience.since, wait: PATIENCE_MS }, now))
    take(onPatience(state, patience, view));
  take(onChecks(state, now));
  if (isDue(repay, now))
    take({ state: dropped(state, "repay"), effects: state.owed === undefined ? [] : [{ type: "repay" }] });
  return { state, effects };
}

/** Of what was told meanwhile the own side is heard as long. */
function onPatience(before: ForkState, { since, last }: { since: number; last: number }, view: ForkView): ForkStep {
  const state = last === since ? dropped(before, "patience") : { ...before, patience: { since: last, last } };
  return isConvinced(state, view) ? yieldNow(state) : unchanged(state);
}

function onChecks(state: ForkState, now: number): ForkStep {
  const isOver = ({ since }: { readonly since: number }): boolean => isDue({ since, wait: BEHIND_MS }, now);
  const due = state.checks.filter(isOver);
  if (due.length === 0) return unchanged(state);
  const behind = due.filter(({ newest }) => newestOf(state) < newest);
  return {
    state: { ...state, checks: state.checks.filter((one) => !isOver(one)) },
    effects: behind.map(({ who }) => ({ type: "rejoin", cause: "behind", via: who })),
  };
}

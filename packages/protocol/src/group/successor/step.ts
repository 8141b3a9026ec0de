/**
 * How a group continues in a successor group when its changes are blocked, or nobody can bring its
 * owner back (docs/protocol.md, section 8.4, "Blocked changes"). It is no ReInit: that would take a
 * commit, and no commit is possible. A reducer: what happened goes in, what to do comes out.
 */
import { MAX_WITHOUT } from "../controls.ts";
import { isDue, restOf, unchanged, type Step } from "../reducer.ts";
import type { SuccessorEffect, SuccessorEvent, SuccessorView } from "./events.ts";
import { MAX_CALLS, NOTHING, OPEN_DAYS, listed, type SuccessorState } from "./state.ts";

/**
 * The owner with the lowest id decides first, each other one this much later, unless somebody was
 * faster.
 */
const DECIDE_MS = 2_000;
const NEXT_OWNER_MS = 20_000;
const NOT_CAUGHT_UP_MS = 5_000;
/** Answers that come close together are added together. */
const GATHER_MS = 2_000;
/**
 * Who called for a group, and can bring in nobody for so long, founds it alone: who was silent
 * comes over when they read the call.
 */
const ALONE_MS = 3_600_000;
const OPEN_MS = OPEN_DAYS * 86_400_000;
/** An owner who calls again and again is given this many key packages a day. */
const OFFERS_A_DAY = 4;

type Of<T extends SuccessorEvent["type"]> = SuccessorEvent & { readonly type: T };
type SuccessorStep = Step<SuccessorState, SuccessorEffect>;

/** Whether somebody who writes in a group that was left behind was left there too. */
export const isLeftBehind = (state: SuccessorState | undefined, who: string): boolean =>
  state?.without.includes(who) === true;

/**
 * Whether an invitation of this person leads to the next successor group. Who called as an owner of
 * the group before this one need not be in this one; all others lead as owners of now.
 */
export function leadsToSuccessor(
  state: SuccessorState | undefined,
  by: string,
  { founders, isBlocked }: Pick<SuccessorView, "founders" | "isBlocked">,
): boolean {
  const { calls, founder } = state ?? NOTHING;
  const hasCalled = calls[by] !== undefined;
  if (founder !== undefined && by < founder && hasCalled) return true;
  if (!founders.includes(by) || (founder !== undefined && by >= founder && !hasCalled)) return false;
  return hasCalled || isBlocked;
}

/** One step. Where nothing is known of successor groups, there is no state. */
export function stepSuccessor(before: SuccessorState | undefined, event: SuccessorEvent): SuccessorStep {
  const { state, effects } = stepKnown(before ?? NOTHING, event);
  return { state: state === NOTHING ? undefined : state, effects };
}

function stepKnown(state: SuccessorState, event: SuccessorEvent): SuccessorStep {
  switch (event.type) {
    case "suspected":
      return unchanged(withSuspect(state, event));
    case "blocked":
      return onBlocked(state, event.view);
    case "freed":
      return { state, effects: event.view.isBlocked ? [{ type: "unblock" }, ...withdrawal(event.view)] : [] };
    case "membersChanged":
      return unchanged(withMembers(state, event));
    case "decided":
      return { state, effects: [...withdrawal(event.view), ...calling(event.without)] };
    case "abandoned":
      return { state, effects: onAbandoned(event) };
    case "stored":
      return unchanged(gathering(state, event.view.now));
    case "called":
      return onCalled(state, event);
    case "offered":
      return onOffered(state, event);
    case "gathered":
      return onGathered(state, event);
    case "migrated":
      return onMigrated(state, event);
    case "timer":
      return onTimer(state, event);
    case "day":
      return onDay(state, event);
  }
}

function suspectsOf({ suspects }: SuccessorState, epoch: number | undefined): readonly string[] {
  return suspects !== undefined && suspects.epoch === epoch ? suspects.who : [];
}

function withSuspect(state: SuccessorState, { epoch, who }: Of<"suspected">): SuccessorState {
  const known = suspectsOf(state, epoch);
  return known.includes(who) ? state : { ...state, suspects: { epoch, who: listed([...known, who]) } };
}

/** Without a suspect a person decides. */
function onBlocked(state: SuccessorState, { epoch, founders, now, self }: SuccessorView): SuccessorStep {
  if (epoch === undefined) return unchanged(state);
  const suspects = suspectsOf(state, epoch);
  const turn = founders
    .filter((owner) => !suspects.includes(owner))
    .toSorted()
    .indexOf(self);
  const decide = { epoch, since: now, wait: DECIDE_MS + turn * NEXT_OWNER_MS };
  const isDecided = turn < 0 || suspects.length === 0 || state.decide?.epoch === epoch;
  return { state: isDecided ? state : { ...state, decide }, effects: [{ type: "block", suspects }] };
}

/** Who was put out of a successor group is out of the groups before it too. */
function withMembers(state: SuccessorState, { added, removed }: Of<"membersChanged">): SuccessorState {
  if (state.founder === undefined || added.length + removed.length === 0) return state;
  return { ...state, without: listed([...state.without, ...removed].filter((who) => !added.includes(who))) };
}

const withdrawal = ({ founds }: SuccessorView): readonly SuccessorEffect[] => (founds ? [{ type: "withdraw" }] : []);

function calling(people: readonly string[]): readonly SuccessorEffect[] {
  const without = people.slice(0, MAX_WITHOUT);
  return [
    { type: "enqueue", without },
    { type: "say", without },
  ];
}

/** Nobody hears a call of this device: it founds the group at once. */
function onAbandoned({ gone, forgotten, view }: Of<"abandoned">): readonly SuccessorEffect[] {
  const enqueue: readonly SuccessorEffect[] = view.founds ? [] : [{ type: "enqueue", without: [], gone, forgotten }];
  return [...enqueue, { type: "gather" }];
}

/** After `wait`, or when it was to be before. */
function gathering(state: SuccessorState, now: number, wait = GATHER_MS): SuccessorState {
  const isSooner = state.gather !== undefined && restOf(state.gather, now) <= wait;
  return isSooner ? state : { ...state, gather: { since: now, wait } };
}

/** Of two owners who call at once the lower id wins: the other comes over too. */
function onCalled(state: SuccessorState, event: Of<"called">): SuccessorStep {
  const { by, without, epoch, mayCall, isHere, offers, view } = event;
  if (by === view.self || !mayCall) return unchanged(state);
  if (without.includes(view.self)) {
    const leftOutBy = [...state.leftOutBy.filter((owner) => owner !== by), by].slice(-MAX_CALLS);
    return unchanged({ ...state, leftOutBy });
  }
  // Said in a past epoch by somebody who is an owner no more, it is not a call.
  if (isHere && !view.founders.includes(by)) return unchanged(state);
  if (!isHere && (state.open?.old !== epoch || by > view.self)) return unchanged(state);
  if (view.founds && by > view.self) return unchanged(state);
  const isKept = state.calls[by] !== undefined || Object.keys(state.calls).length < MAX_CALLS;
  const calls = isKept ? { ...state.calls, [by]: without.slice(0, MAX_WITHOUT) } : state.calls;
  const offer: readonly SuccessorEffect[] = offers < OFFERS_A_DAY ? [{ type: "offer", to: by, behind: !isHere }] : [];
  return { state: { ...state, calls }, effects: [...withdrawal(view), ...offer] };
}

/** In whatever epoch somebody says it, they come over as what they are now. */
function onOffered(state: SuccessorState, event: Of<"offered">): SuccessorStep {
  const { by, epoch, keyPackage, staying, isOffered, view } = event;
  const roles = view.founds ? staying : state.open?.roles;
  const isBehind = view.founds || state.open?.old === epoch;
  const role = roles !== undefined && Object.hasOwn(roles, by) ? roles[by] : undefined;
  if (!isBehind || role === undefined || isOffered) return unchanged(state);
  const bring = { type: "bring", profile: by, role, keyPackage, dueAt: view.now + GATHER_MS } as const;
  return { state: view.founds ? gathering(state, view.now) : state, effects: [bring] };
}

/**
 * The old group serves until somebody can be brought into the new one, or nobody has come for long.
 */
function onGathered(state: SuccessorState, event: Of<"gathered">): SuccessorStep {
  const { ready, roles, without, calledAt, view } = event;
  const { epoch, founds, now, self } = view;
  const isAlone = ready === 0 && Object.keys(roles).length > 0;
  if (epoch === undefined || !founds || (isAlone && calledAt === undefined)) return unchanged(state);
  const waited = Math.abs(now - (calledAt ?? 0));
  if (isAlone && waited < ALONE_MS) return unchanged(gathering(state, now, ALONE_MS - waited));
  return {
    state: { ...NOTHING, founder: self, without: listed(without), open: { old: epoch, roles, since: now } },
    effects: [
      { type: "withdraw" },
      ...releasing(state),
      { type: "note", line: "refounded", by: self, without },
      { type: "found" },
    ],
  };
}

const releasing = ({ open }: SuccessorState): readonly SuccessorEffect[] =>
  open === undefined ? [] : [{ type: "release", epoch: open.old }];

/** What this device was about to found is not wanted any more. */
function onMigrated(state: SuccessorState, { by, suspects, view }: Of<"migrated">): SuccessorStep {
  const without = state.calls[by] ?? suspects;
  const lower = Object.entries(state.calls).filter(([owner]) => owner < by);
  return {
    state: { ...NOTHING, calls: Object.fromEntries(lower), founder: by, without: listed(without) },
    effects: [
      ...withdrawal(view),
      ...releasing(state),
      { type: "unblock" },
      { type: "forgetOffers", to: by },
      { type: "note", line: "refounded", by, without },
    ],
  };
}

function onTimer(before: SuccessorState, { isCaughtUp, view }: Of<"timer">): SuccessorStep {
  const { decide, gather } = before;
  const decided = isDue(decide, view.now) ? onDecide(before, isCaughtUp, view) : unchanged(before);
  if (!isDue(gather, view.now)) return decided;
  const { gather: _, ...state } = decided.state;
  return { state, effects: [...decided.effects, ...(view.founds ? [{ type: "gather" } as const] : [])] };
}

/** What others did about it stands in the feed: all of it is read first. */
function onDecide(
  before: SuccessorState,
  isCaughtUp: boolean,
  view: SuccessorView,
): SuccessorStep & { readonly state: SuccessorState } {
  const { decide, ...state } = before;
  if (decide === undefined || decide.epoch !== view.epoch || !view.isBlocked) return unchanged(state);
  if (!isCaughtUp) return unchanged({ ...state, decide: { ...decide, since: view.now, wait: NOT_CAUGHT_UP_MS } });
  const isFaster = Object.keys(state.calls).length > 0 || view.founds;
  return { state, effects: isFaster ? [] : calling(suspectsOf(state, view.epoch)) };
}

/** The old group is given up when everybody is here, or has had time enough. */
function onDay(state: SuccessorState, { members, view: { now } }: Of<"day">): SuccessorStep {
  const { open, ...rest } = state;
  if (open === undefined) return unchanged(state);
  const isOver = Math.abs(now - open.since) > OPEN_MS || Object.keys(open.roles).every((who) => members.includes(who));
  return isOver ? { state: rest, effects: releasing(state) } : unchanged(state);
}

import { unchanged } from "../reducer.ts";
import type { ForkEvent, ForkView, ToldState } from "./events.ts";
import { REMEMBERED, lastCommon, newestOf, withEarlier } from "./state.ts";
import type { ForkState, Refused, Teller } from "./state.ts";
import { answer, tellSoon, type ForkStep } from "./telling.ts";
import { givesWay, weigh, type Verdict, type Voice } from "./weigh.ts";

type PeerState = ForkEvent & { readonly type: "peerState" };
type Parted = Verdict & { readonly type: "fork" };

/** A contact tells which history they have. */
export function onPeerState(state: ForkState, event: PeerState): ForkStep {
  const { who, said, leadsBack, view } = event;
  const isMember = view.members.includes(who);
  if (state.group !== said.group) return onElsewhere(state, who, { leadsBack, isMember });
  if (!isMember) return { state, effects: [{ type: "refuse", to: who }] };
  const verdict = movedFrom(state, event) ?? weigh(state.marks, said.marks);
  if (verdict.type === "same") return agree(state, event);
  if (verdict.type === "nothing in common") return answer(state, who);
  const counted = countFork(state, verdict.epoch);
  const stepped = parted(counted.state, event, verdict);
  return { state: stepped.state, effects: [...counted.effects, ...stepped.effects] };
}

/**
 * Somebody is in the MLS group that this device was in before it was led, with doubt, into this
 * one; or it is they who were led away, and hear where the others are.
 */
function onElsewhere(
  state: ForkState,
  who: string,
  { leadsBack, isMember }: { readonly leadsBack: boolean; readonly isMember: boolean },
): ForkStep {
  if (leadsBack) return { state, effects: [{ type: "rejoin", cause: "fork", via: who }] };
  return isMember ? answer(state, who) : unchanged(state);
}

/**
 * Somebody who was where we are has come into another history by a welcome: ours was given up,
 * whatever its marks. So has who stood beside us when we passed over a commit, if nobody but us has
 * begun epochs since: then our side is heard first.
 */
function movedFrom(state: ForkState, { who, said, view: { self } }: PeerState): Parted | undefined {
  const common = lastCommon(state.marks, said.marks);
  const newest = newestOf(state);
  const wasHere = [...state.authors, ...state.peers].some((one) => one.who === who && one.epoch === newest);
  const left = wasHere ? newest : passedAlone(state, self).find(({ beside }) => beside?.includes(who))?.epoch;
  if (left === undefined || common < 0 || common >= left || (said.since ?? 0) <= left) return undefined;
  return { type: "fork", epoch: common + 1, isLower: !wasHere };
}

/** Commits that this device passed over, since which it alone has begun epochs here. */
function passedAlone({ joinedAt, refused, authors }: ForkState, self: string): readonly Refused[] {
  const isAlone = ({ epoch }: Refused): boolean => authors.every((one) => one.epoch < epoch || one.who === self);
  return refused.filter((one) => one.epoch > joinedAt && isAlone(one));
}

/**
 * The histories differ: this device stays where it is until it is brought into the other, if that
 * one stays.
 */
function parted(before: ForkState, event: PeerState, { epoch, isLower }: Parted): ForkStep {
  const { who, said, view } = event;
  const hasMoved =
    before.voices.some((one) => one.who === who && one.moved === true) || movedFrom(before, event) !== undefined;
  const teller = { who, since: hasMoved ? 0 : firstOf(said), epoch, ...(hasMoved && { moved: true as const }) };
  // What looked like a newer epoch of ours was one of theirs: this device is not behind by it.
  const checks = before.checks.filter((check) => check.who !== who);
  const known = { ...before, checks, voices: withTeller(before.voices, teller), peers: without(before.peers, who) };
  const rival = { epoch, isLower, from: partedAt(before, said, epoch) };
  const { state, effects } = answer({ ...known, rival }, who);
  if (!isConvinced(state, view)) return { state, effects };
  const wasThere = state.joinedAt < epoch;
  if (isLower || !wasThere) return { state: waitForOurs(state, view), effects };
  const yielded = yieldNow(state);
  return { state: yielded.state, effects: [...effects, ...yielded.effects] };
}

/** Those of our own history are heard first: it may well be the one that stays. */
function waitForOurs(state: ForkState, view: ForkView): ForkState {
  const { now } = view;
  return { ...tellSoon(state, view), patience: { since: state.patience?.since ?? now, last: now } };
}

/** Whether our history gives way, by all that is known now. */
export function isConvinced(state: ForkState, { self, leaders, contacts }: ForkView): boolean {
  const { authors, helper, joinedAt, passedOver, peers, refused, rival, voices } = state;
  if (rival === undefined || voices.length === 0) return false;
  const voice = (who: string, since: number): Voice => ({ who, since, leads: leaders.includes(who) });
  const isPassedOver = passedOver.includes(rival.epoch);
  const author = authors.find((one) => one.epoch === rival.epoch)?.who;
  // Whose commit others passed over is not heard about it, here as there.
  const isHeard = ({ who, epoch }: { readonly who: string; readonly epoch: number }): boolean =>
    epoch >= rival.epoch && !(isPassedOver && who === author);
  const sinceOf = (who: string): number =>
    who === self ? joinedAt : (peers.find((peer) => peer.who === who)?.since ?? 0);
  const hasGone = ({ who }: { readonly who: string }): boolean => voices.some((other) => other.who === who);
  const isRefused = (who: string): boolean => refused.some((one) => one.who === who && one.epoch === rival.epoch);
  const heard = voices.filter(({ who }) => !isRefused(who));
  return givesWay({
    ...rival,
    self: voice(self, joinedAt),
    ours: [
      ...peers.filter(isHeard).map(({ who, since }) => voice(who, since)),
      ...authors.filter((one) => isHeard(one) && !hasGone(one)).map(({ who }) => voice(who, sinceOf(who))),
    ],
    theirs: heard.map(({ who, since }) => voice(who, since)),
    ...(helper !== undefined && { helper }),
    isOnlyContact: contacts.length === 1,
    hasLost: heard.some(({ moved }) => moved === true),
    isPassedOver,
  });
}

/** Looks for a way into the other history; this one is kept until then. */
export function yieldNow(state: ForkState): ForkStep {
  const via = state.voices.at(-1)?.who;
  if (state.rival === undefined || via === undefined) return unchanged(state);
  return { state: { ...state, yields: state.rival.from }, effects: [{ type: "rejoin", cause: "fork", via }] };
}

/**
 * A member who is further knows of a commit that did not come here; to one who is not so far it did
 * not come there.
 */
function agree(before: ForkState, { who, said }: PeerState): ForkStep {
  const newest = newestOf(said);
  const teller = { who, since: firstOf(said), epoch: lastCommon(before.marks, said.marks) };
  const state = {
    ...before,
    peers: withTeller(before.peers, teller),
    voices: without(before.voices, who),
    marks: withEarlier(before.marks, said.marks),
  };
  if (newest < newestOf(before)) return answer(state, who);
  return { state, effects: newest === newestOf(before) ? [] : [{ type: "lookFor", who, newest }] };
}

export function countFork(state: ForkState, epoch: number): ForkStep {
  if (state.forks.includes(epoch)) return unchanged(state);
  return { state: { ...state, forks: [...state.forks, epoch].slice(-REMEMBERED) }, effects: [{ type: "countFork" }] };
}

/**
 * The epoch after the newest that both have been in; where none is known, the first that is known
 * to differ.
 */
export function partedAt({ marks }: ForkState, said: ToldState, differs: number): number {
  const common = lastCommon(marks, said.marks);
  return common < 0 ? differs : common + 1;
}

/** The first epoch that somebody was in the group, as they tell. */
export const firstOf = ({ since, marks }: ToldState): number => since ?? marks[0]?.[0] ?? Number.MAX_SAFE_INTEGER;

const without = (tellers: readonly Teller[], who: string): readonly Teller[] =>
  tellers.filter((other) => other.who !== who);

const withTeller = (tellers: readonly Teller[], teller: Teller): readonly Teller[] =>
  [...without(tellers, teller.who), teller].slice(-REMEMBERED);

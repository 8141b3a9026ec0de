/**
 * How a person leaves a group, for this device and for others who leave (docs/protocol.md, sections
 * 5.3 and 8.4). A reducer: what happened goes in, what to do comes out. Times in ms, people as
 * profile ids in hexadecimal.
 */
import { isLeader } from "../rights.ts";
import { isDue, unchanged, type Step } from "../reducer.ts";
import type { Role } from "../rules.ts";
import { MAX_WAITING, UNDER_WAY_MS, type LeaveState, type Waiting } from "./state.ts";

/** A device remembers for this long that its person left, and says so to those who list them. */
const REMEMBERED_MS = 90 * 86_400_000;
/**
 * Those who lead a group take out who left at once, the others after a while, each at another
 * moment.
 */
const LEADER_DELAY_MS = 2_000;
const OTHERS_WAIT_MS = 10_000;
const SPREAD_PER_MEMBER_MS = 500;
const MAX_SPREAD_MS = 300_000;

/** The signed statement of somebody else, verified: good for one leaf of one MLS group. */
export type Left = { readonly leaf: number; readonly profile: string; readonly signature: string };

export type LeaveEvent =
  /**
   * This person leaves. `works`: this device can say so in the group; otherwise it tells
   * `contacts`.
   */
  | {
      readonly type: "leave";
      readonly now: number;
      readonly works: boolean;
      readonly contacts: readonly string[];
      readonly successor?: string;
    }
  /**
   * The operation waits, and an epoch started meanwhile or not. `others`: leaves in the group
   * beside this one; `needsSuccessor`: the last owner has named one, who is none yet.
   */
  | {
      readonly type: "ready";
      readonly others: number;
      readonly needsSuccessor: boolean;
    }
  /** The statement is stored in the group. */
  | { readonly type: "stored" }
  /**
   * This person does not want to be in a group that a contact has put them into, or lists them in.
   */
  | { readonly type: "declined"; readonly now: number; readonly by: string }
  /**
   * A contact tells this device, as a member of it, of this group. `isIn`: it is, or is about to
   * be.
   */
  | { readonly type: "listed"; readonly now: number; readonly by: string; readonly isIn: boolean }
  /** A contact names the leaf that they know of this person; bytes in hexadecimal. */
  | {
      readonly type: "leafNamed";
      readonly now: number;
      readonly by: string;
      readonly isIn: boolean;
      readonly group: string;
      readonly leaf: string;
    }
  /** An invitation of this contact led nowhere. */
  | { readonly type: "invited"; readonly now: number; readonly by: string }
  /** This device is in the group. */
  | { readonly type: "joined" }
  /** A timer is due, or a day has passed. */
  | { readonly type: "timer"; readonly now: number; readonly isIn: boolean }
  /**
   * A member has left. `isKnown`: their statement waits already; `role`: this person's; `random`:
   * from 0 to 1.
   */
  | {
      readonly type: "memberLeft";
      readonly now: number;
      readonly left: Left;
      readonly isKnown: boolean;
      readonly role: Role;
      readonly members: number;
      readonly random: number;
    };

export type LeaveEffect =
  /** `dueAt`: others may do the same before. */
  | {
      readonly type: "enqueue";
      readonly operation: { readonly kind: "leave"; readonly successor?: string } | ({ readonly kind: "left" } & Left);
      readonly dueAt: number;
    }
  /**
   * Says in the group that this person leaves, signed for the leaf of now; nothing said before
   * counts.
   */
  | { readonly type: "say" }
  /** What was to be said waits no more. */
  | { readonly type: "unsay" }
  /** Nobody can bring this device back any more with the consent it gave. */
  | { readonly type: "takeBackConsent" }
  /** This device is out: it erases what it holds of the group. */
  | { readonly type: "end" }
  /** Tells a contact between two that this person is out. */
  | { readonly type: "tellOut"; readonly to: string }
  /** Gives a contact the statement by which any member may take that leaf out. */
  | { readonly type: "sendStatement"; readonly to: string; readonly group: string; readonly leaf: string };

type LeaveStep = Step<LeaveState, LeaveEffect>;
type Of<T extends LeaveEvent["type"]> = LeaveEvent & { readonly type: T };

/** Whether this person left this group, as far as that is still remembered. */
export function hasLeft(state: LeaveState | undefined, now: number): state is LeaveState {
  return state !== undefined && Math.abs(now - state.leftAt) < REMEMBERED_MS;
}

/** One step. An event that comes twice, late or out of turn changes nothing. */
export function stepLeave(state: LeaveState | undefined, event: LeaveEvent): LeaveStep {
  switch (event.type) {
    case "leave":
      return onLeave(event);
    case "ready":
      return { state, effects: onReady(event) };
    case "stored":
      return { state, effects: [{ type: "end" }] };
    case "declined":
      return { state: leftNow(event.now), effects: [{ type: "tellOut", to: event.by }] };
    case "listed":
      return onListed(state, event);
    case "leafNamed":
      return { state, effects: onLeafNamed(state, event) };
    case "invited":
      return onInvited(state, event);
    case "joined":
      return unchanged(undefined);
    case "timer":
      return onTimer(state, event);
    case "memberLeft":
      return { state, effects: onMemberLeft(event) };
  }
}

const leftNow = (now: number): LeaveState => ({ leftAt: now, waiting: [] });

function onLeave({ now, works, contacts, successor }: Of<"leave">): LeaveStep {
  const operation = { kind: "leave", ...(successor !== undefined && { successor }) } as const;
  const effects: readonly LeaveEffect[] = works
    ? [{ type: "takeBackConsent" }, { type: "enqueue", operation, dueAt: now }]
    : [...contacts.map(tellOut), { type: "takeBackConsent" }, { type: "end" }];
  return { state: leftNow(now), effects };
}

const tellOut = (to: string): LeaveEffect => ({ type: "tellOut", to });

/**
 * The statement names the leaf: with another leaf it is made again. Alone, there is nobody to tell.
 */
function onReady({ others, needsSuccessor }: Of<"ready">): readonly LeaveEffect[] {
  if (others === 0) return [{ type: "end" }];
  return needsSuccessor ? [{ type: "unsay" }] : [{ type: "unsay" }, { type: "say" }];
}

const isUnderWay = ({ leftAt }: LeaveState, now: number): boolean => Math.abs(now - leftAt) < UNDER_WAY_MS;

function onListed(state: LeaveState | undefined, { now, by, isIn }: Of<"listed">): LeaveStep {
  if (isIn || !hasLeft(state, now)) return unchanged(state);
  if (!isUnderWay(state, now)) return { state, effects: [tellOut(by)] };
  return unchanged(withWaiting(state, { who: by, since: now }));
}

function withWaiting(state: LeaveState, one: Waiting): LeaveState {
  const { waiting } = state;
  const isFull = waiting.length >= MAX_WAITING || waiting.some(({ who }) => who === one.who);
  return isFull ? state : { ...state, waiting: [...waiting, one] };
}

/** Who lists this person gets the statement for the leaf that they name. */
function onLeafNamed(
  state: LeaveState | undefined,
  { now, by, isIn, group, leaf }: Of<"leafNamed">,
): readonly LeaveEffect[] {
  return isIn || !hasLeft(state, now) ? [] : [{ type: "sendStatement", to: by, group, leaf }];
}

/**
 * Who invites a long while after this person left means it: what was said then is over. Who invited
 * them at that moment did not know of it.
 */
function onInvited(state: LeaveState | undefined, { now, by }: Of<"invited">): LeaveStep {
  if (state === undefined) return unchanged(state);
  return isUnderWay(state, now) ? { state, effects: [tellOut(by)] } : unchanged(undefined);
}

function onTimer(state: LeaveState | undefined, { now, isIn }: Of<"timer">): LeaveStep {
  if (!hasLeft(state, now)) return unchanged(undefined);
  const isOver = ({ since }: Waiting): boolean => isDue({ since, wait: UNDER_WAY_MS }, now);
  const due = state.waiting.filter(isOver);
  if (due.length === 0) return unchanged(state);
  const waiting = state.waiting.filter((one) => !isOver(one));
  return { state: { ...state, waiting }, effects: isIn ? [] : due.map(({ who }) => tellOut(who)) };
}

function onMemberLeft({ now, left, isKnown, ...at }: Of<"memberLeft">): readonly LeaveEffect[] {
  if (isKnown) return [];
  return [{ type: "enqueue", operation: { kind: "left", ...left }, dueAt: now + delayOf(at) }];
}

function delayOf({ role, members, random }: Pick<Of<"memberLeft">, "role" | "members" | "random">): number {
  if (isLeader(role)) return Math.round(random * LEADER_DELAY_MS);
  return OTHERS_WAIT_MS + Math.round(random * Math.min(MAX_SPREAD_MS, members * SPREAD_PER_MEMBER_MS));
}

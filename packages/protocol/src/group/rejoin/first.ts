/**
 * A person may be a member of a group and not know it: the store lost the welcome, or who added
 * them kept it back. A contact in the group is asked a few times to bring this device in again
 * (docs/protocol.md, section 8.4, "First joins"). One state for each group and contact; times in
 * ms.
 */
import { isUint } from "../../object/index.ts";
import type { ToldState } from "../fork/events.ts";
import { newestOf, type ForkState } from "../fork/state.ts";
import { weigh } from "../fork/weigh.ts";
import { isDue, objectOf, stateCodec, unchanged, type StateCodec, type Step, type Timer } from "../reducer.ts";
import type { LeafName } from "./events.ts";

/** For this long somebody whose invitation led nowhere can bring this device in by another. */
const WAITED_MS = 600_000;
/** Who does not bring this device in is asked again after this long, then after twice as long. */
const ASK_AGAIN_MS = 20_000;
const MAX_STATE_BYTES = 256;

/** `consented`: the question at which they named our leaf, and got consent to replace it. */
export type FirstJoinState = {
  readonly since: number;
  readonly times: number;
  readonly askedAt: number;
  readonly consented?: number;
};

export type FirstJoinEvent =
  /** The contact lists this device as a member of a group that it is not in. */
  | { readonly type: "listed"; readonly now: number }
  | { readonly type: "timer"; readonly now: number }
  /** They work in the group, and name the leaf that is this device's. */
  | { readonly type: "leafNamed"; readonly leaf: LeafName }
  /** A day has passed, or another is listed. */
  | { readonly type: "sweep"; readonly now: number }
  /** This device is in the group, or the contact is asked no more. */
  | { readonly type: "ended" };

export type FirstJoinEffect =
  /** Asks without a place and a key package: they answer which leaf is this device's. */
  { readonly type: "ask" } | { readonly type: "consent"; readonly leaf: LeafName };

export const firstJoinCodec: StateCodec<FirstJoinState> = stateCodec(
  objectOf({ since: isUint, times: isUint, askedAt: isUint }, { consented: isUint }),
  MAX_STATE_BYTES,
);

export function firstJoinTimers(state: FirstJoinState, now: number): readonly Timer[] {
  const { times, askedAt } = state;
  const wait = ASK_AGAIN_MS * 2 ** Math.max(0, times - 1);
  return isOld(state, now) ? [] : [{ name: "ask", since: askedAt, wait }];
}

const isOld = ({ since }: FirstJoinState, now: number): boolean => Math.abs(now - since) > WAITED_MS;

/**
 * Whether somebody who was removed, and whom a contact tells of the group as one of its members,
 * may be one again. `history`: as they knew it. An epoch after the one that removed them says so.
 * So does another history, since the removal may have gone with theirs: by an owner or admin
 * (`leads`), or by a member who has come over into it. Whose own commit this device passed over
 * does not lead it behind that commit.
 */
export function mayBeBack(
  history: Pick<ForkState, "group" | "marks" | "refused"> | undefined,
  told: ToldState,
  { who, leads, isMember }: { readonly who: string; readonly leads: boolean; readonly isMember: boolean },
): boolean {
  if (history?.group !== told.group) return true;
  const verdict = weigh(history.marks, told.marks);
  if (verdict.type !== "fork") return isAfter(history, { group: told.group, epoch: newestOf(told) });
  if (history.refused.some((one) => one.who === who && one.epoch >= verdict.epoch)) return false;
  return leads || (isMember && (told.since ?? 0) >= verdict.epoch);
}

/**
 * Whether this epoch is one after the end of the history of somebody who is out, or of another MLS
 * group: people come back into it, and into no earlier one.
 */
export function isAfter(
  history: Pick<ForkState, "group" | "marks"> | undefined,
  { group, epoch }: { readonly group: string; readonly epoch: number },
): boolean {
  return history?.group !== group || epoch > 1 + newestOf(history);
}

export function stepFirstJoin(
  state: FirstJoinState | undefined,
  event: FirstJoinEvent,
): Step<FirstJoinState, FirstJoinEffect> {
  if (event.type === "listed" && state === undefined)
    return asked({ since: event.now, times: 0, askedAt: event.now }, event.now);
  if (state === undefined || event.type === "ended") return unchanged(undefined);
  if (event.type === "sweep") return unchanged(isOld(state, event.now) ? undefined : state);
  if (event.type === "timer") return isTimeToAsk(state, event.now) ? asked(state, event.now) : unchanged(state);
  if (event.type === "listed" || state.consented === state.times) return unchanged(state);
  return { state: { ...state, consented: state.times }, effects: [{ type: "consent", leaf: event.leaf }] };
}

function isTimeToAsk(state: FirstJoinState, now: number): boolean {
  return firstJoinTimers(state, now).some((timer) => isDue(timer, now));
}

function asked(state: FirstJoinState, now: number): Step<FirstJoinState, FirstJoinEffect> {
  return { state: { ...state, times: state.times + 1, askedAt: now }, effects: [{ type: "ask" }] };
}

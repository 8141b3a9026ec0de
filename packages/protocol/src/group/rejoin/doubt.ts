/**
 * Somebody may lead a device that is lost into a group of their own making. While it is young such
 * a way is not taken; later it is better than none, and what others say of the group before leads
 * back (docs/protocol.md, section 8.4, "Doubts").
 */
import { listOf, textUpTo } from "../../object/index.ts";
import { objectOf, stateCodec, type StateCodec, type Step } from "../reducer.ts";
import { ownersOf, roleOf } from "../rights.ts";
import type { Role, Rules } from "../rules.ts";

/** For this long a doubtful way back is not taken: somebody else may show another. */
const DOUBT_MS = 45_000;
const MAX_OTHERS = 2000;
const MAX_STATE_BYTES = 262_144;
const ID = textUpTo(64);

/**
 * A group that was entered with doubt: the MLS group before it, who led away from it, who was in
 * it.
 */
export type DoubtState = {
  readonly group: string;
  readonly by: string;
  readonly others: readonly string[];
};

/**
 * `by` shows a way into `group`, to a device that holds `held` and has looked for one since
 * `since`. `others`: who else is in the group that it holds.
 */
export type DoubtEvent = {
  readonly type: "wayShown";
  readonly now: number;
  readonly since: number;
  readonly by: string;
  readonly group: string;
  readonly held: string;
  readonly isDoubtful: boolean;
  readonly others: readonly string[];
};

export type DoubtEffect = { readonly type: "take" } | { readonly type: "wait" };

export const doubtCodec: StateCodec<DoubtState> = stateCodec(
  objectOf({ group: ID, by: ID, others: listOf(ID, MAX_OTHERS) }),
  MAX_STATE_BYTES,
);

const TAKE: readonly DoubtEffect[] = [{ type: "take" }];
const WAIT: readonly DoubtEffect[] = [{ type: "wait" }];

export function stepDoubt(state: DoubtState | undefined, event: DoubtEvent): Step<DoubtState, DoubtEffect> {
  const { now, since, by, group, held, isDoubtful, others } = event;
  const isBack = state?.group === group;
  // Who led the device away once leads it nowhere else.
  if (state?.by === by && !isBack) return { state, effects: WAIT };
  if (isBack || !isDoubtful) return { state: undefined, effects: TAKE };
  if (Math.abs(now - since) < DOUBT_MS) return { state: undefined, effects: WAIT };
  return { state: { group: held, by, others: others.slice(0, MAX_OTHERS) }, effects: TAKE };
}

/** Whether somebody other than the one who led the device away is in the group of before. */
export function contradicts(state: DoubtState | undefined, who: string, group: string): boolean {
  return state?.group === group && state.by !== who;
}

/**
 * Whether a group that somebody leads this device back to may be one of their own making, by who
 * gains in it: they were no owner and are one there, this person was one and is not, or it is
 * another MLS group in which no owner of before is one. It may be the true group all the same; so
 * it is doubted, and not refused for good. Profiles are in hexadecimal.
 */
export function isDoubtful(p: {
  readonly before: ReadonlyMap<string, Role>;
  readonly after: Rules;
  readonly by: string;
  readonly self: string;
  readonly isSuccessor: boolean;
}): boolean {
  const { before, after, by, self, isSuccessor } = p;
  const owners = [...before].flatMap(([profile, role]) => (role === "owner" ? [profile] : []));
  if (owners.length === 0 || owners.includes(by)) return false;
  const rises = before.has(by) && roleOf(after, by) === "owner";
  const falls = owners.includes(self) && roleOf(after, self) !== "owner";
  const isAnothers = isSuccessor && !ownersOf(after).some((owner) => owners.includes(owner));
  return rises || falls || isAnothers;
}

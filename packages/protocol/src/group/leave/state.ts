import { isUint, listOf, textUpTo } from "../../object/index.ts";
import { objectOf, stateCodec, type StateCodec, type Timer } from "../reducer.ts";

/** Contacts that wait for an answer at the same time. */
export const MAX_WAITING = 256;
/** What was under way when this person left proves nothing: its author may not know of it yet. */
export const UNDER_WAY_MS = 120_000;
const MAX_STATE_BYTES = 65_536;

/**
 * What a device remembers of a group that its person has left, or is about to leave; of other
 * groups there is no state. Times in ms, people as profile ids in hexadecimal.
 */
export type LeaveState = {
  readonly leftAt: number;
  /** Contacts who listed this person a short while after that. */
  readonly waiting: readonly Waiting[];
};

export type Waiting = { readonly who: string; readonly since: number };

export const leaveCodec: StateCodec<LeaveState> = stateCodec(
  objectOf({ leftAt: isUint, waiting: listOf(objectOf({ who: textUpTo(64), since: isUint }), MAX_WAITING) }),
  MAX_STATE_BYTES,
);

/** When the contacts who wait are answered. */
export function leaveTimers({ waiting }: LeaveState): readonly Timer[] {
  const [first] = waiting;
  return first === undefined ? [] : [{ name: "answer", since: first.since, wait: UNDER_WAY_MS }];
}

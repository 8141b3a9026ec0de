import { isUint, listOf, textUpTo } from "../../object/index.ts";
import { MAX_WITHOUT } from "../controls.ts";
import { isWait, objectOf, recordOf, stateCodec, type StateCodec, type Timer, type Wait } from "../reducer.ts";
import { isRole, type Role } from "../rules.ts";

/** People of a group, and owners whose calls are kept. */
const MAX_PEOPLE = 2000;
export const MAX_CALLS = 64;
const MAX_STATE_BYTES = 1_048_576;
/** How many days the old group is kept for those who were away. */
export const OPEN_DAYS = 30;

/**
 * What a device knows of successor groups of one group. People are profile ids in hexadecimal,
 * epochs the numbers by which this device knows them, times in ms.
 */
export type SuccessorState = {
  /** Whose signed commits were passed over in this epoch. */
  readonly suspects?: { readonly epoch: number; readonly who: readonly string[] };
  /** Owners who found a successor group, and without whom. */
  readonly calls: Readonly<Record<string, readonly string[]>>;
  /** Whose group this device is in; undefined: the first. */
  readonly founder?: string;
  /** Who was left out of it, or put out of it since. */
  readonly without: readonly string[];
  /** Owners who found a successor group without this person. */
  readonly leftOutBy: readonly string[];
  /**
   * A group that this device founded, as long as some of its people are awaited: the epoch of the
   * old group in which they hear of it, and their roles.
   */
  readonly open?: { readonly old: number; readonly roles: Readonly<Record<string, Role>>; readonly since: number };
  /** This device decides about a blocked epoch after this wait. */
  readonly decide?: Wait & { readonly epoch: number };
  /** Answers are waited for, until the group is founded. */
  readonly gather?: Wait;
};

const ID = textUpTo(64);
const PEOPLE = listOf(ID, MAX_PEOPLE);

export const successorCodec: StateCodec<SuccessorState> = stateCodec(
  objectOf(
    { calls: recordOf(listOf(ID, MAX_WITHOUT), MAX_CALLS), without: PEOPLE, leftOutBy: listOf(ID, MAX_CALLS) },
    {
      suspects: objectOf({ epoch: isUint, who: PEOPLE }),
      founder: ID,
      open: objectOf({ old: isUint, roles: recordOf(isRole, MAX_PEOPLE), since: isUint }),
      decide: objectOf({ epoch: isUint, since: isUint, wait: isUint }),
      gather: isWait,
    },
  ),
  MAX_STATE_BYTES,
);

export const NOTHING: SuccessorState = { calls: {}, without: [], leftOutBy: [] };

export function successorTimers({ decide, gather }: SuccessorState): readonly Timer[] {
  return [
    ...(decide === undefined ? [] : [{ name: "decide", since: decide.since, wait: decide.wait }]),
    ...(gather === undefined ? [] : [{ name: "gather", ...gather }]),
  ];
}

/** People of a list, each once, no more than a group has. */
export const listed = (people: Iterable<string>): readonly string[] => [...new Set(people)].slice(0, MAX_PEOPLE);

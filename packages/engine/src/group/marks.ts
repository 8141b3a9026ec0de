import { EPOCH_MARK_BYTES, MAX_EPOCH_MARKS } from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import type { Unit } from "../core/context.ts";
import { textIn } from "../storage/row.ts";
import type { Wish } from "./intentions.ts";

/** What shows which history an epoch has: the first bytes of its authenticator, hexadecimal. By epoch, rising. */
export type Marks = readonly (readonly [epoch: number, mark: string])[];

/** What this device knows of the history of a group, for comparing with others. */
export interface Branch {
  /** The MLS group, hexadecimal: what is known of another founding is forgotten. */
  readonly group: string;
  readonly marks: Marks;
  /** The newest epoch that others were told of. */
  readonly told: number;
  /** Epochs at which a fork was counted. */
  readonly forks: readonly number[];
  /** Contacts who told of the other branch, and those who were told of ours since. */
  readonly voices: readonly string[];
  readonly answered: readonly string[];
  /** When the epochs began on this device, in ms; and what it changed itself with them. */
  readonly begun: readonly { readonly epoch: number; readonly at: number }[];
  readonly done: readonly { readonly epoch: number; readonly wish: Wish }[];
  /** The history that was given up, and what is done again once this device is back: own changes, own messages since then. */
  readonly lost?: { readonly marks: Marks; readonly wishes: readonly Wish[]; readonly since: number };
  /** Who came back from which epoch of another history; own messages since this moment are said again for them. */
  readonly returned: readonly string[];
  readonly owed?: number;
}

/**
 * What two lists of marks of one group say. `fork`: the histories differ; `epoch` is the first where they are known to,
 * and `yields` whether ours is the one that gives way, which the other side decides the same way.
 */
export type Verdict =
  | { readonly type: "nothing in common" }
  | { readonly type: "same" }
  | { readonly type: "fork"; readonly epoch: number; readonly yields: boolean };

/** An authenticator holds the whole history before it: the newest epoch known to both decides. */
export function weigh(ours: Marks, theirs: Marks): Verdict {
  const other = new Map(theirs);
  const common = ours.filter(([epoch]) => other.has(epoch));
  const newest = common.at(-1);
  if (newest === undefined) return { type: "nothing in common" };
  if (other.get(newest[0]) === newest[1]) return { type: "same" };
  const shared = common.findLastIndex(([epoch, mark]) => other.get(epoch) === mark);
  const [epoch, mark] = common[shared + 1] ?? newest;
  return { type: "fork", epoch, yields: mark > (other.get(epoch) ?? "") };
}

/** The marks with one more, or another for an epoch that begins again; the newest that fit. */
export function withMark(marks: Marks, epoch: number, authenticator: Uint8Array): Marks {
  const mark = toHex(authenticator.subarray(0, EPOCH_MARK_BYTES));
  return [...marks.filter(([other]) => other < epoch), [epoch, mark] as const].slice(-MAX_EPOCH_MARKS);
}

/** Of the same history: earlier epochs than ours, as the other knows them. */
export function withEarlier(ours: Marks, theirs: Marks): Marks {
  const first = ours[0]?.[0] ?? 0;
  return [...theirs.filter(([epoch]) => epoch < first), ...ours].slice(-MAX_EPOCH_MARKS);
}

export function newBranch(group: string): Branch {
  return { group, marks: [], told: -1, forks: [], voices: [], answered: [], begun: [], done: [], returned: [] };
}

const keyOf = (conversation: string): string => `branch ${conversation}`;

export async function findBranch(unit: Unit, conversation: string): Promise<Branch | undefined> {
  const [row] = await unit.sql.all("SELECT value FROM meta WHERE key = ?", [keyOf(conversation)]);
  return row === undefined ? undefined : (JSON.parse(textIn(row, "value")) as Branch);
}

export async function saveBranch(unit: Unit, conversation: string, branch: Branch): Promise<void> {
  await unit.sql.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", [keyOf(conversation), JSON.stringify(branch)]);
}

export async function forgetBranch(unit: Unit, conversation: string): Promise<void> {
  await unit.sql.run("DELETE FROM meta WHERE key = ?", [keyOf(conversation)]);
}

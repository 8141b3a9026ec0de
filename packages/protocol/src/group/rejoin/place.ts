import type { Marks } from "../fork/weigh.ts";

/**
 * Where a device stands in a group: the MLS group, the epoch, and the first bytes of its
 * authenticator, hexadecimal.
 */
export type Place = { readonly group: string; readonly epoch: number; readonly mark: string };

/** How another's place stands to ours. `apart`: another history, or another MLS group. */
export type Relation = "ahead" | "same" | "behind" | "apart";

/**
 * By the marks of the epochs that this device knows of its MLS group. What is newer than all of
 * them cannot be told apart.
 */
export function relationOf(ours: { group: string; marks: Marks } | undefined, theirs: Place | undefined): Relation {
  const newest = ours?.marks.at(-1)?.[0];
  if (theirs === undefined) return "behind";
  if (ours === undefined || newest === undefined || ours.group !== theirs.group) return "apart";
  if (theirs.epoch > newest) return "ahead";
  const known = ours.marks.find(([epoch]) => epoch === theirs.epoch);
  if (known !== undefined && known[1] !== theirs.mark) return "apart";
  return theirs.epoch === newest ? "same" : "behind";
}

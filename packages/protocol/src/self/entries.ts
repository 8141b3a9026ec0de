import { toHex } from "../crypto/index.ts";
import {
  allShaped,
  bytesOf,
  bytesUpTo,
  decodeCbor,
  encodeCbor,
  exactly,
  isAny,
  isUint,
  LATEST_MS,
  listOf,
  shapedFrom,
  textUpTo,
} from "../object/index.ts";
import { err, ok, type Result } from "../wire/index.ts";

/**
 * A moment of a hybrid logical clock: ms since 1970 by the clock of a device, never before what it
 * has seen of the others, and a count of what it set within one. A clock that is years ahead
 * carries the others with it, and hides nothing that is set later.
 */
export type Stamp = { readonly at: number; readonly count: number };

/**
 * One value that all devices of a person have. Of two for a key the later counts; `device` and the
 * bytes decide between two of one moment, so that every device finds the same.
 */
export type SelfEntry = Stamp & {
  readonly key: string;
  readonly value: Uint8Array;
  readonly device: Uint8Array;
};

export const MAX_KEY_CHARS = 128;
export const MAX_VALUE_BYTES = 16_384;
const ENTRY = {
  key: textUpTo(MAX_KEY_CHARS),
  value: bytesUpTo(MAX_VALUE_BYTES),
  at: isUint,
  count: isUint,
  device: bytesOf(16),
};
/** Keys are names with identifiers in them: nothing that a person wrote. */
const KEY = /^[a-z]+(?:\/[a-zA-Z0-9-]+)*$/;

export const encodeSelfEntries = (entries: readonly SelfEntry[]): Uint8Array =>
  encodeCbor({
    v: 1,
    entries: entries.map(({ key, value, at, count, device }) => ({ key, value, at, count, device })),
  });

/** At most `maxBytes`, all of them well-formed. */
export function parseSelfEntries(
  bytes: Uint8Array,
  maxBytes: number,
): Result<readonly SelfEntry[], "self_entries_malformed"> {
  const fields = shapedFrom(decodeCbor(bytes, maxBytes), { v: exactly(1), entries: listOf(isAny, maxBytes) });
  const entries = fields && allShaped(fields.entries, ENTRY);
  const isSound = entries?.every(({ key, at }) => KEY.test(key) && at <= LATEST_MS);
  return entries !== undefined && isSound === true ? ok(entries) : err("self_entries_malformed");
}

/** Whether the first takes the place of the second: a total order, so that all devices converge. */
export function isLaterEntry(one: SelfEntry, other: SelfEntry): boolean {
  if (one.at !== other.at) return one.at > other.at;
  if (one.count !== other.count) return one.count > other.count;
  const [a, b] = [toHex(one.device), toHex(other.device)];
  return a === b ? toHex(one.value) > toHex(other.value) : a > b;
}

/** The next moment of a device that has seen `last`, by its clock in ms. */
export function stampAfter(last: Stamp, now: number): Stamp {
  const at = Math.min(Math.max(now, last.at), LATEST_MS);
  return { at, count: at === last.at ? last.count + 1 : 0 };
}

export const laterStamp = (one: Stamp, other: Stamp): Stamp =>
  one.at > other.at || (one.at === other.at && one.count > other.count) ? one : other;

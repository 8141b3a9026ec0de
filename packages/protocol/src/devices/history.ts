import {
  allShaped,
  bytesOf,
  bytesUpTo,
  decodeCbor,
  encodeCbor,
  exactly,
  isAny,
  isBoolean,
  isUint,
  listOf,
  oneOf,
  parseMap,
  shapedFrom,
  textUpTo,
} from "../object/index.ts";

/**
 * The messages of before, as one device of a person gives them to another that asks for them
 * (section 7.3): slices of one conversation each, in objects of their own, and what the two say
 * about them in their conversation.
 */

/** What the new device asks of `from`; again with the slices that it lacks. */
export type HistoryWanted = {
  /** Which history this is, by chance: the device that asks names it. */
  readonly history: Uint8Array;
  readonly from: Uint8Array;
  /** It has heard of all slices before this one. */
  readonly next: number;
  /** Of those, the ones whose objects are not to be had. */
  readonly missing: readonly number[];
};

/** Where one slice stands, and what it holds. */
export type HistorySlice = {
  readonly n: number;
  /** The name that all members have for it. */
  readonly conversation: Uint8Array;
  readonly count: number;
  readonly seed: Uint8Array;
  readonly length: number;
  /** Nothing of this conversation is older. */
  readonly isLast: boolean;
};

/** Slices that are stored, and how much all of it is. */
export type HistoryManifest = {
  readonly history: Uint8Array;
  readonly to: Uint8Array;
  readonly conversations: number;
  readonly messages: number;
  /** These are of what comes first: the last day of every conversation. */
  readonly isRecent: boolean;
  /** All that there is has been told. */
  readonly isEnd: boolean;
  readonly slices: readonly HistorySlice[];
};

const STATES = ["sent", "delivered", "read", "failed", "received"] as const;

/** A message that somebody wrote: its author's bytes, from which all else of it follows. */
export type PastText = {
  readonly order: number;
  /** Of `people`. */
  readonly from: number;
  readonly state: (typeof STATES)[number];
  readonly content: Uint8Array;
};
/** A line that nobody wrote. `line`: what it says, as JSON. */
export type PastNote = {
  readonly order: number;
  readonly id: string;
  readonly at: number;
  /** Of `people`, or one more than there are: nobody. */
  readonly from: number;
  readonly line: string;
};
/** Messages that disappear: after how many seconds, and when, in ms since 1970. */
export type PastEnding = { readonly order: number; readonly lifetime: number; readonly endsAt: number };
/** Messages that did not come from their author, and in whose roster they stood. */
export type PastTold = { readonly order: number; readonly by: number };

/** What somebody did with a message of the slice: their bytes. */
export type PastAction = {
  /** Of `people`. */
  readonly from: number;
  readonly content: Uint8Array;
};

/** Lines of one conversation that follow each other; `order` rises in each list. */
export type PastSlice = {
  readonly conversation: Uint8Array;
  /** Who wrote, and the name that was told for them; empty: none was. */
  readonly people: readonly { readonly id: Uint8Array; readonly name: string }[];
  readonly texts: readonly PastText[];
  readonly notes: readonly PastNote[];
  readonly endings: readonly PastEnding[];
  readonly told: readonly PastTold[];
  /** Edits and reactions, as their authors sent them. */
  readonly actions?: readonly PastAction[];
};

export const MAX_SLICE_MESSAGES = 256;
export const MAX_SLICE_PEOPLE = 2 * MAX_SLICE_MESSAGES;
/** What was done with the messages of a slice. */
export const MAX_SLICE_ACTIONS = 4_096;
/** Slices that one manifest names. */
export const MAX_TOLD_SLICES = 32;
/** Slices of one history. */
export const MAX_SLICES = 65_536;
export const MAX_WANTED_SLICES = 64;
/** Places in the order of a history. */
export const MAX_PAST_ORDER = 2 ** 40 - 1;
/** What disappears sooner is in no history. */
export const LEAST_PAST_LIFETIME_SECONDS = 86_400;
const MAX_SLICE_BYTES = 4_194_304;
const MAX_CONTENT_BYTES = 1_048_576;
const MAX_LINE_CHARS = 65_536;
const MAX_NAME_CHARS = 256;
const MAX_CONTROL_BYTES = 32_768;
const ID = /^[0-9a-f]{16,128}$/;

const WANTED = {
  v: exactly(1),
  history: bytesOf(16),
  from: bytesOf(16),
  next: isUint,
  missing: listOf(isUint, MAX_WANTED_SLICES),
};
const DONE = { v: exactly(1), history: bytesOf(16) };
const SLICE_NAME = {
  n: isUint,
  conversation: bytesOf(32),
  count: isUint,
  seed: bytesOf(32),
  length: isUint,
  isLast: isBoolean,
};
const MANIFEST = {
  v: exactly(1),
  history: bytesOf(16),
  to: bytesOf(16),
  conversations: isUint,
  messages: isUint,
  isRecent: isBoolean,
  isEnd: isBoolean,
  slices: listOf(isAny, MAX_TOLD_SLICES),
};
const PERSON = { id: bytesOf(32), name: textUpTo(MAX_NAME_CHARS) };
const TEXT = { order: isUint, from: isUint, state: oneOf(...STATES), content: bytesUpTo(MAX_CONTENT_BYTES) };
const NOTE = { order: isUint, id: textUpTo(128), at: isUint, from: isUint, line: textUpTo(MAX_LINE_CHARS) };
const ENDING = { order: isUint, lifetime: isUint, endsAt: isUint };
const TOLD = { order: isUint, by: isUint };
const ACTION = { from: isUint, content: bytesUpTo(MAX_CONTENT_BYTES) };
const list = listOf(isAny, MAX_SLICE_MESSAGES);
const SLICE = {
  v: exactly(1),
  conversation: bytesOf(32),
  people: listOf(isAny, MAX_SLICE_PEOPLE),
  texts: list,
  notes: list,
  endings: list,
  told: list,
};
const SLICE_WITH_ACTIONS = { ...SLICE, actions: listOf(isAny, MAX_SLICE_ACTIONS) };

export const encodeHistoryWanted = ({ history, from, next, missing }: HistoryWanted): Uint8Array =>
  encodeCbor({ v: 1, history, from, next, missing });
export const encodeHistoryDone = (history: Uint8Array): Uint8Array => encodeCbor({ v: 1, history });
export const encodeHistoryManifest = (manifest: HistoryManifest): Uint8Array => encodeCbor({ v: 1, ...manifest });
/** Without actions it has no list of them. */
export function encodePastSlice({ actions = [], ...slice }: PastSlice): Uint8Array {
  return encodeCbor({ v: 1, ...slice, ...(actions.length > 0 && { actions }) });
}

export function parseHistoryWanted(bytes: Uint8Array): HistoryWanted | undefined {
  const wanted = parseMap(bytes, MAX_CONTROL_BYTES, WANTED);
  if (wanted === undefined || wanted.next > MAX_SLICES || !isRising(wanted.missing)) return undefined;
  return wanted.missing.every((n) => n < wanted.next) ? wanted : undefined;
}

/** Gives the name of the history. */
export const parseHistoryDone = (bytes: Uint8Array): Uint8Array | undefined =>
  parseMap(bytes, MAX_CONTROL_BYTES, DONE)?.history;

export function parseHistoryManifest(bytes: Uint8Array): HistoryManifest | undefined {
  const fields = parseMap(bytes, MAX_CONTROL_BYTES, MANIFEST);
  const slices = fields && allShaped(fields.slices, SLICE_NAME);
  if (fields === undefined || slices === undefined || !isRising(slices.map(({ n }) => n))) return undefined;
  const isSound = slices.every(
    ({ n, count, length }) =>
      n < MAX_SLICES && count >= 1 && count <= MAX_SLICE_MESSAGES && length <= 2 * MAX_SLICE_BYTES,
  );
  return isSound ? { ...fields, slices } : undefined;
}

/** Undefined for anything that `encodePastSlice` would not have written. */
export function parsePastSlice(bytes: Uint8Array): PastSlice | undefined {
  const value = decodeCbor(bytes, MAX_SLICE_BYTES);
  const known = shapedFrom(value, SLICE_WITH_ACTIONS);
  const fields = known ?? shapedFrom(value, SLICE);
  if (fields === undefined) return undefined;
  const people = allShaped(fields.people, PERSON);
  const texts = allShaped(fields.texts, TEXT);
  const notes = allShaped(fields.notes, NOTE);
  const endings = allShaped(fields.endings, ENDING);
  const told = allShaped(fields.told, TOLD);
  if (people === undefined || texts === undefined || notes === undefined) return undefined;
  const actions = known && allShaped(known.actions, ACTION);
  if (endings === undefined || told === undefined || (known !== undefined && !hasSome(actions))) return undefined;
  const slice = { conversation: fields.conversation, people, texts, notes, endings, told, ...(actions && { actions }) };
  return isWellFormed(slice) ? slice : undefined;
}

const hasSome = (list: readonly unknown[] | undefined): boolean => list !== undefined && list.length > 0;

function isWellFormed({ people, texts, notes, endings, told, actions = [] }: PastSlice): boolean {
  const lists = [texts, notes, endings, told].map((some) => some.map(({ order }) => order));
  const written = new Set(texts.map(({ order }) => order));
  const all = new Set([...written, ...notes.map(({ order }) => order)]);
  return (
    lists.every(isRising) &&
    [...all].every((order) => order <= MAX_PAST_ORDER) &&
    all.size === texts.length + notes.length &&
    all.size <= MAX_SLICE_MESSAGES &&
    texts.every(({ from }) => from < people.length) &&
    notes.every(({ from, id }) => from <= people.length && ID.test(id)) &&
    endings.every(({ order, lifetime }) => written.has(order) && lifetime >= LEAST_PAST_LIFETIME_SECONDS) &&
    actions.every(({ from }) => from < people.length) &&
    told.every(({ order, by }) => written.has(order) && by < people.length)
  );
}

const isRising = (numbers: readonly number[]): boolean =>
  numbers.every((number, i) => i === 0 || (numbers[i - 1] ?? 0) < number);

import { MAX_MEMBERS } from "../conversation/group.ts";
import type { Pointer } from "../conversation/payload.ts";
import { MAX_CONTENT_BYTES } from "../content/index.ts";
import { toHex } from "../crypto/index.ts";
import { MAX_NAME_CHARS, parseName } from "../identity/index.ts";
import {
  bytesOf,
  bytesUpTo,
  encodeCbor,
  exactly,
  listOf,
  orNull,
  parseMap,
  textUpTo,
  type Guard,
} from "../object/index.ts";
import { err, ok, type Result } from "../wire/index.ts";
import { isRisingMarks, marksFrom, type EpochMark, type EpochMarkMap } from "./marks.ts";
import { isPointer, pointerFrom } from "./pointer.ts";
import { MAX_PICTURE_BYTES, PROFILE_ID_BYTES } from "./rules.ts";

/**
 * What a newcomer gets beside the welcome, from the member who adds them: the other members, the
 * picture, and as many earlier texts as the rules let newcomers read. It is not the group's own
 * word: names hold until a card says otherwise, the picture when its hash is that of the rules.
 * Section 5.
 */
export type Roster = {
  /** By rising profile id. */
  readonly members: readonly RosterMember[];
  readonly picture?: Uint8Array;
  /** Oldest first: who sent it, and the bytes of a message's content (section 9). */
  readonly history: readonly { readonly sender: Uint8Array; readonly content: Uint8Array }[];
  /**
   * The history of the group as its author knows it, by rising epoch; absent where they know
   * nothing of it.
   */
  readonly epochs?: readonly EpochMark[];
};
export type RosterMember = {
  readonly profile: Uint8Array;
  readonly name: string;
  /** Where their card is, if the one who tells knows. */
  readonly card?: Pointer;
};

export const MAX_ROSTER_BYTES = 4 * 1024 * 1024;
export const MAX_HISTORY = 500;
export const MAX_HISTORY_BYTES = 1024 * 1024;

const isId = bytesOf(PROFILE_ID_BYTES);
const isName = textUpTo(2 * MAX_NAME_CHARS);
const isContent = bytesUpTo(MAX_CONTENT_BYTES);
const isCard = orNull(isPointer);
const isMember: Guard<readonly [Uint8Array, string, ReadonlyMap<string, unknown> | null]> = (
  value,
): value is readonly [Uint8Array, string, ReadonlyMap<string, unknown> | null] =>
  Array.isArray(value) && value.length === 3 && isId(value[0]) && isName(value[1]) && isCard(value[2]);
const isMessage = (value: unknown): value is readonly [Uint8Array, Uint8Array] =>
  Array.isArray(value) && value.length === 2 && isId(value[0]) && isContent(value[1]);
const SHAPE = {
  v: exactly(1),
  members: listOf(isMember, MAX_MEMBERS),
  picture: orNull(bytesUpTo(MAX_PICTURE_BYTES)),
  history: listOf(isMessage, MAX_HISTORY),
} as const;
const isKnown: Guard<readonly EpochMarkMap[]> = (value): value is readonly EpochMarkMap[] =>
  isRisingMarks(value) && value.length > 0;
const SHAPE_WITH_EPOCHS = { ...SHAPE, epochs: isKnown } as const;

/**
 * Canonical CBOR, at most `MAX_ROSTER_BYTES`. Throws RangeError on what `parseRoster` would refuse.
 */
export function encodeRoster({ members, picture, history, epochs }: Roster): Uint8Array {
  const bytes = encodeCbor({
    v: 1,
    members: members.map(({ profile, name, card }) => [profile, name, card === undefined ? null : { ...card }]),
    picture: picture ?? null,
    history: history.map(({ sender, content }) => [sender, content]),
    ...(epochs && { epochs: epochs.map((one) => ({ ...one })) }),
  });
  if (!parseRoster(bytes).ok) throw new RangeError("not a roster");
  return bytes;
}

export function parseRoster(bytes: Uint8Array): Result<Roster, "roster_malformed"> {
  const known = parseMap(bytes, MAX_ROSTER_BYTES, SHAPE_WITH_EPOCHS);
  const fields = known ?? parseMap(bytes, MAX_ROSTER_BYTES, SHAPE);
  if (fields === undefined) return err("roster_malformed");
  const members = fields.members.map(memberFrom);
  const history = fields.history.map(([sender, content]) => ({ sender, content }));
  const told = history.reduce((sum, { content }) => sum + content.length, 0);
  if (!members.every(isNamed) || !isRising(members) || told > MAX_HISTORY_BYTES) return err("roster_malformed");
  return ok({
    members,
    ...(fields.picture !== null && { picture: fields.picture }),
    history,
    ...(known && { epochs: marksFrom(known.epochs) }),
  });
}

function memberFrom([profile, name, card]: readonly [
  Uint8Array,
  string,
  ReadonlyMap<string, unknown> | null,
]): RosterMember {
  return card === null ? { profile, name } : { profile, name, card: pointerFrom(card) };
}

function isNamed({ name }: RosterMember): boolean {
  const parsed = parseName(name);
  return parsed.ok && parsed.value === name;
}

/** Each profile once, in the one order. */
function isRising(members: readonly RosterMember[]): boolean {
  const ids = members.map(({ profile }) => toHex(profile));
  return ids.every((id, i) => i === 0 || (ids[i - 1] ?? id) < id);
}

import { concat, utf8, type Crypto } from "../crypto/index.ts";
import { decodeCbor, encodeCbor, isBytes, isUint, type CborValue } from "../object/index.ts";

/** 32 bytes that name a message among those of its conversation: 0x01 and 31 bytes of a SHA-256. */
export type MessageId = Uint8Array;

/**
 * A MIMI content message (draft-ietf-mimi-content-08, section 4) as far as we look into it. `part`
 * is undefined when the body is anything but one inline part, or none.
 */
export type Mimi = {
  readonly salt: Uint8Array;
  readonly replaces: MessageId | undefined;
  readonly inReplyTo: MessageId | undefined;
  readonly expires: Expiration | undefined;
  readonly topic: boolean;
  readonly extensions: ReadonlyMap<unknown, unknown>;
  readonly part: MimiPart | undefined;
};
/** `time` seconds long, or until that second since 1970. */
export type Expiration = { readonly relative: boolean; readonly time: number };
/** `contentType` undefined: there is no content, as what deletes a message has none. */
export type MimiPart = {
  readonly disposition: number;
  readonly contentType: string | undefined;
  readonly content: Uint8Array;
};

export const SALT_BYTES = 16;
export const MESSAGE_ID_BYTES = 32;
/** Text of 64 KiB and what goes around it. */
export const MAX_CONTENT_BYTES = 65_536 + 1024;
export const DISPOSITION = { unspecified: 0, render: 1, reaction: 2 } as const;
const NO_PART = 0;
const SINGLE = 1;
const NOTHING = new Uint8Array(0);

/**
 * Canonical CBOR of a message with one inline part or none: [salt, replaces, h'', expires,
 * inReplyTo, extensions, part].
 */
export function encodeMimi(
  mimi: Pick<Mimi, "salt" | "replaces" | "inReplyTo" | "expires"> & {
    readonly extensions: ReadonlyMap<CborValue, CborValue>;
    readonly part: MimiPart;
  },
): Uint8Array {
  const { disposition, contentType, content } = mimi.part;
  const part = contentType === undefined ? [disposition, "", NO_PART] : [disposition, "", SINGLE, contentType, content];
  const expires = mimi.expires === undefined ? null : [mimi.expires.relative, mimi.expires.time];
  return encodeCbor([
    mimi.salt,
    mimi.replaces ?? null,
    NOTHING,
    expires,
    mimi.inReplyTo ?? null,
    mimi.extensions,
    part,
  ]);
}

/**
 * Any well-formed MIMI content message in canonical CBOR, at most `MAX_CONTENT_BYTES`; otherwise
 * undefined.
 */
export function parseMimi(bytes: Uint8Array): Mimi | undefined {
  const value = decodeCbor(bytes, MAX_CONTENT_BYTES);
  if (!Array.isArray(value) || value.length !== 7) return undefined;
  const [salt, replaces, topic, expires, inReplyTo, extensions, part] = value as unknown[];
  if (!isBytes(salt) || salt.length !== SALT_BYTES || !isIdOrNull(replaces) || !isIdOrNull(inReplyTo)) return undefined;
  if (!isBytes(topic) || !isExpiration(expires) || !(extensions instanceof Map) || !isNestedPart(part))
    return undefined;
  return {
    salt,
    replaces: replaces ?? undefined,
    inReplyTo: inReplyTo ?? undefined,
    expires: expires === null ? undefined : { relative: expires[0], time: expires[1] },
    topic: topic.length > 0,
    extensions,
    part: partFrom(part),
  };
}

/**
 * The id of a message (draft-ietf-mimi-content-08, section 3.3): 0x01 ‖ the first 31 bytes of
 * SHA-256(u16 length ‖ sender ‖ u16 length ‖ room ‖ message ‖ salt).
 */
export function mimiMessageId(crypto: Crypto, bytes: Uint8Array, senderUri: string, roomUri: string): MessageId {
  const salt = bytes.subarray(2, 2 + SALT_BYTES);
  const hash = crypto.sha256(concat(prefixed(senderUri), prefixed(roomUri), bytes, salt));
  return concat(Uint8Array.of(1), hash.subarray(0, MESSAGE_ID_BYTES - 1));
}

export const isMessageId = (value: unknown): value is MessageId => isBytes(value) && value.length === MESSAGE_ID_BYTES;

const isIdOrNull = (value: unknown): value is MessageId | null => value === null || isMessageId(value);

function isExpiration(value: unknown): value is readonly [boolean, number] | null {
  if (value === null) return true;
  return Array.isArray(value) && value.length === 2 && typeof value[0] === "boolean" && isUint(value[1]);
}

/** [disposition, language, cardinality, …]: what follows is looked at for a single part only. */
function isNestedPart(value: unknown): value is readonly unknown[] {
  if (!Array.isArray(value) || value.length < 3) return false;
  const [disposition, language, cardinality] = value as unknown[];
  const known = isUint(disposition) && disposition < 256 && typeof language === "string" && isUint(cardinality);
  return known && (cardinality !== SINGLE || singlePartFrom(value) !== undefined);
}

function partFrom(value: readonly unknown[]): MimiPart | undefined {
  const [disposition, , cardinality] = value;
  const isNone = cardinality === NO_PART && value.length === 3;
  return isNone
    ? { disposition: disposition as number, contentType: undefined, content: NOTHING }
    : singlePartFrom(value);
}

function singlePartFrom(value: readonly unknown[]): MimiPart | undefined {
  const [disposition, , cardinality, contentType, content] = value;
  if (cardinality !== SINGLE || value.length !== 5 || typeof contentType !== "string" || !isBytes(content))
    return undefined;
  return { disposition: disposition as number, contentType, content };
}

function prefixed(uri: string): Uint8Array {
  const bytes = utf8(uri);
  return concat(Uint8Array.of(bytes.length >> 8, bytes.length & 255), bytes);
}

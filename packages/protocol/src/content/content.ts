import { text as textFrom, toBase64Url, utf8, type Crypto } from "../crypto/index.ts";
import { bytesUpTo, decodeCbor, encodeCbor, exactly, isUint, parseMap, type CborValue } from "../object/index.ts";
import { err, ok, type Result } from "../wire/index.ts";
import {
  DISPOSITION,
  MESSAGE_ID_BYTES,
  SALT_BYTES,
  encodeMimi,
  isMessageId,
  mimiMessageId,
  parseMimi,
} from "./mimi.ts";
import type { MessageId, Mimi, MimiPart } from "./mimi.ts";

/** What a message says. Its `kind` decides what is done with it; section 9. */
export type Body =
  /** Text in our Markdown subset (`parseMarkdown`), at most 64 KiB of UTF-8, never empty. */
  | { readonly kind: "text"; readonly text: string; readonly inReplyTo?: MessageId }
  /** Messages of the other that arrived here, and those that were read; together 1 to 1,024 ids. */
  | ({ readonly kind: "receipt" } & Acknowledged)
  /**
   * From client to client: a lower-case name of at most 32 characters and a body of at most 32 KiB
   * that it defines.
   */
  | { readonly kind: "control"; readonly name: string; readonly body: Uint8Array }
  /** Well-formed, but of a newer version: kept as `bytes`, and shown as "needs a newer version". */
  | { readonly kind: "unknown"; readonly contentType: string; readonly bytes: Uint8Array };

/** Messages of the other that arrived here, and those that were read. */
export type Acknowledged = { readonly delivered: readonly MessageId[]; readonly read: readonly MessageId[] };

/**
 * A message: 16 random bytes that make its id its own, when it was sent (ms since 1970, by its
 * sender's clock), what it says, and the receipts that ride in it, together 1 to 100 ids: for the
 * contact it is written to, and for nobody in a group. `lifetime`: after how many seconds it
 * disappears, 1 to `MAX_LIFETIME_SECONDS`, of what is said to people; without one it stays.
 */
export type Content = {
  readonly salt: Uint8Array;
  readonly sentAt: number;
  readonly body: Body;
  readonly riding?: Acknowledged;
  readonly lifetime?: number;
};

export const MAX_TEXT_BYTES = 65_536;
/** A year: a group's timer is no longer either. */
export const MAX_LIFETIME_SECONDS = 365 * 24 * 3600;
export const MAX_RECEIPT_IDS = 1024;
/** So many ids ride in a message, or leave at a slot: a receipt of them is one cell. */
export const MAX_RIDING_IDS = 100;
/**
 * What each of them adds: a list of the id and its status; and the first besides: a name and the
 * length of the list.
 */
const RIDING_ID_BYTES = 36;
const RIDING_HEAD_BYTES = 15;
export const MAX_CONTROL_BYTES = 32_768;
const MARKDOWN = "text/markdown;variant=GFM-MIMI";
const STATUS = "application/mimi-message-status";
const CONTROL = "application/vnd.pli.control";
const SENT_AT = "pli.sentAt";
const RECEIPTS = "pli.receipts";
const DELIVERED = 1;
const READ = 2;
const CONTROL_NAME = /^[a-z][a-z0-9-]{0,31}$/;
const isControlName = (value: unknown): value is string => typeof value === "string" && CONTROL_NAME.test(value);
const CONTROL_SHAPE = { v: exactly(1), name: isControlName, body: bytesUpTo(MAX_CONTROL_BYTES) };

/** A new message. `sentAt` in milliseconds since 1970. */
export function createContent(crypto: Crypto, sentAt: number, body: Body): Content {
  return { salt: crypto.random(SALT_BYTES), sentAt, body };
}

/**
 * Message path 4/11: MIMI content in canonical CBOR. Throws RangeError on what is beyond the bounds
 * of its kind: our own mistake.
 */
export function encodeContent({ salt, sentAt, body, riding, lifetime }: Content): Uint8Array {
  if (body.kind === "unknown") return body.bytes.slice();
  if (salt.length !== SALT_BYTES || !isUint(sentAt)) throw new RangeError("not a content");
  const extensions = new Map<CborValue, CborValue>([[SENT_AT, sentAt]]);
  if (riding !== undefined) extensions.set(RECEIPTS, statusesFrom(riding, MAX_RIDING_IDS));
  const inReplyTo = body.kind === "text" ? body.inReplyTo : undefined;
  if (inReplyTo !== undefined && !isMessageId(inReplyTo)) throw new RangeError("not a message id");
  if (lifetime !== undefined && (body.kind !== "text" || !isLifetime(lifetime))) throw new RangeError("not a lifetime");
  const expires = lifetime === undefined ? undefined : { relative: true, time: lifetime };
  return encodeMimi({ salt, inReplyTo, expires, extensions, part: partFrom(body) });
}

/**
 * What somebody wrote, or `content_malformed`: no MIMI content, no time, or beyond the bounds of
 * its kind. Whatever is well-formed but not of a kind we know (or asks for something we do not do:
 * replace, topics, an end at a moment of its author's clock) is `unknown`. Riding receipts that are
 * not what they should be are passed over: what they ride in is there for people.
 */
export function parseContent(bytes: Uint8Array): Result<Content, "content_malformed"> {
  const mimi = parseMimi(bytes);
  const sentAt = mimi?.extensions.get(SENT_AT);
  if (mimi === undefined || !isUint(sentAt)) return err("content_malformed");
  const body = bodyFrom(mimi, bytes);
  if (body === undefined) return err("content_malformed");
  const riding = acknowledgedFrom(mimi.extensions.get(RECEIPTS), MAX_RIDING_IDS);
  const lifetime = lifetimeOf(mimi);
  return ok({ salt: mimi.salt, sentAt, body, ...(riding && { riding }), ...(lifetime !== undefined && { lifetime }) });
}

/** How long it lives, if it says so in a way that we keep to. */
function lifetimeOf({ expires }: Mimi): number | undefined {
  return expires?.relative === true && isLifetime(expires.time) ? expires.time : undefined;
}

const isLifetime = (seconds: number): boolean => isUint(seconds) && seconds > 0 && seconds <= MAX_LIFETIME_SECONDS;

/**
 * The id of a message from its encoded bytes: MIMI's, with `pli:p/…` and `pli:c/…` of the sender's
 * profile id and of the conversation's id as its URIs. The same bytes sealed again, in a later
 * epoch, keep their id.
 */
export function messageIdFrom(
  crypto: Crypto,
  bytes: Uint8Array,
  from: { readonly sender: Uint8Array; readonly conversation: Uint8Array },
): MessageId {
  return mimiMessageId(crypto, bytes, `pli:p/${toBase64Url(from.sender)}`, `pli:c/${toBase64Url(from.conversation)}`);
}

/** How many receipts can ride in so many bytes more of a message. */
export function ridingIn(bytes: number): number {
  return Math.min(MAX_RIDING_IDS, Math.max(0, Math.floor((bytes - RIDING_HEAD_BYTES) / RIDING_ID_BYTES)));
}

/** Whether a text fits a message, before it is sent. */
export function parseText(input: string): Result<string, "text_empty" | "text_too_long"> {
  if (input.trim().length === 0) return err("text_empty");
  return utf8(input).length > MAX_TEXT_BYTES ? err("text_too_long") : ok(input.toWellFormed());
}

function partFrom(body: Exclude<Body, { kind: "unknown" }>): MimiPart {
  switch (body.kind) {
    case "text":
      return { disposition: DISPOSITION.render, contentType: MARKDOWN, content: textBytes(body.text) };
    case "receipt":
      return {
        disposition: DISPOSITION.unspecified,
        contentType: STATUS,
        content: encodeCbor(statusesFrom(body, MAX_RECEIPT_IDS)),
      };
    case "control":
      return { disposition: DISPOSITION.unspecified, contentType: CONTROL, content: encodeControl(body) };
  }
}

function textBytes(value: string): Uint8Array {
  const bytes = utf8(value);
  if (bytes.length === 0 || bytes.length > MAX_TEXT_BYTES) throw new RangeError("a text has 1 to 65,536 bytes");
  return bytes;
}

/**
 * draft-mahy-mimi-message-status: [ * [id, status] ], delivered ones first. Throws RangeError
 * beyond the bounds.
 */
function statusesFrom({ delivered, read }: Acknowledged, most: number): CborValue {
  const ids = [...delivered, ...read];
  if (ids.length === 0 || ids.length > most || !ids.every(isMessageId))
    throw new RangeError(`a receipt has 1 to ${most} message ids`);
  return [...delivered.map((id): CborValue => [id, DELIVERED]), ...read.map((id): CborValue => [id, READ])];
}

function encodeControl({ name, body }: Body & { kind: "control" }): Uint8Array {
  if (!isControlName(name) || body.length > MAX_CONTROL_BYTES) throw new RangeError("not a control");
  return encodeCbor({ v: 1, name, body });
}

function bodyFrom(mimi: Mimi, bytes: Uint8Array): Body | undefined {
  const { part } = mimi;
  const unknown = {
    kind: "unknown",
    contentType: part?.contentType.slice(0, 128) ?? "",
    bytes: bytes.slice(),
  } as const;
  const isBounded = mimi.expires === undefined || lifetimeOf(mimi) !== undefined;
  if (part === undefined || mimi.replaces !== undefined || !isBounded || mimi.topic) return unknown;
  if (part.contentType === MARKDOWN && part.disposition === DISPOSITION.render) return parseTextPart(mimi, part);
  const isForPeople = mimi.inReplyTo !== undefined || mimi.expires !== undefined;
  if (part.disposition !== DISPOSITION.unspecified || isForPeople) return unknown;
  if (part.contentType === STATUS) return parseStatuses(part.content);
  return part.contentType === CONTROL ? parseControl(part.content) : unknown;
}

function parseTextPart({ inReplyTo }: Mimi, { content }: MimiPart): Body | undefined {
  const value = textFrom(content);
  if (value === undefined || content.length === 0 || content.length > MAX_TEXT_BYTES) return undefined;
  return inReplyTo === undefined ? { kind: "text", text: value } : { kind: "text", text: value, inReplyTo };
}

/** Statuses of later versions are passed over; a list of nothing else says nothing. */
function parseStatuses(bytes: Uint8Array): Body | undefined {
  const list = decodeCbor(bytes, MAX_RECEIPT_IDS * (MESSAGE_ID_BYTES + 5) + 8);
  const acknowledged = acknowledgedFrom(list, MAX_RECEIPT_IDS);
  return acknowledged && { kind: "receipt", ...acknowledged };
}

function acknowledgedFrom(list: unknown, most: number): Acknowledged | undefined {
  if (!Array.isArray(list) || list.length === 0 || list.length > most || !list.every(isStatus)) return undefined;
  const having = (wanted: number): MessageId[] => list.filter(([, status]) => status === wanted).map(([id]) => id);
  return { delivered: having(DELIVERED), read: having(READ) };
}

function isStatus(value: unknown): value is readonly [MessageId, number] {
  return Array.isArray(value) && value.length === 2 && isMessageId(value[0]) && isUint(value[1]) && value[1] < 256;
}

function parseControl(bytes: Uint8Array): Body | undefined {
  const control = parseMap(bytes, MAX_CONTROL_BYTES + 128, CONTROL_SHAPE);
  return control === undefined ? undefined : { kind: "control", name: control.name, body: control.body };
}

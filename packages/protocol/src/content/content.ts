import { toBase64Url, type Crypto } from "../crypto/index.ts";
import { isUint, type CborValue } from "../object/index.ts";
import { err, ok, type Result } from "../wire/index.ts";
import { kindOf, kindOfMimi, type KnownBody } from "./kinds/index.ts";
import { isLink } from "./kinds/kind.ts";
import { MAX_RIDING_IDS, acknowledgedFrom, statusesFrom, type Acknowledged } from "./kinds/receipt.ts";
import { SALT_BYTES, encodeMimi, mimiMessageId, parseMimi, type MessageId, type Mimi } from "./mimi.ts";

/** What a message says. Its `kind` decides what is done with it; section 9. */
export type Body =
  | KnownBody
  /** Well-formed, but of a newer version: kept as `bytes`, and shown as "needs a newer version". */
  | { readonly kind: "unknown"; readonly contentType: string; readonly bytes: Uint8Array };

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

/** A year: a group's timer is no longer either. */
export const MAX_LIFETIME_SECONDS = 365 * 24 * 3600;
const SENT_AT = "pli.sentAt";
const RECEIPTS = "pli.receipts";
/** How much of an unknown content type is kept, in characters. */
const CONTENT_TYPE_CHARS = 128;

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
  const kind = kindOf(body);
  const { contentType, disposition, mayDisappear, encode } = kind;
  if (lifetime !== undefined && !(mayDisappear && isLifetime(lifetime))) throw new RangeError("not a lifetime");
  const expires = lifetime === undefined ? undefined : { relative: true, time: lifetime };
  const inReplyTo = "inReplyTo" in body ? body.inReplyTo : undefined;
  const replaces = "replaces" in body ? body.replaces : undefined;
  if (!isLink(kind.inReplyTo, inReplyTo) || !isLink(kind.replaces, replaces)) throw new RangeError("not a message id");
  const part = { contentType, disposition, content: encode(body) };
  return encodeMimi({ salt, replaces, inReplyTo, expires, extensions, part });
}

/**
 * What somebody wrote, or `content_malformed`: no MIMI content, no time, or beyond the bounds of
 * its kind. Whatever is well-formed but not of a kind we know (or asks for something we do not do:
 * topics, an end at a moment of its author's clock) is `unknown`. Riding receipts that are
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

function bodyFrom(mimi: Mimi, bytes: Uint8Array): Body | undefined {
  const { part } = mimi;
  const kind = kindOfMimi(mimi);
  if (part === undefined || kind === undefined || !isPlain(mimi, kind.mayDisappear))
    return {
      kind: "unknown",
      contentType: part?.contentType?.slice(0, CONTENT_TYPE_CHARS) ?? "",
      bytes: bytes.slice(),
    };
  return kind.parse(part.content, mimi);
}

/** Whether nothing is asked for that this version does not do. */
function isPlain(mimi: Mimi, mayDisappear: boolean): boolean {
  const { topic, expires } = mimi;
  return !topic && (expires === undefined || (mayDisappear && lifetimeOf(mimi) !== undefined));
}

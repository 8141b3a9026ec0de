import { MAX_CARD_BYTES, MAX_CERTIFICATE_BYTES, MAX_NAME_CHARS, parseName } from "../identity/index.ts";
import { bytesOf, bytesUpTo, decodeCbor, encodeCbor, exactly, isUint, parseMap, shapedFrom } from "../object/index.ts";
import { textUpTo, type Guard } from "../object/index.ts";
import { err, ok, type Result } from "../wire/index.ts";
import { isStoreAddress, type Purpose } from "./link.ts";
import { MAX_KEY_PACKAGE_BYTES, MAX_WELCOME_BYTES, maxBytesOf } from "./objects.ts";

/**
 * What the link opens: what for, who invites, the X-Wing key to answer to (1,216 bytes), until when
 * (seconds), on which store. Every hash of the exchange covers its bytes, so no exchange for one
 * purpose passes for one of the other.
 */
export type Bundle = {
  readonly purpose: Purpose;
  readonly name: string;
  readonly kemKey: Uint8Array;
  readonly expiresAt: number;
  readonly store: string;
};
/** The responder's first message: an HPKE encapsulation (1,120 bytes) and, sealed, an `Offer`. */
export type Hello = { readonly enc: Uint8Array; readonly sealed: Uint8Array };
/** Who the responder is, how to add their device, and the commitment to their nonce. */
export type Offer = {
  readonly card: Uint8Array;
  readonly certificate: Uint8Array;
  readonly keyPackage: Uint8Array;
  readonly commitment: Uint8Array;
};
/** Who the inviter is, and their nonce. */
export type Answer = { readonly card: Uint8Array; readonly certificate: Uint8Array; readonly nonce: Uint8Array };
/** The responder's nonce, which opens the commitment. */
export type Reveal = { readonly nonce: Uint8Array };
/**
 * This side's person typed the right digits. From the inviter with the welcome to the group, from
 * the responder with none.
 */
export type Confirmed = { readonly tag: Uint8Array; readonly welcome: Uint8Array };
/** Why the other side stopped. */
export type RefusalReason = (typeof REASONS)[number];

const REASONS = ["burned", "cancelled", "timeout", "invalid", "self", "clocks"] as const;
const V1 = exactly(1);
const MAX_OFFER_BYTES = MAX_CARD_BYTES + MAX_CERTIFICATE_BYTES + MAX_KEY_PACKAGE_BYTES + 128;

const isReason: Guard<RefusalReason> = (value): value is RefusalReason => REASONS.some((reason) => reason === value);
const BUNDLE = {
  v: V1,
  name: textUpTo(2 * MAX_NAME_CHARS),
  kemKey: bytesOf(1216),
  expiresAt: isUint,
  store: textUpTo(255),
};
const BUNDLE_OF_DEVICE = { ...BUNDLE, purpose: exactly("device") };
const HELLO = { v: V1, enc: bytesOf(1120), sealed: bytesUpTo(MAX_OFFER_BYTES + 16) };
const OFFER = {
  v: V1,
  card: bytesUpTo(MAX_CARD_BYTES),
  certificate: bytesUpTo(MAX_CERTIFICATE_BYTES),
  keyPackage: bytesUpTo(MAX_KEY_PACKAGE_BYTES),
  commitment: bytesOf(32),
};
const ANSWER = {
  v: V1,
  card: bytesUpTo(MAX_CARD_BYTES),
  certificate: bytesUpTo(MAX_CERTIFICATE_BYTES),
  nonce: bytesOf(32),
};
const REVEAL = { v: V1, nonce: bytesOf(32) };
const CONFIRMED = { v: V1, tag: bytesOf(32), welcome: bytesUpTo(MAX_WELCOME_BYTES) };
const REFUSED = { v: V1, reason: isReason };

export const encodeBundle = ({ purpose, ...rest }: Bundle): Uint8Array =>
  encodeCbor({ v: 1, ...rest, ...(purpose === "device" && { purpose }) });
export const encodeHello = ({ enc, sealed }: Hello): Uint8Array => encodeCbor({ v: 1, enc, sealed });
export const encodeOffer = ({ card, certificate, keyPackage, commitment }: Offer): Uint8Array =>
  encodeCbor({ v: 1, card, certificate, keyPackage, commitment });
export const encodeAnswer = ({ card, certificate, nonce }: Answer): Uint8Array =>
  encodeCbor({ v: 1, card, certificate, nonce });
export const encodeReveal = ({ nonce }: Reveal): Uint8Array => encodeCbor({ v: 1, nonce });
export const encodeConfirmed = ({ tag, welcome }: Confirmed): Uint8Array => encodeCbor({ v: 1, tag, welcome });
export const encodeRefused = (reason: RefusalReason): Uint8Array => encodeCbor({ v: 1, reason });

/**
 * `invitation_newer`: its version is above ours; `pairing_invalid`: no bundle at all. Purpose, time
 * and store are the caller's to check.
 */
export function parseBundle(bytes: Uint8Array): Result<Bundle, "invitation_newer" | "pairing_invalid"> {
  const value = decodeCbor(bytes, maxBytesOf("bundle"));
  if (isNewer(value)) return err("invitation_newer");
  const bundle = bundleFrom(value);
  if (bundle === undefined || !isStoreAddress(bundle.store)) return err("pairing_invalid");
  const name = parseName(bundle.name);
  return name.ok && name.value === bundle.name ? ok(bundle) : err("pairing_invalid");
}

export const parseHello = (bytes: Uint8Array): Hello | undefined => parseMap(bytes, maxBytesOf("hello"), HELLO);
export const parseOffer = (bytes: Uint8Array): Offer | undefined => parseMap(bytes, MAX_OFFER_BYTES, OFFER);
export const parseAnswer = (bytes: Uint8Array): Answer | undefined => parseMap(bytes, maxBytesOf("answer"), ANSWER);
export const parseReveal = (bytes: Uint8Array): Reveal | undefined => parseMap(bytes, maxBytesOf("reveal"), REVEAL);
export const parseConfirmed = (bytes: Uint8Array): Confirmed | undefined =>
  parseMap(bytes, maxBytesOf("inviterConfirmed"), CONFIRMED);
export const parseRefused = (bytes: Uint8Array): RefusalReason | undefined =>
  parseMap(bytes, maxBytesOf("inviterRefused"), REFUSED)?.reason;

function bundleFrom(value: unknown): Bundle | undefined {
  const ofPerson = shapedFrom(value, BUNDLE);
  if (ofPerson !== undefined) return { ...ofPerson, purpose: "person" };
  return shapedFrom(value, BUNDLE_OF_DEVICE);
}

function isNewer(value: unknown): boolean {
  const version: unknown = value instanceof Map ? value.get("v") : undefined;
  return isUint(version) && version > 1;
}

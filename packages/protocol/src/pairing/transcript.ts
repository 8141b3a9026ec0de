import { concat, kdf, utf8, type Crypto } from "../crypto/index.ts";
import { encodeCbor } from "../object/index.ts";
import type { Answer, Offer } from "./messages.ts";
import type { Role } from "./objects.ts";

/**
 * Everything the responder has seen and says when they commit: the bundle as read, the
 * encapsulation, and who they are.
 */
export type Opening = { readonly bundle: Uint8Array; readonly enc: Uint8Array } & Pick<
  Offer,
  "card" | "certificate" | "keyPackage"
>;

export const NONCE_BYTES = 32;
const HALF = 4;

/**
 * HPKE info of the hello: the bundle the responder answers to, so that the seal opens under no
 * other.
 */
export function helloInfo(crypto: Crypto, bundle: Uint8Array): Uint8Array {
  return tagged("pli pairing hello v1", crypto.sha256(bundle));
}

/** The exporter context of the channel secret. */
export const CHANNEL_CONTEXT = utf8("pli pairing channel v1");

/** H(opening): hash of a canonical CBOR array, so that no two openings spell the same bytes. */
export function openingHash(crypto: Crypto, { bundle, enc, card, certificate, keyPackage }: Opening): Uint8Array {
  const fields = encodeCbor([bundle, enc, card, certificate, keyPackage]);
  return crypto.sha256(tagged("pli pairing opening v1", fields));
}

/**
 * Binds the responder to `nonce` and to the whole opening; hides the nonce, which is 32 random
 * bytes.
 */
export function commitmentFrom(crypto: Crypto, opening: Uint8Array, nonce: Uint8Array): Uint8Array {
  return crypto.sha256(tagged("pli pairing commitment v1", concat(opening, nonce)));
}

/** The whole transcript but the nonces: opening, commitment, and who the inviter is. */
export function transcriptFrom(
  crypto: Crypto,
  opening: Uint8Array,
  commitment: Uint8Array,
  { card, certificate }: Pick<Answer, "card" | "certificate">,
): Uint8Array {
  const fields = encodeCbor([opening, commitment, card, certificate]);
  return crypto.sha256(tagged("pli pairing transcript v1", fields));
}

/**
 * Eight digits, uniform to within 2^-100: 16 bytes of the transcript and both nonces, modulo 10^8.
 */
export function codeFrom(crypto: Crypto, transcript: Uint8Array, inviter: Uint8Array, responder: Uint8Array): string {
  const bytes = kdf(crypto, transcript, "pairing code", concat(inviter, responder)).subarray(0, 16);
  const number = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return (number % 100_000_000n).toString().padStart(2 * HALF, "0");
}

/** The four digits this side reads out, and the four it must be told. */
export function halvesFor(role: Role, code: string): { say: string; hear: string } {
  const first = code.slice(0, HALF);
  const last = code.slice(HALF);
  return role === "inviter" ? { say: first, hear: last } : { say: last, hear: first };
}

/**
 * What shows that a confirmation comes from that side, with this welcome, and is about this
 * transcript.
 */
export function confirmTag(
  crypto: Crypto,
  { channel, transcript }: { readonly channel: Uint8Array; readonly transcript: Uint8Array },
  role: Role,
  welcome: Uint8Array,
): Uint8Array {
  return kdf(crypto, channel, `pairing ${role} confirms`, concat(transcript, crypto.sha256(welcome)));
}

/** The long-lived secret of the two, from which beacons derive (section 8). */
export function pairwiseFrom(crypto: Crypto, channel: Uint8Array, transcript: Uint8Array): Uint8Array {
  return kdf(crypto, channel, "pairing pairwise", transcript);
}

function tagged(domain: string, bytes: Uint8Array): Uint8Array {
  return concat(utf8(domain), new Uint8Array(1), bytes);
}

import { concat, kdf, utf8, type Crypto } from "../crypto/index.ts";
import { u32 } from "../object/bytes.ts";
import { bytesOf, bytesUpTo, encodeCbor, exactly, parseMap } from "../object/index.ts";
import { err, ok, type Result } from "../wire/index.ts";

/** Beacons that each of two people has for a day (docs/protocol.md, section 8). */
export const BEACONS_A_DAY = 256;
/** This many of a day are expected: those after the last that was seen. */
export const BEACONS_AHEAD = 8;
/** A reader refuses objects longer than these, in bytes. */
export const MAX_BEACON_REQUEST_BYTES = 32_768;
export const MAX_BEACON_ANSWER_BYTES = 65_536;

const REQUEST = { v: exactly(1), keyPackage: bytesUpTo(16_384), signature: bytesOf(64) } as const;
const ANSWER = { v: exactly(1), welcome: bytesUpTo(49_152) } as const;

/**
 * One beacon of two people: which day since 1970, lit by whom (by their role in the pairing), the
 * how-manieth.
 */
export interface Beacon {
  readonly day: number;
  readonly from: "inviter" | "responder";
  readonly index: number;
}

/** The conversation of the two who share this secret: 32 bytes. */
export function conversationIdFrom(crypto: Crypto, pairwise: Uint8Array): Uint8Array {
  return kdf(crypto, pairwise, "conversation");
}

/**
 * The seeds of the two objects of a beacon. Each seals one object, ever: a beacon is lit once, and
 * answered once.
 */
export function beaconSeeds(
  crypto: Crypto,
  pairwise: Uint8Array,
  beacon: Beacon,
): { request: Uint8Array; answer: Uint8Array } {
  const context = contextOf(beacon);
  return {
    request: kdf(crypto, pairwise, "beacon", context),
    answer: kdf(crypto, pairwise, "beacon answer", context),
  };
}

/**
 * "I cannot go on: here is a key package for a fresh group", signed by the profile's Ed25519 key.
 */
export function createBeaconRequest(
  crypto: Crypto,
  deps: { pairwise: Uint8Array; beacon: Beacon; keyPackage: Uint8Array; signKey: Uint8Array },
): Uint8Array {
  const signature = crypto.sign(deps.signKey, signedBytes(crypto, deps.pairwise, deps.beacon, deps.keyPackage));
  return encodeCbor({ v: 1, keyPackage: deps.keyPackage, signature });
}

/**
 * The key package of a request at this beacon. `beacon_not_signed`: not by the holder of `edKey`,
 * or for another beacon.
 */
export function parseBeaconRequest(
  crypto: Crypto,
  bytes: Uint8Array,
  p: { pairwise: Uint8Array; beacon: Beacon; edKey: Uint8Array },
): Result<Uint8Array, "beacon_malformed" | "beacon_not_signed"> {
  const request = parseMap(bytes, MAX_BEACON_REQUEST_BYTES, REQUEST);
  if (request === undefined) return err("beacon_malformed");
  const { keyPackage, signature } = request;
  const signed = signedBytes(crypto, p.pairwise, p.beacon, keyPackage);
  return crypto.verify(p.edKey, signed, signature) ? ok(keyPackage) : err("beacon_not_signed");
}

/**
 * The key package of a request, before anything is verified: its leaf says which key of its owner
 * must have signed.
 */
export function keyPackageIn(request: Uint8Array): Uint8Array | undefined {
  return parseMap(request, MAX_BEACON_REQUEST_BYTES, REQUEST)?.keyPackage;
}

/** The welcome of the fresh group. What it is signed by, and for whom it is, MLS says. */
export function encodeBeaconAnswer(welcome: Uint8Array): Uint8Array {
  return encodeCbor({ v: 1, welcome });
}

export function parseBeaconAnswer(bytes: Uint8Array): Result<Uint8Array, "beacon_malformed"> {
  const answer = parseMap(bytes, MAX_BEACON_ANSWER_BYTES, ANSWER);
  return answer === undefined ? err("beacon_malformed") : ok(answer.welcome);
}

/** The same key package at another beacon, or between other people, is another signature. */
function signedBytes(crypto: Crypto, pairwise: Uint8Array, beacon: Beacon, keyPackage: Uint8Array): Uint8Array {
  return concat(utf8("pli beacon v1\0"), contextOf(beacon), conversationIdFrom(crypto, pairwise), keyPackage);
}

function contextOf({ day, from, index }: Beacon): Uint8Array {
  if (!Number.isInteger(day) || day < 0 || day > 0xffff_ffff) throw new RangeError("a day is a number of 32 bits");
  if (!Number.isInteger(index) || index < 0 || index >= BEACONS_A_DAY) throw new RangeError("no such beacon");
  return concat(u32(day), Uint8Array.of(from === "inviter" ? 0 : 1, index));
}

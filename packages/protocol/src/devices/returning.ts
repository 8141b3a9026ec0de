import { concat, kdf, utf8, type Crypto } from "../crypto/index.ts";
import { bytesOf, encodeCbor, exactly, parseMap } from "../object/index.ts";
import { DEVICE_ID_BYTES } from "../identity/certificate.ts";
import { askingSeeds, bytesOfDay, ENC_BYTES, KEM_KEY_BYTES, type DayPlace } from "./asking.ts";

/**
 * A device that has lost the thread of its person's own conversation asks the others to let it in
 * again. Section 7.5.
 */

/** Requests that one device has room for in a day, and those of them that it makes. */
export const RETURNS_A_DAY = 256;
/** This many of a day are expected: those after the last that was seen. */
export const RETURNS_AHEAD = 8;
export const MAX_RETURN_REQUEST_BYTES = 4_096;
export const MAX_RETURN_ANSWER_BYTES = 4_096;
const PURPOSE = "pli device return v1\0";
const REQUEST = { v: exactly(1), kemKey: bytesOf(KEM_KEY_BYTES), signature: bytesOf(64) } as const;
const ANSWER = { v: exactly(1), enc: bytesOf(ENC_BYTES) } as const;

/** Which device asks, and the how-manieth time on which day. */
export interface ReturnPlace extends DayPlace {
  readonly device: Uint8Array;
}

/**
 * Where devices of one generation of keys ask. It follows from the secret of backups, and that one
 * does not follow from it: a device keeps it when it has later keys.
 */
export const returnSecretFrom = (crypto: Crypto, backup: Uint8Array): Uint8Array =>
  kdf(crypto, backup, "device returns");

/** The seeds of the two objects of a request. */
export const returnSeeds = (crypto: Crypto, secret: Uint8Array, place: ReturnPlace): ReturnType<typeof askingSeeds> =>
  askingSeeds(crypto, secret, { name: "device return", context: contextOf(place) });

/** "Let me in again": a fresh key of the KEM, signed by the device's key. */
export function createReturnRequest(
  crypto: Crypto,
  p: {
    readonly place: ReturnPlace;
    readonly profile: Uint8Array;
    readonly kemKey: Uint8Array;
    readonly signKey: Uint8Array;
  },
): Uint8Array {
  const signature = crypto.sign(p.signKey, concat(infoOf(p.place, p.profile), p.kemKey));
  return encodeCbor({ v: 1, kemKey: p.kemKey, signature });
}

/** The key of a request that the device with this key has signed for this place. */
export function parseReturnRequest(
  crypto: Crypto,
  bytes: Uint8Array,
  p: { readonly place: ReturnPlace; readonly profile: Uint8Array; readonly deviceKey: Uint8Array },
): Uint8Array | undefined {
  const request = parseMap(bytes, MAX_RETURN_REQUEST_BYTES, REQUEST);
  if (request === undefined) return undefined;
  const signed = concat(infoOf(p.place, p.profile), request.kemKey);
  return crypto.verify(p.deviceKey, signed, request.signature) ? request.kemKey : undefined;
}

/**
 * The answer to a request, and the secret under which what is granted follows: who asked has it,
 * and nobody else. Undefined when its key cannot be one.
 */
export function answerReturn(
  crypto: Crypto,
  p: { readonly place: ReturnPlace; readonly profile: Uint8Array; readonly kemKey: Uint8Array },
): { readonly bytes: Uint8Array; readonly secret: Uint8Array } | undefined {
  const sealer = crypto.hpkeSealer(p.kemKey, infoOf(p.place, p.profile));
  if (sealer === undefined) return undefined;
  return { bytes: encodeCbor({ v: 1, enc: sealer.enc }), secret: sealer.export(utf8(PURPOSE), 32) };
}

/** The secret in an answer. */
export function openReturnAnswer(
  crypto: Crypto,
  bytes: Uint8Array,
  p: { readonly place: ReturnPlace; readonly profile: Uint8Array; readonly kemSecret: Uint8Array },
): Uint8Array | undefined {
  const answer = parseMap(bytes, MAX_RETURN_ANSWER_BYTES, ANSWER);
  return answer && crypto.hpkeOpener(p.kemSecret, answer.enc, infoOf(p.place, p.profile))?.export(utf8(PURPOSE), 32);
}

const infoOf = (place: ReturnPlace, profile: Uint8Array): Uint8Array =>
  concat(utf8(PURPOSE), contextOf(place), profile);

function contextOf({ device, ...place }: ReturnPlace): Uint8Array {
  if (device.length !== DEVICE_ID_BYTES) throw new RangeError("a device id has 16 bytes");
  return concat(device, bytesOfDay(place, RETURNS_A_DAY));
}

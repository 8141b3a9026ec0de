import { concat, utf8, type Crypto } from "../crypto/index.ts";
import { DEVICE_ID_BYTES } from "../identity/certificate.ts";
import { GENERATIONS, isGeneration, PATH_BYTES, profileIdFrom } from "../identity/generations.ts";
import {
  ED_KEY_BYTES,
  ED_SIGNATURE_BYTES,
  ML_DSA_KEY_BYTES,
  ML_DSA_SIGNATURE_BYTES,
  signTwice,
  verifyTwice,
  type IdentitySecret,
} from "../identity/secret.ts";
import { bytesOf, bytesUpTo, encodeCbor, exactly, isUint, parseMap } from "../object/index.ts";
import { askingSeeds, bytesOfDay, ENC_BYTES, KEM_KEY_BYTES, type DayPlace } from "./asking.ts";
import type { ListedDevice } from "./list.ts";

/**
 * A device that the recovery words brought back tells the others of its person, if any still run,
 * that it is one of them. Every device that ever was has the keys of the generation, a removed one
 * too; so the keys of the next one sign this, which only the words make. Section 7.6.
 */

/** Requests that the restored devices of a person have room for in a day. */
export const RESTORES_A_DAY = 256;
/** This many of a day are expected: those after the last that was seen. */
export const RESTORES_AHEAD = 4;
export const MAX_RESTORE_REQUEST_BYTES = 16_384;
export const MAX_RESTORE_ANSWER_BYTES = 4_096;
const MAX_STATEMENT_BYTES = 8_192;
const DEVICE_KEY_BYTES = 32;
const STATEMENT_PURPOSE = "pli restored device v1";
const REQUEST_PURPOSE = "pli device restore v1\0";
const ANSWER_PURPOSE = "pli device restore answer v1\0";
const STATEMENT = {
  v: exactly(1),
  generation: isGeneration,
  path: bytesOf(PATH_BYTES),
  edKey: bytesOf(ED_KEY_BYTES),
  mlDsaKey: bytesOf(ML_DSA_KEY_BYTES),
  device: bytesOf(DEVICE_ID_BYTES),
  key: bytesOf(DEVICE_KEY_BYTES),
  at: isUint,
  edSignature: bytesOf(ED_SIGNATURE_BYTES),
  mlDsaSignature: bytesOf(ML_DSA_SIGNATURE_BYTES),
} as const;
const REQUEST = {
  v: exactly(1),
  statement: bytesUpTo(MAX_STATEMENT_BYTES),
  kemKey: bytesOf(KEM_KEY_BYTES),
  signature: bytesOf(ED_SIGNATURE_BYTES),
} as const;
const ANSWER = {
  v: exactly(1),
  device: bytesOf(DEVICE_ID_BYTES),
  enc: bytesOf(ENC_BYTES),
  signature: bytesOf(ED_SIGNATURE_BYTES),
} as const;

/** Where a restored device asks: the how-manieth of its person on this day. */
export type RestorePlace = DayPlace;

/** A request as the others read it: who asks, and the key of the KEM for the answer. */
export interface RestoreRequest {
  readonly device: ListedDevice;
  readonly kemKey: Uint8Array;
}

/** Keys of the last generation have none after them: nobody can sign for a device restored then. */
export const mayStateRestore = (generation: number): boolean => generation + 1 < GENERATIONS;

/**
 * "This device is one of mine, by keys of generation g": signed by `next`, the keys of g+1. `at` in
 * seconds since 1970. It makes no card: nobody takes the later keys for those of the person.
 */
export function createRestoreStatement(
  crypto: Crypto,
  next: IdentitySecret,
  { id: device, key, addedAt: at }: Omit<ListedDevice, "addedBy">,
): Uint8Array {
  const fields = {
    generation: next.generation - 1,
    path: next.path,
    edKey: next.sign.publicKey,
    mlDsaKey: next.mlDsa.publicKey,
    device,
    key,
    at,
  };
  if (fields.generation < 0) throw new RangeError("no generation before the first");
  const signature = signTwice(crypto, next, STATEMENT_PURPOSE, encodeUnsigned(next.id, fields));
  return encodeCbor({ v: 1, ...fields, ...signature });
}

/** The device that a statement is of, if keys of the generation after this one have signed it. */
export function parseRestoreStatement(
  crypto: Crypto,
  bytes: Uint8Array,
  p: { readonly profile: Uint8Array; readonly generation: number },
): ListedDevice | undefined {
  const fields = parseMap(bytes, MAX_STATEMENT_BYTES, STATEMENT);
  if (fields === undefined || fields.generation !== p.generation || !mayStateRestore(p.generation)) return undefined;
  const { path, edKey, mlDsaKey, device, key, at } = fields;
  const place = { generation: p.generation + 1, path };
  const id = profileIdFrom(crypto, { ...place, edKey, mlDsaHash: crypto.sha256(mlDsaKey) });
  if (!crypto.equal(id, p.profile)) return undefined;
  const isSigned = verifyTwice(crypto, fields, STATEMENT_PURPOSE, encodeUnsigned(id, fields), fields);
  return isSigned ? { id: device, key, addedAt: at, addedBy: device } : undefined;
}

/** The seeds of the two objects of a request. `secret`: that of returns. */
export const restoreSeeds = (crypto: Crypto, secret: Uint8Array, place: RestorePlace): ReturnType<typeof askingSeeds> =>
  askingSeeds(crypto, secret, { name: "device restore", context: contextOf(place) });

/** "Let me in": the statement, and a fresh key of the KEM signed by the device's own key. */
export function createRestoreRequest(
  crypto: Crypto,
  p: {
    readonly place: RestorePlace;
    readonly profile: Uint8Array;
    readonly statement: Uint8Array;
    readonly kemKey: Uint8Array;
    readonly signKey: Uint8Array;
  },
): Uint8Array {
  const { statement, kemKey } = p;
  const signed = concat(infoOf(p.place, p.profile), crypto.sha256(statement), kemKey);
  return encodeCbor({ v: 1, statement, kemKey, signature: crypto.sign(p.signKey, signed) });
}

/** A request at this place by a device of this profile; `generation`: of the reader's own keys. */
export function parseRestoreRequest(
  crypto: Crypto,
  bytes: Uint8Array,
  p: { readonly place: RestorePlace; readonly profile: Uint8Array; readonly generation: number },
): RestoreRequest | undefined {
  const request = parseMap(bytes, MAX_RESTORE_REQUEST_BYTES, REQUEST);
  const device = request && parseRestoreStatement(crypto, request.statement, p);
  if (request === undefined || device === undefined) return undefined;
  const { statement, kemKey } = request;
  const signed = concat(infoOf(p.place, p.profile), crypto.sha256(statement), kemKey);
  return crypto.verify(device.key, signed, request.signature) ? { device, kemKey } : undefined;
}

/**
 * The answer of another device, and the secret under which what is granted follows. Undefined when
 * the key of the KEM cannot be one. It is signed: all who have the keys of the generation know
 * where it is awaited, and the restored device must tell its others from one that was removed.
 */
export function answerRestore(
  crypto: Crypto,
  p: {
    readonly place: RestorePlace;
    readonly profile: Uint8Array;
    readonly kemKey: Uint8Array;
    readonly device: Uint8Array;
    readonly signKey: Uint8Array;
  },
): { readonly bytes: Uint8Array; readonly secret: Uint8Array } | undefined {
  const info = infoOf(p.place, p.profile);
  const sealer = crypto.hpkeSealer(p.kemKey, info);
  if (sealer === undefined) return undefined;
  const { enc } = sealer;
  const signature = crypto.sign(p.signKey, concat(utf8(ANSWER_PURPOSE), info, p.kemKey, enc));
  const secret = sealer.export(utf8(REQUEST_PURPOSE), 32);
  return { bytes: encodeCbor({ v: 1, device: p.device, enc, signature }), secret };
}

/** The secret in an answer, and which of these devices has signed it. */
export function openRestoreAnswer<D extends Pick<ListedDevice, "id" | "key">>(
  crypto: Crypto,
  bytes: Uint8Array,
  p: {
    readonly place: RestorePlace;
    readonly profile: Uint8Array;
    readonly kemKey: Uint8Array;
    readonly kemSecret: Uint8Array;
    readonly devices: readonly D[];
  },
): { readonly secret: Uint8Array; readonly by: D } | undefined {
  const answer = parseMap(bytes, MAX_RESTORE_ANSWER_BYTES, ANSWER);
  const by = answer && p.devices.find(({ id }) => crypto.equal(id, answer.device));
  if (answer === undefined || by === undefined) return undefined;
  const info = infoOf(p.place, p.profile);
  const signed = concat(utf8(ANSWER_PURPOSE), info, p.kemKey, answer.enc);
  if (!crypto.verify(by.key, signed, answer.signature)) return undefined;
  const secret = crypto.hpkeOpener(p.kemSecret, answer.enc, info)?.export(utf8(REQUEST_PURPOSE), 32);
  return secret && { secret, by };
}

type Unsigned = {
  readonly generation: number;
  readonly path: Uint8Array;
  readonly edKey: Uint8Array;
  readonly mlDsaKey: Uint8Array;
  readonly device: Uint8Array;
  readonly key: Uint8Array;
  readonly at: number;
};

/** The signatures name the profile, as those of lists do. */
function encodeUnsigned(profileId: Uint8Array, fields: Unsigned): Uint8Array {
  const { generation, path, edKey, mlDsaKey, device, key, at } = fields;
  return encodeCbor({ v: 1, profileId, generation, path, edKey, mlDsaKey, device, key, at });
}

const infoOf = (place: RestorePlace, profile: Uint8Array): Uint8Array =>
  concat(utf8(REQUEST_PURPOSE), contextOf(place), profile);

const contextOf = (place: RestorePlace): Uint8Array => bytesOfDay(place, RESTORES_A_DAY);

import { concat, type Crypto } from "../crypto/index.ts";
import { bytesOf, encodeCbor, exactly, isUint, parseMap } from "../object/index.ts";
import { sameBytes, u64, u64From } from "../object/bytes.ts";
import { err, ok, type Result } from "../wire/index.ts";
import type { Card } from "./card.ts";
import { PATH_BYTES, isGeneration, profileIdFrom, type LeafKeys, type Place, type ProfileId } from "./generations.ts";
import { ED_KEY_BYTES, ED_SIGNATURE_BYTES, ML_DSA_SIGNATURE_BYTES, signedBytes } from "./secret.ts";
import { signTwice, verifyTwice, type IdentityKeys, type IdentitySecret } from "./secret.ts";

declare const brand: unique symbol;
/** 16 random bytes that name one device of a profile. */
export type DeviceId = Uint8Array & { readonly [brand]: "DeviceId" };

/**
 * A profile's word that a device is one of its own: `deviceKey` (32 bytes) signs for it in MLS,
 * from `notBefore` to `notAfter`, both included, in seconds since 1970. It is signed by the keys of
 * `generation`. `bytes` is the whole certificate as received. Section 6.
 */
export type DeviceCertificate = {
  readonly profileId: ProfileId;
  readonly generation: number;
  readonly deviceId: DeviceId;
  readonly deviceKey: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly edSignature: Uint8Array;
  readonly bytes: Uint8Array;
};
/**
 * What the leaf of a device carries in MLS: the certificate without the large signature and without
 * the key, which is the leaf's, and the profile's Ed25519 key with the hash of its other key and
 * the place of both. Who sees a leaf can check it with nothing else.
 */
export type LeafCredential = Pick<
  DeviceCertificate,
  "profileId" | "deviceId" | "notBefore" | "notAfter" | "edSignature"
> &
  LeafKeys &
  Place;
export type CredentialError = "credential_malformed" | "credential_not_authentic" | "credential_out_of_time";
type Certified = Pick<
  DeviceCertificate,
  "profileId" | "generation" | "deviceId" | "deviceKey" | "notBefore" | "notAfter"
>;

export const MAX_CERTIFICATE_BYTES = 4096;
export const DEVICE_ID_BYTES = 16;
/**
 * How far another person's clock may be from ours before their certificate counts as out of its
 * time.
 */
export const CLOCK_TOLERANCE_SECONDS = 86_400;
const PURPOSE = "pli device certificate v2";
const CREDENTIAL_VERSION = 3;
/**
 * version u8 ‖ profile id ‖ generation u8 ‖ path ‖ Ed25519 key ‖ hash of the ML-DSA key ‖ device id
 * ‖ notBefore u64 ‖ notAfter u64 ‖ signature.
 */
const CREDENTIAL_BYTES = 1 + 32 + 1 + PATH_BYTES + ED_KEY_BYTES + 32 + DEVICE_ID_BYTES + 8 + 8 + ED_SIGNATURE_BYTES;
const CERTIFICATE_SHAPE = {
  v: exactly(2),
  profileId: bytesOf(32),
  generation: isGeneration,
  deviceId: bytesOf(DEVICE_ID_BYTES),
  deviceKey: bytesOf(ED_KEY_BYTES),
  notBefore: isUint,
  notAfter: isUint,
  edSignature: bytesOf(ED_SIGNATURE_BYTES),
  mlDsaSignature: bytesOf(ML_DSA_SIGNATURE_BYTES),
} as const;

/**
 * Certifies a device of this profile. `deviceId` is drawn when it is not given. Throws when the
 * time is no interval.
 */
export function createDeviceCertificate(
  crypto: Crypto,
  identity: IdentitySecret,
  device: {
    readonly deviceKey: Uint8Array;
    readonly deviceId?: Uint8Array;
    readonly notBefore: number;
    readonly notAfter: number;
  },
): DeviceCertificate {
  const { deviceKey, deviceId = crypto.random(DEVICE_ID_BYTES), notBefore, notAfter } = device;
  if (deviceKey.length !== ED_KEY_BYTES || deviceId.length !== DEVICE_ID_BYTES || notAfter < notBefore)
    throw new RangeError("not a device certificate");
  const { id: profileId, generation } = identity;
  const certified = { profileId, generation, deviceId: deviceId as DeviceId, deviceKey, notBefore, notAfter };
  const signature = signTwice(crypto, identity, PURPOSE, encodeCertified(certified));
  const bytes = encodeCbor({ v: 2, ...certified, ...signature });
  return { ...certified, edSignature: signature.edSignature, bytes };
}

/**
 * A certificate signed twice by the profile of `card`, by the keys of that card. Says nothing of
 * the time: `isInTime` does.
 */
export function parseDeviceCertificate(
  crypto: Crypto,
  bytes: Uint8Array,
  card: Card,
): Result<DeviceCertificate, "certificate_malformed" | "certificate_not_authentic"> {
  const fields = parseMap(bytes, MAX_CERTIFICATE_BYTES, CERTIFICATE_SHAPE);
  if (fields === undefined || fields.notAfter < fields.notBefore) return err("certificate_malformed");
  const { generation, deviceKey, notBefore, notAfter, edSignature } = fields;
  const profileId = fields.profileId as ProfileId;
  const deviceId = fields.deviceId as DeviceId;
  const certified = { profileId, generation, deviceId, deviceKey, notBefore, notAfter };
  const isOfCard = sameBytes(profileId, card.id) && generation === card.generation;
  const authentic = isOfCard && verifyTwice(crypto, card, PURPOSE, encodeCertified(certified), fields);
  return authentic ? ok({ ...certified, edSignature, bytes: bytes.slice() }) : err("certificate_not_authentic");
}

/** Whether `now` (seconds) lies in the time of a certificate or credential, give or take a day. */
export function isInTime(time: { readonly notBefore: number; readonly notAfter: number }, now: number): boolean {
  return time.notBefore - CLOCK_TOLERANCE_SECONDS <= now && now <= time.notAfter + CLOCK_TOLERANCE_SECONDS;
}

/**
 * The leaf credential of a device that the profile with these keys certified: 322 bytes. Not CBOR:
 * a group of a thousand has a thousand, and every commit looks at all of them.
 */
export function credentialFromCertificate(
  crypto: Crypto,
  certificate: DeviceCertificate,
  { edKey, mlDsaKey, generation, path }: IdentityKeys & Place,
): Uint8Array {
  const { profileId, deviceId, notBefore, notAfter, edSignature } = certificate;
  const mlDsaHash = crypto.sha256(mlDsaKey);
  const isOfKeys = sameBytes(profileId, profileIdFrom(crypto, { edKey, mlDsaHash, generation, path }));
  if (!isOfKeys || certificate.generation !== generation) throw new RangeError("another's keys");
  const profile = concat(profileId, Uint8Array.of(generation), path, edKey, mlDsaHash);
  const device = concat(deviceId, u64(notBefore), u64(notAfter));
  return concat(Uint8Array.of(CREDENTIAL_VERSION), profile, device, edSignature);
}

/** Its fields, unverified. */
export function parseCredential(bytes: Uint8Array): Result<LeafCredential, "credential_malformed"> {
  if (bytes.length !== CREDENTIAL_BYTES || bytes[0] !== CREDENTIAL_VERSION) return err("credential_malformed");
  let at = 1;
  const next = (length: number): Uint8Array => bytes.slice(at, (at += length));
  const profileId = next(32) as ProfileId;
  const generation = next(1)[0];
  const [path, edKey, mlDsaHash] = [next(PATH_BYTES), next(ED_KEY_BYTES), next(32)];
  const deviceId = next(DEVICE_ID_BYTES) as DeviceId;
  const [notBefore, notAfter] = [u64From(next(8)), u64From(next(8))];
  if (!isGeneration(generation)) return err("credential_malformed");
  if (!isUint(notBefore) || !isUint(notAfter) || notAfter < notBefore) return err("credential_malformed");
  const edSignature = next(ED_SIGNATURE_BYTES);
  return ok({ profileId, generation, path, deviceId, notBefore, notAfter, edSignature, edKey, mlDsaHash });
}

/**
 * Whether a leaf is a device of the profile its credential names, at `now` (seconds): the keys it
 * carries prove themselves against the id, and the profile's Ed25519 signature binds the device id,
 * the time and `signatureKey`, the key the leaf signs with. This is the authentication service MLS
 * asks for. At `any time` it depends on the leaf alone, so two members never disagree on it.
 */
export function checkCredential(
  crypto: Crypto,
  bytes: Uint8Array,
  signatureKey: Uint8Array,
  now: number | "any time",
): Result<LeafCredential, CredentialError> {
  const credential = parseCredential(bytes);
  if (!credential.ok) return credential;
  if (now !== "any time" && !isInTime(credential.value, now)) return err("credential_out_of_time");
  return isAuthentic(crypto, credential.value, signatureKey) ? credential : err("credential_not_authentic");
}

function isAuthentic(crypto: Crypto, credential: LeafCredential, deviceKey: Uint8Array): boolean {
  if (deviceKey.length !== ED_KEY_BYTES) return false;
  if (!sameBytes(credential.profileId, profileIdFrom(crypto, credential))) return false;
  const signed = signedBytes(PURPOSE, encodeCertified({ ...credential, deviceKey }));
  return crypto.verify(credential.edKey, signed, credential.edSignature);
}

function encodeCertified({ profileId, generation, deviceId, deviceKey, notBefore, notAfter }: Certified): Uint8Array {
  return encodeCbor({ v: 2, profileId, generation, deviceId, deviceKey, notBefore, notAfter });
}

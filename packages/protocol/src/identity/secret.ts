import { concat, utf8, type Crypto, type KeyPair } from "../crypto/index.ts";
import { bytesOf, encodeCbor, exactly, parseMap } from "../object/index.ts";
import { err, ok, type Result } from "../wire/index.ts";

declare const brand: unique symbol;
/**
 * sha256("pli profile v2" ‖ Ed25519 key ‖ sha256(ML-DSA-65 key)): 32 bytes that name a person's
 * profile.
 */
export type ProfileId = Uint8Array & { readonly [brand]: "ProfileId" };

/**
 * Who a person is, on their devices and nowhere else: two signing key pairs and the seeds they come
 * from. Section 6.
 */
export type IdentitySecret = {
  readonly id: ProfileId;
  readonly signSeed: Uint8Array;
  readonly mlDsaSeed: Uint8Array;
  readonly sign: KeyPair;
  readonly mlDsa: KeyPair;
};
/** Every statement of a profile is signed twice; each signature must hold. */
export type DoubleSignature = { readonly edSignature: Uint8Array; readonly mlDsaSignature: Uint8Array };
/** The public halves: Ed25519, 32 bytes; ML-DSA-65, 1,952 bytes. */
export type IdentityKeys = { readonly edKey: Uint8Array; readonly mlDsaKey: Uint8Array };

export const ED_KEY_BYTES = 32;
export const ED_SIGNATURE_BYTES = 64;
export const ML_DSA_KEY_BYTES = 1952;
export const ML_DSA_SIGNATURE_BYTES = 3309;
const MAX_SECRET_BYTES = 128;

/** A new identity. Nobody is asked. */
export function createIdentity(crypto: Crypto): IdentitySecret {
  return identityFromSeeds(crypto, crypto.random(32), crypto.random(32));
}

/** Canonical CBOR { v: 1, signSeed, mlDsaSeed }: a secret, to be stored only under another key. */
export function encodeIdentity(identity: IdentitySecret): Uint8Array {
  return encodeCbor({ v: 1, signSeed: identity.signSeed, mlDsaSeed: identity.mlDsaSeed });
}

export function parseIdentity(crypto: Crypto, bytes: Uint8Array): Result<IdentitySecret, "identity_malformed"> {
  const fields = parseMap(bytes, MAX_SECRET_BYTES, { v: exactly(1), signSeed: bytesOf(32), mlDsaSeed: bytesOf(32) });
  return fields === undefined
    ? err("identity_malformed")
    : ok(identityFromSeeds(crypto, fields.signSeed, fields.mlDsaSeed));
}

/** The id of the profile that has these public keys. */
export function profileIdFrom(crypto: Crypto, { edKey, mlDsaKey }: IdentityKeys): ProfileId {
  return profileIdFromHash(crypto, { edKey, mlDsaHash: crypto.sha256(mlDsaKey) });
}

/** The same from what a leaf carries: the Ed25519 key, and the SHA-256 of the ML-DSA-65 key. */
export function profileIdFromHash(
  crypto: Crypto,
  { edKey, mlDsaHash }: { readonly edKey: Uint8Array; readonly mlDsaHash: Uint8Array },
): ProfileId {
  return crypto.sha256(concat(utf8("pli profile v2"), edKey, mlDsaHash)) as ProfileId;
}

/**
 * Both signatures over `purpose` ‖ 0x00 ‖ message. The purpose keeps a signature from meaning
 * anything else.
 */
export function signTwice(
  crypto: Crypto,
  identity: IdentitySecret,
  purpose: string,
  message: Uint8Array,
): DoubleSignature {
  const bytes = signedBytes(purpose, message);
  return {
    edSignature: crypto.sign(identity.sign.secretKey, bytes),
    mlDsaSignature: crypto.mlDsaSign(identity.mlDsa.secretKey, bytes),
  };
}

/** Whether both signatures hold. */
export function verifyTwice(
  crypto: Crypto,
  keys: IdentityKeys,
  purpose: string,
  message: Uint8Array,
  signature: DoubleSignature,
): boolean {
  const bytes = signedBytes(purpose, message);
  const ed = crypto.verify(keys.edKey, bytes, signature.edSignature);
  return ed && crypto.mlDsaVerify(keys.mlDsaKey, bytes, signature.mlDsaSignature);
}

/** What is signed: the purpose, a zero byte, the message. */
export function signedBytes(purpose: string, message: Uint8Array): Uint8Array {
  return concat(utf8(purpose), new Uint8Array(1), message);
}

function identityFromSeeds(crypto: Crypto, signSeed: Uint8Array, mlDsaSeed: Uint8Array): IdentitySecret {
  const sign = crypto.signKeyPair(signSeed);
  const mlDsa = crypto.mlDsaKeyPair(mlDsaSeed);
  const id = profileIdFrom(crypto, { edKey: sign.publicKey, mlDsaKey: mlDsa.publicKey });
  return { id, signSeed, mlDsaSeed, sign, mlDsa };
}

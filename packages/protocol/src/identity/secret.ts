import { concat, utf8, type Crypto, type KeyPair } from "../crypto/index.ts";
import { bytesOf, encodeCbor, exactly, parseMap } from "../object/index.ts";
import { err, ok, type Result } from "../wire/index.ts";
import { PATH_BYTES, isGeneration, profileIdFrom, type Place, type ProfileId } from "./generations.ts";

/**
 * Who a person is, on their devices and nowhere else: two signing key pairs of one generation, and
 * the seeds they come from. Section 6.
 */
export type IdentitySecret = Place & {
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
const MAX_SECRET_BYTES = 320;
const SECRET_SHAPE = {
  v: exactly(2),
  generation: isGeneration,
  path: bytesOf(PATH_BYTES),
  signSeed: bytesOf(32),
  mlDsaSeed: bytesOf(32),
} as const;

/**
 * Canonical CBOR { v: 2, generation, path, signSeed, mlDsaSeed }: a secret, to be stored only under
 * another key.
 */
export function encodeIdentity({ generation, path, signSeed, mlDsaSeed }: IdentitySecret): Uint8Array {
  return encodeCbor({ v: 2, generation, path, signSeed, mlDsaSeed });
}

export function parseIdentity(crypto: Crypto, bytes: Uint8Array): Result<IdentitySecret, "identity_malformed"> {
  const fields = parseMap(bytes, MAX_SECRET_BYTES, SECRET_SHAPE);
  if (fields === undefined) return err("identity_malformed");
  const { generation, path, signSeed, mlDsaSeed } = fields;
  const [sign, mlDsa] = [crypto.signKeyPair(signSeed), crypto.mlDsaKeyPair(mlDsaSeed)];
  const leaf = { edKey: sign.publicKey, mlDsaHash: crypto.sha256(mlDsa.publicKey) };
  const id = profileIdFrom(crypto, { ...leaf, generation, path });
  return ok({ id, generation, path, signSeed, mlDsaSeed, sign, mlDsa });
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

/**
 * The recovery secret, from which all keys of a person come. A device holds those of one generation
 * only; with the secret its owner makes the next ones, which a thief of the device cannot. Section
 * 6.1.
 */
import { kdf, utf8, type Crypto } from "../crypto/index.ts";
import { GENERATIONS, isGeneration, pathFrom, profileIdFrom } from "./generations.ts";
import type { IdentitySecret } from "./secret.ts";

declare const brand: unique symbol;
/** 24 random bytes that a person writes down as words. */
export type RecoverySecret = Uint8Array & { readonly [brand]: "RecoverySecret" };

export const RECOVERY_SECRET_BYTES = 24;

export function createRecoverySecret(crypto: Crypto): RecoverySecret {
  return crypto.random(RECOVERY_SECRET_BYTES) as RecoverySecret;
}

/** These 24 bytes as the secret that they are; undefined for another number of them. */
export function recoverySecretFrom(bytes: Uint8Array): RecoverySecret | undefined {
  return bytes.length === RECOVERY_SECRET_BYTES ? (bytes.slice() as RecoverySecret) : undefined;
}

/**
 * The identity of one generation. Slow, some 100 ms: the id and the path take the keys of all
 * sixteen.
 */
export function identityFromRecovery(crypto: Crypto, secret: RecoverySecret, generation: number): IdentitySecret {
  if (!isGeneration(generation)) throw new RangeError("no such generation");
  const seeds = Array.from({ length: GENERATIONS }, (_, at) => seedsFrom(crypto, secret, at));
  const pairs = seeds.map(({ signSeed, mlDsaSeed }) => ({
    sign: crypto.signKeyPair(signSeed),
    mlDsa: crypto.mlDsaKeyPair(mlDsaSeed),
  }));
  const leaves = pairs.map(({ sign, mlDsa }) => ({
    edKey: sign.publicKey,
    mlDsaHash: crypto.sha256(mlDsa.publicKey),
  }));
  const [own, pair, leaf] = [seeds[generation], pairs[generation], leaves[generation]];
  if (own === undefined || pair === undefined || leaf === undefined) throw new RangeError("no such generation");
  const path = pathFrom(crypto, leaves, generation);
  for (const [at, { sign, mlDsa }] of pairs.entries())
    if (at !== generation) crypto.wipe(sign.secretKey, mlDsa.secretKey);
  return { id: profileIdFrom(crypto, { ...leaf, generation, path }), generation, path, ...own, ...pair };
}

/** A new identity, of a recovery secret that nobody keeps. */
export function createIdentity(crypto: Crypto): IdentitySecret {
  return identityFromRecovery(crypto, createRecoverySecret(crypto), 0);
}

/** Reads and writes the backups of this generation, and makes no identity. 32 bytes. */
export function backupSecretFrom(crypto: Crypto, secret: RecoverySecret, generation: number): Uint8Array {
  return kdf(crypto, rootOf(crypto, secret), "backup", Uint8Array.of(generation));
}

function seedsFrom(
  crypto: Crypto,
  secret: RecoverySecret,
  generation: number,
): Pick<IdentitySecret, "signSeed" | "mlDsaSeed"> {
  const root = rootOf(crypto, secret);
  return {
    signSeed: kdf(crypto, root, "identity sign", Uint8Array.of(generation)),
    mlDsaSeed: kdf(crypto, root, "identity ml-dsa", Uint8Array.of(generation)),
  };
}

/** The one key derivation starts from 32 bytes. */
const rootOf = (crypto: Crypto, secret: RecoverySecret): Uint8Array =>
  crypto.hkdfExtract("sha256", utf8("pli recovery v1"), secret);

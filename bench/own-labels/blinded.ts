/**
 * (b) Blinded keys, after BACAP (Katzenpost), Tor's onion services and
 * draft-irtf-cfrg-signature-key-blinding: the label is the hash of the leaf's key A times b, b from
 * the epoch and the step; a put carries the blinded key and an Ed25519 signature that holds under
 * it. libsodium has no such signature: it is composed of scalars and points, which is more than we
 * would like to write ourselves.
 */
import { createPublicKey, hash, verify, type KeyObject } from "node:crypto";
import { concat, kdf, type Crypto } from "@pli/protocol/crypto";
import { labelFrom } from "@pli/protocol/object";
import type { Label } from "@pli/protocol/wire";
import type { Sodium } from "./sodium.ts";

/** The blinded key and the signature. */
export const BLINDED_PROOF_BYTES = 96;

/** b of a step, known to all members; from the chain's secret, which is erased after use. */
export const blindingOf = (crypto: Crypto, sodium: Sodium, secret: Uint8Array): Uint8Array =>
  sodium.crypto_core_ed25519_scalar_reduce(concat(kdf(crypto, secret, "blind 1"), kdf(crypto, secret, "blind 2")));

/** bA: what any member can compute. Throws for a key that is not of the group of prime order. */
export const blindedKey = (sodium: Sodium, b: Uint8Array, leafKey: Uint8Array): Uint8Array =>
  sodium.crypto_scalarmult_ed25519_noclamp(b, leafKey);

export const labelFromKey = (crypto: Crypto, feed: number, key: Uint8Array): Label =>
  labelFrom(feed, crypto.sha256(key));

/**
 * What only the sender can compute: bA ‖ an Ed25519 signature of the message under it. `leafSecret`
 * is libsodium's, seed ‖ key.
 */
export const blindedProof = (
  sodium: Sodium,
  b: Uint8Array,
  leafSecret: Uint8Array,
  message: Uint8Array,
): Uint8Array => {
  const reduced = (...parts: Uint8Array[]): Uint8Array =>
    sodium.crypto_core_ed25519_scalar_reduce(sodium.crypto_hash_sha512(concat(...parts)));
  const expanded = sodium.crypto_hash_sha512(leafSecret.subarray(0, 32));
  const a = expanded.slice(0, 32);
  a[0] = (a[0] ?? 0) & 0xf8;
  a[31] = ((a[31] ?? 0) & 0x7f) | 0x40;
  const blinded = sodium.crypto_core_ed25519_scalar_mul(b, a);
  const key = sodium.crypto_scalarmult_ed25519_base_noclamp(blinded);
  // The nonce's secret is another for each b: the same r under two keys would give the leaf's key
  // away.
  const r = reduced(expanded.subarray(32), b, message);
  const point = sodium.crypto_scalarmult_ed25519_base_noclamp(r);
  const s = sodium.crypto_core_ed25519_scalar_add(
    r,
    sodium.crypto_core_ed25519_scalar_mul(reduced(point, key, message), blinded),
  );
  return concat(key, point, s);
};

/** The store's check: the label is the key's, the signature holds. */
export const isOwned = (label: Uint8Array, proof: Uint8Array, message: Uint8Array): boolean =>
  isOfKey(label, proof) && verify(null, message, keyFrom(proof), proof.subarray(32));

/** The same in Node's threads. */
export const isOwnedAsync = (label: Uint8Array, proof: Uint8Array, message: Uint8Array): Promise<boolean> =>
  new Promise((resolve, reject) => {
    if (!isOfKey(label, proof)) return resolve(false);
    verify(null, message, keyFrom(proof), proof.subarray(32), (error, holds) =>
      error === null ? resolve(holds) : reject(error),
    );
  });

const isOfKey = (label: Uint8Array, proof: Uint8Array): boolean =>
  hash("sha256", proof.subarray(0, 32), "buffer").subarray(0, 30).equals(label.subarray(2));

/** An Ed25519 key as SubjectPublicKeyInfo, which Node takes. */
const SPKI = Buffer.from("302a300506032b6570032100", "hex");

export const keyFrom = (proof: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([SPKI, proof.subarray(0, 32)]), format: "der", type: "spki" });

import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import sodium from "libsodium-wrappers-sumo";
import { cryptoFrom } from "./compose.ts";
import type { Crypto, KeyPair, Primitives } from "./port.ts";

/**
 * The one implementation of the port: libsodium 1.0.22 in WebAssembly, ML-DSA-65 from noble. Node
 * and browser alike.
 */
export async function createCrypto(): Promise<Crypto> {
  await sodium.ready;
  return cryptoFrom(primitives);
}

/** What the platform gives in one call, at most. */
const RANDOM_AT_ONCE = 65_536;

/**
 * From the platform: libsodium's wrapper asks it for four bytes at a time, which costs more than an
 * encapsulation.
 */
function random(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let start = 0; start < length; start += RANDOM_AT_ONCE)
    crypto.getRandomValues(bytes.subarray(start, start + RANDOM_AT_ONCE));
  return bytes;
}

const primitives: Primitives = {
  random,
  sha256: (data) => sodium.crypto_hash_sha256(data),
  sha512: (data) => sodium.crypto_hash_sha512(data),
  shake256: (data, length) => sodium.crypto_xof_shake256(length, data),
  hmacSha256(key, data) {
    const state = sodium.crypto_auth_hmacsha256_init(key);
    sodium.crypto_auth_hmacsha256_update(state, data);
    return sodium.crypto_auth_hmacsha256_final(state);
  },
  hmacSha512(key, data) {
    const state = sodium.crypto_auth_hmacsha512_init(key);
    sodium.crypto_auth_hmacsha512_update(state, data);
    return sodium.crypto_auth_hmacsha512_final(state);
  },
  aeadSeal: (key, nonce, plaintext, aad) =>
    sodium.crypto_aead_chacha20poly1305_ietf_encrypt(plaintext, aad, null, nonce, key),
  aeadOpen(key, nonce, ciphertext, aad) {
    if (key.length !== 32 || nonce.length !== 12)
      throw new RangeError("aeadOpen wants a key of 32 and a nonce of 12 bytes");
    return attempt(() => sodium.crypto_aead_chacha20poly1305_ietf_decrypt(null, ciphertext, aad, nonce, key));
  },
  signKeyPair: (seed = random(32)) => keyPair(sodium.crypto_sign_seed_keypair(seed)),
  sign: (secretKey, message) => sodium.crypto_sign_detached(message, secretKey),
  verify(publicKey, message, signature) {
    return (
      publicKey.length === 32 &&
      signature.length === 64 &&
      sodium.crypto_sign_verify_detached(signature, message, publicKey)
    );
  },
  mlDsaKeyPair(seed = random(32)) {
    const { publicKey, secretKey } = ml_dsa65.keygen(seed);
    return { publicKey, secretKey };
  },
  mlDsaSign: (secretKey, message, entropy = random(32)) => ml_dsa65.sign(message, secretKey, { extraEntropy: entropy }),
  mlDsaVerify(publicKey, message, signature) {
    return publicKey.length === 1952 && signature.length === 3309 && ml_dsa65.verify(signature, message, publicKey);
  },
  kemKeyPair: (seed = random(32)) => keyPair(sodium.crypto_kem_xwing_seed_keypair(seed)),
  encap(publicKey, entropy = random(64)) {
    if (entropy.length !== 64) throw new RangeError("encap wants entropy of 64 bytes");
    return attempt(() => sodium.crypto_kem_xwing_enc_deterministic(publicKey, entropy));
  },
  decap(secretKey, ciphertext) {
    if (secretKey.length !== 32) throw new RangeError("decap wants a secret key of 32 bytes");
    return attempt(() => sodium.crypto_kem_xwing_dec(ciphertext, secretKey));
  },
  x25519KeyPair: (seed = random(32)) => ({ secretKey: seed.slice(), publicKey: sodium.crypto_scalarmult_base(seed) }),
  x25519: (secretKey, publicKey) => attempt(() => sodium.crypto_scalarmult(secretKey, publicKey)),
  argon2id: (password, salt, { memoryKiB, passes }) =>
    sodium.crypto_pwhash(32, password, salt, passes, memoryKiB * 1024, sodium.crypto_pwhash_ALG_ARGON2ID13),
  equal: (a, b) => a.length === b.length && sodium.memcmp(a, b),
  wipe(...buffers) {
    for (const buffer of buffers) buffer.fill(0);
  },
};

/** libsodium's wrapper throws where the primitive says no. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

function keyPair({ publicKey, privateKey }: { publicKey: Uint8Array; privateKey: Uint8Array }): KeyPair {
  return { publicKey, secretKey: privateKey };
}

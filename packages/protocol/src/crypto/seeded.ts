import { concat, utf8 } from "./bytes.ts";
import { cryptoFrom } from "./compose.ts";
import type { Crypto } from "./port.ts";

/**
 * The same port with repeatable randomness drawn from `seed` (any length): for vectors and
 * simulation, never for people. Two made from one seed give the same bytes in the same order of
 * calls.
 */
export function createSeededCrypto(crypto: Crypto, seed: Uint8Array): Crypto {
  const key = crypto.sha256(concat(utf8("pli seeded crypto"), new Uint8Array(1), seed));
  let calls = 0;
  const random = (length: number): Uint8Array => {
    const counter = new Uint8Array(4);
    new DataView(counter.buffer).setUint32(0, calls++);
    return crypto.shake256(concat(key, counter), length);
  };
  return cryptoFrom({
    ...crypto,
    random,
    signKeyPair: (own = random(32)) => crypto.signKeyPair(own),
    mlDsaKeyPair: (own = random(32)) => crypto.mlDsaKeyPair(own),
    mlDsaSign: (secretKey, message, entropy = random(32)) => crypto.mlDsaSign(secretKey, message, entropy),
    kemKeyPair: (own = random(32)) => crypto.kemKeyPair(own),
    encap: (publicKey, entropy = random(64)) => crypto.encap(publicKey, entropy),
    x25519KeyPair: (own = random(32)) => crypto.x25519KeyPair(own),
  });
}

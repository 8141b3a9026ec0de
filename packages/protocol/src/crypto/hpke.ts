import { concat, u16, utf8 } from "./bytes.ts";
import { HASH_BYTES, hkdfExpand, hmac } from "./hkdf.ts";
import type { Kem } from "./kem.ts";
import type { HashName, HpkeOpener, HpkeSealer, Primitives } from "./port.ts";

/** An HPKE suite: its KEM, the hash of its HKDF; the AEAD is always ChaCha20-Poly1305 (0x0003). */
export type HpkeSuite = { readonly kem: Kem; readonly hash: HashName };

type Context = {
  key: Uint8Array;
  baseNonce: Uint8Array;
  exporter: (context: Uint8Array, length: number) => Uint8Array;
};

const VERSION = utf8("HPKE-v1");
const NOTHING = new Uint8Array(0);
const BASE_MODE = new Uint8Array([0]);
const KDF_ID: Readonly<Record<HashName, number>> = { sha256: 1, sha512: 3 };
const AEAD_ID = 3;

/**
 * SetupBaseS (RFC 9180, section 5.1.1). Undefined when the public key cannot be one. `entropy` is
 * for vectors.
 */
export function setupSealer(
  crypto: Primitives,
  suite: HpkeSuite,
  publicKey: Uint8Array,
  info: Uint8Array,
  entropy?: Uint8Array,
): HpkeSealer | undefined {
  return sealersFor(crypto, suite, info)(publicKey, entropy);
}

/** SetupBaseS for many recipients and one `info`, which is hashed once. */
export function sealersFor(
  crypto: Primitives,
  suite: HpkeSuite,
  info: Uint8Array,
): (publicKey: Uint8Array, entropy?: Uint8Array) => HpkeSealer | undefined {
  const schedule = keySchedule(crypto, suite, info);
  return (publicKey, entropy) => {
    const made = suite.kem.encap(publicKey, entropy);
    if (made === undefined) return undefined;
    const context = schedule(made.sharedSecret);
    let sequence = 0;
    return {
      enc: made.ciphertext,
      seal: (aad, plaintext) => crypto.aeadSeal(context.key, nonceAt(context.baseNonce, sequence++), plaintext, aad),
      export: context.exporter,
    };
  };
}

/** SetupBaseR (RFC 9180, section 5.1.1). Undefined when `enc` cannot be one. */
export function setupOpener(
  crypto: Primitives,
  suite: HpkeSuite,
  secretKey: Uint8Array,
  enc: Uint8Array,
  info: Uint8Array,
): HpkeOpener | undefined {
  const sharedSecret = suite.kem.decap(secretKey, enc);
  if (sharedSecret === undefined) return undefined;
  const context = keySchedule(crypto, suite, info)(sharedSecret);
  let sequence = 0;
  return {
    open(aad, ciphertext) {
      const plaintext = crypto.aeadOpen(context.key, nonceAt(context.baseNonce, sequence), ciphertext, aad);
      if (plaintext !== undefined) sequence++;
      return plaintext;
    },
    export: context.exporter,
  };
}

/** The key schedule for one `info`, as a function of the shared secret, which it erases. */
function keySchedule(
  crypto: Primitives,
  { kem, hash }: HpkeSuite,
  info: Uint8Array,
): (sharedSecret: Uint8Array) => Context {
  const suiteId = concat(utf8("HPKE"), u16(kem.id), u16(KDF_ID[hash]), u16(AEAD_ID));
  const extract = (salt: Uint8Array, label: string, ikm: Uint8Array): Uint8Array =>
    hmac(crypto, hash, salt, concat(VERSION, suiteId, utf8(label), ikm));
  const expand = (prk: Uint8Array, label: string, context: Uint8Array, length: number): Uint8Array =>
    hkdfExpand(crypto, hash, prk, concat(u16(length), VERSION, suiteId, utf8(label), context), length);
  const scheduled = concat(BASE_MODE, extract(NOTHING, "psk_id_hash", NOTHING), extract(NOTHING, "info_hash", info));
  return (sharedSecret) => {
    const secret = extract(sharedSecret, "secret", NOTHING);
    const exporterSecret = expand(secret, "exp", scheduled, HASH_BYTES[hash]);
    const context = {
      key: expand(secret, "key", scheduled, 32),
      baseNonce: expand(secret, "base_nonce", scheduled, 12),
      exporter: (exporterContext: Uint8Array, length: number) => expand(exporterSecret, "sec", exporterContext, length),
    };
    crypto.wipe(secret, sharedSecret);
    return context;
  };
}

function nonceAt(baseNonce: Uint8Array, sequence: number): Uint8Array {
  const nonce = baseNonce.slice();
  const view = new DataView(nonce.buffer);
  view.setUint32(4, view.getUint32(4) ^ Math.floor(sequence / 0x1_0000_0000));
  view.setUint32(8, view.getUint32(8) ^ (sequence >>> 0));
  return nonce;
}

import { concat, u16, utf8 } from "./bytes.ts";
import { hkdfExpand, hmac } from "./hkdf.ts";
import type { Encapsulation, KeyPair, Primitives } from "./port.ts";

/** A key encapsulation mechanism as HPKE wants it (RFC 9180, section 4). */
export interface Kem {
  readonly id: number;
  generateKeyPair(): KeyPair;
  deriveKeyPair(ikm: Uint8Array): KeyPair;
  /** `entropy` replaces the randomness, for vectors. */
  encap(publicKey: Uint8Array, entropy?: Uint8Array): Encapsulation | undefined;
  decap(secretKey: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined;
}

const VERSION = utf8("HPKE-v1");
const NOTHING = new Uint8Array(0);

/**
 * X-Wing as an HPKE KEM, id 0x647a; DeriveKeyPair as draft-ietf-hpke-pq: SHAKE256 LabeledDerive.
 */
export function xWingKem(crypto: Primitives): Kem {
  const suite = concat(utf8("KEM"), u16(0x647a));
  return {
    id: 0x647a,
    generateKeyPair: () => crypto.kemKeyPair(),
    deriveKeyPair(ikm) {
      const label = utf8("DeriveKeyPair");
      return crypto.kemKeyPair(crypto.shake256(concat(ikm, VERSION, suite, u16(label.length), label, u16(32)), 32));
    },
    encap: (publicKey, entropy) => crypto.encap(publicKey, entropy),
    decap: (secretKey, ciphertext) => crypto.decap(secretKey, ciphertext),
  };
}

/**
 * DHKEM(X25519, HKDF-SHA256), id 0x0020 (RFC 9180, section 4.1): for the interoperability suite.
 */
export function x25519Kem(crypto: Primitives): Kem {
  const suite = concat(utf8("KEM"), u16(0x0020));
  const extract = (label: string, ikm: Uint8Array): Uint8Array =>
    hmac(crypto, "sha256", NOTHING, concat(VERSION, suite, utf8(label), ikm));
  const expand = (prk: Uint8Array, label: string, info: Uint8Array): Uint8Array =>
    hkdfExpand(crypto, "sha256", prk, concat(u16(32), VERSION, suite, utf8(label), info), 32);
  const secretFrom = (dh: Uint8Array, context: Uint8Array): Uint8Array =>
    expand(extract("eae_prk", dh), "shared_secret", context);
  const deriveKeyPair = (ikm: Uint8Array): KeyPair =>
    crypto.x25519KeyPair(expand(extract("dkp_prk", ikm), "sk", NOTHING));
  return {
    id: 0x0020,
    generateKeyPair: () => crypto.x25519KeyPair(),
    deriveKeyPair,
    encap(publicKey, entropy) {
      const own = entropy === undefined ? crypto.x25519KeyPair() : deriveKeyPair(entropy);
      const dh = crypto.x25519(own.secretKey, publicKey);
      if (dh === undefined) return undefined;
      return { sharedSecret: secretFrom(dh, concat(own.publicKey, publicKey)), ciphertext: own.publicKey };
    },
    decap(secretKey, ciphertext) {
      const dh = crypto.x25519(secretKey, ciphertext);
      return dh === undefined
        ? undefined
        : secretFrom(dh, concat(ciphertext, crypto.x25519KeyPair(secretKey).publicKey));
    },
  };
}

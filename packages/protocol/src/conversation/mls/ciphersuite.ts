import type { CiphersuiteImpl, CiphersuiteName } from "ts-mls";
import { composeBufferEncoders, encode } from "ts-mls/codec/tlsEncoder.js";
import { varLenDataEncoder } from "ts-mls/codec/variableLength.js";
import { hkdfExpand, hmac, HASH_BYTES } from "../../crypto/hkdf.ts";
import { concat, u16, utf8 } from "../../crypto/bytes.ts";
import { sealersFor, setupOpener, setupSealer } from "../../crypto/hpke.ts";
import type { HpkeSuite } from "../../crypto/hpke.ts";
import { x25519Kem, xWingKem } from "../../crypto/kem.ts";
import type { Kem } from "../../crypto/kem.ts";
import type { Crypto, HashName, KeyPair } from "../../crypto/port.ts";

/**
 * Pli's suite: hybrid post-quantum confidentiality. Its code point is not registered;
 * docs/protocol.md, section 4.
 */
export const PLI_SUITE = "MLS_256_XWING_CHACHA20POLY1305_SHA512_Ed25519" satisfies CiphersuiteName;
/**
 * RFC 9420's suite 3, for published vectors and interoperability tests; no conversation uses it.
 */
export const INTEROP_SUITE = "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519" satisfies CiphersuiteName;

export type SuiteName = typeof PLI_SUITE | typeof INTEROP_SUITE;

/**
 * A suite for all that works with it: the provider of ts-mls, and what our own parts call without
 * waiting.
 */
export interface Suite {
  readonly name: SuiteName;
  readonly crypto: Crypto;
  readonly cs: CiphersuiteImpl;
  readonly kem: Kem;
  readonly hashBytes: number;
  digest(data: Uint8Array): Uint8Array;
  /**
   * EncryptWithLabel (RFC 9420, section 5.1.3) of many plaintexts in one context. Throws when a
   * public key cannot be one.
   */
  sealer(label: string, context: Uint8Array): (publicKey: Uint8Array, plaintext: Uint8Array) => Sealed;
  /** ExpandWithLabel (RFC 9420, section 8); as long as a hash unless told. */
  expand(secret: Uint8Array, label: string, context?: Uint8Array, length?: number): Uint8Array;
}

export type Sealed = { readonly kemOutput: Uint8Array; readonly ciphertext: Uint8Array };

type Hpke = CiphersuiteImpl["hpke"];

const NOTHING = new Uint8Array(0);

export function createSuite(crypto: Crypto, name: SuiteName = PLI_SUITE): Suite {
  const hash = hashFor(name);
  const kem = kemFor(crypto, name);
  return {
    name,
    crypto,
    cs: createCiphersuite(crypto, name),
    kem,
    hashBytes: HASH_BYTES[hash],
    digest: (data) => (hash === "sha256" ? crypto.sha256(data) : crypto.sha512(data)),
    sealer(label, context) {
      const info = encodeInfo([utf8(`MLS 1.0 ${label}`), context]);
      const sealers = sealersFor(crypto, { kem, hash }, info);
      return (publicKey, plaintext) => {
        const sealer = found(sealers(publicKey));
        return { kemOutput: sealer.enc, ciphertext: sealer.seal(NOTHING, plaintext) };
      };
    },
    expand: (secret, label, context = NOTHING, length = HASH_BYTES[hash]) =>
      hkdfExpand(crypto, hash, secret, labelled(label, context, length), length),
  };
}

/** The psk_secret (RFC 9420, section 8.4) of no pre-shared keys: there are never any here. */
export const noPsk = (suite: Suite): Uint8Array => new Uint8Array(suite.hashBytes);

const encodeInfo = encode(composeBufferEncoders([varLenDataEncoder, varLenDataEncoder]));

const hashFor = (name: SuiteName): HashName => (name === PLI_SUITE ? "sha512" : "sha256");

const kemFor = (crypto: Crypto, name: SuiteName): Kem => (name === PLI_SUITE ? xWingKem(crypto) : x25519Kem(crypto));

/** The KDFLabel: label and context are short, so the length of each takes one byte. */
function labelled(label: string, context: Uint8Array, length: number): Uint8Array {
  const full = utf8(`MLS 1.0 ${label}`);
  if (full.length > 63 || context.length > 63) throw new RangeError("label or context too long");
  return concat(u16(length), new Uint8Array([full.length]), full, new Uint8Array([context.length]), context);
}

/** The provider ts-mls asks for, on our Crypto port: no WebCrypto, nothing imported per call. */
export function createCiphersuite(crypto: Crypto, name: SuiteName = PLI_SUITE): CiphersuiteImpl {
  const hash = hashFor(name);
  const kem = kemFor(crypto, name);
  return {
    name,
    rng: { randomBytes: (length) => crypto.random(length) },
    hash: hashOf(crypto, hash),
    kdf: {
      size: HASH_BYTES[hash],
      extract: async (salt, ikm) => hmac(crypto, hash, salt, ikm),
      expand: async (prk, info, length) => hkdfExpand(crypto, hash, prk, info, length),
    },
    signature: signatureOf(crypto),
    hpke: hpkeOf(crypto, { kem, hash }),
  };
}

function hashOf(crypto: Crypto, hash: HashName): CiphersuiteImpl["hash"] {
  return {
    digest: async (data) => (hash === "sha256" ? crypto.sha256(data) : crypto.sha512(data)),
    mac: async (key, data) => hmac(crypto, hash, key, data),
    verifyMac: async (key, mac, data) => crypto.equal(mac, hmac(crypto, hash, key, data)),
  };
}

function signatureOf(crypto: Crypto): CiphersuiteImpl["signature"] {
  return {
    sign: async (signKey, message) =>
      crypto.sign(signKey.length === 32 ? crypto.signKeyPair(signKey).secretKey : signKey, message),
    verify: async (publicKey, message, signature) => crypto.verify(publicKey, message, signature),
    async keygen() {
      const { publicKey, secretKey } = crypto.signKeyPair();
      return { publicKey, signKey: secretKey };
    },
  };
}

function hpkeOf(crypto: Crypto, suite: HpkeSuite): Hpke {
  const sealer = (publicKey: Uint8Array, info: Uint8Array) => found(setupSealer(crypto, suite, publicKey, info));
  const opener = (privateKey: Uint8Array, enc: Uint8Array, info: Uint8Array) =>
    found(setupOpener(crypto, suite, privateKey, enc, info));
  const withByteKeys = {
    keyLength: 32,
    nonceLength: 12,
    async seal(publicKey: Uint8Array, plaintext: Uint8Array, info: Uint8Array, aad = NOTHING) {
      const context = sealer(publicKey, info);
      return { enc: context.enc, ct: context.seal(aad, plaintext) };
    },
    async open(privateKey: Uint8Array, enc: Uint8Array, ciphertext: Uint8Array, info: Uint8Array, aad = NOTHING) {
      return found(opener(privateKey, enc, info).open(aad, ciphertext));
    },
    async exportSecret(publicKey: Uint8Array, context: Uint8Array, length: number, info: Uint8Array) {
      const made = sealer(publicKey, info);
      return { enc: made.enc, secret: made.export(context, length) };
    },
    async importSecret(key: Uint8Array, context: Uint8Array, enc: Uint8Array, length: number, info: Uint8Array) {
      return opener(key, enc, info).export(context, length);
    },
    importPrivateKey: asIs,
    importPublicKey: asIs,
    exportPublicKey: asIs,
    exportPrivateKey: asIs,
    async encryptAead(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array | undefined, plaintext: Uint8Array) {
      return crypto.aeadSeal(key, nonce, plaintext, aad ?? NOTHING);
    },
    async decryptAead(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array | undefined, ciphertext: Uint8Array) {
      return found(crypto.aeadOpen(key, nonce, ciphertext, aad ?? NOTHING));
    },
    deriveKeyPair: async (ikm: Uint8Array) => named(suite.kem.deriveKeyPair(ikm)),
    generateKeyPair: async () => named(suite.kem.generateKeyPair()),
  };
  // oxlint-disable-next-line typescript/no-unnecessary-type-assertion -- ts-mls calls its opaque keys CryptoKey, a type that exists only with the DOM library
  return withByteKeys as unknown as Hpke;
}

async function asIs(key: Uint8Array): Promise<Uint8Array> {
  return key;
}

function named(pair: KeyPair): { publicKey: Uint8Array; privateKey: Uint8Array } {
  return { publicKey: pair.publicKey, privateKey: pair.secretKey };
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("cryptographic failure");
  return value;
}

/**
 * The public key of a suite's private key: both KEMs keep a secret key as 32 bytes that determine
 * it.
 */
export function kemPublicKeyFrom(crypto: Crypto, name: CiphersuiteName, secretKey: Uint8Array): Uint8Array {
  return name === PLI_SUITE ? crypto.kemKeyPair(secretKey).publicKey : crypto.x25519KeyPair(secretKey).publicKey;
}

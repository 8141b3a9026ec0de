/** Hashes that HMAC, HKDF and HPKE can stand on. */
export type HashName = "sha256" | "sha512";

export type KeyPair = { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array };

export type Encapsulation = { readonly sharedSecret: Uint8Array; readonly ciphertext: Uint8Array };

/** What the sealing side of HPKE keeps (RFC 9180, section 5.2). Each seal uses the next nonce. */
export interface HpkeSealer {
  readonly enc: Uint8Array;
  seal(aad: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /** Exporter, RFC 9180 section 5.3. */
  export(context: Uint8Array, length: number): Uint8Array;
}

/**
 * What the opening side of HPKE keeps. Ciphertexts open in the order they were sealed; a failed one
 * does not advance.
 */
export interface HpkeOpener {
  open(aad: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined;
  export(context: Uint8Array, length: number): Uint8Array;
}

/**
 * The primitives, synchronous. Everything random comes from `random`, so that a seeded one makes
 * everything repeatable. Lengths that are ours to get right throw when wrong; what an attacker can
 * choose (a ciphertext, a signature, somebody's public key) gives `undefined` or `false`.
 */
export interface Primitives {
  random(length: number): Uint8Array;
  sha256(data: Uint8Array): Uint8Array;
  sha512(data: Uint8Array): Uint8Array;
  /** SHAKE256 (FIPS 202) of any output length. */
  shake256(data: Uint8Array, length: number): Uint8Array;
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array;
  hmacSha512(key: Uint8Array, data: Uint8Array): Uint8Array;
  /**
   * ChaCha20-Poly1305 (RFC 8439): key 32, nonce 12; the result is 16 bytes longer than the
   * plaintext.
   */
  aeadSeal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Uint8Array;
  /** The plaintext, or undefined when the ciphertext is not authentic. */
  aeadOpen(key: Uint8Array, nonce: Uint8Array, ciphertext: Uint8Array, aad: Uint8Array): Uint8Array | undefined;
  /** Ed25519: public key 32, secret key 64 (seed then public key), seed 32. */
  signKeyPair(seed?: Uint8Array): KeyPair;
  /** Ed25519 signature, 64 bytes (RFC 8032). */
  sign(secretKey: Uint8Array, message: Uint8Array): Uint8Array;
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /**
   * ML-DSA-65 (FIPS 204): public key 1,952, secret key 4,032, seed 32. Slow: about 9 ms to sign.
   */
  mlDsaKeyPair(seed?: Uint8Array): KeyPair;
  /** Hedged ML-DSA-65 signature, 3,309 bytes, empty context. */
  mlDsaSign(secretKey: Uint8Array, message: Uint8Array, entropy?: Uint8Array): Uint8Array;
  mlDsaVerify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** X-Wing (draft-connolly-cfrg-xwing-kem): public key 1,216, secret key 32 (its seed). */
  kemKeyPair(seed?: Uint8Array): KeyPair;
  /**
   * Shared secret 32, ciphertext 1,120; `entropy` is 64 bytes. Undefined when the public key cannot
   * be one: of another length, with a coefficient of ML-KEM out of range (FIPS 203, section 7.2),
   * or with an X25519 part of low order.
   */
  encap(publicKey: Uint8Array, entropy?: Uint8Array): Encapsulation | undefined;
  /**
   * The shared secret; a wrong ciphertext gives another secret. Undefined when it cannot be one: of
   * another length, or with an X25519 part of low order.
   */
  decap(secretKey: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined;
  /** X25519 (RFC 7748), for the interoperability suite only. */
  x25519KeyPair(seed?: Uint8Array): KeyPair;
  /** The shared point, or undefined when it is zero or a length is wrong. */
  x25519(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined;
  /** Argon2id (RFC 9106), one lane, salt 16; 32 bytes. */
  argon2id(password: Uint8Array, salt: Uint8Array, cost: { memoryKiB: number; passes: number }): Uint8Array;
  /** Comparison whose time depends on the lengths only. */
  equal(a: Uint8Array, b: Uint8Array): boolean;
  /** Overwrites with zeros. */
  wipe(...buffers: readonly Uint8Array[]): void;
}

/** The Crypto port: the primitives and what is composed of them. */
export interface Crypto extends Primitives {
  /** RFC 5869, section 2.2. */
  hkdfExtract(hash: HashName, salt: Uint8Array, ikm: Uint8Array): Uint8Array;
  /** RFC 5869, section 2.3; at most 255 hash lengths. */
  hkdfExpand(hash: HashName, prk: Uint8Array, info: Uint8Array, length: number): Uint8Array;
  /**
   * HPKE base mode, X-Wing / HKDF-SHA512 / ChaCha20-Poly1305. Undefined when the public key cannot
   * be one.
   */
  hpkeSealer(publicKey: Uint8Array, info: Uint8Array): HpkeSealer | undefined;
  hpkeOpener(secretKey: Uint8Array, enc: Uint8Array, info: Uint8Array): HpkeOpener | undefined;
}

import sodium from "libsodium-wrappers-sumo";
import { beforeAll, describe, expect, test } from "vitest";
import { concat, createCrypto, toHex, utf8 } from "../src/crypto/index.ts";
import type { Crypto } from "../src/crypto/index.ts";
import { hex } from "./hex.ts";
import { both, casesIn, checkFile, NOT_RUN, readFile, verdict, wantedOf } from "./published-cases.ts";
import type { CaseOf, Judged, Published } from "./published-cases.ts";
import { wantedOfX25519 } from "./wycheproof-cases.ts";

/**
 * ML-KEM-768 is in the port as a part of X-Wing (draft-connolly-cfrg-xwing-kem-08, section 5),
 * whose public key and ciphertext are one of ML-KEM and one of X25519 behind it. Each published one
 * is put into an X-Wing value that is good otherwise. A secret key is a seed of 32 bytes, out of
 * which SHAKE256 makes the seed of ML-KEM and the secret key of X25519: no published key of ML-KEM
 * can be put there.
 */
const ENCAPSULATION_KEY_BYTES = 1184;
const CIPHERTEXT_BYTES = 1088;
const MODULUS = 3329;

const COUNTS = {
  mlkem_768_encaps_test: { "as published": 133, refused: 132 },
  mlkem_768_test: { thrown: 20, refused: 20, "not run": 153 },
  mlkem_768_semi_expanded_decaps_test: { thrown: 4, refused: 2, "not run": 3 },
  mlkem_768_keygen_seed_test: { "not run": 100 },
};
const X25519_COUNTS = { "as published": 487, refused: 31 };
const MODULUS_CASES = 780;

/** One X-Wing key in its parts, and the ephemeral X25519 key of those who encapsulate to it. */
type Keys = {
  readonly crypto: Crypto;
  readonly secretKey: Uint8Array;
  readonly encapsulationKey: Uint8Array;
  readonly point: Uint8Array;
  readonly z: Uint8Array;
  readonly scalar: Uint8Array;
  readonly ephemeralScalar: Uint8Array;
  readonly ephemeral: Uint8Array;
};

/** The cases about ML-KEM, and those of X25519 again as the other part of X-Wing. */
export function describeXWing(published: Published): void {
  const total = casesIn(...Object.values(COUNTS), X25519_COUNTS) + MODULUS_CASES;
  if (!published.present) void published.announce(`ML-KEM and X25519 in X-Wing, in ${published.where}`, total);

  let keys: Keys;
  beforeAll(async () => {
    keys = keysOf(await createCrypto());
  });

  describe.skipIf(!published.present)("published cases through the Crypto port's X-Wing", () => {
    test("encapsulation gives the published ciphertext and secret, and refuses every key that is none", async () => {
      const judge = (one: CaseOf<"mlkem_768_encaps_test">): Judged => judgeEncapsulation(keys, one);
      await checkFile(published, "mlkem_768_encaps_test", COUNTS.mlkem_768_encaps_test, judge);
    });

    test("780 keys with one coefficient out of range are refused, and taken with it in range", async () => {
      const lines = (await published.read("mlkem/modulus-768.txt.gz")).trim().split("\n");
      expect(lines).toHaveLength(MODULUS_CASES);
      expect(lines.filter((key) => sealedTo(keys, hex(key)) !== "neither")).toEqual([]);
      const inRange = lines.map((key) => reduced(hex(key)));
      expect(inRange.filter((key, i) => toHex(key) === lines[i])).toEqual([]);
      expect(inRange.filter((key) => sealedTo(keys, key) !== "both").map(toHex)).toEqual([]);
      const text = `published vectors: mlkem/modulus-768: ${MODULUS_CASES} cases ran in ${published.where}`;
      await published.announce(`${text} (all refused, and taken once the coefficient is reduced)`, 0);
    });

    test("decapsulation refuses a ciphertext of another length, and throws for such a key, which is ours", async () => {
      const judge = (one: CaseOf<"mlkem_768_test">): Judged =>
        judgeLengths(keys, one, one.seed.length === 2 * 64 ? undefined : one.seed);
      const notRun = "the seed of ML-KEM cannot be chosen; another key decapsulates their ciphertexts";
      await checkFile(published, "mlkem_768_test", COUNTS.mlkem_768_test, judge, { notRun });
    });

    test("decapsulation throws for every expanded key, whose hash (FIPS 203, section 7.3) it need not check", async () => {
      const judge = (one: CaseOf<"mlkem_768_semi_expanded_decaps_test">): Judged =>
        judgeLengths(keys, one, one.flags.includes("IncorrectCiphertextLength") ? undefined : one.dk);
      const remarks = { ran: "no key by its hash: none is of 32 bytes", notRun: "the port takes no expanded key" };
      const name = "mlkem_768_semi_expanded_decaps_test";
      await checkFile(published, name, COUNTS.mlkem_768_semi_expanded_decaps_test, judge, remarks);
    });

    test("what key generation gives for a seed of ML-KEM is not run", async () => {
      const notRun = "the seed of ML-KEM cannot be chosen; their keys are in the file of encapsulation";
      const count = COUNTS.mlkem_768_keygen_seed_test;
      await checkFile(published, "mlkem_768_keygen_seed_test", count, () => NOT_RUN, { notRun });
    });

    test("a ciphertext made for another key gives the secret of implicit rejection", async () => {
      const { testGroups } = await readFile(published, "mlkem_768_test");
      const valid = testGroups.flatMap(({ tests }) => tests.filter(({ result }) => result === "valid"));
      expect(valid).toHaveLength(COUNTS.mlkem_768_test["not run"]);
      expect(valid.filter(({ c }) => !isRejected(keys, hex(c)))).toEqual([]);
    });

    test("X25519 gives the published shared points, and takes no key and no ciphertext of low order", async () => {
      const judge = x25519Judge(keys);
      await checkFile(published, "x25519_test", X25519_COUNTS, judge, { ran: "as a part of X-Wing" });
    });
  });

  test("a ciphertext changed in one bit, at any byte, gives the secret of implicit rejection", () => {
    const { ciphertext } = found(keys.crypto.encap(concat(keys.encapsulationKey, keys.point)));
    const mlKem = ciphertext.slice(0, CIPHERTEXT_BYTES);
    const changed = [...mlKem].map((byte, i) => mlKem.with(i, byte ^ (1 << (i % 8))));
    expect(changed.filter((one) => !isRejected(keys, one)).map(toHex)).toEqual([]);
  });
}

function keysOf(crypto: Crypto): Keys {
  const { publicKey, secretKey } = crypto.kemKeyPair(new Uint8Array(32).fill(7));
  const expanded = crypto.shake256(secretKey, 96);
  const ephemeral = crypto.x25519KeyPair(new Uint8Array(32).fill(9));
  return {
    crypto,
    secretKey,
    encapsulationKey: publicKey.slice(0, ENCAPSULATION_KEY_BYTES),
    point: publicKey.slice(ENCAPSULATION_KEY_BYTES),
    z: expanded.slice(32, 64),
    scalar: expanded.slice(64),
    ephemeralScalar: ephemeral.secretKey,
    ephemeral: ephemeral.publicKey,
  };
}

function judgeEncapsulation(keys: Keys, one: CaseOf<"mlkem_768_encaps_test">): Judged {
  const { crypto, point, ephemeral, ephemeralScalar } = keys;
  const [publicKey, entropy] = [concat(hex(one.ek), point), concat(hex(one.m), ephemeralScalar)];
  const x25519 = found(crypto.x25519(ephemeralScalar, point));
  const published = one.c + toHex(ephemeral) + combined({ mlKem: hex(one.K), x25519, ephemeral, point });
  return { wanted: wantedOf(one), found: verdict(() => encapsulated(crypto, publicKey, entropy), published) };
}

/** A ciphertext of a wrong length, to our key; or anything to a secret key that is none. */
function judgeLengths(keys: Keys, one: { result: string; c: string }, wrongKey: string | undefined): Judged {
  if (one.result === "valid") return NOT_RUN;
  const secretKey = wrongKey === undefined ? keys.secretKey : hex(wrongKey);
  const ciphertext = concat(hex(one.c), keys.ephemeral);
  const wanted = wrongKey === undefined ? "refused" : "thrown";
  return { wanted, found: verdict(() => keys.crypto.decap(secretKey, ciphertext)) };
}

/**
 * The points as the X25519 part of a public key, with the secret keys as the ephemeral ones; and of
 * a ciphertext.
 */
function x25519Judge({ crypto, secretKey, encapsulationKey, point, scalar }: Keys) {
  const m = new Uint8Array(32).fill(5);
  const known = sodium.crypto_kem_mlkem768_enc_deterministic(encapsulationKey, m);
  const mlKem = known.sharedSecret;
  return (one: CaseOf<"x25519_test">): Judged => {
    const [theirs, ephemeralScalar, x25519] = [hex(one.public), hex(one.private), hex(one.shared)];
    const ephemeral = crypto.x25519KeyPair(ephemeralScalar).publicKey;
    const ciphertext = toHex(concat(known.ciphertext, ephemeral));
    const made = verdict(
      () => encapsulated(crypto, concat(encapsulationKey, theirs), concat(m, ephemeralScalar)),
      ciphertext + combined({ mlKem, x25519, ephemeral, point: theirs }),
    );
    const ours = crypto.x25519(scalar, theirs) ?? new Uint8Array(32);
    const opened = verdict(
      () => crypto.decap(secretKey, concat(known.ciphertext, theirs)),
      combined({ mlKem, x25519: ours, ephemeral: theirs, point }),
    );
    return { wanted: wantedOfX25519(one), found: both(made, opened) };
  };
}

/** Whether encapsulation and HPKE take an encapsulation key of ML-KEM. */
function sealedTo({ crypto, point }: Keys, encapsulationKey: Uint8Array): "both" | "neither" | "one of two" {
  const publicKey = concat(encapsulationKey, point);
  const isTaken = crypto.encap(publicKey) !== undefined;
  if (isTaken !== (crypto.hpkeSealer(publicKey, utf8("info")) !== undefined)) return "one of two";
  return isTaken ? "both" : "neither";
}

/**
 * FIPS 203, algorithm 18: the secret is then SHAKE256 of z, a part of the secret key, and the
 * ciphertext.
 */
function isRejected({ crypto, secretKey, z, scalar, point, ephemeral }: Keys, ciphertext: Uint8Array): boolean {
  const mlKem = crypto.shake256(concat(z, ciphertext), 32);
  const published = combined({ mlKem, x25519: found(crypto.x25519(scalar, ephemeral)), ephemeral, point });
  return verdict(() => crypto.decap(secretKey, concat(ciphertext, ephemeral)), published) === "as published";
}

/**
 * X-Wing's secret from its parts (section 5.3 of the draft). Its SHA3-256 is not in the port: this
 * is libsodium's.
 */
function combined(parts: Record<"mlKem" | "x25519" | "ephemeral" | "point", Uint8Array>): string {
  const { mlKem, x25519, ephemeral, point } = parts;
  return toHex(sodium.crypto_hash_sha3256(concat(mlKem, x25519, ephemeral, point, utf8("\\.//^\\"))));
}

/** The ciphertext and behind it the secret. */
function encapsulated(crypto: Crypto, publicKey: Uint8Array, entropy: Uint8Array): Uint8Array | undefined {
  const made = crypto.encap(publicKey, entropy);
  return made === undefined ? undefined : concat(made.ciphertext, made.sharedSecret);
}

/**
 * The same encapsulation key with every coefficient below the modulus. Two of 12 bits are in three
 * bytes.
 */
function reduced(key: Uint8Array): Uint8Array {
  const out = key.slice();
  for (let i = 0; i < ENCAPSULATION_KEY_BYTES - 32; i += 3) {
    const [a = 0, b = 0, c = 0] = key.subarray(i, i + 3);
    const [low, high] = [(a | ((b & 15) << 8)) % MODULUS, ((b >> 4) | (c << 4)) % MODULUS];
    out.set([low & 255, (low >> 8) | ((high & 15) << 4), high >> 4], i);
  }
  return out;
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("refused");
  return value;
}

import { beforeAll, describe, test } from "vitest";
import { concat, createCrypto } from "../src/crypto/index.ts";
import type { Crypto } from "../src/crypto/index.ts";
import { hex } from "./hex.ts";
import { both, casesIn, checkFile, verdict, wantedOf } from "./published-cases.ts";
import type { CaseOf, Published, Verdict } from "./published-cases.ts";

const COUNTS = {
  x25519_test: { "as published": 487, refused: 31 },
  ed25519_test: { "as published": 88, refused: 63 },
  mldsa_65_verify_test: { "as published": 77, refused: 133 },
  chacha20_poly1305_test: { "as published": 256, refused: 60, thrown: 9 },
  hmac_sha256_test: { "as published": 66, refused: 108 },
  hmac_sha512_test: { "as published": 66, refused: 108 },
  hkdf_sha256_test: { "as published": 83, thrown: 3 },
};

/**
 * What the flags of an "acceptable" case of X25519 decide; one that refuses is enough. The other
 * flags say how a case was made and decide nothing.
 */
const DECIDED: Readonly<Record<string, Verdict>> = {
  // RFC 7748, section 5: the function is defined on the twist too, and a value from 2^255 - 19 on
  // stands for its residue.
  Twist: "as published",
  NonCanonicalPublic: "as published",
  // RFC 7748, section 6.1, leaves the check for zero to each protocol. Ours refuses: a shared
  // secret that no secret key went into says nothing about who has it.
  ZeroSharedSecret: "refused",
  LowOrderPublic: "refused",
  SmallPublicKey: "refused",
};

/** Wycheproof's cases through the port: everything of it but ML-KEM, which is in `kem-cases.ts`. */
export function describeWycheproof(published: Published): void {
  if (!published.present)
    void published.announce(`Wycheproof in ${published.where}`, casesIn(...Object.values(COUNTS)));

  describe.skipIf(!published.present)("Wycheproof through the Crypto port", () => {
    let crypto: Crypto;
    beforeAll(async () => {
      crypto = await createCrypto();
    });

    test("X25519 gives the shared point, and none that is zero", async () => {
      await checkFile(published, "x25519_test", COUNTS.x25519_test, (one) => ({
        wanted: wantedOfX25519(one),
        found: x25519Verdict(crypto, one),
      }));
    });

    test("Ed25519 takes what RFC 8032 signs, in its one encoding", async () => {
      await checkFile(published, "ed25519_test", COUNTS.ed25519_test, (one, group) => {
        const [publicKey, message, signature] = [hex(group.publicKey.pk), hex(one.msg), hex(one.sig)];
        return { wanted: wantedOf(one), found: verdict(() => crypto.verify(publicKey, message, signature)) };
      });
    });

    test("ML-DSA-65 takes what FIPS 204 signs, without a context", async () => {
      await checkFile(
        published,
        "mldsa_65_verify_test",
        COUNTS.mldsa_65_verify_test,
        (one, group) => {
          const [publicKey, message, signature] = [hex(group.publicKey), hex(one.msg), hex(one.sig)];
          // Two valid ones are signed in a context: without it their signatures are none.
          const wanted = (one.ctx ?? "") === "" ? wantedOf(one) : "refused";
          return { wanted, found: verdict(() => crypto.mlDsaVerify(publicKey, message, signature)) };
        },
        { ran: "7 of the refused are signed in a context, 2 of them valid in it: the port has the empty one only" },
      );
    });

    test("ChaCha20-Poly1305 seals and opens, and throws for a nonce that is not 12 bytes", async () => {
      await checkFile(
        published,
        "chacha20_poly1305_test",
        COUNTS.chacha20_poly1305_test,
        (one) => ({ wanted: wantedOfAead(one), found: aeadVerdict(crypto, one) }),
        { ran: "the length of a nonce is ours to get right" },
      );
    });

    test.each(["hmacSha256", "hmacSha512"] as const)("%s makes the code, and no other is equal to it", async (name) => {
      const file = name === "hmacSha256" ? "hmac_sha256_test" : "hmac_sha512_test";
      await checkFile(
        published,
        file,
        COUNTS[file],
        (one, { tagSize }) => {
          const [key, message, tag] = [hex(one.key), hex(one.msg), hex(one.tag)];
          // The port makes whole codes; half of the file's are cut.
          const act = () => crypto.equal(crypto[name](key, message).slice(0, tagSize / 8), tag);
          return { wanted: wantedOf(one), found: verdict(act) };
        },
        { ran: "half of them cut, by the test" },
      );
    });

    test("HKDF-SHA256 derives, and throws for more than 255 blocks", async () => {
      await checkFile(
        published,
        "hkdf_sha256_test",
        COUNTS.hkdf_sha256_test,
        (one) => {
          const [ikm, salt, info] = [hex(one.ikm), hex(one.salt), hex(one.info)];
          const act = () => crypto.hkdfExpand("sha256", crypto.hkdfExtract("sha256", salt, ikm), info, one.size);
          const wanted = one.flags.includes("SizeTooLarge") ? "thrown" : wantedOf(one);
          return { wanted, found: verdict(act, one.okm) };
        },
        { ran: "the length of the output is ours to get right" },
      );
    });
  });
}

/** Computed, or refused where the shared point is zero. */
export function wantedOfX25519(one: CaseOf<"x25519_test">): Verdict {
  if (one.result !== "acceptable") return wantedOf(one);
  const decided = one.flags.map((flag) => DECIDED[flag]).filter((wanted) => wanted !== undefined);
  if (decided.length === 0) throw new Error(`case ${one.tcId}: acceptable, and no flag decides`);
  return decided.includes("refused") ? "refused" : "as published";
}

function x25519Verdict(crypto: Crypto, one: CaseOf<"x25519_test">): Verdict {
  const [secretKey, publicKey] = [hex(one.private), hex(one.public)];
  return verdict(() => crypto.x25519(secretKey, publicKey), one.shared);
}

function wantedOfAead(one: CaseOf<"chacha20_poly1305_test">): Verdict {
  return one.flags.includes("InvalidNonceSize") ? "thrown" : wantedOf(one);
}

/** Opened and sealed, with one verdict on both; a changed tag is nothing to seal. */
function aeadVerdict(crypto: Crypto, one: CaseOf<"chacha20_poly1305_test">): Verdict {
  const [key, nonce, aad] = [hex(one.key), hex(one.iv), hex(one.aad)];
  const [plaintext, ciphertext] = [hex(one.msg), concat(hex(one.ct), hex(one.tag))];
  const opened = verdict(() => crypto.aeadOpen(key, nonce, ciphertext, aad), one.msg);
  if (one.flags.includes("ModifiedTag")) return opened;
  const sealed = verdict(() => crypto.aeadSeal(key, nonce, plaintext, aad), one.ct + one.tag);
  return both(opened, sealed);
}

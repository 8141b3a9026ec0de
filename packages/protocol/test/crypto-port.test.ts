import * as node from "node:crypto";
import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import {
  concat,
  createCrypto,
  createSeededCrypto,
  fromBase64Url,
  fromHex,
  kdf,
  text,
  toBase64Url,
  toHex,
  utf8,
} from "../src/crypto/index.ts";
import type { Crypto } from "../src/crypto/index.ts";

let crypto: Crypto;
beforeAll(async () => {
  crypto = await createCrypto();
});

const bytes = fc.uint8Array({ maxLength: 300 });

describe("against OpenSSL, as Node carries it", () => {
  test("ML-DSA-65: each verifies what the other signed, from the same seed", () => {
    const seed = crypto.random(32);
    const pair = crypto.mlDsaKeyPair(seed);
    expect([pair.publicKey.length, pair.secretKey.length]).toEqual([1952, 4032]);
    const jwk = { kty: "AKP", alg: "ML-DSA-65", pub: toBase64Url(pair.publicKey), priv: toBase64Url(seed) };
    const privateKey = node.createPrivateKey({ key: jwk, format: "jwk" });
    const publicKey = node.createPublicKey({ key: jwk, format: "jwk" });
    const message = utf8("signed by either");
    const ours = crypto.mlDsaSign(pair.secretKey, message);
    const theirs = new Uint8Array(node.sign(null, message, privateKey));
    expect(ours).toHaveLength(3309);
    expect(node.verify(null, message, publicKey, ours)).toBe(true);
    expect(crypto.mlDsaVerify(pair.publicKey, message, theirs)).toBe(true);
    expect(crypto.mlDsaVerify(pair.publicKey, utf8("something else"), theirs)).toBe(false);
    expect(crypto.mlDsaVerify(pair.publicKey, message, theirs.slice(1))).toBe(false);
    expect(crypto.mlDsaVerify(pair.publicKey.slice(1), message, theirs)).toBe(false);
    expect(toHex(crypto.mlDsaSign(pair.secretKey, message))).not.toBe(toHex(ours));
  });

  test("Argon2id: OpenSSL passes RFC 9106 section 5.3 (four lanes, which libsodium has not), and ours equals it on one lane", () => {
    const [message, nonce] = [new Uint8Array(32).fill(1), new Uint8Array(16).fill(2)];
    const rfc = { message, nonce, secret: new Uint8Array(8).fill(3), associatedData: new Uint8Array(12).fill(4) };
    const tag = node.argon2Sync("argon2id", { ...rfc, parallelism: 4, tagLength: 32, memory: 32, passes: 3 });
    expect(tag.toString("hex")).toBe("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
    for (const { memoryKiB, passes } of [
      { memoryKiB: 8, passes: 1 },
      { memoryKiB: 1024, passes: 3 },
      { memoryKiB: 65_536, passes: 3 },
    ]) {
      const theirs = node.argon2Sync("argon2id", {
        message,
        nonce,
        parallelism: 1,
        tagLength: 32,
        memory: memoryKiB,
        passes,
      });
      expect(toHex(crypto.argon2id(message, nonce, { memoryKiB, passes }))).toBe(theirs.toString("hex"));
    }
  });

  test("SHA-2, HMAC, HKDF and ChaCha20-Poly1305 agree on anything", () => {
    const property = (key: Uint8Array, data: Uint8Array, info: Uint8Array): void => {
      expect(toHex(crypto.sha256(data))).toBe(node.createHash("sha256").update(data).digest("hex"));
      expect(toHex(crypto.sha512(data))).toBe(node.createHash("sha512").update(data).digest("hex"));
      expect(toHex(crypto.hmacSha256(key, data))).toBe(node.createHmac("sha256", key).update(data).digest("hex"));
      expect(toHex(crypto.hmacSha512(key, data))).toBe(node.createHmac("sha512", key).update(data).digest("hex"));
      for (const hash of ["sha256", "sha512"] as const) {
        const ours = crypto.hkdfExpand(hash, crypto.hkdfExtract(hash, info, data), key, 100);
        expect(toHex(ours)).toBe(toHex(new Uint8Array(node.hkdfSync(hash, data, info, key, 100))));
      }
      const [sealKey, nonce] = [crypto.sha256(key), crypto.sha256(info).slice(0, 12)];
      const cipher = node.createCipheriv("chacha20-poly1305", sealKey, nonce, { authTagLength: 16 });
      cipher.setAAD(info, { plaintextLength: data.length });
      const theirs = concat(cipher.update(data), cipher.final(), cipher.getAuthTag());
      expect(toHex(crypto.aeadSeal(sealKey, nonce, data, info))).toBe(toHex(theirs));
    };
    fc.assert(fc.property(bytes, bytes, bytes, property), { numRuns: propertyRuns(60) });
  });
});

describe("the port", () => {
  test("throws on our own mistakes and never on somebody else's bytes", () => {
    const { publicKey, secretKey } = crypto.kemKeyPair();
    expect(() => crypto.aeadOpen(new Uint8Array(31), new Uint8Array(12), new Uint8Array(16), publicKey)).toThrow(
      "key of 32",
    );
    expect(() => crypto.decap(new Uint8Array(31), new Uint8Array(1120))).toThrow("32 bytes");
    expect(crypto.decap(secretKey, new Uint8Array(1119))).toBeUndefined();
    expect(crypto.decap(secretKey, crypto.random(1120))).toHaveLength(32);
    expect(crypto.encap(new Uint8Array(10))).toBeUndefined();
    expect(() => crypto.encap(publicKey, new Uint8Array(63))).toThrow("64 bytes");
    expect(crypto.x25519(secretKey, new Uint8Array(31))).toBeUndefined();
  });

  test("refuses an X-Wing key and an X-Wing ciphertext whose X25519 part is of low order", () => {
    const { publicKey, secretKey } = crypto.kemKeyPair();
    const zeroPoint = (bytes: Uint8Array): Uint8Array => concat(bytes.slice(0, -32), new Uint8Array(32));
    expect(crypto.encap(zeroPoint(publicKey))).toBeUndefined();
    expect(crypto.decap(secretKey, zeroPoint(crypto.random(1120)))).toBeUndefined();
  });

  test("compares and wipes", () => {
    const one = utf8("secret");
    expect(crypto.equal(one, utf8("secret"))).toBe(true);
    expect(crypto.equal(one, utf8("secreT"))).toBe(false);
    expect(crypto.equal(one, utf8("secrets"))).toBe(false);
    crypto.wipe(one);
    expect(toHex(one)).toBe("000000000000");
  });

  test("gives other bytes at each call", () => {
    expect(toHex(crypto.random(32))).not.toBe(toHex(crypto.random(32)));
    expect(toHex(crypto.kemKeyPair().secretKey)).not.toBe(toHex(crypto.kemKeyPair().secretKey));
    expect(crypto.random(0)).toHaveLength(0);
  });

  test("seeded, repeats itself in everything random, and differs by seed", () => {
    const story = (seed: string): string => {
      const seeded = createSeededCrypto(crypto, utf8(seed));
      const pair = seeded.kemKeyPair();
      const sealer = seeded.hpkeSealer(pair.publicKey, utf8("info"));
      const mlDsa = seeded.mlDsaKeyPair();
      const parts = [
        seeded.random(40),
        pair.secretKey,
        sealer?.enc ?? utf8(""),
        seeded.signKeyPair().secretKey,
        seeded.x25519KeyPair().secretKey,
      ];
      return [...parts, seeded.mlDsaSign(mlDsa.secretKey, utf8("m"))].map(toHex).join(" ");
    };
    expect(story("one")).toBe(story("one"));
    expect(story("one")).not.toBe(story("two"));
  });
});

describe("kdf", () => {
  test("is HKDF-Expand-SHA256 of the name, a zero byte and the context", () => {
    const secret = new Uint8Array(32).fill(7);
    const expected = crypto.hmacSha256(secret, concat(utf8("pli1 label\0"), utf8("context"), new Uint8Array([1])));
    expect(kdf(crypto, secret, "label", utf8("context"))).toEqual(expected);
    expect(kdf(crypto, secret, "label")).toEqual(kdf(crypto, secret, "label", new Uint8Array(0)));
  });

  test("separates names and contexts, and refuses what could blur them", () => {
    const secret = new Uint8Array(32).fill(7);
    const all = [
      kdf(crypto, secret, "a", utf8("bc")),
      kdf(crypto, secret, "ab", utf8("c")),
      kdf(crypto, secret, "abc"),
    ].map(toHex);
    expect(new Set(all).size).toBe(3);
    expect(() => kdf(crypto, secret, "a\0b")).toThrow("zero byte");
    expect(() => kdf(crypto, new Uint8Array(31), "a")).toThrow("32 bytes");
  });
});

describe("bytes as text", () => {
  test("go there and back", () => {
    const property = (data: Uint8Array): void => {
      expect(fromHex(toHex(data))).toEqual(data);
      expect(fromBase64Url(toBase64Url(data))).toEqual(data);
      expect(toBase64Url(data)).toBe(Buffer.from(data).toString("base64url"));
    };
    fc.assert(fc.property(bytes, property));
    const spelled = (value: string): void => {
      expect(text(utf8(value))).toBe(value.toWellFormed());
    };
    fc.assert(fc.property(fc.string({ unit: "binary" }), spelled));
  });

  test("have one spelling each: any other is refused", () => {
    for (const wrong of ["a", "AB", "0g", "é0", " 00"]) expect(fromHex(wrong)).toBeUndefined();
    for (const wrong of ["A", "AB", "AAB", "AA==", "A+", "A/", "A A", "é"])
      expect(fromBase64Url(wrong)).toBeUndefined();
    expect(fromBase64Url("AA")).toEqual(new Uint8Array(1));
    expect(text(new Uint8Array([0xc3, 0x28]))).toBeUndefined();
    expect(text(new Uint8Array([0xef, 0xbb, 0xbf, 0x41]))).toBe("\uFEFFA");
  });

  test("concat keeps order and shares nothing", () => {
    const part = utf8("b");
    const whole = concat(utf8("a"), part, utf8(""), utf8("c"));
    part[0] = 0;
    expect(text(whole)).toBe("abc");
  });
});

import { beforeAll, describe, expect, test } from "vitest";
import { concat, createCrypto, toHex, utf8 } from "../src/crypto/index.ts";
import type { Crypto } from "../src/crypto/index.ts";
import { hex } from "./hex.ts";

let crypto: Crypto;
beforeAll(async () => {
  crypto = await createCrypto();
});

describe("hashes", () => {
  test("SHA-256 and SHA-512: RFC 6234 section 8.5, tests 1 and 2", () => {
    expect(toHex(crypto.sha256(utf8("abc")))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const two256 = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    expect(toHex(crypto.sha256(utf8(two256)))).toBe("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    expect(toHex(crypto.sha512(utf8("abc")))).toBe(
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    );
    const two512 =
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";
    expect(toHex(crypto.sha512(utf8(two512)))).toBe(
      "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909",
    );
  });

  test("SHAKE256 of nothing: FIPS 202 example", () => {
    expect(toHex(crypto.shake256(new Uint8Array(0), 64))).toBe(
      "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762fd75dc4ddd8c0f200cb05019d67b592f6fc821c49479ab48640292eacb3b7c4be",
    );
  });

  test("HMAC: RFC 4231 sections 4.2, 4.3 and 4.7", () => {
    const cases: [Uint8Array, string, string, string][] = [
      [
        new Uint8Array(20).fill(0x0b),
        "Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
      ],
      [
        utf8("Jefe"),
        "what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
      ],
      [
        new Uint8Array(131).fill(0xaa),
        "Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
      ],
    ];
    for (const [key, data, mac256, mac512] of cases) {
      expect(toHex(crypto.hmacSha256(key, utf8(data)))).toBe(mac256);
      expect(toHex(crypto.hmacSha512(key, utf8(data)))).toBe(mac512);
    }
  });

  test("HKDF-SHA256: RFC 5869 appendices A.1 and A.3", () => {
    const ikm = new Uint8Array(22).fill(0x0b);
    const prk = crypto.hkdfExtract("sha256", hex("000102030405060708090a0b0c"), ikm);
    expect(toHex(prk)).toBe("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
    expect(toHex(crypto.hkdfExpand("sha256", prk, hex("f0f1f2f3f4f5f6f7f8f9"), 42))).toBe(
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    );
    const bare = crypto.hkdfExtract("sha256", new Uint8Array(0), ikm);
    expect(toHex(crypto.hkdfExpand("sha256", bare, new Uint8Array(0), 42))).toBe(
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    );
    expect(() => crypto.hkdfExpand("sha256", bare, new Uint8Array(0), 255 * 32 + 1)).toThrow("too long");
  });
});

test("ChaCha20-Poly1305: RFC 8439 section 2.8.2", () => {
  const key = hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
  const nonce = hex("070000004041424344454647");
  const aad = hex("50515253c0c1c2c3c4c5c6c7");
  const plaintext = utf8(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  );
  const sealed = crypto.aeadSeal(key, nonce, plaintext, aad);
  expect(toHex(sealed)).toBe(
    "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116" +
      "1ae10b594f09e26a7e902ecbd0600691",
  );
  expect(crypto.aeadOpen(key, nonce, sealed, aad)).toEqual(plaintext);
  for (let i = 0; i < sealed.length; i++)
    expect(
      crypto.aeadOpen(
        key,
        nonce,
        sealed.map((byte, at) => (at === i ? byte ^ 1 : byte)),
        aad,
      ),
    ).toBeUndefined();
  for (const length of [0, 15, sealed.length - 1])
    expect(crypto.aeadOpen(key, nonce, sealed.slice(0, length), aad)).toBeUndefined();
});

describe("curves", () => {
  test("X25519: RFC 7748 sections 5.2 and 6.1", () => {
    const scalar = hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
    const point = hex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c");
    expect(toHex(crypto.x25519(scalar, point) ?? point)).toBe(
      "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
    );
    const bob = crypto.x25519KeyPair(hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"));
    expect(toHex(bob.publicKey)).toBe("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    const alice = hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    expect(toHex(crypto.x25519(bob.secretKey, alice) ?? alice)).toBe(
      "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
    );
    expect(crypto.x25519(bob.secretKey, new Uint8Array(32))).toBeUndefined();
  });

  test("Ed25519: RFC 8032 section 7.1, tests 1 and 2", () => {
    const cases = [
      [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
      ],
      [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
      ],
    ] as const;
    for (const [seed, publicKey, message, signature] of cases) {
      const pair = crypto.signKeyPair(hex(seed));
      expect(toHex(pair.publicKey)).toBe(publicKey);
      expect(toHex(pair.secretKey)).toBe(seed + publicKey);
      expect(toHex(crypto.sign(pair.secretKey, hex(message)))).toBe(signature);
      expect(crypto.verify(pair.publicKey, hex(message), hex(signature))).toBe(true);
      expect(crypto.verify(pair.publicKey, concat(hex(message), hex("00")), hex(signature))).toBe(false);
      expect(crypto.verify(pair.publicKey.slice(1), hex(message), hex(signature))).toBe(false);
      expect(crypto.verify(pair.publicKey, hex(message), hex(signature).slice(1))).toBe(false);
    }
  });
});

/**
 * draft-connolly-cfrg-xwing-kem-08, appendix C; of the long values both ends. The shared secret
 * binds all of them.
 */
test("X-Wing: the draft's first two vectors", () => {
  const cases = [
    {
      sk: "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26",
      eseed:
        "3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e235b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2",
      pk: [
        "e2236b35a8c24b39b10aa1323a96a919a2ced88400633a7b07131713fc14b2b5b19cfc3d",
        "eff389b27dce59844570216223593d4ba32d9abac8cd049040ef6534",
      ],
      ct: [
        "b83aa828d4d62b9a83ceffe1d3d3bb1ef31264643c070c5798927e41fb07914a273f8f96",
        "7f31ed6f7cb1600de56f17576740ce2a32fc5145030145cfb97e63e0e41d354274a079d3e6fb2e15",
      ],
      ss: "d2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384",
    },
    {
      sk: "badfd6dfaac359a5efbb7bcc4b59d538df9a04302e10c8bc1cbf1a0b3a5120ea",
      eseed:
        "17cda7cfad765f5623474d368ccca8af0007cd9f5e4c849f167a580b14aabdefaee7eef47cb0fca9767be1fda69419dfb927e9df07348b196691abaeb580b32d",
      pk: [
        "0333285fa253661508c9fb444852caa4061636cb060e69943b431400134ae1fbc0228724",
        "cbb48fd4c562a576549f85b528c953926d96ea8a160b8843f1c89c62",
      ],
      ct: [
        "c93beb22326705699bbc3d1d0aa6339be7a405debe61a7c337e1a91453c097a6f77c1306",
        "00342d123f618aa8c91bdf6e0e03200693c9651e469aee6f91c98bea4127ae66312f4ae3ea155b67",
      ],
      ss: "f2e86241c64d60f6649fbc6c5b7d17180b780a3f34355e64a85749949c45f150",
    },
  ] as const;
  for (const { sk, eseed, pk, ct, ss } of cases) {
    const pair = crypto.kemKeyPair(hex(sk));
    const made = crypto.encap(pair.publicKey, hex(eseed));
    if (made === undefined) throw new Error("refused");
    expect([pair.publicKey.length, made.ciphertext.length]).toEqual([1216, 1120]);
    expect(toHex(pair.publicKey).startsWith(pk[0]) && toHex(pair.publicKey).endsWith(pk[1])).toBe(true);
    expect(toHex(made.ciphertext).startsWith(ct[0]) && toHex(made.ciphertext).endsWith(ct[1])).toBe(true);
    expect(toHex(made.sharedSecret)).toBe(ss);
    expect(toHex(crypto.decap(pair.secretKey, made.ciphertext) ?? hex("00"))).toBe(ss);
  }
});

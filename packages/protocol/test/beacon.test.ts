import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import {
  BEACONS_A_DAY,
  MAX_BEACON_ANSWER_BYTES,
  beaconSeeds,
  conversationIdFrom,
  createBeaconRequest,
  encodeBeaconAnswer,
  parseBeaconAnswer,
  parseBeaconRequest,
  type Beacon,
} from "@pli/protocol/conversation";
import { concat, createCrypto, toHex, type Crypto, type KeyPair } from "@pli/protocol/crypto";
import { decodeCbor, encodeCbor } from "@pli/protocol/object";

const pairwise = new Uint8Array(32).fill(7);
const keyPackage = Uint8Array.from({ length: 2700 }, (_, i) => i % 256);
const beacon: Beacon = { day: 20_780, from: "inviter", index: 1 };
const MALFORMED = { ok: false, error: "beacon_malformed" };
const NOT_SIGNED = { ok: false, error: "beacon_not_signed" };

let crypto: Crypto;
let lost: KeyPair;
let request: Uint8Array;
beforeAll(async () => {
  crypto = await createCrypto();
  lost = crypto.signKeyPair(new Uint8Array(32).fill(1));
  request = createBeaconRequest(crypto, { pairwise, beacon, keyPackage, signKey: lost.secretKey });
});

const parse = (bytes: Uint8Array, change: Partial<{ pairwise: Uint8Array; beacon: Beacon; edKey: Uint8Array }> = {}) =>
  parseBeaconRequest(crypto, bytes, { pairwise, beacon, edKey: lost.publicKey, ...change });

describe("a beacon's seeds", () => {
  test("differ for every day, side, index, purpose and pair, and from the conversation's id", () => {
    const seeds = new Set<string>([toHex(conversationIdFrom(crypto, pairwise))]);
    let made = 1;
    for (const secret of [pairwise, new Uint8Array(32).fill(8)])
      for (const day of [20_780, 20_781])
        for (const from of ["inviter", "responder"] as const)
          for (let index = 0; index < BEACONS_A_DAY; index++)
            for (const seed of Object.values(beaconSeeds(crypto, secret, { day, from, index }))) {
              seeds.add(toHex(seed));
              made += 1;
            }
    expect(seeds.size).toBe(made);
    expect(made).toBe(1 + 2 * 2 * 2 * 256 * 2);
  });

  test("exist for whole days since 1970 and 256 beacons of each", () => {
    for (const wrong of [
      { ...beacon, day: -1 },
      { ...beacon, day: 1.5 },
      { ...beacon, day: Number.NaN },
      { ...beacon, day: 2 ** 32 },
      { ...beacon, index: -1 },
      { ...beacon, index: BEACONS_A_DAY },
      { ...beacon, index: 0.5 },
      { ...beacon, index: Number.NaN },
    ])
      expect(() => beaconSeeds(crypto, pairwise, wrong)).toThrow(RangeError);
    expect(beaconSeeds(crypto, pairwise, { ...beacon, day: 2 ** 32 - 1, index: 255 }).request).toHaveLength(32);
  });
});

describe("a request", () => {
  test("gives its key package to who knows the secret, the beacon and the signer", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 16_384 }), fc.nat(2 ** 32 - 1), fc.nat(255), (bytes, day, index) => {
        const here: Beacon = { day, from: "responder", index };
        const made = createBeaconRequest(crypto, {
          pairwise,
          beacon: here,
          keyPackage: bytes,
          signKey: lost.secretKey,
        });
        expect(parse(made, { beacon: here })).toEqual({ ok: true, value: bytes });
      }),
      { numRuns: propertyRuns(30) },
    );
  });

  test("is of no use at another beacon, between other people, or by somebody else", () => {
    expect(parse(request).ok).toBe(true);
    for (const change of [{ day: beacon.day + 1 }, { from: "responder" as const }, { index: 2 }])
      expect(parse(request, { beacon: { ...beacon, ...change } })).toEqual(NOT_SIGNED);
    expect(parse(request, { pairwise: new Uint8Array(32).fill(9) })).toEqual(NOT_SIGNED);
    expect(parse(request, { edKey: crypto.signKeyPair().publicKey })).toEqual(NOT_SIGNED);
  });

  test("with another key package under the same signature is refused", () => {
    const { signature } = Object.fromEntries(decodeCbor(request, 1 << 16) as Map<string, Uint8Array>);
    if (signature === undefined) throw new Error("no signature");
    expect(parse(encodeCbor({ v: 1, keyPackage, signature }))).toEqual({ ok: true, value: keyPackage });
    expect(parse(encodeCbor({ v: 1, keyPackage: keyPackage.slice(1), signature }))).toEqual(NOT_SIGNED);
  });

  test("cut short anywhere, lengthened, too large or of another shape is malformed", () => {
    for (let length = 0; length < request.length; length++)
      expect(parse(request.subarray(0, length))).toEqual(MALFORMED);
    expect(parse(concat(request, Uint8Array.of(0)))).toEqual(MALFORMED);
    const signature = new Uint8Array(64);
    for (const other of [
      { v: 2, keyPackage, signature },
      { v: 1, keyPackage },
      { v: 1, keyPackage, signature, more: 1 },
      { v: 1, keyPackage: new Uint8Array(16_385), signature },
      { v: 1, keyPackage, signature: new Uint8Array(63) },
    ])
      expect(parse(encodeCbor(other as never))).toEqual(MALFORMED);
  });

  test("with any bit flipped is refused", () => {
    fc.assert(
      fc.property(fc.nat(request.length * 8 - 1), (bit) => {
        const bent = request.slice();
        bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(parse(bent).ok).toBe(false);
      }),
      { numRuns: propertyRuns(200) },
    );
  });
});

describe("an answer", () => {
  test("gives its welcome back", () => {
    for (const length of [0, 1, 4400, 49_152]) {
      const welcome = new Uint8Array(length).fill(3);
      const bytes = encodeBeaconAnswer(welcome);
      expect(parseBeaconAnswer(bytes)).toEqual({ ok: true, value: welcome });
      expect(bytes.length).toBeLessThanOrEqual(MAX_BEACON_ANSWER_BYTES);
    }
  });

  test("cut short anywhere, lengthened, too large or of another shape is malformed", () => {
    const bytes = encodeBeaconAnswer(keyPackage);
    for (let length = 0; length < bytes.length; length++)
      expect(parseBeaconAnswer(bytes.subarray(0, length))).toEqual(MALFORMED);
    expect(parseBeaconAnswer(concat(bytes, Uint8Array.of(0)))).toEqual(MALFORMED);
    expect(parseBeaconAnswer(encodeBeaconAnswer(new Uint8Array(49_153)))).toEqual(MALFORMED);
    expect(parseBeaconAnswer(encodeCbor({ v: 1 }))).toEqual(MALFORMED);
    expect(parseBeaconAnswer(encodeCbor({ v: 2, welcome: keyPackage }))).toEqual(MALFORMED);
  });
});

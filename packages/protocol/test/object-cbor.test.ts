import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOf, decodeCbor, encodeCbor, exactly, isUint, parseMap, type CborValue } from "@pli/protocol/object";
import { fromHex } from "@pli/protocol/crypto";

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();
const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.string({ unit: "binary" }),
  fc.uint8Array(),
);
const { value: anyValue } = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    scalar,
    fc.array(tie("value")),
    fc.array(fc.tuple(fc.oneof(fc.string(), fc.integer()), tie("value"))).map((entries) => new Map(entries)),
  ),
}));

describe("canonical CBOR", () => {
  test("any value comes back the same, and its bytes too", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const encoded = encodeCbor(value);
        expect(decodeCbor(encoded, encoded.length)).toEqual(value);
      }),
    );
  });

  test("every truncation and every trailing byte is refused", () => {
    fc.assert(
      fc.property(anyValue, fc.nat(255), (value, extra) => {
        const encoded = encodeCbor(value);
        expect(decodeCbor(Uint8Array.of(...encoded, extra), 1 << 20)).toBeUndefined();
        for (let length = 0; length < encoded.length; length += 1)
          expect(decodeCbor(encoded.subarray(0, length), 1 << 20)).toBeUndefined();
      }),
      { numRuns: propertyRuns(60) },
    );
  });

  test("random bytes never throw, and what decodes is canonical", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (random) => {
        const value = decodeCbor(random, 64);
        expect(value === undefined ? random : encodeCbor(value as CborValue)).toEqual(random);
      }),
      { numRuns: propertyRuns(2000) },
    );
  });

  test.each([
    ["a number longer than it need be", "1817"],
    ["a length longer than it need be", "5801ff"],
    ["an indefinite array", "9f01ff"],
    ["indefinite bytes", "5f4101ff"],
    ["keys out of order", "a2616201616101"],
    ["keys sorted by the rule of RFC 7049", "a22001186402"],
    ["a key twice", "a2616101616102"],
    ["undefined", "f7"],
    ["not a number", "f97e00"],
    ["a float that is a whole number", "f93c00"],
    ["a tag", "c11a514b67b0"],
    ["text that is not UTF-8", "62c328"],
    ["a number beyond 2^53", "1b0020000000000000"],
    ["a reserved head", "1c"],
  ])("%s is refused", (_, hex) => {
    expect(decodeCbor(bytes(hex), 100)).toBeUndefined();
  });

  test("hostile nesting is refused without a deep recursion", () => {
    expect(decodeCbor(new Uint8Array(1 << 20).fill(0x81), 1 << 20)).toBeUndefined();
    expect(decodeCbor(Uint8Array.of(...new Uint8Array(15).fill(0x81), 0x80), 100)).toBeDefined();
    expect(decodeCbor(Uint8Array.of(...new Uint8Array(16).fill(0x81), 0x80), 100)).toBeUndefined();
  });

  test("a length that lies about gigabytes is refused", () => {
    expect(decodeCbor(bytes("9b001fffffffffffff"), 100)).toBeUndefined();
    expect(decodeCbor(bytes("5b001fffffffffffff00"), 100)).toBeUndefined();
  });

  test("what is encoded and decoded owns its memory, also when the input is a Buffer", () => {
    for (const length of [0, 3, 100, 5000]) {
      const encoded = encodeCbor(new Uint8Array(length).fill(7));
      expect([encoded.constructor, encoded.buffer.byteLength]).toEqual([Uint8Array, encoded.length]);
      const input = Buffer.from(encoded);
      const value = decodeCbor(input, 6000);
      input.fill(0);
      expect(value).toEqual(new Uint8Array(length).fill(7));
    }
  });

  test("more bytes than allowed are refused", () => {
    expect(decodeCbor(encodeCbor("abc"), 3)).toBeUndefined();
    expect(decodeCbor(encodeCbor("abc"), 4)).toBe("abc");
  });

  test("a map must have exactly the fields of its shape", () => {
    const shape = { v: exactly(1), id: bytesOf(2), at: isUint };
    const id = Uint8Array.of(1, 2);
    expect(parseMap(encodeCbor({ v: 1, id, at: 5 }), 100, shape)).toEqual({ v: 1, id, at: 5 });
    expect(parseMap(encodeCbor({ v: 1, id }), 100, shape)).toBeUndefined();
    expect(parseMap(encodeCbor({ v: 1, id, at: 5, more: 1 }), 100, shape)).toBeUndefined();
    expect(parseMap(encodeCbor({ v: 2, id, at: 5 }), 100, shape)).toBeUndefined();
    expect(parseMap(encodeCbor({ v: 1, id, at: -5 }), 100, shape)).toBeUndefined();
    expect(parseMap(encodeCbor([1]), 100, shape)).toBeUndefined();
  });
});

import { createCrypto } from "@pli/protocol/crypto";
import { MAX_OBJECT_BYTES, padObject, sealObject, unpadObject } from "@pli/protocol/object";
import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { expect, test } from "vitest";

const crypto = await createCrypto();
const chunksOf = (length: number): number =>
  sealObject(crypto, crypto.random(32), 0, padObject(new Uint8Array(length).fill(1))).length;

test("whatever is padded comes back, and only that", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70_000 }), (bytes) => {
      expect(unpadObject(padObject(bytes))).toEqual(bytes);
    }),
    { numRuns: propertyRuns(50) },
  );
});

test("changes of a group of 2 and of 1,000 take as many cells: 8", () => {
  expect([1, 4_100, 15_000, 24_000, 32_000].map(chunksOf)).toEqual([8, 8, 8, 8, 8]);
  expect([33_000, 60_000].map(chunksOf)).toEqual([16, 16]);
});

test("above, a cell and a power of two of blocks", () => {
  expect([66_000, 262_000, 270_000, 700_000, 1_200_000, 2_700_000].map(chunksOf)).toEqual([2, 2, 3, 5, 9, 17]);
});

test("another size, another length, or anything but zeros behind is refused", () => {
  const padded = padObject(new Uint8Array(100).fill(7));
  expect(unpadObject(padded.subarray(1))).toBeUndefined();
  expect(unpadObject(new Uint8Array(0))).toBeUndefined();
  const dirty = padded.slice();
  dirty[padded.length - 1] = 1;
  expect(unpadObject(dirty)).toBeUndefined();
  const long = padded.slice();
  long.set([0xff, 0xff, 0xff, 0xff]);
  expect(unpadObject(long)).toBeUndefined();
  const wider = new Uint8Array(padObject(new Uint8Array(40_000)).length);
  wider.set([0, 0, 0, 1]);
  expect(unpadObject(wider)).toBeUndefined();
});

test("nothing longer than an object", () => {
  expect(padObject(new Uint8Array(MAX_OBJECT_BYTES - 4)).length).toBe(MAX_OBJECT_BYTES);
  expect(() => padObject(new Uint8Array(MAX_OBJECT_BYTES))).toThrow(RangeError);
});

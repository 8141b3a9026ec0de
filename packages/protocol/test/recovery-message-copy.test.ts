import fc from "fast-check";
import { expect, test } from "vitest";
import { createCrypto } from "@pli/protocol/crypto";
import { encodePastSlice, type PastSlice } from "@pli/protocol/devices";
import { encodeCbor, padObject, unpadObject } from "@pli/protocol/object";
import {
  backupSeed,
  COPY_OBJECT_LEAST,
  copySecretFrom,
  encodeCopyList,
  encodeCopyPart,
  MAX_COPY_BYTES,
  MAX_COPY_PARTS,
  MAX_PART_OBJECT_BYTES,
  MAX_PART_SLICES,
  openBackup,
  parseCopyList,
  parseCopyPart,
  sealBackup,
  type CopyList,
} from "@pli/protocol/recovery";

const crypto = await createCrypto();
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const parts = fc.record({
  seed: bytes(32),
  length: fc.integer({ min: 0, max: 100_000 }),
  count: fc.integer({ min: 1, max: 4_096 }),
});
const lists: fc.Arbitrary<CopyList> = fc.record({
  madeAt: fc.nat(),
  profile: bytes(32),
  generation: fc.nat(15),
  older: fc.nat(),
  parts: fc.array(parts, { maxLength: 20 }),
});
const slices: fc.Arbitrary<PastSlice> = fc.record({
  conversation: bytes(32),
  people: fc.constant([{ id: new Uint8Array(32).fill(1), name: "Zoë" }]),
  texts: fc
    .uniqueArray(fc.nat(1_000), { maxLength: 10 })
    .map((orders) =>
      orders
        .toSorted((a, b) => a - b)
        .map((order) => ({ order, from: 0, state: "received" as const, content: Uint8Array.of(order % 256) })),
    ),
  notes: fc.constant([]),
  endings: fc.constant([]),
  told: fc.constant([]),
});

test("a list comes back whole, from its place and by its secret alone, and is a cell and a block", () => {
  fc.assert(
    fc.property(lists, fc.nat(10_000), bytes(32), (list, week, backup) => {
      const secret = copySecretFrom(crypto, backup);
      const content = encodeCopyList(list);
      expect(parseCopyList(content)).toEqual({ ok: true, value: list });
      const place = { week, n: 0 };
      const object = sealBackup(crypto, secret, place, content, COPY_OBJECT_LEAST);
      expect(object.length).toBe(padObject(new Uint8Array(0), COPY_OBJECT_LEAST).length);
      expect(openBackup(crypto, secret, place, object, COPY_OBJECT_LEAST)).toEqual({ ok: true, value: content });
      const sealed = { ok: false, error: "backup_sealed" };
      expect(openBackup(crypto, secret, { week: week + 1, n: 0 }, object, COPY_OBJECT_LEAST)).toEqual(sealed);
      // It is no backup, and a backup is no list.
      expect(openBackup(crypto, backup, place, object, COPY_OBJECT_LEAST)).toEqual(sealed);
      expect(openBackup(crypto, secret, place, object)).toEqual(sealed);
      expect(backupSeed(crypto, secret, place)).not.toEqual(backupSeed(crypto, backup, place));
    }),
  );
});

test("a part comes back with its slices, and every truncation and flipped byte is answered", () => {
  fc.assert(
    fc.property(fc.array(slices, { maxLength: 5 }), (some) => {
      const encoded = encodeCopyPart(some.map(encodePastSlice));
      expect(parseCopyPart(encoded)).toEqual(some);
      const object = padObject(encoded, COPY_OBJECT_LEAST);
      expect(unpadObject(object, COPY_OBJECT_LEAST)).toEqual(encoded);
      for (let length = 0; length < encoded.length; length += 1 + Math.floor(encoded.length / 40))
        expect(parseCopyPart(encoded.subarray(0, length))).toBeUndefined();
      expect(parseCopyPart(Uint8Array.of(...encoded, 0))).toBeUndefined();
    }),
  );
  const [list] = fc.sample(lists, { numRuns: 1, seed: 3 });
  const content = encodeCopyList(
    list ?? { madeAt: 0, profile: new Uint8Array(32), generation: 0, older: 0, parts: [] },
  );
  for (let length = 0; length < content.length; length++)
    expect(parseCopyList(content.subarray(0, length))).toEqual({ ok: false, error: "copy_malformed" });
});

test("any bytes are answered", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (some) => {
      expect(parseCopyList(some).ok).toBe(false);
      expect(parseCopyPart(some)).toBeUndefined();
    }),
  );
});

test("lists and parts are bounded: parts, their bytes and lines, slices, and versions to come", () => {
  const part = { seed: crypto.random(32), length: 70_000, count: 256 };
  const list = { madeAt: 0, profile: crypto.random(32), generation: 0, older: 0 };
  const parsed = (all: readonly (typeof part)[]) => parseCopyList(encodeCopyList({ ...list, parts: all })).ok;
  expect(parsed(Array.from({ length: MAX_COPY_PARTS }, () => part))).toBe(true);
  expect(parsed(Array.from({ length: MAX_COPY_PARTS + 1 }, () => part))).toBe(false);
  expect(parsed([{ ...part, length: MAX_PART_OBJECT_BYTES }])).toBe(true);
  expect(parsed([{ ...part, length: MAX_PART_OBJECT_BYTES + 1 }])).toBe(false);
  const most = MAX_COPY_BYTES / MAX_PART_OBJECT_BYTES;
  const longest = { ...part, length: MAX_PART_OBJECT_BYTES };
  expect(parsed(Array.from({ length: most }, () => longest))).toBe(true);
  expect(parsed(Array.from({ length: most + 1 }, () => longest))).toBe(false);
  expect(parsed([{ ...part, count: 0 }])).toBe(false);
  expect(parsed([{ ...part, count: 4_097 }])).toBe(false);
  expect(parseCopyList(encodeCbor({ v: 2 }))).toEqual({ ok: false, error: "copy_newer" });
  expect(parseCopyPart(encodeCopyPart(Array.from({ length: MAX_PART_SLICES + 1 }, () => new Uint8Array(0))))).toBe(
    undefined,
  );
  expect(parseCopyPart(encodeCopyPart([crypto.random(9)]))).toBeUndefined();
});

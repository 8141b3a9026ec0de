import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { createCrypto, kdf, type Crypto } from "@pli/protocol/crypto";
import { CELL_BYTES, feedOf, labelKey, type Cell } from "@pli/protocol/wire";
import {
  MAX_CELL_BODY,
  MAX_CELLS_OBJECT_BYTES,
  MAX_OBJECT_BYTES,
  labelFrom,
  objectReader,
  openCell,
  sealCell,
  sealObject,
  type ObjectReader,
  type Put,
} from "@pli/protocol/object";
import { sealPadded, CELL_PLAINTEXT_BYTES } from "../src/object/cell.ts";
import { u32 } from "../src/object/bytes.ts";

let crypto: Crypto;
beforeAll(async () => {
  crypto = await createCrypto();
});

const kinds = ["decoy", "whole", "fragment", "pointer"] as const;
const bytesOfPut = (put: Put): Uint8Array => (put.kind === "cell" ? put.cell : put.block);
const same = (a: Uint8Array | undefined, b: Uint8Array): boolean => a !== undefined && Buffer.compare(a, b) === 0;
const accept = (reader: ObjectReader, put: Put) => reader.accept(put.kind, put.label, bytesOfPut(put));

function readAll(reader: ObjectReader, puts: readonly Put[]): Uint8Array | undefined {
  for (const put of puts) {
    const step = accept(reader, put);
    if (!step.ok) throw new Error(step.error);
    if ("done" in step.value) return step.value.done;
  }
  return undefined;
}

describe("cells", () => {
  test("a cell opens to the kind and body it was sealed with", () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.uint8Array({ maxLength: MAX_CELL_BODY, size: "max" }), (kind, body) => {
        const key = crypto.random(32);
        const cell = sealCell(crypto, key, kind, body);
        expect(cell.length).toBe(CELL_BYTES);
        expect(openCell(crypto, key, cell)).toEqual({ ok: true, value: { kind, body } });
      }),
      { numRuns: propertyRuns(50) },
    );
  });

  test("the longest body fits and one byte more is refused", () => {
    const key = crypto.random(32);
    const body = crypto.random(MAX_CELL_BODY);
    expect(openCell(crypto, key, sealCell(crypto, key, "whole", body))).toEqual({
      ok: true,
      value: { kind: "whole", body },
    });
    expect(() => sealCell(crypto, key, "whole", crypto.random(MAX_CELL_BODY + 1))).toThrow(RangeError);
  });

  test("a flipped bit anywhere makes a cell that does not open", () => {
    const key = crypto.random(32);
    const cell = sealCell(crypto, key, "whole", crypto.random(100));
    for (const at of [0, 1, 3, 4, 200, 4079, 4080, 4095]) {
      const flipped = cell.slice() as Cell;
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      expect(openCell(crypto, key, flipped)).toEqual({ ok: false, error: "cell_not_opened" });
    }
  });

  test("a cell does not open under another key", () => {
    const cell = sealCell(crypto, crypto.random(32), "whole", crypto.random(3));
    expect(openCell(crypto, crypto.random(32), cell)).toEqual({ ok: false, error: "cell_not_opened" });
  });

  test.each([
    ["an unknown kind", [4, 0, 0]],
    ["a length beyond the cell", [1, 255, 255]],
    ["padding that is not zero", [1, 0, 1, 7, 0, 0, 9]],
  ])("%s is refused though the seal is right", (_, plaintext) => {
    const key = crypto.random(32);
    const cell = sealPadded(crypto, key, Uint8Array.from(plaintext), CELL_PLAINTEXT_BYTES) as Cell;
    expect(openCell(crypto, key, cell)).toEqual({ ok: false, error: "cell_malformed" });
  });

  test("a label starts with its feed and never shows the last two bytes it was made from", () => {
    const secret = crypto.random(32);
    const label = labelFrom(0x0102, secret);
    expect(feedOf(label)).toBe(0x0102);
    expect(label.subarray(2)).toEqual(secret.subarray(0, 30));
    expect(() => labelFrom(65_536, secret)).toThrow(RangeError);
    expect(() => labelFrom(0, secret.subarray(1))).toThrow(RangeError);
  });
});

describe("objects", () => {
  const boundaries = [0, 1, 4074, 4075, 4076, 4075 + 4079, 4075 + 4080, MAX_CELLS_OBJECT_BYTES];

  test.each([...boundaries, MAX_CELLS_OBJECT_BYTES + 1, 300_000])("%i bytes come back whole", (length) => {
    const seed = crypto.random(32);
    const bytes = crypto.random(length);
    const puts = sealObject(crypto, seed, 3, bytes);
    expect(puts.every(({ label }) => feedOf(label) === 3)).toBe(true);
    expect(puts.slice(1).every(({ kind }) => kind === (length > MAX_CELLS_OBJECT_BYTES ? "block" : "cell"))).toBe(true);
    expect(same(readAll(objectReader(crypto, seed, 3, length), puts), bytes)).toBe(true);
  });

  test("chunks may come in any order after the first, and twice", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40_000 }), fc.infiniteStream(fc.nat(100)), (length, picks) => {
        const seed = crypto.random(32);
        const bytes = crypto.random(length);
        const [first, ...rest] = sealObject(crypto, seed, 0, bytes);
        const reader = objectReader(crypto, seed, 0, 65_536);
        if (first === undefined) throw new Error("no first chunk");
        const shuffled = rest.map((put) => ({ put, at: picks.next().value })).sort((a, b) => a.at - b.at);
        const order = [first, first, ...shuffled.flatMap(({ put, at }) => (at % 3 === 0 ? [put, put] : [put]))];
        expect(same(readAll(reader, order), bytes)).toBe(true);
      }),
      { numRuns: propertyRuns(30) },
    );
  });

  test("the first chunk names all the others, once", () => {
    const seed = crypto.random(32);
    const puts = sealObject(crypto, seed, 0, crypto.random(10_000));
    const reader = objectReader(crypto, seed, 0, 65_536);
    const [first, second] = puts;
    if (first === undefined || second === undefined) throw new Error("too few chunks");
    expect(labelKey(reader.first.label)).toBe(labelKey(first.label));
    expect(accept(reader, first)).toEqual({
      ok: true,
      value: { wanted: puts.slice(1).map(({ kind, label }) => ({ kind, label })) },
    });
    expect(accept(reader, second)).toEqual({ ok: true, value: { wanted: [] } });
  });

  test("what was not asked for, or not sealed with the seed, is refused and changes nothing", () => {
    const seed = crypto.random(32);
    const bytes = crypto.random(9000);
    const puts = sealObject(crypto, seed, 0, bytes);
    const [first, second] = puts;
    if (first?.kind !== "cell" || second?.kind !== "cell") throw new Error("too few chunks");
    const reader = objectReader(crypto, seed, 0, 65_536);
    expect(accept(reader, second)).toEqual({ ok: false, error: "object_unexpected" });
    expect(reader.accept("block", first.label, new Uint8Array(262_144))).toEqual({
      ok: false,
      error: "object_unexpected",
    });
    expect(reader.accept("cell", first.label, second.cell)).toEqual({ ok: false, error: "object_malformed" });
    expect(reader.accept("cell", first.label, first.cell.subarray(1))).toEqual({
      ok: false,
      error: "object_malformed",
    });
    expect(readAll(reader, puts)).toEqual(bytes);
  });

  test("an object longer than allowed is refused at its first chunk", () => {
    const seed = crypto.random(32);
    const [first] = sealObject(crypto, seed, 0, crypto.random(101));
    if (first === undefined) throw new Error("no first chunk");
    expect(accept(objectReader(crypto, seed, 0, 100), first)).toEqual({ ok: false, error: "object_too_large" });
    expect(() => sealObject(crypto, seed, 0, new Uint8Array(MAX_OBJECT_BYTES + 1))).toThrow(RangeError);
  });

  test("padding that is not zero is refused in any chunk", () => {
    const seed = crypto.random(32);
    const label = labelFrom(0, kdf(crypto, seed, "object label", u32(0)));
    const plaintext = Uint8Array.of(0, 0, 0, 1, 65, 66);
    const cell = sealPadded(crypto, kdf(crypto, seed, "object key", u32(0)), plaintext, CELL_PLAINTEXT_BYTES);
    expect(objectReader(crypto, seed, 0, 100).accept("cell", label, cell)).toEqual({
      ok: false,
      error: "object_malformed",
    });
  });

  test("no label and no key serves two chunks", () => {
    const puts = sealObject(crypto, crypto.random(32), 0, new Uint8Array(50_000));
    expect(new Set(puts.map(({ label }) => labelKey(label))).size).toBe(puts.length);
    expect(new Set(puts.map((put) => String.fromCharCode(...bytesOfPut(put).subarray(20, 60)))).size).toBe(puts.length);
  });
});

import { BLOCK_BYTES, CELL_BYTES, LABEL_BYTES, type Block, type Cell, type Label } from "@pli/protocol/wire";
import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeBlockFile, parseBlockFile } from "../../../src/engines/log/block-file.ts";
import { encodeRecord, parseRecordCell, parseRecordHead, RECORD_BYTES } from "../../../src/engines/log/record.ts";
import {
  encodeSegmentHeader,
  HEADER_BYTES,
  MAX_FEEDS,
  parseSegmentHeader,
} from "../../../src/engines/log/segment-header.ts";
import { createIndexImage, parseIndex } from "../../../src/engines/log/segment-index.ts";
import { randomBlock, randomCell, randomLabel } from "../../lib/client.ts";

const position = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const label = fc.uint8Array({
  minLength: LABEL_BYTES,
  maxLength: LABEL_BYTES,
}) as fc.Arbitrary<Uint8Array> as fc.Arbitrary<Label>;
const flipped = (bytes: Uint8Array, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0x10;
  return copy;
};

describe("a record", () => {
  const cell = randomCell();
  const encoded = (fields: { commit: number; position: number; label: Label; cell: Cell }): Buffer => {
    const bytes = Buffer.alloc(RECORD_BYTES);
    encodeRecord(bytes, 0, fields);
    return bytes;
  };
  const parsed = (bytes: Buffer) => {
    const head = parseRecordHead(bytes, 0);
    const cell = head && parseRecordCell(bytes, 0, head);
    return head && cell && { commit: head.commit, position: head.position, label: head.label, cell };
  };
  const example = encoded({ commit: 5, position: 2 ** 40, label: randomLabel(), cell });

  test("is read as it was written", () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 32 - 1 }), position, label, (commit, position, label) => {
        const fields = { commit, position, label, cell };
        expect(parsed(encoded(fields))).toEqual(fields);
      }),
    );
  });

  test("cut off anywhere is none", () => {
    for (let length = 0; length < RECORD_BYTES; length += 1) {
      expect(parseRecordHead(example.subarray(0, length), 0)).toBeUndefined();
    }
  });

  test("with any byte changed is damaged, in its head or in its cell", () => {
    for (let at = 0; at < RECORD_BYTES; at += 1) {
      const changed = flipped(example, at);
      expect(parsed(changed)).toBeUndefined();
      expect(parseRecordHead(changed, 0) === undefined).toBe(at < RECORD_BYTES - CELL_BYTES);
    }
  });

  test("of anything else is none", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: RECORD_BYTES, maxLength: RECORD_BYTES }), (bytes) => {
        expect(parseRecordHead(Buffer.from(bytes), 0)).toBeUndefined();
      }),
      { numRuns: propertyRuns(20) },
    );
    expect(parseRecordHead(Buffer.alloc(RECORD_BYTES), 0)).toBeUndefined();
  });
});

describe("the header of a segment", () => {
  const example = encodeSegmentHeader([7, 2 ** 50]);

  test("is read as it was written", () => {
    fc.assert(
      fc.property(fc.array(position, { maxLength: MAX_FEEDS }), (starts) => {
        expect(parseSegmentHeader(encodeSegmentHeader(starts))).toEqual({ ok: true, value: starts });
      }),
    );
  });

  test("cut off anywhere, or with any byte changed, is damaged", () => {
    for (let at = 0; at < HEADER_BYTES; at += 1) {
      expect(parseSegmentHeader(example.subarray(0, at))).toEqual({ ok: false, error: "damaged" });
      expect(parseSegmentHeader(flipped(example, at)).ok).toBe(false);
    }
  });

  test("of a later version is newer", () => {
    const later = Buffer.from(example);
    later.writeUInt32LE(2, 4);
    expect(parseSegmentHeader(later)).toEqual({ ok: false, error: "newer" });
  });
});

describe("the index of a segment", () => {
  const entries = fc.array(fc.option(fc.record({ position, label }), { nil: undefined }), { maxLength: 50 });
  const encoded = (list: readonly ({ position: number; label: Label } | undefined)[]): Buffer => {
    const image = createIndexImage();
    for (const [slot, entry] of list.entries()) image.set(slot, entry);
    return Buffer.from(image.encode(list.length));
  };
  const read = (bytes: Buffer) => {
    const index = parseIndex(bytes);
    if (!index.ok) return undefined;
    const { count, position, labelAt } = index.value;
    return Array.from({ length: count }, (_, slot) => {
      const at = labelAt(slot);
      const found = position(slot);
      return found === undefined
        ? undefined
        : { position: found, label: new Uint8Array(bytes.subarray(at, at + LABEL_BYTES)) };
    });
  };

  test("is read as it was written, and goes on from what it says", () => {
    fc.assert(
      fc.property(entries, entries, (some, more) => {
        const bytes = encoded(some);
        expect(read(bytes)).toEqual(some);
        const known = parseIndex(bytes);
        const image = createIndexImage(known.ok ? known.value : undefined);
        for (const [i, entry] of more.entries()) image.set(some.length + i, entry);
        expect(read(Buffer.from(image.encode(some.length + more.length)))).toEqual([...some, ...more]);
      }),
    );
  });

  test("cut off anywhere, longer, or with any byte changed, is damaged", () => {
    const example = encoded([{ position: 3, label: randomLabel() }, undefined, { position: 9, label: randomLabel() }]);
    for (let at = 0; at < example.length; at += 1) {
      expect(parseIndex(example.subarray(0, at)).ok).toBe(false);
      expect(parseIndex(flipped(example, at)).ok).toBe(false);
    }
    expect(parseIndex(Buffer.concat([example, Buffer.alloc(40)])).ok).toBe(false);
  });
});

describe("the file of a block", () => {
  const [name, block]: [Label, Block] = [randomLabel(), randomBlock()];
  const example = Buffer.from(encodeBlockFile(name, block));

  test("is read as it was written, under its own label only", () => {
    expect(parseBlockFile(name, example)).toEqual(block);
    expect(parseBlockFile(randomLabel(), example)).toBeUndefined();
  });

  test("cut off, longer, or with any byte changed, is none", () => {
    for (const length of [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 3]) {
      expect(parseBlockFile(name, example.subarray(0, length))).toBeUndefined();
    }
    expect(parseBlockFile(name, Buffer.concat([example, Buffer.alloc(1)]))).toBeUndefined();
    fc.assert(
      fc.property(fc.nat({ max: example.length - 1 }), (at) => {
        expect(parseBlockFile(name, flipped(example, at))).toBeUndefined();
      }),
    );
  });
});

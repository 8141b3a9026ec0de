import { err, LABEL_BYTES, ok, type Label, type Result } from "@pli/protocol/wire";
import { crc32 } from "node:zlib";
import { MAX_SLOTS } from "./slots.ts";
import { readU64, writeU64 } from "./u64.ts";

/**
 * The index of a segment has one entry for each slot, without the cells. All numbers are little
 * endian:
 *
 *     "PLIX" ‖ version u32 ‖ entries u32 ‖ sum (CRC-32) of the entries u32 ‖ entries × (position
 *     u64 ‖ label 32)
 *
 * The position of a record whose head could not be read is 2^64 − 1.
 */
export interface SegmentIndex {
  readonly count: number;
  /** The position in the slot; undefined for a lost record. */
  position(slot: number): number | undefined;
  /** The feed of the label in the slot. */
  feed(slot: number): number;
  /** The label in the slot begins at `labelAt(slot)` in `bytes`. */
  readonly bytes: Buffer;
  labelAt(slot: number): number;
  /** A copy of the label in the slot. */
  label(slot: number): Label;
}

const MAGIC = 0x58494c50;
const VERSION = 1;
const HEAD_BYTES = 16;
const ENTRY_BYTES = 8 + LABEL_BYTES;

/** The index of a segment as it grows. */
export interface IndexImage {
  /** Sets what is in the slot; undefined for a lost record. */
  set(slot: number, entry: { readonly position: number; readonly label: Label } | undefined): void;
  /** A copy of the label in a slot that was set. */
  label(slot: number): Label;
  /** The index of the first `count` slots, to be written at once. */
  encode(count: number): Uint8Array;
}

/** Begins with the entries of `known`. */
export const createIndexImage = (known?: SegmentIndex): IndexImage => {
  const bytes = Buffer.alloc(HEAD_BYTES + MAX_SLOTS * ENTRY_BYTES);
  if (known !== undefined) bytes.set(known.bytes);
  return {
    set: (slot, entry) => {
      const at = entryAt(slot);
      if (entry === undefined) bytes.fill(0xff, at, at + 8).fill(0, at + 8, at + ENTRY_BYTES);
      else writeU64(bytes, entry.position, at);
      if (entry !== undefined) bytes.set(entry.label, at + 8);
    },
    label: (slot) => labelIn(bytes, slot),
    encode: (count) => {
      const end = entryAt(count);
      bytes.writeUInt32LE(MAGIC);
      bytes.writeUInt32LE(VERSION, 4);
      bytes.writeUInt32LE(count, 8);
      bytes.writeUInt32LE(crc32(bytes.subarray(HEAD_BYTES, end)), 12);
      return bytes.subarray(0, end);
    },
  };
};

/** An index of a later version is `damaged` too: a damaged index is made again. */
export const parseIndex = (bytes: Buffer): Result<SegmentIndex, "damaged"> => {
  if (bytes.length < HEAD_BYTES || bytes.readUInt32LE() !== MAGIC || bytes.readUInt32LE(4) !== VERSION) {
    return err("damaged");
  }
  const count = bytes.readUInt32LE(8);
  const entries = bytes.subarray(HEAD_BYTES);
  if (count > MAX_SLOTS || entries.length !== count * ENTRY_BYTES || crc32(entries) !== bytes.readUInt32LE(12)) {
    return err("damaged");
  }
  return ok({
    count,
    bytes,
    position: (slot) => readU64(bytes, entryAt(slot)),
    feed: (slot) => bytes.readUInt16BE(entryAt(slot) + 8),
    labelAt: (slot) => entryAt(slot) + 8,
    label: (slot) => labelIn(bytes, slot),
  });
};

const entryAt = (slot: number): number => HEAD_BYTES + slot * ENTRY_BYTES;

const labelIn = (bytes: Buffer, slot: number): Label =>
  new Uint8Array(bytes.subarray(entryAt(slot) + 8, entryAt(slot) + ENTRY_BYTES)) as Label;

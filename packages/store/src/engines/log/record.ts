import { CELL_BYTES, LABEL_BYTES, type Cell, type Label } from "@pli/protocol/wire";
import { crc32 } from "node:zlib";
import { readU64, writeU64 } from "./u64.ts";
import { view } from "../../base/view.ts";

/**
 * One cell in a segment, all numbers little endian:
 *
 *     sum of the head u32 ‖ sum of the cell u32 ‖ commit u32 ‖ position u64 ‖ label 32 ‖ cell 4,096
 *
 * The head's sum (CRC-32) covers everything up to the cell, also the cell's sum. It detects a
 * record at a wrong offset, and a changed label or position. `commit` is the slot of this segment
 * at which the commit of the record began.
 */
export interface RecordHead {
  readonly commit: number;
  readonly position: number;
  readonly label: Label;
  readonly cellSum: number;
}

const CELL_SUM = 4;
const COMMIT = 8;
const POSITION = 12;
const LABEL = 20;
const CELL = LABEL + LABEL_BYTES;
export const RECORD_BYTES = CELL + CELL_BYTES;

/** Writes the record at `at`. */
export const encodeRecord = (
  into: Buffer,
  at: number,
  { commit, position, label, cell }: Omit<RecordHead, "cellSum"> & { readonly cell: Cell },
): void => {
  into.writeUInt32LE(cellSum(cell), at + CELL_SUM);
  into.writeUInt32LE(commit, at + COMMIT);
  writeU64(into, position, at + POSITION);
  into.set(label, at + LABEL);
  into.set(cell, at + CELL);
  into.writeUInt32LE(headSum(into, at), at);
};

/**
 * The head of the record at `at`, its label a view into `bytes`. Undefined when the record is cut
 * off or the sum is wrong.
 */
export const parseRecordHead = (bytes: Buffer, at: number): RecordHead | undefined => {
  if (at + RECORD_BYTES > bytes.length || bytes.readUInt32LE(at) !== headSum(bytes, at)) return undefined;
  const position = readU64(bytes, at + POSITION);
  if (position === undefined) return undefined;
  return {
    cellSum: bytes.readUInt32LE(at + CELL_SUM),
    commit: bytes.readUInt32LE(at + COMMIT),
    position,
    label: view(bytes, at + LABEL, LABEL_BYTES) as Label,
  };
};

/** The cell of the record at `at`, a view into `bytes`. Undefined when its sum is wrong. */
export const parseRecordCell = (bytes: Buffer, at: number, head: RecordHead): Cell | undefined => {
  const cell = view(bytes, at + CELL, CELL_BYTES) as Cell;
  return cellSum(cell) === head.cellSum ? cell : undefined;
};

export const cellSum = (cell: Cell): number => crc32(cell);

const headSum = (bytes: Buffer, at: number): number => crc32(bytes.subarray(at + CELL_SUM, at + CELL));

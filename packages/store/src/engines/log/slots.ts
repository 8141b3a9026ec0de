import { HEADER_BYTES } from "./segment-header.ts";
import { RECORD_BYTES } from "./record.ts";

/**
 * A segment consists of slots of one size, one for each record, and has at most this many (130
 * MiB).
 */
export const MAX_SLOTS = 2 ** 15;

export const offsetOf = (slot: number): number => HEADER_BYTES + slot * RECORD_BYTES;

/** The whole slots in a file of this size, at most as many as a segment may have. */
export const slotsIn = (fileBytes: number): number =>
  Math.min(MAX_SLOTS, Math.max(0, Math.floor((fileBytes - HEADER_BYTES) / RECORD_BYTES)));

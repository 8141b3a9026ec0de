import { HEADER_BYTES } from "./segment-header.ts";
import { RECORD_BYTES } from "./record.ts";

/** Records of a segment lie in slots of one size; a segment has at most this many (130 MiB). */
export const MAX_SLOTS = 2 ** 15;

export const offsetOf = (slot: number): number => HEADER_BYTES + slot * RECORD_BYTES;

/**
 * Whole slots in a file of so many bytes; what is behind the last that a segment may have is none.
 */
export const slotsIn = (fileBytes: number): number =>
  Math.min(MAX_SLOTS, Math.max(0, Math.floor((fileBytes - HEADER_BYTES) / RECORD_BYTES)));

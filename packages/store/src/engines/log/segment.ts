import type { IndexImage } from "./segment-index.ts";
import type { PositionMap } from "./position-map.ts";
import { MAX_SLOTS } from "./slots.ts";

/** The folder of a day. Its number changes when the newest day is redated. */
export interface DayFolder {
  day: number;
}

/** One file of records, in the order in which they were accepted. Only the newest grows. */
export interface Segment {
  readonly folder: DayFolder;
  /** Its number within the day, which names its file. */
  readonly number: number;
  /** Its number among all segments open, from 1: the upper half of a record id. */
  readonly ordinal: number;
  /** The number that the record in slot 0 has in the hot tail. */
  readonly base: number;
  readonly positions: PositionMap;
  /** Its index while it grows. */
  image: IndexImage | undefined;
  /** The records committed, and those including the commit that runs. */
  count: number;
  staged: number;
}

/** Where a record is, or may be. */
export interface RecordLocation {
  readonly segment: Segment;
  readonly slot: number;
}

/** Ordinals are 17 bits, slots 15. */
export const MAX_ORDINAL = 2 ** 17 - 1;

/** A record among all, in 32 bits, as the label table keeps it. Never 0. */
export const recordIdOf = (ordinal: number, slot: number): number => ordinal * MAX_SLOTS + slot;
export const ordinalOf = (id: number): number => Math.floor(id / MAX_SLOTS);
export const slotOf = (id: number): number => id % MAX_SLOTS;

/** `000000.cells`, and beside it `000000.index`. */
export const cellsName = (number: number): string => `${String(number).padStart(6, "0")}.cells`;
export const indexName = (number: number): string => `${String(number).padStart(6, "0")}.index`;

export const numberFromName = (name: string): number | undefined => {
  const match = /^(\d{6,9})\.cells$/.exec(name);
  return match?.[1] !== undefined && cellsName(Number(match[1])) === name ? Number(match[1]) : undefined;
};

import type { IndexImage } from "./segment-index.ts";
import type { Places } from "./places.ts";
import { MAX_SLOTS } from "./slots.ts";

/** The folder of a day. Its number changes when the newest day is redated. */
export interface DayFolder {
  day: number;
}

/** One file of records, in the order they were accepted. Only the newest grows. */
export interface Segment {
  readonly folder: DayFolder;
  /** Its place within the day: the name of its file. */
  readonly number: number;
  /** Its number among all segments open, from 1: half of a place in the label table. */
  readonly ordinal: number;
  /** What the record in slot 0 is numbered in the hot tail. */
  readonly base: number;
  readonly places: Places;
  /** What it holds, while it grows. */
  image: IndexImage | undefined;
  /** Records committed, and records there once the commit that runs is done. */
  count: number;
  staged: number;
}

/** Ordinals are 17 bits, slots 15. */
export const MAX_ORDINAL = 2 ** 17 - 1;

/** A record's place among all, as the label table keeps it: never 0. */
export const placeOf = (ordinal: number, slot: number): number => ordinal * MAX_SLOTS + slot;
export const ordinalOf = (place: number): number => Math.floor(place / MAX_SLOTS);
export const slotOf = (place: number): number => place % MAX_SLOTS;

/** `000000.cells`, and beside it `000000.index`. */
export const cellsName = (number: number): string => `${String(number).padStart(6, "0")}.cells`;
export const indexName = (number: number): string => `${String(number).padStart(6, "0")}.index`;

export const numberFromName = (name: string): number | undefined => {
  const match = /^(\d{6,9})\.cells$/.exec(name);
  return match?.[1] !== undefined && cellsName(Number(match[1])) === name ? Number(match[1]) : undefined;
};

/** The names of day files. */
import { dayFromIso, isoFromDay } from "../embedded/iso-day.ts";

const SUFFIX = ".db";

/** `2026-11-23.db`: the name of a day's file. */
export const nameFromDay = (day: number): string => isoFromDay(day) + SUFFIX;

/** The day of a file name; undefined when it is not exactly one of ours. */
export const dayFromName = (name: string): number | undefined =>
  name.endsWith(SUFFIX) ? dayFromIso(name.slice(0, -SUFFIX.length)) : undefined;

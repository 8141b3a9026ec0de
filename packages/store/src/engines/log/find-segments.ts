/** What an earlier process left in a data folder, before any of it is opened. */
import { join } from "node:path";
import { dayFromIso } from "../embedded/iso-day.ts";
import type { Disk } from "./disk.ts";
import { naming } from "./disk-error.ts";
import type { SegmentPaths } from "./segment-paths.ts";
import { numberFromName, type DayFolder } from "./segment.ts";
import { slotsIn } from "./slots.ts";

/** A day's folder has this behind its name while it is deleted. */
export const EXPIRED = ".expired";

export interface FoundSegment {
  readonly folder: DayFolder;
  readonly number: number;
}

/** Finishes deleting the days that an earlier process had begun to delete. */
export const removeExpired = async (disk: Disk, folder: string): Promise<void> => {
  for (const name of await disk.names(folder)) if (name.endsWith(EXPIRED)) await disk.remove(join(folder, name));
};

/** Every segment of every day, oldest first. */
export const segmentsIn = async (disk: Disk, paths: SegmentPaths): Promise<readonly FoundSegment[]> => {
  const days = (await disk.names(paths.folder)).map(dayFromIso).filter((day) => day !== undefined);
  const found: FoundSegment[] = [];
  for (const day of days.toSorted((a, b) => a - b)) {
    const folder = { day };
    const numbers = (await disk.names(paths.ofDay(day))).map(numberFromName);
    const sorted = numbers.filter((number) => number !== undefined).toSorted((a, b) => a - b);
    found.push(...sorted.map((number) => ({ folder, number })));
  }
  return found;
};

/**
 * Makes names durable, in the folder and in that of the newest day. A process that was killed may
 * have made names that are not.
 */
export const syncNames = async (disk: Disk, paths: SegmentPaths, newest: number | undefined): Promise<void> => {
  await disk.syncFolder(paths.folder);
  if (newest !== undefined) await disk.syncFolder(paths.ofDay(newest));
};

/** About how many records the segments hold, by the size of their files. */
export const recordsIn = async (disk: Disk, paths: SegmentPaths, found: readonly FoundSegment[]): Promise<number> => {
  let records = 0;
  for (const segment of found) {
    const path = paths.cells(segment);
    records += await naming(path, async () => slotsIn(await sizeOf(disk, path)));
  }
  return records;
};

const sizeOf = async (disk: Disk, path: string): Promise<number> => {
  const file = await disk.open(path, "read");
  try {
    return await file.size();
  } finally {
    await file.close();
  }
};

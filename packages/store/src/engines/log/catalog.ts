import { join } from "node:path";
import type { Label } from "@pli/protocol/wire";
import type { Log } from "../../base/event-log.ts";
import { dayFromIso, isoFromDay } from "../embedded/iso-day.ts";
import type { Disk } from "./disk.ts";
import { diskError } from "./disk-error.ts";
import { createLabelTable } from "./label-table.ts";
import { loadSegment } from "./load-segment.ts";
import { createPlaces } from "./places.ts";
import { encodeSegmentHeader } from "./segment-header.ts";
import { createIndexImage } from "./segment-index.ts";
import { slotsIn } from "./slots.ts";
import { createSegmentFiles, type SegmentFiles } from "./segment-files.ts";
import {
  cellsName,
  indexName,
  MAX_ORDINAL,
  numberFromName,
  ordinalOf,
  placeOf,
  slotOf,
  type DayFolder,
  type Segment,
} from "./segment.ts";

/** Every segment of a folder, and where each label may be. */
export interface Catalog {
  /** Oldest first; the last one grows. */
  readonly segments: readonly Segment[];
  readonly files: SegmentFiles;
  newest(): Segment | undefined;
  days(): readonly number[];
  /** Where each feed goes on. */
  ends(): readonly number[];
  folderOf(day: number): string;
  pathOf(segment: Segment): string;
  /** The file of a segment's index, nothing if it is not there. */
  readIndex(segment: Segment): Promise<Buffer | undefined>;
  /**
   * The segment that holds a position of a feed, and where what it holds of the feed ends, at most
   * `end`.
   */
  holding(feed: number, position: number, end: number): { readonly segment: Segment | undefined; readonly end: number };
  /** Where a feed begins on a day; nothing for a day that is not kept. */
  firstOn(feed: number, day: number): number | undefined;
  /** Records, committed or not, that may have this label. */
  find(label: Label): readonly { readonly segment: Segment; readonly slot: number }[];
  note(label: Label, segment: Segment, slot: number): void;
  /**
   * Begins a new newest segment on `day`, durably; `base` is the number of its first record in the
   * hot tail. The one before is sealed.
   */
  begin(day: number, base: number): Promise<Segment>;
  /** Removes the days before `firstKept` from the disk, and returns them. */
  drop(firstKept: number): Promise<readonly number[]>;
  redate(day: number): Promise<void>;
  close(): Promise<void>;
}

const EXPIRED = ".expired";
const DAY_SECONDS = 86_400;

/** Opens what is there. `reached[feed]` is a position each feed is known to have reached. */
export const openCatalog = async (options: {
  readonly disk: Disk;
  readonly folder: string;
  readonly reached: readonly number[];
  readonly log: Log;
}): Promise<Catalog> => {
  const { disk, folder, log } = options;
  let { reached } = options;
  for (const name of await disk.names(folder)) if (name.endsWith(EXPIRED)) await disk.remove(join(folder, name));
  const found = await segmentsIn(disk, folder);
  await syncNames(disk, folder, found.at(-1)?.dayFolder.day);

  const segments: Segment[] = [];
  const byOrdinal = new Map<number, Segment>();
  const table = createLabelTable(
    (place) => {
      const of = ordinalOf(place);
      return of === loading || slotOf(place) < (byOrdinal.get(of)?.staged ?? 0);
    },
    await recordsIn(disk, folder, found),
  );
  const sealing = new Set<Promise<void>>();
  let ordinal = 0;
  let loading = 0;

  const folderOf = (day: number): string => join(folder, isoFromDay(day));
  const pathOf = (segment: Segment): string => join(folderOf(segment.folder.day), cellsName(segment.number));
  const indexOf = (segment: Segment): string => join(folderOf(segment.folder.day), indexName(segment.number));
  const files = createSegmentFiles((segment) =>
    disk.open(pathOf(segment), segment.image === undefined ? "read" : "write"),
  );

  const ends = (): number[] =>
    reached.map((position, feed) => Math.max(position, segments.at(-1)?.places.end(feed) ?? 0));
  const nextOrdinal = (): number => {
    do ordinal = (ordinal % MAX_ORDINAL) + 1;
    while (byOrdinal.has(ordinal));
    return ordinal;
  };
  const add = (segment: Segment): Segment => {
    segments.push(segment);
    byOrdinal.set(segment.ordinal, segment);
    return segment;
  };
  const load = async (dayFolder: DayFolder, number: number, grows: boolean): Promise<void> => {
    const own = (loading = nextOrdinal());
    const path = join(folderOf(dayFolder.day), cellsName(number));
    const loaded = await naming(path, () =>
      loadSegment({
        disk,
        log,
        grows,
        cells: path,
        index: join(folderOf(dayFolder.day), indexName(number)),
        ends: ends(),
        oldest: segments.length === 0,
        found: (bytes, at, slot) => table.add(bytes, at, placeOf(own, slot)),
      }),
    );
    const { count } = loaded;
    const segment = add({ ...loaded, folder: dayFolder, number, ordinal: own, base: -count, staged: count });
    loading = 0;
    if (!grows) await seal(segment);
  };
  /**
   * A segment that will not grow gets its index, unless it has it, and forgets when it was written.
   */
  const seal = async (segment: Segment): Promise<void> => {
    segment.places.seal();
    if (segment.image === undefined) return;
    try {
      await writeIndex(segment);
      segment.image = undefined;
      await disk.setTimes(pathOf(segment), segment.folder.day * DAY_SECONDS);
    } catch (error) {
      log("warn", "index_not_written", { file: indexOf(segment), code: diskError(error, pathOf(segment)).code });
    }
  };
  const writeIndex = async (segment: Segment): Promise<void> => {
    const part = `${indexOf(segment)}.part`;
    const file = await disk.open(part, "create");
    try {
      if (segment.image !== undefined) await file.write([segment.image.encode(segment.count)], 0);
      await file.sync();
      await file.setTimes(segment.folder.day * DAY_SECONDS);
    } finally {
      await file.close();
    }
    await disk.rename(part, indexOf(segment));
  };
  const sealLater = (segment: Segment): void => {
    const done = seal(segment).finally(() => sealing.delete(done));
    sealing.add(done);
  };
  const makeFile = async (segment: Segment, starts: readonly number[]): Promise<void> => {
    const path = pathOf(segment);
    const dayFolder = folderOf(segment.folder.day);
    await naming(path, async () => {
      await disk.makeFolder(dayFolder);
      await disk.syncFolder(folder);
      const file = await disk.open(path, "create");
      try {
        await file.write([encodeSegmentHeader(starts)], 0);
        await file.sync();
      } finally {
        await file.close();
      }
      await disk.syncFolder(dayFolder);
    });
  };

  for (const [i, { dayFolder, number }] of found.entries()) await load(dayFolder, number, i === found.length - 1);

  return {
    segments,
    files,
    ends,
    folderOf,
    pathOf,
    readIndex: (segment) => disk.readAll(indexOf(segment)),
    holding: (feed, position, end) => {
      const at = segments.findLastIndex(({ places }) => places.first(feed) <= position);
      return { segment: segments[at], end: Math.min(end, segments[at + 1]?.places.first(feed) ?? end) };
    },
    firstOn: (feed, day) => segments.find(({ folder: { day: own } }) => own === day)?.places.first(feed),
    newest: () => segments.at(-1),
    days: () => daysOf(segments),
    find: (label) =>
      table.find(label).flatMap((place) => {
        const segment = byOrdinal.get(ordinalOf(place));
        return segment === undefined ? [] : [{ segment, slot: slotOf(place) }];
      }),
    note: (label, segment, slot) => table.add(label, 0, placeOf(segment.ordinal, slot)),
    begin: async (day, base) => {
      const before = segments.at(-1);
      const sameDay = before?.folder.day === day;
      const starts = ends();
      const segment: Segment = {
        folder: sameDay && before !== undefined ? before.folder : { day },
        number: sameDay && before !== undefined ? before.number + 1 : 0,
        ordinal: nextOrdinal(),
        base,
        places: createPlaces(starts),
        image: createIndexImage(),
        count: 0,
        staged: 0,
      };
      await makeFile(segment, starts);
      if (before !== undefined) sealLater(before);
      return add(segment);
    },
    drop: async (firstKept) => {
      const dropped = segments.filter((segment) => segment.folder.day < firstKept);
      const days = daysOf(dropped);
      await Promise.all(sealing);
      for (const segment of dropped) await files.release(segment);
      for (const day of days) await disk.rename(folderOf(day), folderOf(day) + EXPIRED);
      if (days.length > 0) await disk.syncFolder(folder);
      reached = ends();
      segments.splice(0, dropped.length);
      for (const segment of dropped) byOrdinal.delete(segment.ordinal);
      for (const day of days) await disk.remove(folderOf(day) + EXPIRED);
      return days;
    },
    redate: async (day) => {
      const newest = segments.at(-1)?.folder;
      if (newest === undefined || newest.day >= day) return;
      await Promise.all(sealing);
      for (const segment of segments) if (segment.folder === newest) await files.release(segment);
      await disk.rename(folderOf(newest.day), folderOf(day));
      newest.day = day;
      await disk.syncFolder(folder);
    },
    close: async () => {
      await Promise.all(sealing);
      const newest = segments.at(-1);
      if (newest !== undefined) await seal(newest);
      await files.closeAll();
      for (const day of daysOf(segments)) await disk.setTimes(folderOf(day), day * DAY_SECONDS);
    },
  };
};

const daysOf = (segments: readonly Segment[]): number[] => [...new Set(segments.map(({ folder }) => folder.day))];

const naming = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw diskError(error, path);
  }
};

/**
 * A process that was killed may have made names that are not yet durable, in the folder and in that
 * of the newest day.
 */
const syncNames = async (disk: Disk, folder: string, newest: number | undefined): Promise<void> => {
  await disk.syncFolder(folder);
  if (newest !== undefined) await disk.syncFolder(join(folder, isoFromDay(newest)));
};

interface FoundSegment {
  readonly dayFolder: DayFolder;
  readonly number: number;
}

/** Every segment of every day, oldest first. */
const segmentsIn = async (disk: Disk, folder: string): Promise<readonly FoundSegment[]> => {
  const days = (await disk.names(folder)).map(dayFromIso).filter((day) => day !== undefined);
  const found: FoundSegment[] = [];
  for (const day of days.toSorted((a, b) => a - b)) {
    const dayFolder = { day };
    const numbers = (await disk.names(join(folder, isoFromDay(day)))).map(numberFromName);
    const sorted = numbers.filter((number) => number !== undefined).toSorted((a, b) => a - b);
    found.push(...sorted.map((number) => ({ dayFolder, number })));
  }
  return found;
};

/** About how many records the segments hold, by the size of their files. */
const recordsIn = async (disk: Disk, folder: string, found: readonly FoundSegment[]): Promise<number> => {
  let records = 0;
  for (const { dayFolder, number } of found) {
    const path = join(folder, isoFromDay(dayFolder.day), cellsName(number));
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

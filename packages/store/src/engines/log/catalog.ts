import { DAY_SECONDS } from "../../base/clock.ts";
import type { Log } from "../../base/event-log.ts";
import type { Disk } from "./disk.ts";
import { naming } from "./disk-error.ts";
import { EXPIRED, recordsIn, removeExpired, segmentsIn, syncNames, type FoundSegment } from "./find-segments.ts";
import { loadSegment } from "./load-segment.ts";
import { createPositionMap } from "./position-map.ts";
import { createSealer, type Sealer } from "./sealer.ts";
import { createSegmentFiles, type SegmentFiles } from "./segment-files.ts";
import { encodeSegmentHeader } from "./segment-header.ts";
import { createIndexImage } from "./segment-index.ts";
import { createSegmentPaths, type SegmentPaths } from "./segment-paths.ts";
import { createSegmentSet, daysOf, type SegmentLookup, type SegmentSet } from "./segment-set.ts";
import type { Segment } from "./segment.ts";

/** Every segment of a folder, on the disk and in memory. */
export interface Catalog extends SegmentLookup {
  readonly files: SegmentFiles;
  folderOf(day: number): string;
  pathOf(segment: Segment): string;
  /** The file of a segment's index; undefined when there is none. */
  readIndex(segment: Segment): Promise<Buffer | undefined>;
  /**
   * Begins a new newest segment on `day`, durably, and seals the one before. `base` is the number
   * that its first record will have in the hot tail.
   */
  begin(day: number, base: number): Promise<Segment>;
  /** Removes the days before `firstKept` from the disk, and returns them. */
  drop(firstKept: number): Promise<readonly number[]>;
  redate(day: number): Promise<void>;
  close(): Promise<void>;
}

/** What the parts of an open catalog share. */
interface Deps {
  readonly disk: Disk;
  readonly log: Log;
  readonly paths: SegmentPaths;
  readonly set: SegmentSet;
  readonly sealer: Sealer;
}

/** Opens what is there. `reached[feed]` is a position that each feed is known to have reached. */
export const openCatalog = async (options: {
  readonly disk: Disk;
  readonly folder: string;
  readonly reached: readonly number[];
  readonly log: Log;
}): Promise<Catalog> => {
  const { disk, folder, log, reached } = options;
  const paths = createSegmentPaths(folder);
  await removeExpired(disk, folder);
  const found = await segmentsIn(disk, paths);
  await syncNames(disk, paths, found.at(-1)?.folder.day);
  const set = createSegmentSet(reached, await recordsIn(disk, paths, found));
  const deps = { disk, log, paths, set, sealer: createSealer(disk, paths, log) };
  for (const segment of found) await load(deps, segment, segment === found.at(-1));
  return catalogOn(deps);
};

const load = async (deps: Deps, { folder, number }: FoundSegment, grows: boolean): Promise<void> => {
  const { disk, log, paths, set, sealer } = deps;
  const ordinal = set.reserveOrdinal();
  const cells = paths.cells({ folder, number });
  const loaded = await naming(cells, () =>
    loadSegment({
      disk,
      log,
      grows,
      cells,
      index: paths.index({ folder, number }),
      ends: set.ends(),
      oldest: set.segments.length === 0,
      found: set.noteLoaded,
    }),
  );
  const { count } = loaded;
  const segment = { ...loaded, folder, number, ordinal, base: -count, staged: count };
  set.add(segment);
  if (!grows) await sealer.seal(segment);
};

const catalogOn = (deps: Deps): Catalog => {
  const { disk, paths, set, sealer } = deps;
  const files = createSegmentFiles((segment) =>
    disk.open(paths.cells(segment), segment.image === undefined ? "read" : "write"),
  );
  return {
    ...set,
    files,
    folderOf: paths.ofDay,
    pathOf: paths.cells,
    readIndex: (segment) => disk.readAll(paths.index(segment)),
    begin: (day, base) => begin(deps, day, base),
    drop: async (firstKept) => {
      const dropped = set.segments.filter(({ folder }) => folder.day < firstKept);
      const days = daysOf(dropped);
      await sealer.settled();
      for (const segment of dropped) await files.release(segment);
      for (const day of days) await disk.rename(paths.ofDay(day), paths.ofDay(day) + EXPIRED);
      if (days.length > 0) await disk.syncFolder(paths.folder);
      set.removeBefore(firstKept);
      for (const day of days) await disk.remove(paths.ofDay(day) + EXPIRED);
      return days;
    },
    redate: async (day) => {
      const newest = set.newest()?.folder;
      if (newest === undefined || newest.day >= day) return;
      await sealer.settled();
      for (const segment of set.segments) if (segment.folder === newest) await files.release(segment);
      await disk.rename(paths.ofDay(newest.day), paths.ofDay(day));
      newest.day = day;
      await disk.syncFolder(paths.folder);
    },
    close: async () => {
      await sealer.settled();
      const newest = set.newest();
      if (newest !== undefined) await sealer.seal(newest);
      await files.closeAll();
      for (const day of set.days()) await disk.setTimes(paths.ofDay(day), day * DAY_SECONDS);
    },
  };
};

const begin = async (deps: Deps, day: number, base: number): Promise<Segment> => {
  const { set, sealer } = deps;
  const before = set.newest();
  const sameDay = before?.folder.day === day ? before : undefined;
  const starts = set.ends();
  const segment: Segment = {
    folder: sameDay?.folder ?? { day },
    number: sameDay === undefined ? 0 : sameDay.number + 1,
    ordinal: set.reserveOrdinal(),
    base,
    positions: createPositionMap(starts),
    image: createIndexImage(),
    count: 0,
    staged: 0,
  };
  await makeFile(deps, segment, starts);
  if (before !== undefined) sealer.sealLater(before);
  set.add(segment);
  return segment;
};

const makeFile = async ({ disk, paths }: Deps, segment: Segment, starts: readonly number[]): Promise<void> => {
  const path = paths.cells(segment);
  const dayFolder = paths.ofDay(segment.folder.day);
  await naming(path, async () => {
    await disk.makeFolder(dayFolder);
    await disk.syncFolder(paths.folder);
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

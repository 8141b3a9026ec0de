import { DAY_SECONDS } from "../../base/clock.ts";
import type { Log } from "../../base/event-log.ts";
import type { Disk } from "./disk.ts";
import { diskError } from "./disk-error.ts";
import type { SegmentPaths } from "./segment-paths.ts";
import type { Segment } from "./segment.ts";

/**
 * Seals segments that will not grow: writes the index of each, and sets the time of its file to
 * midnight.
 */
export interface Sealer {
  /** An index that cannot be written is reported, and made again at the next start. */
  seal(segment: Segment): Promise<void>;
  /** Seals beside other work. */
  sealLater(segment: Segment): void;
  /** Resolves when no sealing is under way. */
  settled(): Promise<void>;
}

export const createSealer = (disk: Disk, paths: SegmentPaths, log: Log): Sealer => {
  const running = new Set<Promise<void>>();
  const seal = async (segment: Segment): Promise<void> => {
    segment.positions.seal();
    if (segment.image === undefined) return;
    try {
      await writeIndex(segment);
      segment.image = undefined;
      await disk.setTimes(paths.cells(segment), segment.folder.day * DAY_SECONDS);
    } catch (error) {
      const { code } = diskError(error, paths.cells(segment));
      log("warn", "index_not_written", { file: paths.index(segment), code });
    }
  };
  const writeIndex = async (segment: Segment): Promise<void> => {
    const part = `${paths.index(segment)}.part`;
    const file = await disk.open(part, "create");
    try {
      if (segment.image !== undefined) await file.write([segment.image.encode(segment.count)], 0);
      await file.sync();
      await file.setTimes(segment.folder.day * DAY_SECONDS);
    } finally {
      await file.close();
    }
    await disk.rename(part, paths.index(segment));
  };
  return {
    seal,
    sealLater: (segment) => {
      const done = seal(segment).finally(() => running.delete(done));
      running.add(done);
    },
    settled: async () => void (await Promise.all(running)),
  };
};

import type { DiskFile } from "./disk.ts";
import type { Segment } from "./segment.ts";

/** Keeps a bounded number of segment files open. A file closes when nothing uses it any more. */
export interface SegmentFiles {
  /** Runs `work` on the segment's file, which stays open meanwhile. */
  use<T>(segment: Segment, work: (file: DiskFile) => Promise<T>): Promise<T>;
  /** Closes the segment's file as soon as nothing uses it. */
  release(segment: Segment): Promise<void>;
  closeAll(): Promise<void>;
}

interface OpenFile {
  readonly file: Promise<DiskFile>;
  users: number;
  released: boolean;
}

const MAX_OPEN = 256;

export const createSegmentFiles = (open: (segment: Segment) => Promise<DiskFile>): SegmentFiles => {
  const files = new Map<Segment, OpenFile>();
  const closeIfUnused = async (entry: OpenFile): Promise<void> => {
    if (entry.released && entry.users === 0) await (await entry.file).close();
  };
  const release = async (segment: Segment): Promise<void> => {
    const entry = files.get(segment);
    if (entry === undefined) return;
    files.delete(segment);
    entry.released = true;
    await closeIfUnused(entry);
  };
  const entryOf = (segment: Segment): OpenFile => {
    const entry = files.get(segment) ?? { file: open(segment), users: 0, released: false };
    files.delete(segment);
    files.set(segment, entry);
    return entry;
  };
  const releaseOldest = async (): Promise<void> => {
    const [oldest] = files.keys();
    if (files.size > MAX_OPEN && oldest !== undefined) await release(oldest);
  };
  return {
    use: async (segment, work) => {
      const entry = entryOf(segment);
      entry.users += 1;
      try {
        return await work(await entry.file);
      } catch (error) {
        // The next use tries again to open a file that could not be opened.
        if (files.get(segment) === entry) files.delete(segment);
        entry.released = true;
        throw error;
      } finally {
        entry.users -= 1;
        await closeIfUnused(entry).catch(() => undefined);
        await releaseOldest();
      }
    },
    release,
    closeAll: async () => {
      for (const segment of files.keys()) await release(segment);
    },
  };
};

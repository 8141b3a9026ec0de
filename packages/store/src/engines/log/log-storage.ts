import type { Cell, Label } from "@pli/protocol/wire";
import type { Log } from "../../base/event-log.ts";
import { openStoreFile, type StoreFile } from "../embedded/store-file.ts";
import { freeBytesIn, makeDataFolder } from "../embedded/data-folder.ts";
import { createSemaphore } from "../../base/semaphore.ts";
import { announce } from "../embedded/announce.ts";
import { StorageError, type Beginning, type FeedRange, type Listener, type Storage } from "../../storage/storage.ts";
import { openBlocks, type Blocks } from "./blocks.ts";
import { openCatalog, type Catalog } from "./catalog.ts";
import { nodeDisk, type Disk } from "./disk.ts";
import { diskError } from "./disk-error.ts";
import { createHotTail } from "./hot-tail.ts";
import { createLabelReader } from "./label-reader.ts";
import { createSerialQueue } from "../../base/serial-queue.ts";
import { createRecords, type FoundRecord } from "./records.ts";
import { MAX_FEEDS } from "./segment-header.ts";
import { MAX_SLOTS } from "./slots.ts";
import { createWriter } from "./writer.ts";

/** Node reads and writes files with four threads. Reads leave the others to the writer. */
const READS_AT_ONCE = 2;

/**
 * The Storage of one folder as a log. Each day is a folder of segments, to which commits are
 * appended, and of blocks. `store.db` is the lock, and keeps what outlives every day. Rejects with
 * a StorageError that names the file when the folder is of a newer version, in use or not writable.
 * Damage is reported to `log`.
 */
export const openLogStorage = async (options: {
  readonly folder: string;
  readonly feeds: number;
  readonly begin?: Beginning | undefined;
  readonly log?: Log;
  readonly disk?: Disk;
  /** A segment holds at most this many records. */
  readonly segmentSlots?: number;
}): Promise<Storage> => {
  const { folder, log = () => {}, disk = nodeDisk, segmentSlots = MAX_SLOTS } = options;
  if (options.feeds > MAX_FEEDS) throw new RangeError(`there are at most ${MAX_FEEDS} feeds`);
  makeDataFolder(folder);
  const store = openStoreFile(folder, options.feeds, options.begin);
  try {
    const reached = Array.from({ length: options.feeds }, (_, feed) => store.reached(feed));
    const catalog = await openCatalog({ disk, folder, reached, log });
    const blocks = await openBlocks({ disk, folder, folderOf: catalog.folderOf, days: catalog.days });
    return storageOn({ folder, store, catalog, blocks, segmentSlots, log });
  } catch (error) {
    store.close();
    throw diskError(error, folder);
  }
};

const storageOn = (deps: {
  readonly folder: string;
  readonly store: StoreFile;
  readonly catalog: Catalog;
  readonly blocks: Blocks;
  readonly segmentSlots: number;
  readonly log: Log;
}): Storage => {
  const { folder, store, catalog, blocks, segmentSlots, log } = deps;
  const hot = createHotTail();
  const records = createRecords(catalog, hot, log);
  const readLabels = createLabelReader(catalog, records);
  const writer = createWriter({ catalog, records, blocks, hot, segmentSlots, log });
  const alone = createSerialQueue();
  const reads = createSemaphore(READS_AT_ONCE);
  let next = catalog.ends();
  let listener: Listener = () => {};

  const range = (feed: number): FeedRange => {
    const end = next[feed] ?? 0;
    return { oldest: Math.min(end, catalog.segments[0]?.positions.first(feed) ?? end), next: end };
  };
  /**
   * A damaged cell counts as absent, so that readers of tags pass over it like readers of cells.
   */
  const get = async (label: Label): Promise<Cell | undefined> => {
    const locations = catalog.find(label);
    const look = (): Promise<readonly FoundRecord[]> => records.withLabel(label, locations);
    const found = await (records.areHot(locations) ? look() : reads.run(look)).catch((error: unknown) => {
      if (error instanceof StorageError && error.code === "data_damaged") return [];
      throw error;
    });
    return found.find(({ segment, slot, cell }) => cell !== undefined && slot < segment.count)?.cell;
  };
  return {
    storeId: store.storeId,
    lastDay: () => catalog.newest()?.folder.day,
    commitsAtOnce: 1,
    commit: (puts, day) =>
      alone(async () => {
        const results = await writer.commit(puts, day);
        next = catalog.ends();
        announce(listener, puts, results);
        return results;
      }),
    get,
    getBlock: (label) => reads.run(() => blocks.get(label)),
    range,
    latestRange: async (feed) => range(feed),
    listen: (newListener) => {
      listener = newListener;
    },
    read: async (feed, from, max) => {
      const { oldest, next: end } = range(feed);
      const first = Math.max(from, oldest);
      if (first >= end) return { first, entries: [] };
      return { first, entries: await reads.run(() => records.read(feed, first, Math.min(end, first + max))) };
    },
    labels: async (feed, from, max) => {
      const { oldest, next: end } = range(feed);
      const first = Math.max(from, oldest);
      if (first >= end) return { first, labels: [] };
      return { first, labels: await reads.run(() => readLabels(feed, first, Math.min(end, first + max))) };
    },
    cellsOn: (feed, day) => {
      const first = catalog.firstOn(feed, day);
      const later = catalog.days().find((other) => other > day);
      const end = later === undefined ? next[feed] : catalog.firstOn(feed, later);
      return first === undefined ? 0 : (end ?? first) - first;
    },
    days: () => catalog.days(),
    firstOn: (feed, day) => catalog.firstOn(feed, day) ?? range(feed).next,
    blocksOn: (day, after, max) => blocks.on(day, after, max),
    expire: (firstDayKept) =>
      alone(async () => {
        if (!catalog.days().some((day) => day < firstDayKept)) return [];
        for (const [feed, position] of next.entries()) store.saveReached(feed, position);
        return catalog.drop(firstDayKept);
      }),
    redate: (day) => alone(() => catalog.redate(day)),
    probe: () =>
      alone(async () => {
        writer.check();
        store.probe();
      }),
    freeBytes: () => freeBytesIn(folder),
    close: () =>
      alone(async () => {
        try {
          await catalog.close();
        } finally {
          store.close();
        }
      }),
  };
};

import { feedOf, type Label } from "@pli/protocol/wire";
import type { Beginning, FeedRange, Listener, Storage } from "../../storage/storage.ts";
import { announce } from "../embedded/announce.ts";
import { freeBytesIn, makeDataFolder } from "../embedded/data-folder.ts";
import { openStoreFile, type StoreFile } from "../embedded/store-file.ts";
import type { DayFile } from "./day-file.ts";
import { openDays, type Days } from "./days.ts";
import { createWriter } from "./writer.ts";

/**
 * The Storage of one folder on SQLite: `store.db` and one file a day. Throws a StorageError that
 * names the file when the folder is of a newer version, damaged, in use or not writable.
 */
export const openSqliteStorage = (options: {
  readonly folder: string;
  readonly feeds: number;
  readonly begin?: Beginning | undefined;
}): Storage => {
  const { folder } = options;
  makeDataFolder(folder);
  const store = openStoreFile(folder, options.feeds, options.begin);
  try {
    const reached = Array.from({ length: options.feeds }, (_, feed) => store.reached(feed));
    return storageOn(folder, store, openDays(folder, reached), reached);
  } catch (error) {
    store.close();
    throw error;
  }
};

const storageOn = (folder: string, store: StoreFile, days: Days, reached: readonly number[]): Storage => {
  const { next, commit } = createWriter(days, reached);
  let listener: Listener = () => {};
  const range = (feed: number): FeedRange => {
    const end = next[feed] ?? 0;
    return { oldest: days.oldest()?.first(feed) ?? end, next: end };
  };
  return {
    storeId: store.storeId,
    lastDay: () => days.newest()?.day,
    commitsAtOnce: 1,
    commit: async (puts, day) => {
      const results = commit(puts, day);
      announce(listener, puts, results);
      return results;
    },
    get: async (label) => findIn(days, label, (file) => file.get(label, feedOf(label))),
    getBlock: async (label) => findIn(days, label, (file) => file.getBlock(label)),
    range,
    latestRange: async (feed) => range(feed),
    listen: (newListener) => {
      listener = newListener;
    },
    read: async (feed, from, max) => {
      const first = Math.max(from, range(feed).oldest);
      return { first, entries: days.holding(feed, first)?.read(feed, first, max) ?? [] };
    },
    labels: async (feed, from, max) => {
      const first = Math.max(from, range(feed).oldest);
      return { first, labels: days.holding(feed, first)?.labelsFrom(feed, first, max) ?? [] };
    },
    cellsOn: (feed, day) => {
      const file = days.on(day);
      return file === undefined ? 0 : file.end(feed) - file.first(feed);
    },
    days: () => days.all(),
    firstOn: (feed, day) => days.on(day)?.first(feed) ?? range(feed).next,
    blocksOn: async (day, after, max) => days.on(day)?.blocksAfter(after, max) ?? { blocks: [], last: after },
    expire: async (firstDayKept) => {
      for (const [feed, position] of next.entries()) store.saveReached(feed, position);
      return days.drop(firstDayKept);
    },
    redate: async (day) => days.redate(day, next),
    probe: async () => store.probe(),
    freeBytes: () => freeBytesIn(folder),
    close: async () => {
      try {
        days.close();
      } finally {
        store.close();
      }
    },
  };
};

/** Looks on the newest day, then on the earlier days that may have the label. */
const findIn = <T>(days: Days, label: Label, read: (file: DayFile) => T | undefined): T | undefined => {
  const newest = days.newest();
  if (newest === undefined) return undefined;
  for (const file of [newest.file, ...days.earlierWith(label)]) {
    const found = read(file);
    if (found !== undefined) return found;
  }
  return undefined;
};

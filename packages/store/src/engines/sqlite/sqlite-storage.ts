import { feedOf, type Label } from "@pli/protocol/wire";
import { announce } from "../embedded/announce.ts";
import { freeBytesIn, makeDataFolder } from "../embedded/data-folder.ts";
import { sameOutcome } from "../embedded/same-outcome.ts";
import type { Beginning, FeedRange, Listener, Put, PutResult, Storage } from "../../storage/storage.ts";
import { openDays } from "./days.ts";
import { storageErrorFrom } from "../embedded/sqlite-error.ts";
import { openStoreFile } from "../embedded/store-file.ts";

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
  const feeds = Array.from({ length: options.feeds }, (_, feed) => feed);
  const next = feeds.map((feed) => store.reached(feed));
  const days = openOrUnlock(
    () => openDays(folder, [...next]),
    () => store.close(),
  );
  let listener: Listener = () => {};
  settleNext();

  function settleNext(): void {
    const newest = days.newest();
    for (const feed of feeds) next[feed] = Math.max(next[feed] ?? 0, newest?.file.end(feed) ?? 0);
  }
  const fileFor = (day: number) => {
    const newest = days.newest();
    return newest !== undefined && newest.day >= day ? newest.file : days.open(day, next);
  };
  const earlier = (put: Put): PutResult | undefined => {
    for (const file of days.earlierWith(put.label)) {
      const kept = put.kind === "cell" ? file.get(put.label, feedOf(put.label)) : file.getBlock(put.label);
      if (kept !== undefined) return sameOutcome(kept, put.bytes);
    }
    return undefined;
  };
  const find = <T>(label: Label, read: (file: ReturnType<typeof fileFor>) => T | undefined): T | undefined => {
    const newest = days.newest();
    if (newest === undefined) return undefined;
    for (const file of [newest.file, ...days.earlierWith(label)]) {
      const found = read(file);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const range = (feed: number): FeedRange => {
    const end = next[feed] ?? 0;
    return { oldest: days.oldest()?.first(feed) ?? end, next: end };
  };
  const commit = (puts: readonly Put[], day: number): readonly PutResult[] => {
    const file = fileFor(day);
    try {
      file.begin();
      const results = puts.map((put) => earlier(put) ?? file.put(put));
      file.commit();
      settleNext();
      return results;
    } catch (error) {
      file.rollback();
      throw storageErrorFrom(error, file.path);
    }
  };
  const commitAndAnnounce = (puts: readonly Put[], day: number): readonly PutResult[] => {
    const results = commit(puts, day);
    announce(listener, puts, results);
    return results;
  };
  return {
    storeId: store.storeId,
    lastDay: () => days.newest()?.day,
    commitsAtOnce: 1,
    commit: async (puts, day) => commitAndAnnounce(puts, day),
    get: async (label) => find(label, (file) => file.get(label, feedOf(label))),
    getBlock: async (label) => find(label, (file) => file.getBlock(label)),
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
      for (const feed of feeds) store.saveReached(feed, next[feed] ?? 0);
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

const openOrUnlock = <T>(open: () => T, unlock: () => void): T => {
  try {
    return open();
  } catch (error) {
    unlock();
    throw error;
  }
};

import { feedOf, type Label } from "@pli/protocol/wire";
import { freeBytesIn, makeDataFolder } from "../storage/data-folder.ts";
import { sameOutcome } from "../storage/same-outcome.ts";
import type { FeedRange, Put, PutResult, Storage } from "../storage/storage.ts";
import { openDays } from "./days.ts";
import { storageErrorFrom } from "./sqlite-error.ts";
import { openStoreFile } from "./store-file.ts";

/** The Storage of one folder on SQLite: `store.db` and one file per day. Throws a StorageError naming the file when the folder is of a
 * newer version, damaged, in use or not writable. */
export const openSqliteStorage = (options: { readonly folder: string; readonly feeds: number }): Storage => {
  const { folder } = options;
  makeDataFolder(folder);
  const store = openStoreFile(folder);
  const feeds = Array.from({ length: options.feeds }, (_, feed) => feed);
  const next = feeds.map((feed) => store.reached(feed));
  const days = openOrUnlock(
    () => openDays(folder, [...next]),
    () => store.close(),
  );
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
  return {
    storeId: store.storeId,
    lastDay: () => days.newest()?.day,
    commit: async (puts, day) => commit(puts, day),
    get: async (label) => find(label, (file) => file.get(label, feedOf(label))),
    getBlock: async (label) => find(label, (file) => file.getBlock(label)),
    range,
    read: async (feed, from, max) => {
      const first = Math.max(from, range(feed).oldest);
      return { first, entries: days.holding(feed, first)?.read(feed, first, max) ?? [] };
    },
    expire: async (firstDayKept) => {
      for (const feed of feeds) store.saveReached(feed, next[feed] ?? 0);
      return days.drop(firstDayKept);
    },
    redate: async (day) => days.redate(day, next),
    probe: async () => store.probe(),
    freeBytes: () => freeBytesIn(folder),
    close: async () => {
      days.close();
      store.close();
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

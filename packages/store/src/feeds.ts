import { feedOf, MAX_ENTRIES, type Entry } from "@pli/protocol/wire";
import { frameFromEntries, type EntriesFrame, type Follower } from "./follower.ts";
import type { Put, PutResult } from "./storage/storage.ts";

/** Who follows which feed. */
export interface Feeds {
  add(feed: number, follower: Follower): void;
  remove(feed: number, follower: Follower): void;
  /** A commit is durable: its new cells go to the followers of their feeds, each frame encoded once. */
  stored(puts: readonly Put[], results: readonly PutResult[]): void;
  followers(): Iterable<Follower>;
}

export const createFeeds = (count: number): Feeds => {
  const followers = Array.from({ length: count }, () => new Set<Follower>());
  return {
    add: (feed, follower) => followers[feed]?.add(follower),
    remove: (feed, follower) => followers[feed]?.delete(follower),
    // Message path 8/11: to everyone who follows the feed, alike.
    stored: (puts, results) => {
      for (const [feed, readers] of followers.entries()) {
        if (readers.size === 0) continue;
        const frames = framesOf(feed, puts, results);
        if (frames.length > 0) for (const reader of readers) reader.push(frames);
      }
    },
    *followers() {
      for (const readers of followers) yield* readers;
    },
  };
};

const framesOf = (feed: number, puts: readonly Put[], results: readonly PutResult[]): EntriesFrame[] => {
  const entries: Entry[] = [];
  let first: number | undefined;
  for (const [i, put] of puts.entries()) {
    const position = results[i]?.position;
    if (put.kind !== "cell" || position === undefined || feedOf(put.label) !== feed) continue;
    first ??= position;
    entries.push({ label: put.label, cell: put.bytes });
  }
  if (first === undefined) return [];
  const frames: EntriesFrame[] = [];
  for (let at = 0; at < entries.length; at += MAX_ENTRIES) {
    frames.push(frameFromEntries(feed, first + at, entries.slice(at, at + MAX_ENTRIES)));
  }
  return frames;
};

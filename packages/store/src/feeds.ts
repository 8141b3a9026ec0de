import { MAX_ENTRIES, type Entry } from "@pli/protocol/wire";
import { frameFromEntries, type EntriesFrame, type Follower } from "./follower.ts";

/** Who follows which feed. */
export interface Feeds {
  add(feed: number, follower: Follower): void;
  remove(feed: number, follower: Follower): void;
  /** New cells of a feed are durable: they go to its followers, each frame encoded once. */
  stored(feed: number, first: number, entries: readonly Entry[]): void;
  followers(): Iterable<Follower>;
}

export const createFeeds = (count: number): Feeds => {
  const followers = Array.from({ length: count }, () => new Set<Follower>());
  return {
    add: (feed, follower) => followers[feed]?.add(follower),
    remove: (feed, follower) => followers[feed]?.delete(follower),
    // Message path 8/11: to everyone who follows the feed, alike.
    stored: (feed, first, entries) => {
      const readers = followers[feed];
      if (readers === undefined || readers.size === 0) return;
      const frames = framesOf(feed, first, entries);
      for (const reader of readers) reader.push(frames);
    },
    *followers() {
      for (const readers of followers) yield* readers;
    },
  };
};

const framesOf = (feed: number, first: number, entries: readonly Entry[]): EntriesFrame[] => {
  const frames: EntriesFrame[] = [];
  for (let at = 0; at < entries.length; at += MAX_ENTRIES) {
    frames.push(frameFromEntries(feed, first + at, entries.slice(at, at + MAX_ENTRIES)));
  }
  return frames;
};

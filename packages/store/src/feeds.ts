import { feedOf, type Entry, type Form } from "@pli/protocol/wire";
import { createFeed, type Feed } from "./feed.ts";
import type { Follower } from "./follower.ts";
import type { Put, PutResult, Storage } from "./storage/storage.ts";

/** All feeds of a store. */
export interface Feeds {
  /** Throws RangeError when there is no such feed: our own mistake. */
  feed(feed: number): Feed;
  /** New cells of a feed are durable, at consecutive positions from `first`. */
  stored(feed: number, first: number, entries: readonly Entry[]): void;
  followers(): Iterable<Follower>;
}

export const createFeeds = (options: {
  readonly count: number;
  readonly storage: Storage;
  readonly formOf: (feed: number) => Form;
  readonly failed: (error: unknown) => void;
}): Feeds => {
  const { storage, formOf, failed } = options;
  const feeds = Array.from({ length: options.count }, (_, feed) =>
    createFeed({ feed, storage, chooseForm: () => formOf(feed), failed }),
  );
  return {
    feed: (number) => {
      const feed = feeds[number];
      if (feed === undefined) throw new RangeError(`there is no feed ${number}`);
      return feed;
    },
    stored: (feed, first, entries) => feeds[feed]?.stored(first, entries),
    *followers() {
      for (const feed of feeds) yield* feed.followers();
    },
  };
};

/** Tells `stored` of the cells that a commit made, feed by feed. */
export const tellStored = (stored: Feeds["stored"], puts: readonly Put[], results: readonly PutResult[]): void => {
  const made = new Map<number, { first: number; entries: Entry[] }>();
  for (const [i, put] of puts.entries()) {
    const position = results[i]?.position;
    if (put.kind !== "cell" || position === undefined) continue;
    const feed = feedOf(put.label);
    const run = made.get(feed) ?? { first: position, entries: [] };
    run.entries.push({ label: put.label, cell: put.bytes });
    made.set(feed, run);
  }
  for (const [feed, { first, entries }] of made) stored(feed, first, entries);
};

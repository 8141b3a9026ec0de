import type { Entry, Form } from "@pli/protocol/wire";
import { createFeed, type Feed } from "./feed.ts";
import type { Follower } from "./follower.ts";
import type { Storage } from "../storage/storage.ts";

/** All feeds of a store. */
export interface Feeds {
  /** Throws RangeError when there is no such feed, which is a mistake of the caller. */
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

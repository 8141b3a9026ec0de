import { MAX_ENTRIES, tagOf, type Entry, type Form } from "@pli/protocol/wire";
import type { FollowedFeed, Follower } from "./follower.ts";
import { messageFromAnswer } from "./message.ts";
import type { Storage } from "../storage/storage.ts";
import { createTail, type FeedMessage, type Tail } from "./tail.ts";

/** One feed and its followers. */
export interface Feed extends FollowedFeed {
  /** The form that every follower gets now. */
  form(): Form;
  add(follower: Follower): void;
  remove(follower: Follower): void;
  /** Sends new cells, durable at consecutive positions from `first`, to the followers. */
  stored(first: number, entries: readonly Entry[]): void;
  followers(): Iterable<Follower>;
}

/** Followers served before other work of the process has its turn. */
const FOLLOWERS_AT_ONCE = 256;

/**
 * Serves the followers one after the other as long as there are new cells. Each gets, when its turn
 * comes, all there is by then. So more followers make messages larger, not more numerous.
 */
export const createFeed = (options: {
  readonly feed: number;
  readonly storage: Storage;
  readonly chooseForm: () => Form;
  readonly failed: (error: unknown) => void;
}): Feed => {
  const { feed, storage, chooseForm, failed } = options;
  const followers: Follower[] = [];
  const indexes = new Map<Follower, number>();
  const reading = new Map<number, Promise<FeedMessage | undefined>>();
  let tail: Tail = createTail(chooseForm(), feed, storage.range(feed).next);
  let cursor = 0;
  let unserved = 0;
  let serving = false;

  const form = (): Form => {
    const now = chooseForm();
    if (now !== tail.form) tail = createTail(now, feed, tail.end());
    return now;
  };
  const serve = (): void => {
    for (let i = 0; i < FOLLOWERS_AT_ONCE && unserved > 0; i += 1) {
      unserved -= 1;
      cursor = (cursor + 1) % followers.length;
      followers[cursor]?.advance();
    }
    serving = unserved > 0;
    if (serving) setImmediate(serve);
  };
  const read = async (position: number): Promise<FeedMessage | undefined> => {
    try {
      return await (form() === "full" ? readEntries(position) : readTags(position));
    } finally {
      reading.delete(position);
    }
  };
  const readEntries = async (from: number): Promise<FeedMessage | undefined> => {
    const { first, entries } = await storage.read(feed, from, MAX_ENTRIES.full);
    if (entries.length === 0) return undefined;
    return {
      first,
      count: entries.length,
      message: messageFromAnswer({ type: "entries", id: 0, feed, first, entries }),
    };
  };
  const readTags = async (from: number): Promise<FeedMessage | undefined> => {
    const { first, labels } = await storage.labels(feed, from, MAX_ENTRIES.tags);
    if (labels.length === 0) return undefined;
    const tags = labels.map(tagOf);
    return { first, count: tags.length, message: messageFromAnswer({ type: "tags", id: 0, feed, first, tags }) };
  };
  return {
    form,
    end: () => tail.end(),
    messageAt: (position) => tail.messageAt(position),
    readFrom: (position) => {
      const asked = reading.get(position) ?? read(position);
      reading.set(position, asked);
      return asked;
    },
    failed,
    add: (follower) => {
      indexes.set(follower, followers.push(follower) - 1);
    },
    remove: (follower) => {
      const index = indexes.get(follower);
      const last = followers.at(-1);
      if (index === undefined || last === undefined) return;
      followers[index] = last;
      indexes.set(last, index);
      followers.pop();
      indexes.delete(follower);
      // The last follower may have moved to a place that was served already.
      if (serving) unserved = followers.length;
    },
    // Message path 8/11: every follower of the feed gets the same.
    stored: (first, entries) => {
      form();
      if (followers.length === 0) return tail.skipTo(first + entries.length);
      tail.append(first, entries);
      unserved = followers.length;
      if (!serving) serve();
    },
    followers: () => followers,
  };
};

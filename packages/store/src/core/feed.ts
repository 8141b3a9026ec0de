import { MAX_ENTRIES, tagOf, type Entry, type Form } from "@pli/protocol/wire";
import type { FollowedFeed, Follower } from "./follower.ts";
import { messageFromAnswer } from "./message.ts";
import type { Storage } from "../storage/storage.ts";
import { createTail, type FeedMessage, type Tail } from "./tail.ts";

/** One feed and who follows it. */
export interface Feed extends FollowedFeed {
  /** The form it is given in now, to everybody. */
  form(): Form;
  add(follower: Follower): void;
  remove(follower: Follower): void;
  /** New cells are durable, at consecutive positions from `first`: they go to the followers. */
  stored(first: number, entries: readonly Entry[]): void;
  followers(): Iterable<Follower>;
}

/** Followers given what is new before other work of the process has its turn. */
const TURN = 256;

/**
 * Goes round the followers as long as there is news: each is given, when its turn comes, all there
 * is by then, so that the more there are the larger are the messages and the fewer.
 */
export const createFeed = (options: {
  readonly feed: number;
  readonly storage: Storage;
  readonly chooseForm: () => Form;
  readonly failed: (error: unknown) => void;
}): Feed => {
  const { feed, storage, chooseForm, failed } = options;
  const followers: Follower[] = [];
  const places = new Map<Follower, number>();
  const reading = new Map<number, Promise<FeedMessage | undefined>>();
  let tail: Tail = createTail(chooseForm(), feed, storage.range(feed).next);
  let turn = 0;
  let untold = 0;
  let going = false;

  const form = (): Form => {
    const now = chooseForm();
    if (now !== tail.form) tail = createTail(now, feed, tail.end());
    return now;
  };
  const goOn = (): void => {
    for (let i = 0; i < TURN && untold > 0; i += 1) {
      untold -= 1;
      turn = (turn + 1) % followers.length;
      followers[turn]?.advance();
    }
    going = untold > 0;
    if (going) setImmediate(goOn);
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
      places.set(follower, followers.push(follower) - 1);
    },
    remove: (follower) => {
      const place = places.get(follower);
      const last = followers.at(-1);
      if (place === undefined || last === undefined) return;
      followers[place] = last;
      places.set(last, place);
      followers.pop();
      places.delete(follower);
      if (going) untold = followers.length;
    },
    // Message path 8/11: to everyone who follows the feed, alike.
    stored: (first, entries) => {
      form();
      if (followers.length === 0) return tail.skipTo(first + entries.length);
      tail.append(first, entries);
      untold = followers.length;
      if (!going) goOn();
    },
    followers: () => followers,
  };
};

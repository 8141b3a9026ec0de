/** How far the feed of a store has come on this line, and how far it is read. */
import { ENTRY_BYTES, type Entries, type Form, type Tags } from "@pli/protocol/wire";
import type { Live } from "../../runtime/live.ts";
import type { StoreFacts } from "../port.ts";
import type { Fetching } from "./fetching.ts";
import type { Reader } from "./reader.ts";

export interface FeedProgress extends Pick<StoreFacts, "isReady" | "end" | "form" | "catchUp"> {
  isFollowing(): boolean;
  /** The feed is asked for, on a new line. */
  follow(): void;
  /** The line is gone. */
  lose(): void;
  /** The store says where it begins: nothing before `first` comes. `again`: what had been read. */
  answer(first: number, again: number): void;
  /** Reading begins here; the feed ends at `until` at this moment. */
  start(from: number, until: number, form?: Form): void;
  startedAt(): number;
  /** A frame has come. */
  came(frame: Entries | Tags): void;
  /** What is not read yet is read again from elsewhere. */
  rewind(): void;
  /** Some of it is read. */
  noteRead(): void;
}

export function createFeedProgress(deps: {
  reader: Pick<Reader, "at">;
  fetching: Pick<Fetching, "shown">;
  live: Pick<Live, "touch">;
  /** All that was stored when the line came up is read. */
  ready(): void;
}): FeedProgress {
  let started = 0;
  let target = 0;
  let following = false;
  let ready = false;
  /**
   * How far the feed has come on this line, and how far it comes with what had been read before the
   * start.
   */
  let received = 0;
  let again = Number.POSITIVE_INFINITY;
  let form: Form | undefined;
  let feedEnd = 0;

  function noteShown(): void {
    if (received >= again) deps.fetching.shown();
  }

  function noteRead(): void {
    deps.live.touch(new Set(["status"]));
    if (ready || !following || deps.reader.at() < target) return;
    ready = true;
    deps.ready();
  }

  function catchUp(): { done: number; total: number } | undefined {
    const behind = following && !ready && target > deps.reader.at();
    return behind ? { done: Math.max(0, deps.reader.at() - started), total: target - started } : undefined;
  }

  return {
    isFollowing: () => following,
    follow: () => {
      following = true;
      received = 0;
    },
    lose: () => {
      ready = false;
      following = false;
    },
    answer: (first, until) => {
      received = Math.max(received, first);
      again = until;
      noteShown();
    },
    start: (from, until, inForm = form) => {
      form = inForm;
      started = from;
      target = until;
      feedEnd = until;
    },
    startedAt: () => started,
    came: (frame) => {
      form = frame.type === "entries" ? "full" : "tags";
      feedEnd = Math.max(feedEnd, endOf(frame));
      received = endOf(frame);
      noteShown();
    },
    rewind: () => void (ready = false),
    noteRead,
    isReady: () => ready,
    end: () => feedEnd,
    form: () => form,
    catchUp,
  };
}

const endOf = (frame: Entries | Tags): number =>
  frame.first + (frame.type === "entries" ? frame.entries : frame.tags).length;

export const bytesOf = (frame: Entries | Tags): number =>
  frame.type === "entries" ? frame.entries.length * ENTRY_BYTES.full : frame.tags.length * ENTRY_BYTES.tags;

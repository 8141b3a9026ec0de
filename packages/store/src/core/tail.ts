import { encodeFeedHead, ENTRY_BYTES, MAX_ENTRIES, tagOf, type Entry, type Form } from "@pli/protocol/wire";
import { MAX_HEAD_BYTES, messageWithHead, type Message } from "./message.ts";

/** Consecutive entries of one feed in one message, which all its receivers share. */
export interface FeedMessage {
  readonly first: number;
  readonly count: number;
  readonly message: Message;
}

/**
 * The newest entries of a feed, encoded in one form, in memory. Followers that keep up are served
 * from here.
 */
export interface Tail {
  readonly form: Form;
  /** The position after the newest entry. */
  end(): number;
  /**
   * Adds durable entries from position `first` on. A gap makes the tail forget what is before it.
   */
  append(first: number, entries: readonly Entry[]): void;
  /** Moves to `end` and keeps nothing: nobody follows. */
  skipTo(end: number): void;
  /**
   * The entries from `position` that fit one message; undefined when `position` is not in the
   * tail.
   */
  messageAt(position: number): FeedMessage | undefined;
}

/** Entries kept: 2 MiB of cells, or 256 KiB of tags. */
export const TAIL_ENTRIES = { full: 512, tags: 65_536 } as const;
const MAX_MADE = 16;

export const createTail = (form: Form, feed: number, from: number): Tail => {
  const capacity = TAIL_ENTRIES[form];
  const size = ENTRY_BYTES[form];
  const made = new Map<number, FeedMessage>();
  let ring: Uint8Array<ArrayBuffer> | undefined;
  let start = from;
  let end = from;

  const write = (bytes: Uint8Array<ArrayBuffer>, position: number, { label, cell }: Entry): void => {
    const at = (position % capacity) * size;
    if (form === "tags") return new DataView(bytes.buffer).setUint32(at, tagOf(label));
    bytes.set(label, at);
    bytes.set(cell, at + label.length);
  };
  const make = (bytes: Uint8Array, first: number, count: number): FeedMessage => {
    const head = encodeFeedHead({ form, feed, first, count });
    const body = MAX_HEAD_BYTES + head.length;
    const message = new Uint8Array(body + count * size);
    message.set(head, MAX_HEAD_BYTES);
    const at = first % capacity;
    const unbroken = Math.min(count, capacity - at);
    message.set(bytes.subarray(at * size, (at + unbroken) * size), body);
    message.set(bytes.subarray(0, (count - unbroken) * size), body + unbroken * size);
    return { first, count, message: messageWithHead(message) };
  };
  const skipTo = (position: number): void => {
    made.clear();
    start = position;
    end = position;
  };
  return {
    form,
    end: () => end,
    append: (first, entries) => {
      if (first !== end) skipTo(first);
      made.clear();
      ring ??= new Uint8Array(capacity * size);
      for (const entry of entries) {
        write(ring, end, entry);
        end += 1;
      }
      start = Math.max(start, end - capacity);
    },
    skipTo,
    messageAt: (position) => {
      if (ring === undefined || position < start || position >= end) return undefined;
      const known = made.get(position);
      if (known !== undefined) return known;
      const message = make(ring, position, Math.min(end - position, MAX_ENTRIES[form]));
      if (made.size >= MAX_MADE) made.clear();
      made.set(position, message);
      return message;
    },
  };
};

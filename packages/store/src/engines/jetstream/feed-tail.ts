import { parseCell, type Entry } from "@pli/protocol/wire";
import type { FeedRange } from "../../storage/storage.ts";
import type { Cluster, StoredMessage } from "./cluster.ts";
import { labelFromSubject } from "./subjects.ts";

/**
 * Follows one feed for this process, and announces every cell once and in order, whichever process
 * wrote it. The stream's leader publishes new messages at most once. The tail reads those that it
 * misses from the stream, at the next message or the next refresh.
 */
export interface FeedTail {
  range(): FeedRange;
  /** Takes a message that the leader published. */
  received(message: StoredMessage): void;
  /** Asks the leader for the range of the feed, and announces all before its end. */
  refresh(): Promise<FeedRange>;
  listen(announce: (first: number, entries: readonly Entry[]) => void): void;
  stop(): void;
}

const READ_AT_ONCE = 256;

/** A message of a cell stream as an entry; undefined when it is not one of ours. */
export const entryFrom = ({ subject, bytes }: StoredMessage): Entry | undefined => {
  const label = labelFromSubject(subject);
  const cell = parseCell(bytes);
  return label !== undefined && cell.ok ? { label, cell: cell.value } : undefined;
};

/** Positions count from 0, sequences from 1. */
export const createFeedTail = (options: {
  readonly cluster: Cluster;
  readonly stream: string;
  readonly range: FeedRange;
  readonly read: (from: number, max: number) => Promise<{ readonly first: number; readonly entries: readonly Entry[] }>;
  readonly failed: (error: unknown) => void;
}): FeedTail => {
  const { cluster, stream, read, failed } = options;
  let { oldest, next } = options.range;
  let announced = next;
  let target = next;
  let gathered: Entry[] = [];
  let catching = false;
  let stopped = false;
  let announce: (first: number, entries: readonly Entry[]) => void = () => {};

  const flush = (): void => {
    const [first, entries] = [announced, gathered];
    announced = next;
    gathered = [];
    if (entries.length > 0 && !stopped) announce(first, entries);
  };
  const take = (entry: Entry): void => {
    if (gathered.length === 0) setImmediate(flush);
    gathered.push(entry);
    next += 1;
  };
  const catchUp = async (): Promise<void> => {
    catching = true;
    try {
      while (next < target && !stopped) {
        const { first, entries } = await read(next, READ_AT_ONCE);
        if (entries.length === 0) return;
        if (first > next) jump(first);
        for (const entry of entries) take(entry);
      }
    } finally {
      catching = false;
    }
  };
  /** Cells that expired before they were read can be announced to nobody. */
  const jump = (first: number): void => {
    flush();
    next = first;
    announced = first;
  };
  const aim = (end: number): void => {
    target = Math.max(target, end);
    if (next < target && !catching) catchUp().catch(failed);
  };
  return {
    range: () => ({ oldest: Math.min(oldest, announced), next: announced }),
    received: (message) => {
      const entry = message.sequence - 1 === next && !catching ? entryFrom(message) : undefined;
      if (entry === undefined) return aim(message.sequence);
      take(entry);
    },
    refresh: async () => {
      const info = await cluster.info(stream);
      if (info === undefined) return { oldest, next };
      oldest = Math.max(oldest, info.state.first_seq - 1);
      aim(info.state.last_seq);
      return { oldest, next: Math.max(next, info.state.last_seq) };
    },
    listen: (listener) => {
      announce = listener;
    },
    stop: () => {
      stopped = true;
    },
  };
};

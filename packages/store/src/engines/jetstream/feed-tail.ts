import { parseCell, type Entry } from "@pli/protocol/wire";
import type { FeedRange } from "../../storage/storage.ts";
import type { Cluster, Kept } from "./cluster.ts";
import { labelFromSubject } from "./subjects.ts";

/**
 * What one process has heard of a feed. News come as the stream's leader tells them, at most once;
 * whatever they leave out is read from the stream, at the next news or at the next look, whichever
 * is first. So all is told in order, once, whoever wrote it.
 */
export interface FeedTail {
  range(): FeedRange;
  /** News of one message. */
  heard(message: Kept): void;
  /** Asks the leader where the feed stands, and sees to it that all before that is told. */
  look(): Promise<FeedRange>;
  listen(tell: (first: number, entries: readonly Entry[]) => void): void;
  stop(): void;
}

const READ_AT_ONCE = 256;

/** A message of a cell stream as an entry; undefined if it is not one of ours. */
export const entryFrom = ({ subject, bytes }: Kept): Entry | undefined => {
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
  let told = next;
  let target = next;
  let gathered: Entry[] = [];
  let catching = false;
  let stopped = false;
  let tell: (first: number, entries: readonly Entry[]) => void = () => {};

  const flush = (): void => {
    const [first, entries] = [told, gathered];
    told = next;
    gathered = [];
    if (entries.length > 0 && !stopped) tell(first, entries);
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
  /** What expired before it was told can be told to nobody. */
  const jump = (first: number): void => {
    flush();
    next = first;
    told = first;
  };
  const aim = (end: number): void => {
    target = Math.max(target, end);
    if (next < target && !catching) catchUp().catch(failed);
  };
  return {
    range: () => ({ oldest: Math.min(oldest, told), next: told }),
    heard: (message) => {
      const entry = message.sequence - 1 === next && !catching ? entryFrom(message) : undefined;
      if (entry === undefined) return aim(message.sequence);
      take(entry);
    },
    look: async () => {
      const info = await cluster.info(stream);
      if (info === undefined) return { oldest, next };
      oldest = Math.max(oldest, info.state.first_seq - 1);
      aim(info.state.last_seq);
      return { oldest, next: Math.max(next, info.state.last_seq) };
    },
    listen: (listener) => {
      tell = listener;
    },
    stop: () => {
      stopped = true;
    },
  };
};

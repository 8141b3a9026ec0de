import { encodeAnswer, MAX_ENTRIES, type Entry } from "@pli/protocol/wire";
import type { Storage } from "./storage/storage.ts";

/** Entries of one feed in one encoded frame, shared by everyone it is sent to. */
export interface EntriesFrame {
  readonly first: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** One reader of one feed. It is pushed what arrives while it keeps up; once its line has no room it is sent nothing, and goes on
 * by reading the storage from its own position when there is room again. */
export interface Follower {
  push(frames: readonly EntriesFrame[]): void;
  /** There may be room on the line, or more in the feed. */
  advance(): void;
  stop(): void;
  behind(): number;
}

export const createFollower = (options: {
  readonly storage: Storage;
  readonly feed: number;
  readonly from: number;
  readonly hasRoom: () => boolean;
  readonly send: (frame: Uint8Array) => void;
  readonly failed: (error: unknown) => void;
}): Follower => {
  const { storage, feed, hasRoom, send, failed } = options;
  let position = options.from;
  let reading = false;
  let stopped = false;

  const behind = (): number => storage.range(feed).next - position;
  const idle = (): boolean => stopped || behind() <= 0 || !hasRoom();
  const sendFrame = (frame: EntriesFrame): void => {
    position = frame.first + frame.count;
    send(frame.bytes);
  };
  const readOn = async (): Promise<void> => {
    reading = true;
    try {
      while (!idle()) {
        const { first, entries } = await storage.read(feed, position, MAX_ENTRIES);
        if (stopped || entries.length === 0) return;
        sendFrame(frameFromEntries(feed, first, entries));
      }
    } finally {
      reading = false;
    }
  };
  const advance = (): void => {
    if (!reading && !idle()) readOn().catch(failed);
  };
  return {
    push: (frames) => {
      for (const frame of frames) {
        if (stopped || reading || frame.first !== position || !hasRoom()) break;
        sendFrame(frame);
      }
      advance();
    },
    advance,
    stop: () => {
      stopped = true;
    },
    behind,
  };
};

export const frameFromEntries = (feed: number, first: number, entries: readonly Entry[]): EntriesFrame => ({
  first,
  count: entries.length,
  bytes: encodeAnswer({ type: "entries", id: 0, feed, first, entries }),
});

import type { Cluster } from "./cluster.ts";
import type { FeedTail } from "./feed-tail.ts";

/**
 * Watches a connection. It refreshes the feeds every second, since published messages may be lost,
 * and asks for the free bytes now and then. It connects to another node when this one does not
 * answer.
 */
export interface Watch {
  /** Bytes the account may still store, all copies counted. */
  freeBytes(): number;
  /**
   * Connects to another node, at most once in five seconds. A writer without answers calls this,
   * since a leader that is cut off still answers refreshes for ten seconds.
   */
  leave(): void;
  stop(): void;
}

const REFRESH_MS = 1000;
const FREE_BYTES_EVERY = 10;
/**
 * Refreshes without an answer before another node is tried. Each takes two seconds, and the next
 * begins a second later.
 */
const UNANSWERED_BEFORE_LEAVING = 2;
const LEAVE_EVERY_MS = 5000;

export const watchCluster = (cluster: Cluster, tails: readonly FeedTail[], freeNow: number | undefined): Watch => {
  let free = freeNow;
  let count = 0;
  let unanswered = 0;
  let left = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const leave = (): void => {
    if (stopped || performance.now() - left < LEAVE_EVERY_MS) return;
    left = performance.now();
    cluster.leaveNode().catch(() => {});
  };
  const refresh = async (): Promise<void> => {
    count += 1;
    try {
      await Promise.all(tails.map((tail) => tail.refresh()));
      unanswered = 0;
      if (count % FREE_BYTES_EVERY === 0) free = await cluster.freeBytes();
    } catch {
      unanswered += 1;
      if (unanswered % UNANSWERED_BEFORE_LEAVING === 0) leave();
    }
  };
  const run = (): void => {
    timer = setTimeout(() => {
      void refresh().finally(() => (stopped ? undefined : run()));
    }, REFRESH_MS).unref();
  };
  run();
  return {
    freeBytes: () => free ?? Number.MAX_SAFE_INTEGER,
    leave,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
};

import type { Cluster } from "./cluster.ts";
import type { FeedTail } from "./feed-tail.ts";

/**
 * Looks after a connection: asks every second where the feeds stand, so that no news that was lost
 * stays unheard, and now and then how much room there is; goes to another node when this one gives
 * no answer.
 */
export interface Watch {
  /** Bytes the account may still store, all copies counted. */
  room(): number;
  /**
   * This node gives no answers: goes to another, at most once in five seconds. A leader that is cut
   * off answers a look for ten seconds before it knows, so whoever writes says so here.
   */
  leave(): void;
  stop(): void;
}

const LOOK_MS = 1000;
const ROOM_EVERY_LOOKS = 10;
/** Looks without an answer before another node is tried; each takes two seconds and one. */
const LOOKS_BEFORE_LEAVING = 2;
const LEAVE_EVERY_MS = 5000;

export const watchCluster = (cluster: Cluster, tails: readonly FeedTail[], roomNow: number | undefined): Watch => {
  let room = roomNow;
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
  const look = async (): Promise<void> => {
    count += 1;
    try {
      await Promise.all(tails.map((tail) => tail.look()));
      unanswered = 0;
      if (count % ROOM_EVERY_LOOKS === 0) room = await cluster.room();
    } catch {
      unanswered += 1;
      if (unanswered % LOOKS_BEFORE_LEAVING === 0) leave();
    }
  };
  const run = (): void => {
    timer = setTimeout(() => {
      void look().finally(() => (stopped ? undefined : run()));
    }, LOOK_MS).unref();
  };
  run();
  return {
    room: () => room ?? Number.MAX_SAFE_INTEGER,
    leave,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
};

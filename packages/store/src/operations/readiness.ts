import type { Clock } from "../base/clock.ts";
import type { Storage } from "../storage/storage.ts";

/**
 * Whether the store can do its work. It writes a probe and reads it back, at most once a second.
 */
export interface Readiness {
  ready(): Promise<boolean>;
  stop(): void;
}

export const createReadiness = (storage: Storage, clock: Clock, failed: (error: unknown) => void): Readiness => {
  let stopped = false;
  let at = Number.NEGATIVE_INFINITY;
  let last: Promise<boolean> = Promise.resolve(false);
  const probe = async (): Promise<boolean> => {
    try {
      await storage.probe();
      return true;
    } catch (error) {
      failed(error);
      return false;
    }
  };
  return {
    ready: async () => {
      if (stopped) return false;
      if (clock.steady() - at >= 1000) {
        at = clock.steady();
        last = probe();
      }
      return last;
    },
    stop: () => {
      stopped = true;
    },
  };
};

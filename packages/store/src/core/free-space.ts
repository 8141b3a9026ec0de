import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/event-log.ts";
import type { Storage } from "../storage/storage.ts";

/** On the disk, a byte of a put may take this many until the commit is complete. */
const BYTES_PER_BYTE = 4;
const ASK_EVERY_MS = 1000;

/**
 * Whether the disk has space for some bytes more. Below `minFreeBytes`, puts are refused before
 * they fail. The disk is asked once a second, and sooner when the puts since may have taken all
 * that was left.
 */
export const createSpaceCheck = (options: {
  readonly storage: Pick<Storage, "freeBytes">;
  readonly clock: Pick<Clock, "steady">;
  readonly minFreeBytes: number;
  readonly log: Log;
}): ((bytes: number) => Promise<boolean>) => {
  const { storage, clock, minFreeBytes, log } = options;
  let asked = Number.NEGATIVE_INFINITY;
  let hasSpace = true;
  let left = 0;
  return async (bytes) => {
    left -= BYTES_PER_BYTE * bytes;
    if (clock.steady() - asked < ASK_EVERY_MS && (!hasSpace || left > 0)) return hasSpace;
    asked = clock.steady();
    const before = hasSpace;
    left = (await storage.freeBytes()) - minFreeBytes;
    hasSpace = left >= 0;
    if (hasSpace !== before) log(hasSpace ? "info" : "error", hasSpace ? "store_has_room" : "store_full");
    return hasSpace;
  };
};

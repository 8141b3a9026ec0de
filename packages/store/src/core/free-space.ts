import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/event-log.ts";
import type { Storage } from "../storage/storage.ts";

/**
 * A byte that is put may take so many on the disk until it is in its place (SQLite's journal and
 * the page it goes to, and some).
 */
const BYTES_PER_BYTE = 4;

/**
 * Whether the disk has room for so many bytes more: below `minFreeBytes` puts are refused before
 * they fail. The disk is asked once a second, and sooner when what was put since may have taken all
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
  let room = true;
  let left = 0;
  return async (bytes) => {
    left -= BYTES_PER_BYTE * bytes;
    if (clock.steady() - asked < 1000 && (!room || left > 0)) return room;
    asked = clock.steady();
    const before = room;
    left = (await storage.freeBytes()) - minFreeBytes;
    room = left >= 0;
    if (room !== before) log(room ? "info" : "error", room ? "store_has_room" : "store_full");
    return room;
  };
};

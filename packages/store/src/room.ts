import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import type { Storage } from "./storage/storage.ts";

/** Whether the disk has room for more, looked up at most once a second: below `minFreeBytes` puts are refused before they fail. */
export const createRoomCheck = (options: {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly minFreeBytes: number;
  readonly log: Log;
}): (() => Promise<boolean>) => {
  const { storage, clock, minFreeBytes, log } = options;
  let checked = Number.NEGATIVE_INFINITY;
  let room = true;
  return async () => {
    if (clock.steady() - checked < 1000) return room;
    checked = clock.steady();
    const before = room;
    room = (await storage.freeBytes()) >= minFreeBytes;
    if (room !== before) log(room ? "info" : "error", room ? "store_has_room" : "store_full");
    return room;
  };
};

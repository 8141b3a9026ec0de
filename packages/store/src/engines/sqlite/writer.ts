import { feedOf } from "@pli/protocol/wire";
import type { Put, PutResult } from "../../storage/storage.ts";
import { sameOutcome } from "../embedded/same-outcome.ts";
import { storageErrorFrom } from "../embedded/sqlite-error.ts";
import type { DayFile } from "./day-file.ts";
import type { Days } from "./days.ts";

/** Writes commits to the newest day. */
export interface Writer {
  /** The next position of each feed. */
  readonly next: readonly number[];
  /** One transaction. Throws a StorageError. */
  commit(puts: readonly Put[], day: number): readonly PutResult[];
}

/** `reached[feed]` is a position that each feed has reached. */
export const createWriter = (days: Days, reached: readonly number[]): Writer => {
  const next = [...reached];
  const settle = (): void => {
    const newest = days.newest();
    for (const [feed, position] of next.entries()) next[feed] = Math.max(position, newest?.file.end(feed) ?? 0);
  };
  const fileFor = (day: number): DayFile => {
    const newest = days.newest();
    return newest !== undefined && newest.day >= day ? newest.file : days.open(day, next);
  };
  settle();
  return {
    next,
    commit: (puts, day) => {
      const file = fileFor(day);
      try {
        file.begin();
        const results = puts.map((put) => earlierOutcome(days, put) ?? file.put(put));
        file.commit();
        settle();
        return results;
      } catch (error) {
        file.rollback();
        throw storageErrorFrom(error, file.path);
      }
    },
  };
};

/** The outcome of a put whose label is taken on an earlier day. */
const earlierOutcome = (days: Days, put: Put): PutResult | undefined => {
  for (const file of days.earlierWith(put.label)) {
    const kept = put.kind === "cell" ? file.get(put.label, feedOf(put.label)) : file.getBlock(put.label);
    if (kept !== undefined) return sameOutcome(kept, put.bytes);
  }
  return undefined;
};

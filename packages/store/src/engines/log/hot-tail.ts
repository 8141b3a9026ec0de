import { RECORD_BYTES } from "./record.ts";

/**
 * The newest records in memory, in a ring buffer. Records are numbered as this process appends
 * them.
 */
export interface HotTail {
  readonly memory: Buffer;
  /** The number that the next record will have. */
  appended(): number;
  /** Drops the oldest record if needed, and returns where in `memory` the new one goes. */
  reserve(): number;
  /** Where record `number` is; undefined when it is no longer here. */
  find(number: number): number | undefined;
  /** The records from number `from` on, in at most two pieces. */
  pieces(from: number): Uint8Array[];
  /** Removes every record from number `to` on. */
  rewind(to: number): void;
}

/** 16 MiB. One write has at most this many records. */
export const HOT_RECORDS = 4096;

export const createHotTail = (records = HOT_RECORDS): HotTail => {
  const memory = Buffer.alloc(records * RECORD_BYTES);
  let appended = 0;
  let oldest = 0;
  const offset = (number: number): number => (number % records) * RECORD_BYTES;
  return {
    memory,
    appended: () => appended,
    reserve: () => {
      appended += 1;
      oldest = Math.max(oldest, appended - records);
      return offset(appended - 1);
    },
    find: (number) => (number >= oldest && number < appended ? offset(number) : undefined),
    pieces: (from) => {
      const [start, end] = [offset(from), offset(appended)];
      if (from === appended) return [];
      return start < end
        ? [memory.subarray(start, end)]
        : [memory.subarray(start), memory.subarray(0, end)].filter(({ length }) => length > 0);
    },
    rewind: (to) => {
      appended = to;
    },
  };
};

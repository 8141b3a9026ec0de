import { BLOCK_BYTES, CELL_BYTES } from "@pli/protocol/wire";
import type { Put } from "../storage/storage.ts";

/**
 * What waits for a commit, in a queue for each source (a connection). Batches take from every
 * source in turn, so that nobody's flood keeps another's put waiting for more than a batch.
 */
export interface PutQueues<T extends { readonly put: Put }> {
  /** False, and nothing is kept, when too much waits already. */
  add(source: object, waiting: T): boolean;
  /**
   * Whether `source` should ask for more before some of its own is taken. What is asked all the
   * same still waits.
   */
  wantsMore(source: object): boolean;
  /**
   * One from each source, again and again, up to `maxBytes` of cells and as many or 1 MiB of
   * blocks; at least one unless nothing waits.
   */
  take(maxBytes: number): T[];
  size(): number;
}

interface Queue<T> {
  readonly items: T[];
  bytes: number;
}

const MiB = 1024 * 1024;
/**
 * Of one source, and of all together; above either, a source that has more than a little waiting
 * should wait with the rest.
 */
const LITTLE_BYTES = 32_768;
const SOURCE_BYTES = MiB;
const EASY_BYTES = 16 * MiB;
/** Refused above. Blocks leave room for the cells of everybody else. */
const MOST_BYTES = { cell: 64 * MiB, block: 48 * MiB } as const;

/** Of blocks in one batch: more would keep the cells beside them waiting. */
const BATCH_BLOCK_BYTES = MiB;

/** Bytes that a batch still takes, of either kind. */
type Room = Record<Put["kind"], number>;
const ANY: Room = { cell: Infinity, block: Infinity };

export const createPutQueues = <T extends { readonly put: Put }>(): PutQueues<T> => {
  const queues = new Map<object, Queue<T>>();
  let size = 0;
  let bytes = 0;

  const takeOne = (source: object, queue: Queue<T>, room: Room): T | undefined => {
    const [first] = queue.items;
    if (first === undefined || !fits(first.put, room)) return undefined;
    queue.items.shift();
    queue.bytes -= sizeOf(first.put);
    if (queue.items.length === 0) queues.delete(source);
    return first;
  };
  /** One of each source whose next one fits. */
  const takeRound = (batch: T[], room: Room): boolean => {
    const before = batch.length;
    for (const [source, queue] of Array.from(queues)) {
      const taken = takeOne(source, queue, batch.length === 0 ? ANY : room);
      if (taken === undefined) continue;
      batch.push(taken);
      room[taken.put.kind] -= sizeOf(taken.put);
      moveBack(source, queue);
    }
    return batch.length > before;
  };
  /** Whoever was served last is next in line last. */
  const moveBack = (source: object, queue: Queue<T>): void => {
    if (queues.delete(source)) queues.set(source, queue);
  };
  return {
    add: (source, waiting) => {
      const more = sizeOf(waiting.put);
      if (bytes + more > MOST_BYTES[waiting.put.kind]) return false;
      const queue = queues.get(source) ?? { items: [], bytes: 0 };
      queue.items.push(waiting);
      queue.bytes += more;
      queues.set(source, queue);
      size += 1;
      bytes += more;
      return true;
    },
    wantsMore: (source) => {
      const own = queues.get(source)?.bytes ?? 0;
      return own < LITTLE_BYTES || (own < SOURCE_BYTES && bytes < EASY_BYTES);
    },
    take: (maxBytes) => {
      const batch: T[] = [];
      const room = { cell: maxBytes, block: Math.min(maxBytes, BATCH_BLOCK_BYTES) };
      while (takeRound(batch, room));
      size -= batch.length;
      for (const { put } of batch) bytes -= sizeOf(put);
      return batch;
    },
    size: () => size,
  };
};

/** Bytes that a put carries. */
export const sizeOf = (put: Put): number => (put.kind === "cell" ? CELL_BYTES : BLOCK_BYTES);

const fits = (put: Put, room: Room): boolean => sizeOf(put) <= room[put.kind];

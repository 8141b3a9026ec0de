import { BLOCK_BYTES, CELL_BYTES } from "@pli/protocol/wire";
import type { Put } from "../storage/storage.ts";

/**
 * The puts that wait for a commit, in a queue for each source (a connection). Batches take from
 * every source in turn, so the puts of one source never delay those of another by more than a
 * batch.
 */
export interface PutQueues<T extends { readonly put: Put }> {
  /** False, and nothing is kept, when too much waits already. */
  add(source: object, waiting: T): boolean;
  /**
   * Whether `source` should ask for more before some of its own is taken. A put that is added all
   * the same waits.
   */
  wantsMore(source: object): boolean;
  /**
   * Takes one from each source, again and again, up to `maxBytes` of cells, and up to the same or
   * 1 MiB of blocks. Takes at least one unless nothing waits.
   */
  take(maxBytes: number): T[];
  size(): number;
}

interface Queue<T> {
  readonly items: T[];
  bytes: number;
}

const MiB = 1024 * 1024;
/** A source that has less than this waiting always asks for more. */
const SMALL_SOURCE_BYTES = 32_768;
/** Above either, of one source or of all, a source asks for no more. */
const MANY_SOURCE_BYTES = MiB;
const MANY_BYTES = 16 * MiB;
/** Above this, puts are refused. Blocks leave the rest to the cells of others. */
const MAX_BYTES = { cell: 64 * MiB, block: 48 * MiB } as const;

/** Blocks in one batch. More would delay the cells beside them. */
const BATCH_BLOCK_BYTES = MiB;

/** Bytes of each kind that a batch still takes. */
type Allowance = Record<Put["kind"], number>;
const UNLIMITED: Allowance = { cell: Infinity, block: Infinity };

export const createPutQueues = <T extends { readonly put: Put }>(): PutQueues<T> => {
  const queues = new Map<object, Queue<T>>();
  let size = 0;
  let bytes = 0;

  const takeOne = (source: object, queue: Queue<T>, allowance: Allowance): T | undefined => {
    const [first] = queue.items;
    if (first === undefined || !fits(first.put, allowance)) return undefined;
    queue.items.shift();
    queue.bytes -= sizeOf(first.put);
    if (queue.items.length === 0) queues.delete(source);
    return first;
  };
  /** Takes one from each source whose next put fits. */
  const takeRound = (batch: T[], allowance: Allowance): boolean => {
    const before = batch.length;
    for (const [source, queue] of Array.from(queues)) {
      const taken = takeOne(source, queue, batch.length === 0 ? UNLIMITED : allowance);
      if (taken === undefined) continue;
      batch.push(taken);
      allowance[taken.put.kind] -= sizeOf(taken.put);
      moveBack(source, queue);
    }
    return batch.length > before;
  };
  /** The source that was served goes to the end of the line. */
  const moveBack = (source: object, queue: Queue<T>): void => {
    if (queues.delete(source)) queues.set(source, queue);
  };
  return {
    add: (source, waiting) => {
      const more = sizeOf(waiting.put);
      if (bytes + more > MAX_BYTES[waiting.put.kind]) return false;
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
      return own < SMALL_SOURCE_BYTES || (own < MANY_SOURCE_BYTES && bytes < MANY_BYTES);
    },
    take: (maxBytes) => {
      const batch: T[] = [];
      const allowance = { cell: maxBytes, block: Math.min(maxBytes, BATCH_BLOCK_BYTES) };
      while (takeRound(batch, allowance));
      size -= batch.length;
      for (const { put } of batch) bytes -= sizeOf(put);
      return batch;
    },
    size: () => size,
  };
};

/** Bytes that a put carries. */
export const sizeOf = (put: Put): number => (put.kind === "cell" ? CELL_BYTES : BLOCK_BYTES);

const fits = (put: Put, allowance: Allowance): boolean => sizeOf(put) <= allowance[put.kind];

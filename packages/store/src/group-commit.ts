import { BLOCK_BYTES, CELL_BYTES, err, ok, type Result, type WireCode } from "@pli/protocol/wire";
import { StorageError, type Put, type PutResult, type Storage } from "./storage/storage.ts";

/** Puts that arrive together share one commit: whatever comes while a commit runs makes up the next. */
export interface GroupCommit {
  /** Resolves once the put is durable, or with why it is not: `store_full`, `store_busy` (nothing stored) or `internal`. */
  put(put: Put): Promise<Result<PutResult, WireCode>>;
  waiting(): number;
  /** Resolves when everything asked for so far is answered. */
  idle(): Promise<void>;
}

interface Waiting {
  readonly put: Put;
  readonly answer: (result: Result<PutResult, WireCode>) => void;
}

const MAX_BATCH_BYTES = 4 * 1024 * 1024;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

export const createGroupCommit = (options: {
  readonly storage: Storage;
  readonly day: () => number;
  readonly hasRoom: () => Promise<boolean>;
  readonly stored: (puts: readonly Put[], results: readonly PutResult[], ms: number) => void;
  readonly failed: (error: unknown) => void;
}): GroupCommit => {
  const { storage, day, hasRoom, stored, failed } = options;
  let queue: Waiting[] = [];
  let bytes = 0;
  let running: Promise<void> | undefined;

  // Message path 7/11: durable with every other put of this moment, and only then answered.
  const commit = async (batch: readonly Waiting[]): Promise<void> => {
    const puts = batch.map(({ put }) => put);
    const refuse = (code: WireCode): void => batch.forEach(({ answer }) => answer(err(code)));
    if (!(await hasRoom())) return refuse("store_full");
    const started = performance.now();
    try {
      const results = await storage.commit(puts, day());
      stored(puts, results, performance.now() - started);
      batch.forEach(({ answer }, i) => answer(ok(results[i] as PutResult)));
    } catch (error) {
      failed(error);
      refuse(error instanceof StorageError && error.code === "store_full" ? "store_full" : "internal");
    }
  };
  const nextBatch = (): Waiting[] => {
    let size = 0;
    const fits = queue.findIndex(({ put }) => (size += sizeOf(put)) > MAX_BATCH_BYTES);
    const batch = queue.slice(0, fits === -1 ? queue.length : Math.max(1, fits));
    queue = queue.slice(batch.length);
    bytes -= batch.reduce((sum, { put }) => sum + sizeOf(put), 0);
    return batch;
  };
  const run = async (): Promise<void> => {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    while (queue.length > 0) await commit(nextBatch());
    running = undefined;
  };
  return {
    put: (put) =>
      new Promise((answer) => {
        if (bytes + sizeOf(put) > MAX_WAITING_BYTES) return answer(err("store_busy"));
        queue.push({ put, answer });
        bytes += sizeOf(put);
        running ??= run();
      }),
    waiting: () => queue.length,
    idle: async () => running,
  };
};

const sizeOf = (put: Put): number => (put.kind === "cell" ? CELL_BYTES : BLOCK_BYTES);

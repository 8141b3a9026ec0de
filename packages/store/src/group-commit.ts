import { BLOCK_BYTES, CELL_BYTES, err, ok, type Result, type WireCode } from "@pli/protocol/wire";
import { StorageError, type Put, type PutResult, type Storage, type StorageCode } from "./storage/storage.ts";

/** Puts that arrive together share one commit: whatever comes while as many commits run as the storage takes makes up the next. */
export interface GroupCommit {
  /** Resolves once the put is durable, or with why it is not: `store_full`, `store_busy` (nothing stored) or `internal`. */
  put(put: Put): Promise<Result<KeptResult, WireCode>>;
  waiting(): number;
  /** Resolves when everything asked for so far is answered. */
  idle(): Promise<void>;
}

type KeptResult = Exclude<PutResult, { outcome: "failed" }>;

interface Waiting {
  readonly put: Put;
  readonly answer: (result: Result<KeptResult, WireCode>) => void;
}

const MAX_BATCH_BYTES = 4 * 1024 * 1024;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

export const createGroupCommit = (options: {
  readonly storage: Storage;
  readonly day: () => number;
  readonly hasRoom: () => Promise<boolean>;
  readonly committed: (puts: number, ms: number) => void;
  readonly failed: (error: unknown) => void;
}): GroupCommit => {
  const { storage, day, hasRoom, committed, failed } = options;
  let queue: Waiting[] = [];
  let bytes = 0;
  const running = new Set<Promise<void>>();
  let gathering = false;

  // Message path 7/11: durable with every other put of this moment, and only then answered.
  const commit = async (batch: readonly Waiting[]): Promise<void> => {
    const puts = batch.map(({ put }) => put);
    const refuse = (code: WireCode): void => batch.forEach(({ answer }) => answer(err(code)));
    if (!(await hasRoom())) return refuse("store_full");
    const started = performance.now();
    try {
      const results = await storage.commit(puts, day());
      committed(puts.length, performance.now() - started);
      for (const result of results)
        if (result.outcome === "failed") failed(new StorageError(result.code, "a put failed"));
      batch.forEach(({ answer }, i) => answer(answerFrom(results[i])));
    } catch (error) {
      failed(error);
      refuse(error instanceof StorageError ? wireCode(error.code) : "internal");
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
  const gather = (): void => {
    if (gathering || queue.length === 0 || running.size >= storage.commitsAtOnce) return;
    gathering = true;
    setImmediate(() => {
      gathering = false;
      const commits = commit(nextBatch()).finally(() => {
        running.delete(commits);
        gather();
      });
      running.add(commits);
      gather();
    });
  };
  return {
    put: (put) =>
      new Promise((answer) => {
        if (bytes + sizeOf(put) > MAX_WAITING_BYTES) return answer(err("store_busy"));
        queue.push({ put, answer });
        bytes += sizeOf(put);
        gather();
      }),
    waiting: () => queue.length,
    idle: async () => {
      while (running.size > 0 || queue.length > 0) {
        await Promise.all(running);
        await turn();
      }
    },
  };
};

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

const answerFrom = (result: PutResult | undefined): Result<KeptResult, WireCode> => {
  if (result === undefined) return err("internal");
  return result.outcome === "failed" ? err(wireCode(result.code)) : ok(result);
};

const wireCode = (code: StorageCode): WireCode => (code === "store_full" || code === "store_busy" ? code : "internal");

const sizeOf = (put: Put): number => (put.kind === "cell" ? CELL_BYTES : BLOCK_BYTES);

import { err, ok, type Result, type WireCode } from "@pli/protocol/wire";
import { createPutQueues } from "./put-queues.ts";
import { StorageError, type Put, type PutResult, type Storage } from "./storage/storage.ts";

/** Puts that arrive together share one commit: whatever comes while a commit runs makes up the next, taken from every source in turn. */
export interface GroupCommit {
  /** Resolves once the put is durable, or with why it is not: `store_full`, `store_busy` (nothing stored) or `internal`. */
  put(put: Put, source: object): Promise<Result<PutResult, WireCode>>;
  /** False: `source` has its share waiting, and should read no more from its client until some of that is answered. */
  wantsMore(source: object): boolean;
  waiting(): number;
  /** Resolves when everything asked for so far is answered. */
  idle(): Promise<void>;
}

interface Waiting {
  readonly put: Put;
  readonly answer: (result: Result<PutResult, WireCode>) => void;
}

const MAX_BATCH_BYTES = 4 * 1024 * 1024;

export const createGroupCommit = (options: {
  readonly storage: Storage;
  readonly day: () => number;
  readonly hasRoom: () => Promise<boolean>;
  readonly stored: (puts: readonly Put[], results: readonly PutResult[], ms: number) => void;
  readonly failed: (error: unknown) => void;
}): GroupCommit => {
  const { storage, day, hasRoom, stored, failed } = options;
  const queues = createPutQueues<Waiting>();
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
  const run = async (): Promise<void> => {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    while (queues.size() > 0) await commit(queues.take(MAX_BATCH_BYTES));
    running = undefined;
  };
  return {
    put: (put, source) =>
      new Promise((answer) => {
        if (!queues.add(source, { put, answer })) return answer(err("store_busy"));
        running ??= run();
      }),
    wantsMore: (source) => queues.wantsMore(source),
    waiting: () => queues.size(),
    idle: async () => running,
  };
};

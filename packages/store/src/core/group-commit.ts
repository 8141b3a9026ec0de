import { err, ok, type Result, type WireCode } from "@pli/protocol/wire";
import { createPutQueues, sizeOf } from "./put-queues.ts";
import { StorageError, type Put, type PutResult, type Storage, type StorageCode } from "../storage/storage.ts";

/**
 * Puts that arrive together share one commit. While the storage runs as many commits as it can, new
 * puts gather, and the next commit takes them from every source in turn.
 */
export interface GroupCommit {
  /**
   * Resolves when the put is durable, or with the reason why it is not: `store_full`, `store_busy`
   * (nothing was stored) or `internal`.
   */
  put(put: Put, source: object): Promise<Result<KeptResult, WireCode>>;
  /**
   * False when `source` has its share waiting. It should then read no more from its client until
   * some of that is answered.
   */
  wantsMore(source: object): boolean;
  waiting(): number;
  /** Resolves when every put so far is answered. */
  idle(): Promise<void>;
}

type KeptResult = Exclude<PutResult, { outcome: "failed" }>;

interface Waiting {
  readonly put: Put;
  readonly answer: (result: Result<KeptResult, WireCode>) => void;
}

const MAX_BATCH_BYTES = 4 * 1024 * 1024;

export const createGroupCommit = (options: {
  readonly storage: Storage;
  readonly day: () => number;
  readonly hasSpace: (bytes: number) => Promise<boolean>;
  readonly committed: (puts: number, ms: number) => void;
  readonly failed: (error: unknown) => void;
}): GroupCommit => {
  const { storage, day, hasSpace, committed, failed } = options;
  const queues = createPutQueues<Waiting>();
  const running = new Set<Promise<void>>();
  let gathering = false;

  // Message path 7/11: the puts of this moment become durable together, and only then are answered.
  const commit = async (batch: readonly Waiting[]): Promise<void> => {
    const puts = batch.map(({ put }) => put);
    const refuse = (code: WireCode): void => batch.forEach(({ answer }) => answer(err(code)));
    try {
      if (!(await hasSpace(sum(puts)))) return refuse("store_full");
      const started = performance.now();
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
  const gather = (): void => {
    if (gathering || queues.size() === 0 || running.size >= storage.commitsAtOnce) return;
    gathering = true;
    setImmediate(() => {
      gathering = false;
      const commits = commit(queues.take(MAX_BATCH_BYTES)).finally(() => {
        running.delete(commits);
        gather();
      });
      running.add(commits);
      gather();
    });
  };
  return {
    put: (put, source) =>
      new Promise((answer) => {
        if (!queues.add(source, { put, answer })) return answer(err("store_busy"));
        gather();
      }),
    wantsMore: (source) => queues.wantsMore(source),
    waiting: () => queues.size(),
    idle: async () => {
      while (running.size > 0 || queues.size() > 0) {
        await Promise.all(running);
        await nextTurn();
      }
    },
  };
};

const sum = (puts: readonly Put[]): number => puts.reduce((bytes, put) => bytes + sizeOf(put), 0);

const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

const answerFrom = (result: PutResult | undefined): Result<KeptResult, WireCode> => {
  if (result === undefined) return err("internal");
  return result.outcome === "failed" ? err(wireCode(result.code)) : ok(result);
};

const wireCode = (code: StorageCode): WireCode => (code === "store_full" || code === "store_busy" ? code : "internal");

import { randomBytes } from "node:crypto";
import { feedOf } from "@pli/protocol/wire";
import { StorageError, type Put, type PutResult } from "../../storage/storage.ts";
import type { Cluster } from "./cluster.ts";
import { createCircuitBreaker } from "./circuit-breaker.ts";
import { putIfAbsent } from "./put-if-absent.ts";
import type { StreamNames } from "./subjects.ts";

/** The puts of one process. */
export interface Writing {
  /** Stores puts of one label one after the other, the rest at once. One result for each. */
  put(puts: readonly Put[]): Promise<readonly PutResult[]>;
  /** One more than the last position that this process got in a feed; 0 if it got none. */
  end(feed: number): number;
}

/**
 * `streams` are all streams of puts. Each has a circuit breaker. `stuck` is called when a put has
 * had no answer for long.
 */
export const createWriting = (
  cluster: Cluster,
  names: StreamNames,
  streams: readonly string[],
  stuck: () => void,
): Writing => {
  const breakers = new Map(streams.map((stream) => [stream, createCircuitBreaker(() => performance.now())]));
  const ends: number[] = [];

  const putOne = async (one: Put): Promise<PutResult> => {
    const { stream, subject } = targetOf(names, one);
    const breaker = breakers.get(stream);
    if (breaker === undefined) throw new RangeError(`there is no stream ${stream}`);
    if (!breaker.allow()) return { outcome: "failed", code: "store_busy" };
    const { sequence, ...result } = await putIfAbsent(cluster, { stream, subject, bytes: one.bytes }, stuck);
    if (result.outcome === "failed" && result.code !== "store_full") breaker.failed();
    else breaker.succeeded();
    if (one.kind === "block" || sequence === undefined || result.outcome === "failed") return result;
    ends[feedOf(one.label)] = Math.max(ends[feedOf(one.label)] ?? 0, sequence);
    return { ...result, position: sequence - 1 };
  };
  return { put: (puts) => inOrder(puts, putOne), end: (feed) => ends[feed] ?? 0 };
};

const targetOf = (names: StreamNames, { kind, label }: Put): { readonly stream: string; readonly subject: string } =>
  kind === "cell"
    ? { stream: names.cellStream(feedOf(label)), subject: names.cellSubject(label) }
    : { stream: names.blockStream(feedOf(label)), subject: names.blockSubject(label) };

const inOrder = (puts: readonly Put[], put: (one: Put) => Promise<PutResult>): Promise<readonly PutResult[]> => {
  const last = new Map<string, Promise<unknown>>();
  return Promise.all(
    puts.map((one) => {
      const key = `${one.kind}${Buffer.from(one.label).toString("latin1")}`;
      const before = last.get(key);
      const result = before === undefined ? put(one) : before.then(() => put(one));
      last.set(key, result);
      return result;
    }),
  );
};

/**
 * Writes a probe and reads it back, and asks every stream for its leader. `process` keeps apart the
 * processes that probe at the same time.
 */
export const probe = async (
  cluster: Cluster,
  names: StreamNames,
  streams: readonly string[],
  process: string,
): Promise<void> => {
  const value = randomBytes(16);
  const subject = names.probeSubject(process);
  const written = await cluster.write(subject, value, undefined);
  if (written.kind !== "stored") throw new StorageError("store_busy", "the probe was not stored");
  const back = await cluster.leaderGet(names.probeStream, subject);
  if (back === undefined || !value.equals(back.bytes))
    throw new StorageError("internal", "the probe read back otherwise");
  await Promise.all(streams.map((stream) => cluster.info(stream)));
};

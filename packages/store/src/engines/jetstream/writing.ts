import { randomBytes } from "node:crypto";
import { feedOf } from "@pli/protocol/wire";
import { StorageError, type Put, type PutResult } from "../../storage/storage.ts";
import type { Cluster } from "./cluster.ts";
import { createGate } from "./gate.ts";
import { putIfAbsent } from "./put-if-absent.ts";
import type { Names } from "./subjects.ts";

/** The puts of one process. */
export interface Writing {
  /** Puts of one label one after the other, the rest at once; one result for each. */
  put(puts: readonly Put[]): Promise<readonly PutResult[]>;
  /** One more than the last position this process was given in a feed, 0 if none. */
  end(feed: number): number;
}

/**
 * `streams` are all that puts may go to: each has a gate of its own. `stuck` is called when a put
 * has no answer for long.
 */
export const createWriting = (
  cluster: Cluster,
  names: Names,
  streams: readonly string[],
  stuck: () => void,
): Writing => {
  const gates = new Map(streams.map((stream) => [stream, createGate(() => performance.now())]));
  const ends: number[] = [];

  const putOne = async (one: Put): Promise<PutResult> => {
    const { stream, subject } = placeOf(names, one);
    const gate = gates.get(stream);
    if (gate === undefined) throw new RangeError(`there is no stream ${stream}`);
    if (!gate.enter()) return { outcome: "failed", code: "store_busy" };
    const { sequence, ...result } = await putIfAbsent(cluster, { stream, subject, bytes: one.bytes }, stuck);
    if (result.outcome === "failed" && result.code !== "store_full") gate.failed();
    else gate.passed();
    if (one.kind === "block" || sequence === undefined || result.outcome === "failed") return result;
    ends[feedOf(one.label)] = Math.max(ends[feedOf(one.label)] ?? 0, sequence);
    return { ...result, position: sequence - 1 };
  };
  return { put: (puts) => inOrder(puts, putOne), end: (feed) => ends[feed] ?? 0 };
};

const placeOf = (names: Names, { kind, label }: Put): { readonly stream: string; readonly subject: string } =>
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
 * A write and its reading back, and a leader for every stream. `process` keeps those who probe at
 * once apart.
 */
export const probe = async (
  cluster: Cluster,
  names: Names,
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

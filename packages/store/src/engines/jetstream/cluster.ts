import {
  JetStreamApiError,
  jetstreamManager,
  type JetStreamManager,
  type StreamConfig,
  type StreamInfo,
} from "@nats-io/jetstream";
import { headers, type Msg, type MsgHdrs, type NatsConnection } from "@nats-io/transport-node";
import { StorageError } from "../../storage/storage.ts";

/** A message as a stream keeps it. */
export interface StoredMessage {
  readonly sequence: number;
  readonly subject: string;
  readonly bytes: Uint8Array;
}

/**
 * The outcome of a write that expects a certain last sequence of its subject.
 *
 * - `stored`: durable on a majority
 * - `conflict`: the last sequence is, or may be about to be, another one
 * - `full`: there is no space
 * - `refused`: no node took the write, so nothing was stored
 * - `unknown`: there was no answer. It may be stored now or later
 */
export type WriteResult =
  | { readonly kind: "stored"; readonly sequence: number }
  | { readonly kind: "conflict" | "full" | "refused" | "unknown" };

/**
 * JetStream as this engine uses it. Reads and administration throw a StorageError `store_busy` when
 * no node answers.
 */
export interface Cluster {
  /** Writes if the subject's last sequence is `expected`; 0 means that the subject is empty. */
  write(subject: string, bytes: Uint8Array, expected: number | undefined): Promise<WriteResult>;
  /** The last message of a subject, read from the stream's leader. */
  leaderGet(stream: string, subject: string): Promise<StoredMessage | undefined>;
  /** The same, read from any copy. A copy may lack a message that is there. */
  anyGet(stream: string, subject: string): Promise<StoredMessage | undefined>;
  /** Messages from a sequence on, read from any copy: perhaps fewer than there are. */
  anyRead(stream: string, from: number, max: number): Promise<readonly StoredMessage[]>;
  /** The first message from a sequence on, read from the leader. */
  leaderNext(stream: string, subjects: string, from: number): Promise<StoredMessage | undefined>;
  info(stream: string): Promise<StreamInfo | undefined>;
  create(config: Partial<StreamConfig> & { readonly name: string }): Promise<void>;
  /** Deletes everything before a sequence. */
  purge(stream: string, before: number): Promise<void>;
  /** Bytes that the account may still store, all copies counted; undefined when it has no limit. */
  freeBytes(): Promise<number | undefined>;
  /** Calls `received` for what is published on a subject, at most once and perhaps not at all. */
  subscribe(subject: string, received: (message: Msg) => void): void;
  /** Connects to another node: this one may be cut off from the rest. */
  leaveNode(): Promise<void>;
  close(): Promise<void>;
}

const WRITE_MS = 2500;
const READ_MS = 2000;
const STREAM_NOT_FOUND = 10059;
const NAME_IN_USE = 10058;
const CONFLICT = new Set([10071, 10164, 10077]);
const FULL = new Set([10002, 10023, 10047, 10028]);

export const createCluster = async (connection: NatsConnection): Promise<Cluster> => {
  const manager = await jetstreamManager(connection, { checkAPI: false, timeout: READ_MS });
  return {
    write: (subject, bytes, expected) => write(connection, subject, bytes, expected),
    leaderGet: (stream, subject) => leaderMessage(manager, stream, { last_by_subj: subject }),
    leaderNext: (stream, subjects, from) => leaderMessage(manager, stream, { next_by_subj: subjects, seq: from }),
    anyGet: (stream, subject) => answered(() => directGet(connection, stream, subject)),
    anyRead: (stream, from, max) => answered(() => directRead(manager, stream, from, max)),
    info: (stream) => infoOf(manager, stream),
    create: (config) => create(manager, config),
    purge: (stream, before) =>
      answered(async () => {
        if (!(await manager.streams.purge(stream, { seq: before })).success) throw new Error("not purged");
      }),
    freeBytes: () =>
      answered(async () => {
        const { storage, limits } = await manager.getAccountInfo();
        return limits.max_storage < 0 ? undefined : Math.max(0, limits.max_storage - storage);
      }),
    subscribe: (subject, received) => {
      connection.subscribe(subject, { callback: (error, message) => (error === null ? received(message) : undefined) });
    },
    leaveNode: () => connection.reconnect(),
    close: () => connection.close(),
  };
};

const write = async (
  connection: NatsConnection,
  subject: string,
  bytes: Uint8Array,
  expected: number | undefined,
): Promise<WriteResult> => {
  try {
    const expectation = expected === undefined ? {} : { headers: expecting(expected) };
    const answer = await connection.request(subject, bytes, { timeout: WRITE_MS, ...expectation });
    return writeResultFrom(answer.json());
  } catch (error) {
    return { kind: hasNoResponder(error) ? "refused" : "unknown" };
  }
};

const expecting = (sequence: number): MsgHdrs => {
  const header = headers();
  header.set("Nats-Expected-Last-Subject-Sequence", String(sequence));
  return header;
};

const writeResultFrom = (answer: unknown): WriteResult => {
  const { seq, error } = answer as { seq?: unknown; error?: { err_code?: number } };
  if (error === undefined)
    return typeof seq === "number" && seq > 0 ? { kind: "stored", sequence: seq } : { kind: "unknown" };
  const code = error.err_code ?? 0;
  if (CONFLICT.has(code)) return { kind: "conflict" };
  return { kind: FULL.has(code) ? "full" : "unknown" };
};

/** No node subscribes to the subject, so the message went nowhere. */
const hasNoResponder = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === "NoRespondersError" || (error.cause as Error)?.name === "NoRespondersError");

const answered = async <T>(ask: () => Promise<T>): Promise<T> => {
  try {
    return await ask();
  } catch (error) {
    throw new StorageError("store_busy", "the cluster did not answer", { cause: error });
  }
};

const leaderMessage = (
  manager: JetStreamManager,
  stream: string,
  query: { last_by_subj: string } | { next_by_subj: string; seq: number },
): Promise<StoredMessage | undefined> =>
  answered(async () => {
    const found = await manager.streams.getMessage(stream, query);
    return found === null ? undefined : { sequence: found.seq, subject: found.subject, bytes: found.data };
  });

const directGet = async (
  connection: NatsConnection,
  stream: string,
  subject: string,
): Promise<StoredMessage | undefined> => {
  const answer = await connection.request(`$JS.API.DIRECT.GET.${stream}.${subject}`, "", { timeout: READ_MS });
  if (answer.headers?.code === 404) return undefined;
  const sequence = Number(answer.headers?.get("Nats-Sequence"));
  if ((answer.headers?.code ?? 0) !== 0 || !(sequence > 0)) throw new Error("no message and no refusal");
  return { sequence, subject, bytes: answer.data };
};

const directRead = async (
  manager: JetStreamManager,
  stream: string,
  from: number,
  max: number,
): Promise<readonly StoredMessage[]> => {
  const found: StoredMessage[] = [];
  const batch = await manager.direct.getBatch(stream, { seq: from, batch: max });
  const late = setTimeout(() => batch.stop(new Error("no end of the batch")), READ_MS);
  try {
    for await (const { seq, subject, data } of batch) found.push({ sequence: seq, subject, bytes: data });
  } finally {
    clearTimeout(late);
  }
  return found;
};

const infoOf = (manager: JetStreamManager, stream: string): Promise<StreamInfo | undefined> =>
  answered(async () => {
    try {
      return await manager.streams.info(stream);
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) return undefined;
      throw error;
    }
  });

const create = (manager: JetStreamManager, config: Partial<StreamConfig> & { readonly name: string }): Promise<void> =>
  answered(async () => {
    try {
      await manager.streams.add(config);
    } catch (error) {
      if (!(error instanceof JetStreamApiError && error.code === NAME_IN_USE)) throw error;
    }
  });

import { randomBytes } from "node:crypto";
import { feedOf, parseBlock, parseCell, type Block, type Cell, type Entry, type Label } from "@pli/protocol/wire";
import {
  StorageError,
  type FeedRange,
  type Listener,
  type Put,
  type PutResult,
  type Storage,
} from "../storage/storage.ts";
import { createCluster, type Cluster, type Kept } from "./cluster.ts";
import { connectTo } from "./connect.ts";
import { createFeedTail, entryFrom, type FeedTail } from "./feed-tail.ts";
import { createGate, type Gate } from "./gate.ts";
import { openLedger, readOrMakeId } from "./ledger.ts";
import { putIfAbsent } from "./put-if-absent.ts";
import type { DayRecord } from "./records.ts";
import { namesFrom, type Names } from "./subjects.ts";
import { checkPrefix, type JetStreamSettings } from "./settings.ts";
import { ensureStreams } from "./streams.ts";

/** Commits in flight: while the cluster agrees on one batch, the next is on its way. */
const COMMITS_AT_ONCE = 4;
const LOOK_MS = 1000;
const ROOM_EVERY_LOOKS = 10;
/** Looks without an answer before another node is tried; each takes two seconds and one. */
const LOOKS_BEFORE_LEAVING = 2;

/** What else a store that gives feeds in tag form asks of its engine. */
export interface JetStreamStorage extends Storage {
  /** As `read`, but the labels alone. */
  labels(
    feed: number,
    from: number,
    max: number,
  ): Promise<{ readonly first: number; readonly labels: readonly Label[] }>;
  /** How many cells of a feed were accepted on a day, as far as this process has heard; 0 for a day that is not kept. */
  cellsOn(feed: number, day: number): number;
}

/** The Storage of a cluster of NATS nodes with JetStream, open to any number of processes at once: nothing is kept in this one
 * (docs/adr/0011). Streams that are missing are made. Throws a StorageError when the cluster cannot be reached, is too old, or is not as
 * this engine makes it. `begin` gives data that is new an id and first positions of its own: a copy's. */
export const openJetStreamStorage = async (
  settings: JetStreamSettings,
  options: {
    readonly feeds: number;
    readonly begin?: { readonly storeId: Uint8Array; readonly firsts: readonly number[] };
  },
): Promise<JetStreamStorage> => {
  const names = namesFrom(checkPrefix(settings.prefix ?? "pli"));
  const cluster = await createCluster(await connectTo(settings));
  try {
    return await patiently(() => openOn(cluster, names, { replicas: settings.replicas ?? 3, ...options }));
  } catch (error) {
    await cluster.close();
    throw error;
  }
};

const PATIENCE_MS = 30_000;

/** Tries again while the cluster does not answer: it may just be choosing its leaders. */
const patiently = async <T>(open: () => Promise<T>): Promise<T> => {
  for (const end = performance.now() + PATIENCE_MS; ;) {
    try {
      return await open();
    } catch (error) {
      const busy = error instanceof StorageError && error.code === "store_busy";
      if (!busy || performance.now() > end) throw error;
    }
  }
};

const openOn = async (
  cluster: Cluster,
  names: Names,
  options: {
    readonly feeds: number;
    readonly replicas: number;
    readonly begin?: { readonly storeId: Uint8Array; readonly firsts: readonly number[] };
  },
): Promise<JetStreamStorage> => {
  const feeds = Array.from({ length: options.feeds }, (_, feed) => feed);
  await ensureStreams(cluster, names, { ...options, firsts: options.begin?.firsts ?? [] });
  const storeId = await readOrMakeId(cluster, names, options.begin?.storeId);
  const streams = feeds.flatMap((feed) => [names.cellStream(feed), names.blockStream(feed)]);
  const gates = new Map<string, Gate>(streams.map((stream) => [stream, createGate(() => performance.now())]));
  const ledger = await openLedger(cluster, names, () => standingOf(cluster, streams));
  let room = (await cluster.room()) ?? Number.MAX_SAFE_INTEGER;
  const ranges = await Promise.all(feeds.map((feed) => rangeOf(cluster, names.cellStream(feed))));
  const tails = ranges.map((range, feed) => createTail(cluster, names, feed, range));
  const process = randomBytes(6).toString("hex");

  const ends = ranges.map(({ next }) => next);
  const endOf = (feed: number): number => Math.max(ends[feed] ?? 0, tailOf(feed).range().next);

  const put = async (one: Put): Promise<PutResult> => {
    const feed = feedOf(one.label);
    const isCell = one.kind === "cell";
    const stream = isCell ? names.cellStream(feed) : names.blockStream(feed);
    const gate = gates.get(stream);
    if (gate === undefined) throw new RangeError(`there is no feed ${feed}`);
    if (!gate.enter()) return { outcome: "failed", code: "store_busy" };
    const subject = isCell ? names.cellSubject(one.label) : names.blockSubject(one.label);
    const { sequence, ...result } = await putIfAbsent(cluster, { stream, subject, bytes: one.bytes });
    if (isCell && sequence !== undefined) ends[feed] = Math.max(ends[feed] ?? 0, sequence);
    if (result.outcome === "failed" && result.code !== "store_full") gate.failed();
    else gate.passed();
    return isCell && sequence !== undefined && result.outcome === "created"
      ? { ...result, position: sequence - 1 }
      : result;
  };
  const find = async (stream: string, subject: string): Promise<Uint8Array | undefined> => {
    const found = await cluster.anyGet(stream, subject).catch(() => undefined);
    return (found ?? (await cluster.leaderGet(stream, subject)))?.bytes;
  };
  const tailOf = (feed: number): FeedTail => {
    const tail = tails[feed];
    if (tail === undefined) throw new RangeError(`there is no feed ${feed}`);
    return tail;
  };
  let unanswered = 0;
  const look = async (count: number): Promise<void> => {
    try {
      await Promise.all(tails.map((tail) => tail.look()));
      unanswered = 0;
      if (count % ROOM_EVERY_LOOKS === 0) room = (await cluster.room()) ?? Number.MAX_SAFE_INTEGER;
    } catch {
      unanswered += 1;
      if (unanswered % LOOKS_BEFORE_LEAVING === 0) await cluster.leaveNode();
    }
  };
  const stopLooking = everySecond(look);
  return {
    storeId,
    commitsAtOnce: COMMITS_AT_ONCE,
    lastDay: () => ledger.last(),
    commit: async (puts, day) => {
      await ledger.reach(day);
      return inOrder(puts, put);
    },
    get: async (label) => cellFrom(await find(names.cellStream(feedOf(label)), names.cellSubject(label))),
    getBlock: async (label) => blockFrom(await find(names.blockStream(feedOf(label)), names.blockSubject(label))),
    range: (feed) => tailOf(feed).range(),
    latestRange: (feed) => tailOf(feed).look(),
    listen: (listener: Listener) => {
      for (const [feed, tail] of tails.entries()) tail.listen((first, entries) => listener(feed, first, entries));
    },
    read: (feed, from, max) => readFeed(cluster, names, feed, from, max),
    labels: async (feed, from, max) => {
      const { first, entries } = await readFeed(cluster, names, feed, from, max);
      return { first, labels: entries.map(({ label }) => label) };
    },
    cellsOn: (feed, day) => {
      const days = ledger.days();
      const at = days.findIndex((record) => record.day === day);
      const startOf = (record: DayRecord | undefined): number =>
        Math.max(1, record?.starts[names.cellStream(feed)] ?? 1);
      if (at === -1) return 0;
      return (at + 1 < days.length ? startOf(days[at + 1]) : endOf(feed) + 1) - startOf(days[at]);
    },
    expire: async (firstDayKept) => {
      const { days, starts } = await ledger.until(firstDayKept);
      for (const stream of streams) if ((starts[stream] ?? 0) > 1) await cluster.purge(stream, starts[stream] ?? 0);
      await ledger.forget(firstDayKept);
      return days;
    },
    redate: (day) => ledger.redate(day),
    probe: () => probe(cluster, names, streams, process),
    freeBytes: async () => Math.floor(room / options.replicas),
    close: async () => {
      stopLooking();
      for (const tail of tails) tail.stop();
      await cluster.close();
    },
  };
};

/** Where each stream's next message will be. */
const standingOf = async (cluster: Cluster, streams: readonly string[]): Promise<Record<string, number>> =>
  Object.fromEntries(
    await Promise.all(
      streams.map(async (stream): Promise<[string, number]> => {
        const info = await cluster.info(stream);
        return [stream, (info?.state.last_seq ?? 0) + 1];
      }),
    ),
  );

const rangeOf = async (cluster: Cluster, stream: string): Promise<FeedRange> => {
  const info = await cluster.info(stream);
  const next = info?.state.last_seq ?? 0;
  return { oldest: Math.min(next, Math.max(0, (info?.state.first_seq ?? 0) - 1)), next };
};

const createTail = (cluster: Cluster, names: Names, feed: number, range: FeedRange): FeedTail => {
  const tail = createFeedTail({
    cluster,
    stream: names.cellStream(feed),
    range,
    read: (from, max) => readFeed(cluster, names, feed, from, max),
    failed: () => {}, // The next look tries again.
  });
  const subject = `${names.newsSubject(feed)}.`;
  cluster.hear(`${subject}*`, (message) => {
    const sequence = Number(message.headers?.get("Nats-Sequence"));
    const cell = message.headers?.get("Nats-Subject") ?? "";
    if (sequence > 0) tail.heard({ sequence, subject: cell, bytes: message.data });
  });
  return tail;
};

/** Entries without a gap from `from`, or from the first there is after it. A copy that lags has fewer than there are, perhaps none: then
 * the leader is asked for one. */
const readFeed = async (
  cluster: Cluster,
  names: Names,
  feed: number,
  from: number,
  max: number,
): Promise<{ readonly first: number; readonly entries: readonly Entry[] }> => {
  const stream = names.cellStream(feed);
  const found = await cluster.anyRead(stream, from + 1, max).catch(() => []);
  const kept = found.length > 0 ? found : await leaderRead(cluster, stream, from + 1);
  const first = (kept[0]?.sequence ?? from + 1) - 1;
  const entries: Entry[] = [];
  for (const [i, message] of kept.entries()) {
    const entry = message.sequence === first + 1 + i ? entryFrom(message) : undefined;
    if (entry === undefined) break;
    entries.push(entry);
  }
  if (kept.length > 0 && entries.length === 0)
    throw new StorageError("data_damaged", `${stream} holds a foreign message`);
  return { first, entries };
};

const leaderRead = async (cluster: Cluster, stream: string, from: number): Promise<readonly Kept[]> => {
  const one = await cluster.leaderNext(stream, ">", from);
  return one === undefined ? [] : [one];
};

/** Puts of one label one after the other, the rest at once. */
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

const cellFrom = (bytes: Uint8Array | undefined): Cell | undefined => {
  if (bytes === undefined) return undefined;
  const cell = parseCell(bytes);
  if (!cell.ok) throw new StorageError("data_damaged", "a cell in the cluster has another size");
  return cell.value;
};

const blockFrom = (bytes: Uint8Array | undefined): Block | undefined => {
  if (bytes === undefined) return undefined;
  const block = parseBlock(bytes);
  if (!block.ok) throw new StorageError("data_damaged", "a block in the cluster has another size");
  return block.value;
};

/** A write and its reading back, and a leader for every stream. */
const probe = async (cluster: Cluster, names: Names, streams: readonly string[], process: string): Promise<void> => {
  const value = randomBytes(16);
  const subject = names.probeSubject(process);
  const written = await cluster.write(subject, value, undefined);
  if (written.kind !== "stored") throw new StorageError("store_busy", "the probe was not stored");
  const back = await cluster.leaderGet(names.probeStream, subject);
  if (back === undefined || !value.equals(back.bytes))
    throw new StorageError("internal", "the probe read back otherwise");
  await Promise.all(streams.map((stream) => cluster.info(stream)));
};

/** Runs `round` now and then a second after its end, until stopped; a failed round is tried again by the next. */
const everySecond = (round: (count: number) => Promise<void>): (() => void) => {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let count = 0;
  const run = async (): Promise<void> => {
    await round((count += 1)).catch(() => {});
    if (!stopped) timer = setTimeout(() => void run(), LOOK_MS).unref();
  };
  void run();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
};

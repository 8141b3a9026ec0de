import { randomBytes } from "node:crypto";
import { feedOf } from "@pli/protocol/wire";
import { StorageError, type Beginning, type FeedRange, type Storage } from "../../storage/storage.ts";
import { createCluster, type Cluster } from "./cluster.ts";
import { connectTo } from "./connect.ts";
import { spanOf, type Span } from "./day-spans.ts";
import { createFeedTail, type FeedTail } from "./feed-tail.ts";
import { openLedger, readOrMakeId } from "./ledger.ts";
import { blockFrom, cellFrom, find, findAnnounced, readBlocks, readFeed } from "./reading.ts";
import { checkPrefix, type JetStreamSettings } from "./settings.ts";
import { ensureStreams } from "./streams.ts";
import { namesFrom, type StreamNames } from "./subjects.ts";
import { watchCluster } from "./watch.ts";
import { createWriting, probe } from "./writing.ts";

/** While the cluster agrees on one commit, the next ones are under way. */
const COMMITS_AT_ONCE = 4;
const PATIENCE_MS = 30_000;

interface Options {
  readonly feeds: number;
  readonly begin?: Beginning | undefined;
}

/**
 * The Storage of a cluster of NATS nodes with JetStream, for any number of processes at once. This
 * process keeps nothing (docs/adr/0011). Missing streams are made. Throws a StorageError when the
 * cluster cannot be reached, is too old, or is not as this engine makes it.
 */
export const openJetStreamStorage = async (settings: JetStreamSettings, options: Options): Promise<Storage> => {
  const names = namesFrom(checkPrefix(settings.prefix ?? "pli"));
  const cluster = await createCluster(await connectTo(settings));
  try {
    return await patiently(() => openOn(cluster, names, { replicas: settings.replicas ?? 3, ...options }));
  } catch (error) {
    await cluster.close();
    throw error;
  }
};

/** Tries again while the cluster does not answer: it may be choosing its leaders. */
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
  names: StreamNames,
  options: Options & { readonly replicas: number },
): Promise<Storage> => {
  const { replicas, begin } = options;
  const feeds = Array.from({ length: options.feeds }, (_, feed) => feed);
  await ensureStreams(cluster, names, { feeds: options.feeds, replicas, firsts: begin?.firsts ?? [] });
  const storeId = await readOrMakeId(cluster, names, begin?.storeId);
  const blockStreams = feeds.map(names.blockStream);
  const streams = [...feeds.map(names.cellStream), ...blockStreams];
  const ledger = await openLedger(cluster, names, () => nextSequences(cluster, streams));
  const free = await cluster.freeBytes();
  const ranges = await Promise.all(feeds.map((feed) => rangeOf(cluster, names.cellStream(feed))));
  const tails = ranges.map((range, feed) => createTail(cluster, names, feed, range));
  const watch = watchCluster(cluster, tails, free);
  const writing = createWriting(cluster, names, streams, watch.leave);
  const process = randomBytes(6).toString("hex");

  const tailOf = (feed: number): FeedTail => {
    const tail = tails[feed];
    if (tail === undefined) throw new RangeError(`there is no feed ${feed}`);
    return tail;
  };
  const daySpan = (feed: number, day: number): Span =>
    spanOf(ledger.days(), day, names.cellStream(feed), Math.max(writing.end(feed), tailOf(feed).range().next) + 1);
  return {
    storeId,
    commitsAtOnce: COMMITS_AT_ONCE,
    lastDay: () => ledger.days().at(-1)?.day,
    commit: async (puts, day) => {
      await ledger.reach(day);
      return writing.put(puts);
    },
    get: async (label) => {
      const feed = feedOf(label);
      const announced = tailOf(feed).range().next;
      return cellFrom(await findAnnounced(cluster, names.cellStream(feed), names.cellSubject(label), announced));
    },
    getBlock: async (label) =>
      blockFrom(await find(cluster, names.blockStream(feedOf(label)), names.blockSubject(label))),
    range: (feed) => tailOf(feed).range(),
    latestRange: (feed) => tailOf(feed).refresh(),
    listen: (listener) => {
      for (const [feed, tail] of tails.entries()) tail.listen((first, entries) => listener(feed, first, entries));
    },
    read: (feed, from, max) => readFeed(cluster, names.cellStream(feed), from, max),
    labels: async (feed, from, max) => {
      const { first, entries } = await readFeed(cluster, names.cellStream(feed), from, max);
      return { first, labels: entries.map(({ label }) => label) };
    },
    cellsOn: (feed, day) => daySpan(feed, day).count,
    days: () => ledger.days().map(({ day }) => day),
    firstOn: (feed, day) => daySpan(feed, day).start - 1,
    blocksOn: (day, after, max) =>
      readBlocks(cluster, blockStreams, (stream, end) => spanOf(ledger.days(), day, stream, end), after, max),
    expire: async (firstDayKept) => {
      const { days, starts } = await ledger.until(firstDayKept);
      for (const stream of streams) if ((starts[stream] ?? 0) > 1) await cluster.purge(stream, starts[stream] ?? 0);
      await ledger.forget(firstDayKept);
      return days;
    },
    redate: (day) => ledger.redate(day),
    probe: () => probe(cluster, names, streams, process),
    freeBytes: async () => Math.floor(watch.freeBytes() / replicas),
    close: async () => {
      watch.stop();
      for (const tail of tails) tail.stop();
      await cluster.close();
    },
  };
};

/** The sequence that the next message of each stream will have. */
const nextSequences = async (cluster: Cluster, streams: readonly string[]): Promise<Record<string, number>> => {
  const infos = await Promise.all(streams.map((stream) => cluster.info(stream)));
  return Object.fromEntries(streams.map((stream, i) => [stream, (infos[i]?.state.last_seq ?? 0) + 1]));
};

const rangeOf = async (cluster: Cluster, stream: string): Promise<FeedRange> => {
  const info = await cluster.info(stream);
  const next = info?.state.last_seq ?? 0;
  return { oldest: Math.min(next, Math.max(0, (info?.state.first_seq ?? 0) - 1)), next };
};

const createTail = (cluster: Cluster, names: StreamNames, feed: number, range: FeedRange): FeedTail => {
  const stream = names.cellStream(feed);
  const read = (from: number, max: number) => readFeed(cluster, stream, from, max);
  // The next refresh tries again what failed.
  const tail = createFeedTail({ cluster, stream, range, read, failed: () => {} });
  cluster.subscribe(`${names.newsSubject(feed)}.*`, (message) => {
    const sequence = Number(message.headers?.get("Nats-Sequence"));
    const subject = message.headers?.get("Nats-Subject") ?? "";
    if (sequence > 0) tail.received({ sequence, subject, bytes: message.data });
  });
  return tail;
};

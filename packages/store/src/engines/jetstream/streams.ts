/** The streams of a store in a cluster, and how they are made. */
import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from "@nats-io/jetstream";
import { StorageError } from "../../storage/storage.ts";
import { tooFewFeeds } from "../../storage/storage-error.ts";
import type { Cluster } from "./cluster.ts";
import type { StreamNames } from "./subjects.ts";

type Config = Partial<StreamConfig> & { readonly name: string };

const COMMON = {
  retention: RetentionPolicy.Limits,
  storage: StorageType.File,
  deny_delete: true,
} as const;

/**
 * One message for each subject, for ever: NATS itself refuses a second. Messages do not expire by
 * age, which would trust the clock of each node. A purge removes them, which all nodes carry out
 * alike.
 */
const writeOnce = {
  ...COMMON,
  max_msgs_per_subject: 1,
  discard: DiscardPolicy.New,
  discard_new_per_subject: true,
  allow_direct: true,
} as const;

/** The stream of a feed's cells. The leader publishes each cell when it is durable. */
const cellStream = (names: StreamNames, feed: number, replicas: number, first: number): Config => {
  const name = names.cellStream(feed);
  const subjects = subjectsOf(name, feed);
  const news = { src: subjects, dest: `${names.newsSubject(feed)}.{{wildcard(1)}}` };
  return { ...writeOnce, name, subjects: [subjects], num_replicas: replicas, republish: news, first_seq: first };
};

const blockStream = (names: StreamNames, feed: number, replicas: number): Config => {
  const name = names.blockStream(feed);
  return { ...writeOnce, name, subjects: [subjectsOf(name, feed)], num_replicas: replicas };
};

/** `pli-cells-0` holds `pli.cells.0.*`. */
const subjectsOf = (stream: string, feed: number): string =>
  `${stream.replace(/-(cells|blocks)-\d+$/, ".$1")}.${feed}.*`;

/** What the store knows about itself: the last message of each subject. */
const metaStream = (names: StreamNames, replicas: number): Config => ({
  ...COMMON,
  name: names.metaStream,
  subjects: [names.idSubject, names.daysSubject],
  num_replicas: replicas,
  max_msgs_per_subject: 1,
  discard: DiscardPolicy.Old,
});

const HOUR_NS = 3600e9;

const probeStream = (names: StreamNames, replicas: number): Config => ({
  ...COMMON,
  name: names.probeStream,
  subjects: [names.probeSubject("*")],
  num_replicas: replicas,
  max_msgs_per_subject: 1,
  max_age: HOUR_NS,
  discard: DiscardPolicy.Old,
});

/**
 * Makes the missing streams. A feed that is made now begins at position `firsts[feed]`. Existing
 * streams stay as they are. One whose subjects could be written twice is refused as `data_damaged`.
 */
export const ensureStreams = async (
  cluster: Cluster,
  names: StreamNames,
  options: { readonly feeds: number; readonly replicas: number; readonly firsts?: readonly number[] },
): Promise<void> => {
  const { feeds, replicas, firsts = [] } = options;
  let made = feeds;
  while ((await cluster.info(names.cellStream(made))) !== undefined) made += 1;
  if (made > feeds) throw tooFewFeeds(`the cluster (${names.metaStream})`, made, feeds);
  await ensure(cluster, metaStream(names, replicas));
  await ensure(cluster, probeStream(names, replicas));
  for (let feed = 0; feed < feeds; feed += 1) {
    await ensure(cluster, cellStream(names, feed, replicas, (firsts[feed] ?? 0) + 1));
    await ensure(cluster, blockStream(names, feed, replicas));
  }
};

const ensure = async (cluster: Cluster, wanted: Config): Promise<void> => {
  const config = await configOf(cluster, wanted);
  const same = (["max_msgs_per_subject", "discard", "discard_new_per_subject"] as const).every(
    (key) => (config[key] ?? false) === (wanted[key] ?? false),
  );
  if (!same) throw new StorageError("data_damaged", `the stream ${wanted.name} is not as this engine makes it`);
};

const TRIES = 50;

/** The stream's own configuration, when this or another store node has made it. */
const configOf = async (cluster: Cluster, wanted: Config): Promise<Partial<StreamConfig>> => {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const info = await cluster.info(wanted.name);
    if (info !== undefined) return info.config;
    await cluster.create(wanted);
    await pause();
  }
  throw new StorageError("store_busy", `the stream ${wanted.name} could not be made`);
};

const pause = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, Math.random() * 100);
  });

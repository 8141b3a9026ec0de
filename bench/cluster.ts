/**
 * The cluster engine on this machine: puts a second, memory and disk for each label kept, restart,
 * failover; with one node and with three, with every write on the disk before it is answered and
 * with JetStream's default (two minutes later). All nodes, and the store, share the machine: three
 * nodes here have the cores and the disk that one has alone.
 */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { openJetStreamStorage } from "../packages/store/src/engines/jetstream/jetstream-storage.ts";
import type { Put, Storage } from "../packages/store/src/storage/storage.ts";
import { randomCell, randomLabel } from "../packages/store/test/lib/client.ts";
import {
  allHealthy,
  loopbackPlaces,
  startNatsCluster,
  type NatsCluster,
} from "../packages/store/test/cluster/nats-cluster.ts";
import { median, rounded, type Measurement } from "./measure.ts";

const LABELS = Number(process.env["PLI_BENCH_LABELS"] ?? 100_000);
const WRITERS = 64;
const DAY = 20_000;
const root = join(import.meta.dirname, "../test-results/bench-cluster");

const CASES = [
  { nodes: 1, sync: "2m" },
  { nodes: 1, sync: "always" },
  { nodes: 3, sync: "2m" },
  { nodes: 3, sync: "always" },
] as const;
type Case = (typeof CASES)[number];

export const run = async (): Promise<Measurement[]> => {
  const found: Measurement[] = [];
  for (const one of CASES) found.push(...(await measure(one)));
  rmSync(root, { recursive: true, force: true });
  return found;
};

const measure = async ({ nodes, sync }: Case): Promise<readonly Measurement[]> => {
  const folder = join(root, `${nodes}-${sync}`);
  const cluster = await startNatsCluster({ folder, places: await loopbackPlaces(nodes), sync });
  const settings = { ...cluster.settings, replicas: nodes };
  const subject = `${nodes === 1 ? "one node" : "three nodes"}, sync ${sync}`;
  const figure = (metric: string, value: number, unit: string): Measurement => ({
    bench: "cluster",
    subject,
    metric,
    value: rounded(value),
    unit,
  });
  try {
    const storage = await openJetStreamStorage(settings, { feeds: 1 });
    const empty = { memory: memoryOf(cluster), disk: diskOf(join(folder, "n1")) };
    const times = await fill(storage, LABELS);
    const full = { memory: memoryOf(cluster), disk: diskOf(join(folder, "n1")) };
    const failoverMs = nodes === 1 ? undefined : await failover(cluster, storage);
    await storage.close();
    const restart = await restartAll(cluster, settings);
    return [
      figure("durable puts, 64 writers", (1000 * LABELS) / times.totalMs, "1/s"),
      figure("latency p50", median(times.each), "ms"),
      figure("disk of a node for each label", (full.disk - empty.disk) / LABELS, "bytes"),
      figure("memory of a node for each label, after writing", (full.memory - empty.memory) / LABELS, "bytes"),
      figure("memory of a node for each label, after a restart", (restart.memory - empty.memory) / LABELS, "bytes"),
      figure(`all nodes killed with ${LABELS} labels, to the first put`, restart.ms, "ms"),
      ...(failoverMs === undefined ? [] : [figure("leader killed, to the next put", failoverMs, "ms")]),
    ];
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

const cellPut = (): Put => ({ kind: "cell", label: randomLabel(), bytes: randomCell() });

const putOne = async (storage: Storage): Promise<void> => {
  const [result] = await storage.commit([cellPut()], DAY);
  if (result?.outcome !== "created") throw new Error("a put failed");
};

/**
 * Makes `count` puts by all writers. Each puts the next when the last is answered.
 */
const fill = async (storage: Storage, count: number): Promise<{ totalMs: number; each: readonly number[] }> => {
  const each: number[] = [];
  let left = count;
  const write = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const started = performance.now();
      await putOne(storage);
      each.push(performance.now() - started);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: WRITERS }, write));
  return { totalMs: performance.now() - started, each };
};

const memoryOf = (cluster: NatsCluster): number => median(cluster.nodes.map((node) => node.memory()));

const diskOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).blocks * 512, 0);

/**
 * Kills the nodes one after the other, and heals each. One of them is the leader. Returns the
 * longest time until a put was answered.
 */
const failover = async (cluster: NatsCluster, storage: Storage): Promise<number> => {
  let longest = 0;
  for (const node of cluster.nodes) {
    const started = performance.now();
    await node.kill();
    await putOne(storage);
    longest = Math.max(longest, performance.now() - started);
    await node.start();
    await allHealthy(cluster.nodes);
  }
  return longest;
};

const restartAll = async (
  cluster: NatsCluster,
  settings: NatsCluster["settings"],
): Promise<{ readonly ms: number; readonly memory: number }> => {
  await Promise.all(cluster.nodes.map((node) => node.kill()));
  const started = performance.now();
  await Promise.all(cluster.nodes.map((node) => node.start()));
  await allHealthy(cluster.nodes);
  const storage = await openJetStreamStorage(settings, { feeds: 1 });
  await putOne(storage);
  const ms = performance.now() - started;
  await storage.close();
  return { ms, memory: memoryOf(cluster) };
};

/**
 * `npm run faults -- [--short | --rounds N --kinds kill,pause,…]`: runs three NATS nodes and three
 * store nodes under load, and kills, pauses, cuts off and wipes nodes, one by one and most of them
 * at once. Then it checks every answer. It needs Linux and root. It leaves `result.json`,
 * `history.jsonl` and the nodes' logs in `test-results/faults` (or `faults-short`), and ends with 0
 * if everything held.
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createCluster, type Cluster } from "../../src/engines/jetstream/cluster.ts";
import { connectTo } from "../../src/engines/jetstream/connect.ts";
import { entryFrom } from "../../src/engines/jetstream/feed-tail.ts";
import { openJetStreamStorage } from "../../src/engines/jetstream/jetstream-storage.ts";
import { namesFrom } from "../../src/engines/jetstream/subjects.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { createLab, type Lab } from "./lab.ts";
import { entryName, startLoad, type History, type Load } from "./load.ts";
import { allHealthy, startNatsCluster, until, type NatsCluster } from "./nats-cluster.ts";
import { faultsIn, longestSilence, staleGets } from "./verdict.ts";

/** `wipe` kills the node and empties its disk, as when a node is replaced. */
type Kind = "kill" | "pause" | "cut" | "cutWhole" | "wipe";
interface Fault {
  readonly kind: Kind;
  readonly nodes: readonly number[];
}

const { values } = parseArgs({
  options: {
    short: { type: "boolean" },
    rounds: { type: "string", default: "1" },
    kinds: { type: "string", default: "kill,pause,cut,cutWhole,wipe" },
  },
});
const folder = join(import.meta.dirname, "../../../../test-results", values.short === true ? "faults-short" : "faults");
const HOLD_MS = values.short === true ? 5000 : 12_000;

/** Nodes are counted from the leader of the feed at the beginning of the fault, which is 0. */
const scheduleOf = (): readonly Fault[] => {
  if (values.short === true) {
    return [
      { kind: "kill", nodes: [0] },
      { kind: "cut", nodes: [0] },
      { kind: "pause", nodes: [1] },
      { kind: "kill", nodes: [0, 1] },
    ];
  }
  const round = (values.kinds.split(",") as Kind[]).flatMap((kind) => {
    const most =
      kind === "wipe"
        ? []
        : [
            [0, 1],
            [0, 1, 2],
          ];
    return [[0], [1], [2], ...most].map((nodes): Fault => ({ kind, nodes }));
  });
  return Array.from({ length: Number(values.rounds) }, () => round).flat();
};

/** The same fault with the nodes' numbers in the cluster, when one leads. */
const aim = async ({ kind, nodes }: Fault, admin: Cluster): Promise<Fault> => {
  let leader: string | undefined;
  await until(async () => {
    const info = await admin.info(namesFrom("pli").cellStream(0)).catch(() => undefined);
    leader = info?.cluster?.leader;
    return leader !== undefined;
  }, 60_000);
  return { kind, nodes: nodes.map((offset) => (Number(leader?.slice(1)) - 1 + offset) % 3) };
};

const inject = async ({ kind, nodes }: Fault, cluster: NatsCluster, lab: Lab): Promise<void> => {
  for (const i of nodes) {
    if (kind === "kill" || kind === "wipe") await cluster.nodes[i]?.kill();
    else if (kind === "pause") cluster.nodes[i]?.pause();
    else lab[kind](i);
    if (kind === "wipe") rmSync(join(folder, `n${i + 1}`), { recursive: true });
  }
};

const heal = async ({ kind, nodes }: Fault, cluster: NatsCluster, lab: Lab): Promise<void> => {
  for (const i of nodes) {
    if (kind === "kill" || kind === "wipe") await cluster.nodes[i]?.start();
    else if (kind === "pause") cluster.nodes[i]?.resume();
    else lab.mend(i);
  }
};

const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

interface Bench {
  readonly cluster: NatsCluster;
  readonly lab: Lab;
  readonly load: Load;
  readonly admin: Cluster;
}

interface Span {
  readonly fault: string;
  readonly from: number;
  readonly healed: number;
  readonly to: number;
}

const runFault = async (wanted: Fault, { cluster, lab, load, admin }: Bench): Promise<Span> => {
  const fault = await aim(wanted, admin);
  const from = performance.now();
  await inject(fault, cluster, lab);
  await wait(HOLD_MS);
  const healed = performance.now();
  await heal(fault, cluster, lab);
  await allHealthy(cluster.nodes);
  const before = load.count();
  await until(async () => load.count() > before + 100, 60_000);
  const who = wanted.nodes.map((offset) => (offset === 0 ? "leader" : `follower ${offset}`));
  const name = `${fault.kind} ${who.join(" + ")}`;
  console.log(`${name}: over`);
  return { fault: name, from, healed, to: performance.now() };
};

/**
 * The feed as one NATS node has it. It is read while the others are down, so that no other can
 * answer. A node that is alone for long stops answering. Then the others come back for a moment,
 * and the reading continues.
 */
const copyOf = async (i: number, cluster: NatsCluster, lab: Lab, count: number): Promise<readonly string[]> => {
  const place = lab.places[i];
  const address = `tls://${place?.clientHost}:${place?.clientPort}`;
  const alone = await createCluster(await connectTo({ ...cluster.settings, address }));
  const others = cluster.nodes.filter((_, node) => node !== i);
  const copy: string[] = [];
  for (let attempt = 0; attempt < 20 && copy.length < count; attempt += 1) {
    await Promise.all(others.map((node) => node.kill()));
    await readOn(alone, copy, count);
    await Promise.all(others.map((node) => node.start()));
    await allHealthy(cluster.nodes);
  }
  await alone.close();
  return copy;
};

const readOn = async (alone: Cluster, copy: string[], count: number): Promise<void> => {
  while (copy.length < count) {
    const kept = await alone.anyRead(namesFrom("pli").cellStream(0), copy.length + 1, 1000).catch(() => []);
    if (kept.length === 0) return;
    for (const message of kept) {
      const entry = message.sequence === copy.length + 1 ? entryFrom(message) : undefined;
      if (entry === undefined) throw new Error(`a message at ${message.sequence} where ${copy.length + 1} was asked`);
      copy.push(entryName(entry));
    }
  }
};

const summary = (history: History, spans: readonly Span[], faults: readonly string[], cells: number) => ({
  cells,
  answers: history.answers,
  labels: history.operations.size,
  staleGets: staleGets(history),
  spans: spans.map(({ fault, from, healed, to }) => ({
    fault,
    heldMs: Math.round(healed - from),
    longestSilenceMs: longestSilence(history.acknowledged, from, to),
    silenceAfterHealMs: longestSilence(history.acknowledged, healed, to),
  })),
  faults,
});

const main = async (): Promise<void> => {
  const lab = await createLab(3);
  const cluster = await startNatsCluster({ folder, places: lab.places });
  const stores = await Promise.all([0, 1, 2].map(() => openJetStreamStorage(cluster.settings, { feeds: 1 })));
  try {
    const admin = await createCluster(await connectTo(cluster.settings));
    const load = startLoad(stores);
    await until(async () => load.count() > 200, 60_000);
    const spans: Span[] = [];
    for (const fault of scheduleOf()) spans.push(await runFault(fault, { cluster, lab, load, admin }));
    const history = await load.stop();
    await admin.close();
    const { next } = await (stores[0] as Storage).latestRange(0);
    await until(async () => history.announced.every((announced) => announced.length >= next), 30_000);
    leaveHistory(history);
    const copies: (readonly string[])[] = [];
    for (const i of [0, 1, 2]) copies.push(await copyOf(i, cluster, lab, next));
    const faults = faultsIn(history, copies);
    leaveResult(summary(history, spans, faults, next));
    process.exitCode = faults.length === 0 ? 0 : 1;
  } finally {
    await Promise.all(stores.map((store) => store.close()));
    await cluster.stop();
    lab.close();
  }
};

const leaveHistory = (history: History): void => {
  const named = Array.from(history.operations.values(), (operations, label) => JSON.stringify({ label, operations }));
  writeFileSync(join(folder, "history.jsonl"), `${named.join("\n")}\n`);
};

const leaveResult = (result: object): void => {
  writeFileSync(join(folder, "result.json"), `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(JSON.stringify(result, undefined, 2));
};

await main();

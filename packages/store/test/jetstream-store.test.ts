import { labelKey } from "@pli/protocol/wire";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openJetStreamStorage } from "../src/engines/jetstream/jetstream-storage.ts";
import { namesFrom } from "../src/engines/jetstream/subjects.ts";
import { startStore, type RunningStore } from "../src/store.ts";
import { greet, randomCell, randomLabel, type Client } from "./lib/client.ts";
import { clusterForTests } from "./cluster/for-tests.ts";
import { allHealthy, until } from "./cluster/nats-cluster.ts";

const MAIN = join(import.meta.dirname, "../../../apps/server/bin/pli-server.mjs");
const cluster = clusterForTests("jetstream-store");

const startNode = async (prefix: string): Promise<RunningStore> => {
  const storage = await openJetStreamStorage({ ...cluster().settings, prefix }, { feeds: 1 });
  const store = await startStore({ data: "", storage });
  onTestFinished(() => store.close());
  return store;
};
const putMany = async (client: Client, count: number): Promise<string[]> => {
  const labels = Array.from({ length: count }, () => randomLabel());
  const answers = await Promise.all(labels.map((label) => client.ask({ type: "put", label, cell: randomCell() })));
  for (const answer of answers) expect(answer).toMatchObject({ type: "stored", outcome: "created" });
  return labels.map(labelKey);
};
const labelsIn = (client: Client): string[] =>
  client.entries.flatMap(({ entries }) => entries.map(({ label }) => labelKey(label)));
const readyz = async (store: RunningStore): Promise<number> => (await fetch(`${store.origin}/readyz`)).status;

describe("store nodes on one cluster", () => {
  test("push to their followers what is put through the others, in one order", async () => {
    const stores = [await startNode("push"), await startNode("push"), await startNode("push")];
    expect(new Set(stores.map(({ storeId }) => Buffer.from(storeId).toString("hex"))).size).toBe(1);
    const readers = await Promise.all(stores.map(({ origin }) => greet(origin)));
    for (const reader of readers) await reader.ask({ type: "follow", feed: 0, from: 0 });
    const writers = await Promise.all(stores.map(({ origin }) => greet(origin)));
    const put = (await Promise.all(writers.map((writer) => putMany(writer, 150)))).flat();
    await Promise.all(readers.map((reader) => reader.received(450)));
    const [order, ...others] = readers.map(labelsIn);
    expect(order?.toSorted()).toEqual(put.toSorted());
    for (const other of others) expect(other).toEqual(order);
  });

  test("let a client go on at another node where it had come to at the first", async () => {
    const [one, other] = [await startNode("roam"), await startNode("roam")];
    const writer = await greet(one.origin);
    for (let position = 1; position <= 40; position += 1) {
      await putMany(writer, 1);
      const roaming = await greet(other.origin);
      expect(await roaming.ask({ type: "follow", feed: 0, from: position })).toMatchObject({ type: "following" });
      await roaming.close();
    }
  });

  test("refuse puts with a code and say they are not ready while most of the cluster is down, and go on when it is back", async () => {
    const store = await startNode("quorum");
    const client = await greet(store.origin);
    const before = await putMany(client, 20);
    expect(await readyz(store)).toBe(200);
    const down = cluster().nodes.slice(0, 2);
    await Promise.all(down.map((node) => node.kill()));
    const [label, cell] = [randomLabel(), randomCell()];
    const refused = await client.ask({ type: "put", label, cell });
    expect(refused).toMatchObject({ type: "error" });
    expect(["store_busy", "internal"]).toContain(refused.type === "error" ? refused.code : "");
    expect(await readyz(store)).toBe(503);
    await Promise.all(down.map((node) => node.start()));
    await allHealthy(cluster().nodes);
    await until(async () => (await readyz(store)) === 200, 60_000);
    await until(async () => (await client.ask({ type: "put", label, cell })).type === "stored", 60_000);
    expect(await client.ask({ type: "get", label })).toMatchObject({ type: "found", bytes: cell });
    await client.ask({ type: "follow", feed: 0, from: 0 });
    await client.received(21);
    expect(labelsIn(client)).toEqual([...before, labelKey(label)]);
  }, 180_000);
});

test("the server's process stands on a cluster by its settings alone, and writes no secret to its log", async () => {
  const { address, caFile, certFile, keyFile, credentialsFile } = cluster().settings;
  const child = spawn(process.execPath, [MAIN, "--port", "0", "--banner", "no", "--nats-prefix", "process"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      PLI_ENGINE: address,
      PLI_NATS_CA: caFile,
      PLI_NATS_CERT: certFile,
      PLI_NATS_KEY: keyFile,
      PLI_NATS_CREDENTIALS: credentialsFile,
    },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (said += data.toString()));
  await until(async () => said.includes('"started"'), 60_000);
  const origin = `http://127.0.0.1:${/"port":(\d+)/.exec(said)?.[1]}`;
  const client = await greet(origin);
  const put = await putMany(client, 5);
  const other = await startNode("process");
  const reader = await greet(other.origin);
  await reader.ask({ type: "follow", feed: 0, from: 0 });
  await reader.received(5);
  expect(labelsIn(reader)).toEqual(put);
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
  const [, password = ""] = readFileSync(credentialsFile ?? "", "utf8")
    .trim()
    .split(":");
  expect(password).toHaveLength(32);
  expect(said).not.toContain(password);
}, 120_000);

describe("a node's disk", () => {
  test("shows no label, no cell and no time beside them to whoever has not its key", async () => {
    const storage = await openJetStreamStorage({ ...cluster().settings, prefix: "disk" }, { feeds: 1 });
    const puts = Array.from({ length: 20 }, () => ({
      kind: "cell" as const,
      label: randomLabel(),
      bytes: randomCell(),
    }));
    await storage.commit(puts, 20_000);
    await storage.close();
    const written = readdirSync(join(cluster().folder, "n1"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
    const total = written.reduce((sum, bytes) => sum + bytes.length, 0);
    expect(total).toBeGreaterThan(puts.length * 4096);
    for (const { label, bytes } of puts) {
      const subject = namesFrom("disk").cellSubject(label);
      for (const trace of [subject, Buffer.from(label).subarray(2), Buffer.from(bytes).subarray(0, 64)]) {
        expect(written.some((file) => file.includes(trace))).toBe(false);
      }
    }
  });
});

describe("a cluster that cannot be used is refused by name", () => {
  const refusal = (settings: object) =>
    openJetStreamStorage({ ...cluster().settings, ...settings }, { feeds: 1 }).then(
      async (storage) => storage.close(),
      (error: unknown) => error,
    );

  test("with another password, and neither is told", async () => {
    const credentialsFile = join(cluster().folder, "wrong.user");
    writeFileSync(credentialsFile, "store:open-sesame\n");
    const error = await refusal({ credentialsFile });
    expect(error).toMatchObject({ code: "data_unusable", message: expect.not.stringContaining("sesame") });
  });

  test("with a certificate of nobody we know, or none of our own", async () => {
    expect(await refusal({ caFile: undefined })).toMatchObject({ code: "data_unusable" });
    expect(await refusal({ certFile: undefined, keyFile: undefined })).toMatchObject({ code: "data_unusable" });
  });

  test("without TLS", async () => {
    const address = cluster().settings.address.replace("tls:", "nats:");
    expect(await refusal({ address, caFile: undefined, certFile: undefined, keyFile: undefined })).toMatchObject({
      code: "data_unusable",
    });
  });
});

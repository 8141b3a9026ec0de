import { encodeRequest, MAX_REQUEST_BYTES, WIRE_PATH, type Answer } from "@pli/protocol/wire";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { createJsonLog } from "../src/base/event-log.ts";
import { openSqliteStorage } from "../src/engines/sqlite/sqlite-storage.ts";
import type { StoreOptions } from "../src/options.ts";
import { startStore, type RunningStore } from "../src/store.ts";
import { StorageError } from "../src/storage/storage.ts";
import { connect, greet, randomBlock, randomCell, randomLabel, type Client } from "./lib/client.ts";
import { testFolder } from "./lib/folder.ts";

const start = async (options: Partial<StoreOptions> = {}): Promise<RunningStore> => {
  const store = await startStore({ data: testFolder(), ...options });
  onTestFinished(() => store.close());
  return store;
};
const put = (client: Client, label = randomLabel(), cell = randomCell()): Promise<Answer> =>
  client.ask({ type: "put", label, cell });
const putMany = async (client: Client, count: number): Promise<void> => {
  for (const answer of await Promise.all(Array.from({ length: count }, () => put(client)))) {
    expect(answer).toMatchObject({ type: "stored", outcome: "created" });
  }
};
const positionsSeen = (client: Client): number[] =>
  client.entries.flatMap(({ first, entries }) => entries.map((_, i) => first + i));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe("a greeting", () => {
  test("is answered with what the store is", async () => {
    const store = await start({ retentionDays: 12 });
    const client = await connect(store.origin);
    const welcome = await client.ask({ type: "hello", minVersion: 1, maxVersion: 200 });
    expect(welcome).toMatchObject({ type: "welcome", version: 1, retentionDays: 12, maxFrame: MAX_REQUEST_BYTES });
    expect(welcome.type === "welcome" && welcome.storeId).toEqual(Uint8Array.from(store.storeId));
    expect(client.socket.protocol).toBe("pli.v1");
    expect(client.socket.extensions).toBe("");
  });

  test("comes first, and once", async () => {
    const store = await start();
    const early = await connect(store.origin);
    expect(await early.ask({ type: "get", label: randomLabel() })).toMatchObject({ code: "hello_expected" });
    expect(await early.closed).toEqual({ code: 1008, reason: "hello_expected" });
    const again = await greet(store.origin);
    expect(await again.ask({ type: "hello", minVersion: 1, maxVersion: 1 })).toMatchObject({ code: "hello_expected" });
    await again.closed;
  });

  test("in another version is told so", async () => {
    const client = await connect((await start()).origin);
    expect(await client.ask({ type: "hello", minVersion: 2, maxVersion: 3 })).toMatchObject({
      code: "unsupported_version",
    });
    expect(await client.closed).toEqual({ code: 1008, reason: "unsupported_version" });
  });

  test("needs the right path and subprotocol", async () => {
    const { origin } = await start();
    const url = origin.replace("http", "ws");
    const refused = (socket: WebSocket): Promise<string> =>
      new Promise((resolve) => {
        socket.on("error", (error) => resolve(error.message));
      });
    expect(await refused(new WebSocket(`${url}/v2`, "pli.v1"))).toContain("404");
    expect(await refused(new WebSocket(url + WIRE_PATH))).toContain("400");
    expect(await refused(new WebSocket(url + WIRE_PATH, "chat"))).toContain("400");
  });
});

describe("requests", () => {
  test("store and find cells and blocks", async () => {
    const client = await greet((await start()).origin);
    const [label, cell, block] = [randomLabel(), randomCell(), randomBlock()];
    expect(await client.ask({ type: "get", label })).toMatchObject({ type: "absent" });
    expect(await put(client, label, cell)).toMatchObject({ outcome: "created" });
    expect(await put(client, label, cell)).toMatchObject({ outcome: "created" });
    expect(await put(client, label)).toMatchObject({ outcome: "taken" });
    expect(await client.ask({ type: "get", label })).toMatchObject({ type: "found", kind: "cell", bytes: cell });
    expect(await client.ask({ type: "getBlock", label })).toMatchObject({ type: "absent" });
    expect(await client.ask({ type: "putBlock", label, block })).toMatchObject({ outcome: "created" });
    expect(await client.ask({ type: "getBlock", label })).toMatchObject({ type: "found", kind: "block", bytes: block });
  });

  test("replayed byte for byte change nothing", async () => {
    const client = await greet((await start()).origin);
    const frame = encodeRequest({ type: "put", id: 900, label: randomLabel(), cell: randomCell() });
    for (let i = 0; i < 3; i += 1) {
      const answer = client.answerTo(900);
      client.send(frame);
      expect(await answer).toMatchObject({ outcome: "created" });
    }
    expect(await client.ask({ type: "follow", feed: 0, from: 0 })).toMatchObject({ next: 1 });
  });

  test("of a wrong size store nothing and leave the connection open", async () => {
    const client = await greet((await start()).origin);
    const label = randomLabel();
    const frame = encodeRequest({ type: "put", id: 900, label, cell: randomCell() });
    for (const wrong of [frame.subarray(0, -1), frame.subarray(0, 40), Buffer.concat([frame, Buffer.alloc(1)])]) {
      const answer = client.answerTo(900);
      client.send(wrong);
      expect(await answer).toMatchObject({ code: "wrong_size" });
    }
    expect(await client.ask({ type: "get", label })).toMatchObject({ type: "absent" });
  });

  test("about a feed there is not are refused", async () => {
    const client = await greet((await start({ feeds: 2 })).origin);
    expect(await put(client, randomLabel(1))).toMatchObject({ outcome: "created" });
    expect(await put(client, randomLabel(2))).toMatchObject({ code: "unknown_feed" });
    expect(await client.ask({ type: "get", label: randomLabel(300) })).toMatchObject({ code: "unknown_feed" });
    expect(await client.ask({ type: "follow", feed: 2, from: 0 })).toMatchObject({ code: "unknown_feed" });
  });

  test("that are garbage are refused, and after many the connection is closed", async () => {
    const { origin } = await start();
    const client = await greet(origin);
    for (let i = 0; i < 16; i += 1) client.send(randomBytes(1 + i * 7).fill(0x63, 0, 1));
    expect(await client.closed).toEqual({ code: 1008, reason: "bad_frame" });
    expect(client.notices.length + 1).toBeGreaterThan(0);
    await putMany(await greet(origin), 3);
  });

  test("that are too large, or text, close the connection and nothing else", async () => {
    const { origin } = await start();
    const other = await greet(origin);
    const large = await greet(origin);
    large.send(randomBytes(MAX_REQUEST_BYTES + 1));
    expect((await large.closed).code).toBe(1009);
    const text = await greet(origin);
    text.send("hello");
    expect((await text.closed).code).toBe(1003);
    await putMany(other, 3);
  });

  test("of any bytes at all leave the store serving others", async () => {
    const { origin } = await start();
    const other = await greet(origin);
    for (let round = 0; round < 20; round += 1) {
      const client = await greet(origin);
      for (let i = 0; i < 20; i += 1) client.send(randomBytes(1 + ((round * 31 + i * 17) % 300)).fill(i % 9, 0, 1));
      client.socket.terminate();
    }
    await putMany(other, 20);
  });
});

describe("a feed", () => {
  test("gives what was there, then what arrives, from any position", async () => {
    const { origin } = await start();
    const [writer, all, some] = [await greet(origin), await greet(origin), await greet(origin)];
    await putMany(writer, 150);
    expect(await all.ask({ type: "follow", feed: 0, from: 0 })).toMatchObject({ oldest: 0, next: 150, form: "full" });
    await some.ask({ type: "follow", feed: 0, from: 140 });
    await putMany(writer, 70);
    await Promise.all([all.received(220), some.received(80)]);
    expect(positionsSeen(all)).toEqual(upTo(220));
    expect(positionsSeen(some)).toEqual(upTo(220).slice(140));
  });

  test("from a position it has not reached is refused: the store was replaced", async () => {
    const client = await greet((await start()).origin);
    expect(await client.ask({ type: "follow", feed: 0, from: 1 })).toMatchObject({ code: "position_beyond" });
  });

  test("is silent after unfollow, and starts again elsewhere after another follow", async () => {
    const { origin } = await start();
    const [writer, reader] = [await greet(origin), await greet(origin)];
    await reader.ask({ type: "follow", feed: 0, from: 0 });
    reader.send(encodeRequest({ type: "unfollow", id: 500, feed: 0 }));
    await reader.ask({ type: "get", label: randomLabel() });
    await putMany(writer, 5);
    expect(positionsSeen(reader)).toEqual([]);
    await reader.ask({ type: "follow", feed: 0, from: 3 });
    await reader.received(2);
    expect(positionsSeen(reader)).toEqual([3, 4]);
  });

  test("reaches a reader that stood still for long, whole and in order, while others go on", async () => {
    const { origin } = await start({ limits: { putBurst: 10_000 } });
    const [writer, slow, quick] = [await greet(origin), await greet(origin), await greet(origin)];
    await slow.ask({ type: "follow", feed: 0, from: 0 });
    await quick.ask({ type: "follow", feed: 0, from: 0 });
    slow.socket.pause();
    for (let i = 0; i < 15; i += 1) await putMany(writer, 200);
    await quick.received(3000);
    expect(positionsSeen(quick)).toEqual(upTo(3000));
    expect(positionsSeen(slow).length).toBeLessThan(3000);
    slow.socket.resume();
    await slow.received(3000);
    expect(positionsSeen(slow)).toEqual(upTo(3000));
  });
});

describe("limits", () => {
  test("on puts of one connection are told, and store nothing", async () => {
    const client = await greet((await start({ limits: { putsPerSecond: 1, putBurst: 5 } })).origin);
    const answers = await Promise.all(Array.from({ length: 40 }, () => put(client)));
    expect(answers.slice(0, 5).every(({ type }) => type === "stored")).toBe(true);
    const refused = answers.filter((answer) => answer.type === "error" && answer.code === "too_many_requests").length;
    expect(refused).toBeGreaterThan(30);
    expect(await client.ask({ type: "follow", feed: 0, from: 0 })).toMatchObject({ next: 40 - refused });
  });

  test("on puts of one address count its connections together", async () => {
    const { origin } = await start({ limits: { putsPerSecondPerAddress: 1, putBurstPerAddress: 6 } });
    const clients = await Promise.all(upTo(3).map(() => greet(origin)));
    const answers = await Promise.all(clients.flatMap((client) => upTo(10).map(() => put(client))));
    expect(answers.filter(({ type }) => type === "stored").length).toBeLessThan(12);
  });

  test("on connections turn away the next, and let it in when one has left", async () => {
    const { origin } = await start({ limits: { connectionsPerAddress: 2 } });
    const [first] = [await greet(origin), await greet(origin)];
    await expect(connect(origin)).rejects.toThrow("429");
    await first.close();
    await expect
      .poll(() =>
        greet(origin).then(
          () => "in",
          () => "out",
        ),
      )
      .toBe("in");
  });

  test("count addresses as the proxy in front tells them", async () => {
    const { origin } = await start({ behindProxy: true, limits: { connectionsPerAddress: 1 } });
    const from = (address: string): Promise<string> =>
      new Promise((resolve) => {
        const headers = { "x-forwarded-for": `203.0.113.9, ${address}` };
        const socket = new WebSocket(origin.replace("http", "ws") + WIRE_PATH, "pli.v1", { headers });
        socket.on("open", () => resolve("in"));
        socket.on("error", (error) => resolve(error.message));
      });
    expect(await from("192.0.2.1")).toBe("in");
    expect(await from("192.0.2.2")).toBe("in");
    expect(await from("192.0.2.1")).toContain("429");
  });

  test("on requests at once make a flood wait, and lose none of it", async () => {
    const client = await greet((await start({ limits: { inFlight: 3 } })).origin);
    const answers = await Promise.all(
      Array.from({ length: 2000 }, () => client.ask({ type: "get", label: randomLabel() })),
    );
    expect(answers.every(({ type }) => type === "absent")).toBe(true);
  });

  test("on silence drop who answers no ping, and who never said hello", async () => {
    const { origin } = await start({ pingMs: 300 });
    const alive = await greet(origin);
    const mute = await connect(origin);
    const dead = await greet(origin, { autoPong: false });
    expect((await mute.closed).code).toBe(1006);
    expect((await dead.closed).code).toBe(1006);
    await putMany(alive, 1);
  });
});

describe("a disk in trouble", () => {
  test("with too little room refuses puts before they fail, and serves reads", async () => {
    const data = testFolder();
    const label = randomLabel();
    const first = await startStore({ data });
    await put(await greet(first.origin), label);
    await first.close();
    const lines: string[] = [];
    const log = createJsonLog("info", (line) => lines.push(line));
    const client = await greet((await start({ data, minFreeBytes: 2 ** 60, log })).origin);
    expect(await put(client)).toMatchObject({ code: "store_full" });
    expect(await client.ask({ type: "get", label })).toMatchObject({ type: "found" });
    expect(await client.ask({ type: "follow", feed: 0, from: 0 })).toMatchObject({ next: 1 });
    expect(lines.filter((line) => line.includes("store_full")).length).toBe(1);
  });

  test("that fills up in a commit, or fails, says which; what failed is not there", async () => {
    const data = testFolder();
    const real = openSqliteStorage({ folder: data, feeds: 1 });
    const failures = [new StorageError("store_full", "full"), new StorageError("internal", "broken")];
    const storage = {
      ...real,
      commit: async (...args: Parameters<typeof real.commit>) => {
        const failure = failures.shift();
        if (failure !== undefined) throw failure;
        return real.commit(...args);
      },
      getBlock: () => Promise.reject(new StorageError("data_damaged", "damaged", { file: "day.db" })),
    };
    const client = await greet((await start({ data, storage })).origin);
    const label = randomLabel();
    expect(await put(client, label)).toMatchObject({ code: "store_full" });
    expect(await put(client, label)).toMatchObject({ code: "internal" });
    expect(await client.ask({ type: "get", label })).toMatchObject({ type: "absent" });
    expect(await client.ask({ type: "getBlock", label })).toMatchObject({ code: "internal" });
    expect(await put(client, label)).toMatchObject({ outcome: "created" });
  });
});

describe("a stop", () => {
  test("answers what was asked before it, says goodbye, and keeps everything", async () => {
    const data = testFolder();
    const store = await startStore({ data });
    const clients = await Promise.all(upTo(5).map(() => greet(store.origin)));
    const asked = clients.flatMap((client) => upTo(100).map(() => put(client)));
    await Promise.race(asked);
    const answers = Promise.allSettled(asked);
    await store.close();
    for (const client of clients) {
      expect(await client.closed).toEqual({ code: 1001, reason: "shutting_down" });
      expect(client.notices).toEqual([{ type: "error", id: 0, code: "shutting_down" }]);
    }
    const settled = await answers;
    const stored = settled.filter((answer) => answer.status === "fulfilled" && answer.value.type === "stored").length;
    expect(stored).toBeGreaterThan(0);
    const again = await start({ data });
    expect(again.storeId).toEqual(store.storeId);
    const reader = await greet(again.origin);
    const following = await reader.ask({ type: "follow", feed: 0, from: 0 });
    expect(following.type === "following" && following.next).toBeGreaterThanOrEqual(stored);
  });

  test("frees the port at once, also with a connection that does not answer", async () => {
    const store = await startStore({ data: testFolder() });
    const stuck = await greet(store.origin);
    stuck.socket.pause();
    await fetch(`${store.origin}/livez`);
    await store.close();
    stuck.socket.resume();
    await start({ port: store.port });
  });
});

describe("a start", () => {
  test("on a port in use, or an address that is not ours, says so and leaves nothing open", async () => {
    const { port } = await start();
    const data = testFolder();
    await expect(startStore({ data, port })).rejects.toMatchObject({ code: "port_in_use" });
    await expect(startStore({ data, host: "192.0.2.1" })).rejects.toMatchObject({ code: "address_unusable" });
    await start({ data });
  });

  test("on data in use says so", async () => {
    const data = testFolder();
    await start({ data });
    await expect(startStore({ data })).rejects.toMatchObject({ code: "data_locked" });
  });
});

describe("what the store writes", () => {
  test("has no address and no label in its log, and no address in its data", async () => {
    const data = testFolder();
    const lines: string[] = [];
    const log = createJsonLog("debug", (line) => lines.push(line));
    const store = await startStore({ data, log, limits: { connectionsPerAddress: 2 } });
    const client = await greet(store.origin);
    const label = randomLabel();
    await put(client, label);
    await put(client, label);
    client.send(randomBytes(50));
    await greet(store.origin);
    await expect(connect(store.origin)).rejects.toThrow("429");
    await store.close();
    const written = lines.join("\n");
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(["started", "stopped"]);
    expect(written).not.toMatch(/127\.0\.0\.1|::1|localhost/);
    expect(written).not.toContain(Buffer.from(label).toString("hex"));
    const entries = readdirSync(data, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) expect(readFileSync(file).includes("127.0.0.1")).toBe(false);
  });
});

import { mkdirSync, writeFileSync } from "node:fs";
import { connect as dial, type Socket } from "node:net";
import { join } from "node:path";
import { WIRE_PATH } from "@pli/protocol/wire";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { openSqliteStorage } from "../../src/engines/sqlite/sqlite-storage.ts";
import type { StoreOptions } from "../../src/options.ts";
import { startStore, type RunningStore } from "../../src/store.ts";
import { heldBack } from "../lib/cells.ts";
import { connect, greet, randomBlock, randomCell, randomLabel, type Client } from "../lib/client.ts";
import { testFolder } from "../lib/folder.ts";
import { asked, BINARY, CONTINUATION, frame, greeted, PING, PONG } from "../lib/frames.ts";
import { raw, upgrade, upgraded, type Target } from "../lib/raw.ts";
import { startWatched } from "../lib/watched.ts";

// The table in docs/store.md names these tests. Attackers call from 127.0.0.2, the honest from
// 127.0.0.1.

const KiB = 1024;
const MiB = 1024 * KiB;
const SOON = { timeout: 5000 };
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const start = async (options: Partial<StoreOptions> = {}): Promise<RunningStore> => {
  const store = await startStore({ data: testFolder(), ...options });
  onTestFinished(() => store.close());
  return store;
};
const attackerOn = ({ port }: { readonly port: number }): Target => ({ port, from: "127.0.0.2" });
const openOf = (sockets: readonly Socket[]): number => sockets.filter((socket) => !socket.closed).length;
const many = (count: number, begin: () => Promise<Socket>): Promise<Socket[]> => Promise.all(upTo(count).map(begin));
const honestPut = async (store: { readonly origin: string }): Promise<void> => {
  const client = await greet(store.origin);
  expect(await client.ask({ type: "put", label: randomLabel(), cell: randomCell() })).toMatchObject({ type: "stored" });
  client.socket.terminate();
};
const again = (socket: Socket, ms: number, what: () => void): void => {
  const timer = setInterval(() => socket.writable && what(), ms);
  socket.once("close", () => clearInterval(timer));
  onTestFinished(() => void socket.destroy());
};
/** What an HTTP request that is sent as it is gets back, until the connection is over. */
const answerTo = (target: Target, request: string): Promise<string> =>
  new Promise((resolve) => {
    let text = "";
    const socket = dial({ port: target.port, host: "127.0.0.1", localAddress: target.from }, () =>
      socket.write(request),
    );
    socket.on("data", (bytes: Buffer) => (text += bytes.toString("latin1")));
    socket.on("error", () => {}).on("close", () => resolve(text));
    onTestFinished(() => void socket.destroy());
  });
/** The web app as one file of `bytes` bytes, at `/`. */
const webApp = (bytes: number): string => {
  const folder = testFolder();
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), Buffer.alloc(bytes, "x"));
  return folder;
};

describe("connections", () => {
  test("of one address count from their accept on, whatever they send", async () => {
    const store = await start({ limits: { connectionsPerAddress: 9 } });
    const attacker = attackerOn(store);
    const silent = await many(10, () => raw(attacker, ""));
    const halfHeads = await many(10, () => raw(attacker, "GET / HTTP/1.1\r\nX: "));
    const halfUpgrades = await many(10, () => raw(attacker, upgrade().slice(0, -2)));
    await expect.poll(() => openOf([...silent, ...halfHeads, ...halfUpgrades]), SOON).toBe(9);
    await honestPut(store);
    expect((await fetch(`${store.origin}/livez`)).status).toBe(200);
  });

  test("beyond those of one address are told so, or cut, before and after the upgrade", async () => {
    const store = await start({ limits: { connectionsPerAddress: 4 } });
    const attacker = attackerOn(store);
    await many(4, () => upgraded(attacker));
    expect(await answerTo(attacker, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")).toMatch(/^HTTP\/1.1 429 /);
    expect(await answerTo(attacker, upgrade())).toMatch(/^HTTP\/1.1 429 /);
    const flood = await many(100, () => raw(attacker, ""));
    await expect.poll(() => openOf(flood), { timeout: 1500 }).toBeLessThanOrEqual(64);
    await expect.poll(() => openOf(flood), SOON).toBe(0);
  });

  test("through a proxy count for the address it names, and one network of IPv6 is one address", async () => {
    const store = await start({ behindProxy: true, limits: { connectionsPerAddress: 1 } });
    const from = (address: string): Promise<string> => answerOf(store, { "x-forwarded-for": `192.0.2.9, ${address}` });
    expect(await from("2001:db8:1:2::1")).toBe("in");
    expect(await from("2001:db8:1:2:ffff::2")).toContain("429");
    expect(await from("2001:db8:1:3::1")).toBe("in");
    expect(await from("::ffff:192.0.2.1")).toBe("in");
    expect(await from("192.0.2.1")).toContain("429");
  });

  test("of one /48 of IPv6 are four times those of an address", async () => {
    const store = await start({ behindProxy: true, limits: { connectionsPerAddress: 2 } });
    const answers = [];
    for (const i of upTo(12)) answers.push(await answerOf(store, { "x-forwarded-for": `2001:db8:7:${i}::1` }));
    expect(answers.filter((answer) => answer === "in").length).toBe(8);
    expect(await answerOf(store, { "x-forwarded-for": "2001:db8:8:1::1" })).toBe("in");
  });

  test("count by no header that came from anybody but a proxy of ours", async () => {
    const limits = { connectionsPerAddress: 3 };
    const store = await start({ behindProxy: true, trustedProxies: "127.0.0.9,192.0.2.0/24", limits });
    const answers = [];
    for (const i of upTo(5)) answers.push(await answerOf(store, { "x-forwarded-for": `192.0.2.${i}` }));
    expect(answers.filter((answer) => answer === "in").length).toBe(3);
    expect(answers.filter((answer) => answer.includes("429")).length).toBe(2);
  });

  test("in all have a limit: a WebSocket beyond it is told so", async () => {
    const store = await start({ limits: { connections: 3 } });
    await many(3, () => upgraded(attackerOn(store)));
    await expect(connect(store.origin)).rejects.toThrow("503");
  });

  test("that were turned away, or do not answer a close, are not left open", async () => {
    const store = await start();
    const refused = await many(3, () => raw(attackerOn(store), upgrade([]).replace(WIRE_PATH, "/other")));
    const text = await many(3, () => upgraded(attackerOn(store)));
    for (const socket of text) socket.write(frame(1, Buffer.from("text")));
    for (const socket of [...refused, ...text]) {
      socket.allowHalfOpen = true;
      again(socket, 50, () => socket.write(frame(PONG, Buffer.alloc(0))));
    }
    await expect.poll(() => openOf([...refused, ...text]), SOON).toBe(0);
  });

  const answerOf = (store: RunningStore, headers: Record<string, string>): Promise<string> =>
    new Promise((resolve) => {
      const socket = new WebSocket(store.origin.replace("http", "ws") + WIRE_PATH, "pli.v1", { headers });
      socket.on("open", () => resolve("in")).on("error", (error) => resolve(error.message));
      onTestFinished(() => socket.terminate());
    });
});

describe("requests over HTTP", () => {
  const IN_TIME = { headMs: 300, requestMs: 600 };

  test("whose head does not come in time are cut off, however it trickles", async () => {
    const store = await start({ limits: IN_TIME });
    const sockets = await many(5, () => raw(attackerOn(store), "GET / HTTP/1.1\r\nX: "));
    for (const socket of sockets) again(socket, 50, () => socket.write("x"));
    await expect.poll(() => openOf(sockets), SOON).toBe(0);
  });

  test("with a body are answered and closed, and nobody waits for the rest of it", async () => {
    const store = await start();
    const answers = ["POST / HTTP/1.1\r\n", "GET / HTTP/1.1\r\n"].map((line) =>
      answerTo(attackerOn(store), `${line}Host: x\r\nContent-Length: 1000000000\r\n\r\nhalf`),
    );
    expect((await Promise.all(answers)).map((text) => text.slice(9, 12))).toEqual(["405", "413"]);
  });

  test("have heads of 8 KiB at most", async () => {
    const { port } = await start();
    const header = (bytes: number): string => `X: ${"x".repeat(bytes)}\r\n`;
    const last = "Host: x\r\nConnection: close\r\n\r\n";
    expect(await answerTo({ port }, `GET /livez HTTP/1.1\r\n${header(7000)}${last}`)).toMatch(/^HTTP\/1.1 200 /);
    expect(await answerTo({ port }, `GET /livez HTTP/1.1\r\n${header(9000)}${last}`)).toMatch(/^HTTP\/1.1 431 /);
    expect(await answerTo({ port }, `GET /livez HTTP/1.1\r\n${header(1).repeat(2500)}${last}`)).toMatch(/ 431 /);
  });

  test("that come one behind the other before any answer is taken close their connection", async () => {
    const store = await start({ web: webApp(8 * MiB) });
    const sockets = await many(5, async () => {
      const socket = await raw(attackerOn(store), "GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(2000));
      return socket.pause();
    });
    for (const socket of sockets) again(socket, 50, () => socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    await expect.poll(() => openOf(sockets), SOON).toBe(0);
    await honestPut(store);
  });

  test("whose answer is not taken are cut off when nothing moves", async () => {
    const store = await start({ web: webApp(16 * MiB), limits: { idleMs: 300 } });
    const sockets = await many(5, async () => {
      const socket = await raw(attackerOn(store), "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      return socket.pause();
    });
    await pausedAreGone(sockets);
  });

  test("whose answer is taken slowly are cut off in the end", async () => {
    const store = await start({ web: webApp(64 * MiB), limits: { answerMs: 400 } });
    const sockets = await many(3, async () => {
      const socket = await raw(attackerOn(store), "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      socket.pause();
      again(socket, 20, () => void socket.read(KiB));
      return socket;
    });
    await pausedAreGone(sockets);
  });

  /**
   * Who does not read learns by a write of theirs that the other side is gone. To write is to move:
   * so seldom.
   */
  const pausedAreGone = async (sockets: readonly Socket[]): Promise<void> => {
    for (const socket of sockets) again(socket, 1000, () => socket.write("\r\n"));
    await expect.poll(() => openOf(sockets), { timeout: 10_000 }).toBe(0);
  };
});

describe("what comes on a WebSocket", () => {
  /** The beginning of a frame of 256 KiB, nearly all of it. */
  const halfBlock = frame(BINARY, Buffer.alloc(256 * KiB)).subarray(0, 250 * KiB);
  const sendHalfBlocks = async (targets: readonly Target[]): Promise<Socket[]> => {
    const sockets = await Promise.all(targets.map(greeted));
    for (const socket of sockets) socket.write(halfBlock);
    return sockets;
  };

  test("in endless fragments, padded with pongs, is kept without the padding", async () => {
    const store = await startWatched(testFolder(), { limits: { controlFrames: 1_000_000_000 } });
    const pong = frame(PONG, Buffer.alloc(125));
    /**
     * A fragment of a byte at the start of each 64 KiB, which is what is read from a line at once.
     */
    const padded = (opcode: number): Buffer =>
      Buffer.concat([frame(opcode, Buffer.from([2]), { final: false }), ...upTo(499).map(() => pong)]);
    const sockets = await many(4, () => greeted(attackerOn(store)));
    const before = await store.metric("process_resident_memory_bytes");
    const pour = async (socket: Socket): Promise<void> => {
      socket.write(padded(BINARY));
      for (const _ of upTo(60 * 16)) {
        if (socket.closed) return;
        if (!socket.write(padded(CONTINUATION))) await drained(socket);
      }
    };
    await Promise.all(sockets.map(pour));
    expect((await store.metric("process_resident_memory_bytes")) - before).toBeLessThan(120 * MiB);
    expect(openOf(sockets)).toBe(4);
    await honestPut(store);
    for (const socket of sockets) socket.destroy();
  }, 20_000);

  test("in fragments of a byte each, an honest message among them, is kept as the bytes it is", async () => {
    const store = await startWatched(testFolder());
    const sockets = await many(20, () => greeted(attackerOn(store)));
    const before = await store.metric("process_resident_memory_bytes");
    const ones = Buffer.concat(upTo(16_000).map(() => frame(CONTINUATION, Buffer.from([7]), { final: false })));
    for (const socket of sockets)
      socket.write(Buffer.concat([frame(BINARY, Buffer.from([2]), { final: false }), ones]));
    await honestPut(store);
    const client = await greet(store.origin);
    for (const socket of sockets) socket.write(ones);
    const label = randomLabel();
    const whole = asked({ type: "put", id: 9, label, cell: randomCell() }).subarray(8);
    for (const [i, byte] of whole.entries()) {
      client.socket.send(Uint8Array.of(byte), { fin: i === whole.length - 1, binary: true });
    }
    expect(await client.answerTo(9)).toMatchObject({ type: "stored" });
    expect(openOf(sockets)).toBe(20);
    expect((await store.metric("process_resident_memory_bytes")) - before).toBeLessThan(80 * MiB);
    for (const socket of sockets) socket.destroy();
  }, 20_000);

  test("and is not whole takes so much of an address; who would need more is closed", async () => {
    const store = await start({ limits: { unfinishedBytesPerAddress: MiB } });
    const attackers = await sendHalfBlocks(upTo(10).map(() => attackerOn(store)));
    await expect.poll(() => openOf(attackers), SOON).toBeLessThanOrEqual(5);
    const client = await greet(store.origin);
    const answer = await client.ask({ type: "putBlock", label: randomLabel(), block: randomBlock() });
    expect(answer).toMatchObject({ type: "stored" });
    expect(openOf(attackers)).toBeGreaterThan(2);
  });

  test("and is not whole takes so much in all; a cell has room all the same", async () => {
    const store = await start({ limits: { unfinishedBytes: MiB } });
    const attackers = await sendHalfBlocks(upTo(10).map((i) => ({ port: store.port, from: `127.0.1.${i + 1}` })));
    await expect.poll(() => openOf(attackers), SOON).toBeLessThanOrEqual(5);
    const socket = await greeted(store);
    const put = asked({ type: "put", id: 9, label: randomLabel(), cell: randomCell() });
    socket.write(put.subarray(0, 2000));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const answered = new Promise((resolve) => socket.once("data", resolve));
    socket.write(put.subarray(2000));
    await answered;
  });

  test("must become whole between two pings, also when pings are answered meanwhile", async () => {
    const store = await start({ pingMs: 300 });
    const endless = await greet(store.origin);
    const alive = await greet(store.origin);
    endless.socket.send(Uint8Array.of(2), { fin: false, binary: true });
    expect((await endless.closed).code).toBe(1006);
    expect(await alive.ask({ type: "get", label: randomLabel() })).toMatchObject({ type: "absent" });
  });

  test("in pings and pongs is bounded between two pings of the store", async () => {
    const store = await start({ limits: { controlFrames: 100 } });
    const client = await greet(store.origin);
    for (const _ of upTo(90)) client.socket.pong();
    expect(await client.ask({ type: "get", label: randomLabel() })).toMatchObject({ type: "absent" });
    for (const _ of upTo(20)) client.socket.pong();
    expect((await client.closed).code).toBe(1008);
  });

  test("is never compressed: nobody is offered it, and who does it all the same is closed", async () => {
    const store = await start();
    const offer = upgrade().replace("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
    const accepted = answerTo(attackerOn(store), `${offer}${frame(0x42, Buffer.from([2])).toString("latin1")}`);
    expect(await accepted).toMatch(/^HTTP\/1.1 101 (?![\s\S]*deflate)/);
  });
});

describe("what leaves on a WebSocket", () => {
  /** Asks for one block `times` times, and reads none. */
  const askUnread = async (target: Target, label: ReturnType<typeof randomLabel>, times: number): Promise<Socket> => {
    const socket = await greeted(target);
    socket.pause();
    for (const id of upTo(times)) socket.write(asked({ type: "getBlock", id: 10 + id, label }));
    return socket;
  };
  const putBlock = async (store: { readonly origin: string }): Promise<ReturnType<typeof randomLabel>> => {
    const label = randomLabel();
    const client = await greet(store.origin);
    await client.ask({ type: "putBlock", label, block: randomBlock() });
    return label;
  };

  test("must be read: who sends pongs that answer no ping is dropped", async () => {
    const store = await start({ pingMs: 300 });
    const mute = await greeted(attackerOn(store));
    mute.pause();
    again(mute, 20, () => mute.write(frame(PONG, Buffer.alloc(0))));
    await expect.poll(() => mute.closed, SOON).toBe(true);
  });

  test("and is not taken is bounded for an address: the line that has waited longest is cut", async () => {
    const store = await startWatched(testFolder(), { limits: { backlogBytesPerAddress: 2 * MiB } });
    const label = await putBlock(store);
    const attackers = await many(30, () => askUnread(attackerOn(store), label, 60));
    await expect.poll(() => store.metric("pli_connections"), { timeout: 15_000 }).toBeLessThan(12);
    expect(await store.metric("pli_backlog_bytes")).toBeLessThanOrEqual(2 * MiB);
    await honestPut(store);
    for (const socket of attackers) socket.destroy();
  }, 30_000);

  test("and is not taken is bounded in all", async () => {
    const store = await startWatched(testFolder(), { limits: { backlogBytes: 2 * MiB } });
    const label = await putBlock(store);
    const attackers = await Promise.all(
      upTo(30).map((i) => askUnread({ port: store.port, from: `127.0.1.${i + 1}` }, label, 60)),
    );
    await expect.poll(() => store.metric("pli_connections"), { timeout: 15_000 }).toBeLessThan(12);
    expect(await store.metric("pli_backlog_bytes")).toBeLessThanOrEqual(2 * MiB);
    await honestPut(store);
    for (const socket of attackers) socket.destroy();
  }, 30_000);

  test("holds a bounded number of blocks for one address, and others get theirs meanwhile", async () => {
    const store = await startWatched(testFolder(), { limits: { blockAnswersPerAddress: 4 } });
    const label = await putBlock(store);
    const attackers = await many(20, () => askUnread(attackerOn(store), label, 60));
    await expect.poll(() => store.metric("pli_block_answers"), { timeout: 10_000 }).toBe(4);
    const client = await greet(store.origin);
    expect(await client.ask({ type: "getBlock", label })).toMatchObject({ type: "found" });
    expect(await store.metric("pli_block_answers")).toBeLessThanOrEqual(5);
    for (const socket of attackers) socket.destroy();
  }, 30_000);

  test("in answer to pings is not kept for who reads nothing", async () => {
    const store = await startWatched(testFolder(), { limits: { controlFrames: 1_000_000 } });
    const socket = await greeted(attackerOn(store));
    socket.pause();
    const pings = Buffer.concat(upTo(10_000).map(() => frame(PING, Buffer.alloc(125))));
    again(socket, 5, () => socket.writableLength < MiB && socket.write(pings));
    await expect.poll(() => socket.closed, { timeout: 15_000 }).toBe(true);
  }, 20_000);
});

test("puts that wait for a commit are bounded for an address, and those of others are taken", async () => {
  const data = testFolder();
  const { held, release } = heldBack(openSqliteStorage({ folder: data, feeds: 1 }));
  const store = await start({ data, storage: held, limits: { putBytesPerAddress: 64 * KiB } });
  const attackers = await Promise.all(upTo(3).map(() => greet(store.origin, { localAddress: "127.0.0.2" })));
  let refused = 0;
  const putRefused = async (attacker: Client): Promise<void> => {
    const answer = await attacker.ask({ type: "put", label: randomLabel(), cell: randomCell() });
    if (answer.type === "error" && answer.code === "store_busy") refused += 1;
  };
  for (const attacker of attackers) for (const _ of upTo(10)) void putRefused(attacker).catch(() => {});
  await expect.poll(() => refused, SOON).toBe(14);
  const client = await greet(store.origin);
  const answer = client.ask({ type: "put", label: randomLabel(), cell: randomCell() });
  release();
  expect(await answer).toMatchObject({ type: "stored" });
});

const drained = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.once("drain", () => resolve()).once("close", () => resolve());
  });

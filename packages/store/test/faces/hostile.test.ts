import { encodeRequest, type Label } from "@pli/protocol/wire";
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { greet, randomBlock, randomCell, randomLabel, type Client } from "../lib/client.ts";
import { testFolder } from "../lib/folder.ts";
import { brokenUpgrades, GIANT_FRAME, halfFrame, over, raw, upgrade, upgraded } from "../lib/raw.ts";
import { startWatched, type WatchedStore } from "../lib/watched.ts";

const MiB = 1024 * 1024;
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Puts cells, one after the other, until told to stop; every one of them must be stored. */
const honest = (client: Client): { stop(): Promise<number> } => {
  let stopped = false;
  const writing = (async () => {
    let stored = 0;
    for (; !stopped; stored += 1) {
      const answer = await client.ask({ type: "put", label: randomLabel(), cell: randomCell() });
      expect(answer).toMatchObject({ type: "stored", outcome: "created" });
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
    }
    return stored;
  })();
  return {
    stop: () => {
      stopped = true;
      return writing;
    },
  };
};

/**
 * How much memory the store has more than before, at most, while and after `attack` runs; honest
 * puts continue meanwhile.
 */
const growthDuring = async (store: WatchedStore, attack: () => Promise<void>): Promise<number> => {
  const writer = honest(await greet(store.origin));
  const memory = (): Promise<number> => store.metric("process_resident_memory_bytes");
  const before = await memory();
  let most = 0;
  let attacking = true;
  const watching = (async () => {
    while (attacking) {
      most = Math.max(most, (await memory()) - before);
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
  })();
  try {
    await attack();
  } finally {
    attacking = false;
    await Promise.allSettled([watching, writer.stop()]);
  }
  await watching;
  expect(await writer.stop()).toBeGreaterThan(0);
  return most;
};

test("connections that say nothing, or stop in the middle of a frame, are dropped, and leave nothing behind", async () => {
  const store = await startWatched(testFolder(), { pingMs: 400 });
  const half = halfFrame();
  const sockets = [
    ...(await Promise.all(upTo(100).map(() => raw(store, upgrade())))),
    ...(await Promise.all(upTo(100).map(() => upgraded(store)))),
  ];
  for (const socket of sockets.slice(100)) socket.write(half);
  await expect.poll(() => sockets.filter((socket) => !socket.closed).length, { timeout: 10_000 }).toBe(0);
  await expect.poll(() => store.metric("pli_connections"), { timeout: 10_000 }).toBe(0);
}, 30_000);

/** Each client asks for one block `times` times, and reads no more. Returns the label. */
const askUnread = async (clients: readonly Client[], times: number): Promise<Label> => {
  const label = randomLabel();
  await clients[0]?.ask({ type: "putBlock", label, block: randomBlock() });
  for (const { socket } of clients) {
    socket.pause();
    for (const id of upTo(times)) socket.send(encodeRequest({ type: "getBlock", id: 1000 + id, label }));
  }
  return label;
};

test("readers that stop reading are given a bounded amount, and keep nothing from the others", async () => {
  const store = await startWatched(testFolder());
  const slow = await Promise.all(upTo(300).map(() => greet(store.origin)));
  for (const { socket } of slow) socket.send(encodeRequest({ type: "follow", id: 900, feed: 0, from: 0 }));
  await askUnread(slow, 200);
  const reader = await greet(store.origin);
  await reader.ask({ type: "follow", feed: 0, from: 0 });
  const growth = await growthDuring(store, async () => {
    const writer = await greet(store.origin);
    const puts = upTo(800).map(() => writer.ask({ type: "put", label: randomLabel(), cell: randomCell() }));
    await Promise.all(puts);
    await reader.received(800);
  });
  // 300 times 200 blocks are 15 GiB.
  expect(growth).toBeLessThan(400 * MiB);
}, 60_000);

test("readers that go away with blocks unread leave no trace of them", async () => {
  const store = await startWatched(testFolder());
  const readers = await Promise.all(upTo(100).map(() => greet(store.origin)));
  const label = await askUnread(readers, 50);
  await expect.poll(() => store.metric("pli_block_answers"), { timeout: 10_000 }).toBe(64);
  for (const { socket } of readers) socket.terminate();
  await expect.poll(() => store.metric("pli_block_answers"), { timeout: 10_000 }).toBe(0);
  const after = await greet(store.origin);
  expect(await after.ask({ type: "getBlock", label })).toMatchObject({ type: "found" });
}, 60_000);

test("floods of blocks hold a bounded amount of memory, and no honest put is refused or lost", async () => {
  const store = await startWatched(testFolder());
  const floods = await Promise.all(upTo(8).map(() => greet(store.origin)));
  const growth = await growthDuring(store, async () => {
    for (const { socket } of floods) {
      for (const id of upTo(60)) {
        socket.send(encodeRequest({ type: "putBlock", id: id + 10, label: randomLabel(), block: randomBlock() }));
      }
    }
    await Promise.all(floods.map((client) => client.ask({ type: "get", label: randomLabel() })));
  });
  expect(growth).toBeLessThan(250 * MiB);
}, 120_000);

test("frames that say they are gigabytes close their connection before they come", async () => {
  const store = await startWatched(testFolder());
  const growth = await growthDuring(store, async () => {
    for (let round = 0; round < 20; round += 1) {
      const sockets = await Promise.all(upTo(20).map(() => upgraded(store)));
      for (const socket of sockets) socket.write(Buffer.concat([GIANT_FRAME, randomBytes(1000)]));
      await Promise.all(sockets.map(over));
    }
  });
  expect(growth).toBeLessThan(100 * MiB);
}, 60_000);

test("a hundred thousand distinct requests for what is not there leave no trace in memory", async () => {
  const store = await startWatched(testFolder());
  const clients = await Promise.all(upTo(4).map(() => greet(store.origin)));
  const growth = await growthDuring(store, async () => {
    for (let round = 0; round < 50; round += 1) {
      const asked = clients.flatMap((client) =>
        upTo(500).map((i) => client.ask({ type: "get", label: randomLabel(i % 2 === 0 ? 0 : 1 + (i % 60_000)) })),
      );
      for (const answer of await Promise.all(asked)) expect(["absent", "error"]).toContain(answer.type);
    }
  });
  expect(growth).toBeLessThan(150 * MiB);
}, 120_000);

test("heads sent a byte at a time are cut off, and whoever asks properly is answered meanwhile", async () => {
  const store = await startWatched(testFolder());
  const sockets = await Promise.all(upTo(300).map(() => raw(store, "GET / HTTP/1.1\r\nX-Slow: ")));
  const dribbling = setInterval(() => {
    for (const socket of sockets) if (!socket.destroyed) socket.write("x");
  }, 500);
  const growth = await growthDuring(store, async () => {
    await Promise.all(sockets.map(over));
  });
  clearInterval(dribbling);
  expect((await fetch(`${store.origin}/livez`)).status).toBe(200);
  expect(growth).toBeLessThan(100 * MiB);
}, 60_000);

test("floods of upgrades, broken or too many, are turned away, and take no honest client's place", async () => {
  const store = await startWatched(testFolder());
  const growth = await growthDuring(store, async () => {
    for (let round = 0; round < 10; round += 1) {
      const broken = brokenUpgrades();
      const sockets = await Promise.all(upTo(200).map((i) => raw(store, broken[i % 4] ?? "")));
      for (const socket of sockets) socket.destroy();
    }
  });
  // One address may have 500; the writer that went on meanwhile is one of them.
  await expect.poll(() => store.metric("pli_connections"), { timeout: 10_000 }).toBe(1);
  const all = await Promise.all(upTo(499).map(() => greet(store.origin)));
  expect(all.length).toBe(499);
  expect(growth).toBeLessThan(100 * MiB);
}, 60_000);

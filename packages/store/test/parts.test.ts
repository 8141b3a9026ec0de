import { encodeRequest, parseAnswer, type Answer, type Label } from "@pli/protocol/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createAddresses, networkOf } from "../src/addresses.ts";
import { createConnection, type Line } from "../src/connection.ts";
import { createFeeds } from "../src/feeds.ts";
import { createFollower, frameFromEntries } from "../src/follower.ts";
import { createGroupCommit } from "../src/group-commit.ts";
import { DEFAULT_LIMITS, type StoreLimits } from "../src/limits.ts";
import { createJsonLog } from "../src/log.ts";
import { createMetrics } from "../src/metrics.ts";
import { createRate } from "../src/rate.ts";
import { openSqliteStorage } from "../src/sqlite/sqlite-storage.ts";
import { createLabelFilter } from "../src/storage/label-filter.ts";
import { StorageError, type Storage } from "../src/storage/storage.ts";
import { randomBlock, randomCell, randomLabel } from "./client.ts";
import { createFakeClock } from "./fakes.ts";
import { testFolder } from "./folder.ts";

const DAY = 20_000;
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await turn();
};
const cellPut = () => ({ kind: "cell" as const, label: randomLabel(), bytes: randomCell() });
const filledStorage = async (cells: number): Promise<Storage> => {
  const storage = openSqliteStorage({ folder: testFolder(), feeds: 1 });
  await storage.commit(Array.from({ length: cells }, cellPut), DAY);
  return storage;
};

describe("a label filter", () => {
  test("holds what it was given, and hardly anything else", () => {
    const filter = createLabelFilter(2000, [12, 34]);
    const labels = Array.from({ length: 2000 }, () => randomLabel());
    for (const label of labels) filter.add(label);
    expect(labels.every((label) => filter.mayHold(label))).toBe(true);
    const wrong = Array.from({ length: 10_000 }, () => randomLabel()).filter((label) => filter.mayHold(label));
    expect(wrong.length).toBeLessThan(150);
  });

  test("is not fooled by labels that differ in one bit", () => {
    const filter = createLabelFilter(256, [5, 6]);
    const label = randomLabel();
    filter.add(label);
    const near = Array.from({ length: 240 }, (_, i) =>
      label.with(2 + (i >> 3), (label[2 + (i >> 3)] ?? 0) ^ (1 << (i & 7))),
    );
    expect(near.filter((other) => filter.mayHold(other as Label)).length).toBeLessThan(10);
  });
});

describe("a rate", () => {
  test("lets a burst pass, then so many a second", () => {
    const clock = createFakeClock();
    const rate = createRate(10, 5, () => clock.steady());
    const taken = () => Array.from({ length: 20 }, () => rate.take(1)).filter(Boolean).length;
    expect(taken()).toBe(5);
    clock.pass(300);
    expect(taken()).toBe(3);
    clock.pass(3_600_000);
    expect(rate.full()).toBe(true);
    expect(taken()).toBe(5);
  });
});

describe("addresses", () => {
  const limits = { connectionsPerAddress: 2, putsPerSecondPerAddress: 1, putBurstPerAddress: 3 };

  test("are counted apart, and freed when connections leave", () => {
    const addresses = createAddresses(limits, () => 0);
    const first = addresses.admit("192.0.2.1");
    expect(addresses.admit("::ffff:192.0.2.1")).toBeDefined();
    expect(addresses.admit("192.0.2.1")).toBeUndefined();
    expect(addresses.admit("192.0.2.2")).toBeDefined();
    first?.leave();
    expect(addresses.admit("192.0.2.1")).toBeDefined();
  });

  test("share one rate between their connections", () => {
    const addresses = createAddresses(limits, () => 0);
    const [first, second] = [addresses.admit("192.0.2.1"), addresses.admit("192.0.2.1")];
    expect([first?.puts.take(2), second?.puts.take(2), second?.puts.take(1)]).toEqual([true, false, true]);
  });

  test("of IPv6 are one per /64", () => {
    expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2");
    expect(networkOf("2001:db8:1:2::9%eth0")).toBe("2001:db8:1:2");
    expect(networkOf("2001:db8::1")).toBe("2001:db8:0:0");
    expect(networkOf("::1")).toBe("0:0:0:0");
    expect(networkOf("192.0.2.1")).toBe("192.0.2.1");
  });
});

describe("group commit", () => {
  const build = (storage: Storage) => {
    const batches: number[] = [];
    const commits = createGroupCommit({
      storage,
      day: () => DAY,
      hasRoom: async () => true,
      committed: (puts) => batches.push(puts),
      failed: () => {},
    });
    return { batches, commits };
  };

  test("stores puts that come together in one commit, in their order", async () => {
    const storage = await filledStorage(0);
    const { batches, commits } = build(storage);
    const results = await Promise.all(Array.from({ length: 100 }, () => commits.put(cellPut())));
    expect(batches).toEqual([100]);
    expect(results.map((result) => result.ok && result.value.position)).toEqual([...results.keys()]);
    await storage.close();
  });

  test("splits what is too much for one, and goes on", async () => {
    const storage = await filledStorage(0);
    const { batches, commits } = build(storage);
    const puts = Array.from({ length: 40 }, () => ({
      kind: "block" as const,
      label: randomLabel(),
      bytes: randomBlock(),
    }));
    const results = await Promise.all(puts.map((put) => commits.put(put)));
    expect(results.every((result) => result.ok)).toBe(true);
    expect(batches).toEqual([16, 16, 8]);
    await storage.close();
  });

  test("refuses what it cannot hold while the disk hangs, and stores the rest", async () => {
    const storage = await filledStorage(0);
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow: Storage = { ...storage, commit: async (puts, day) => gate.then(() => storage.commit(puts, day)) };
    const { commits } = build(slow);
    const block = randomBlock();
    const puts = Array.from({ length: 300 }, () => commits.put({ kind: "block", label: randomLabel(), bytes: block }));
    await turns(3);
    release();
    const results = await Promise.all(puts);
    const refused = results.filter((result) => !result.ok);
    expect(refused.length).toBe(300 - 256);
    expect(refused.every((result) => !result.ok && result.error === "store_busy")).toBe(true);
    await commits.idle();
    await storage.close();
  });

  test("answers a failed commit to each of its puts, and goes on with the next", async () => {
    const storage = await filledStorage(0);
    const errors: unknown[] = [
      new StorageError("store_full", "full"),
      new StorageError("internal", "broken"),
      undefined,
    ];
    const failing: Storage = {
      ...storage,
      commit: async (puts, day) => {
        const error = errors.shift();
        if (error !== undefined) throw error;
        return storage.commit(puts, day);
      },
    };
    const { commits } = build(failing);
    const both = await Promise.all([commits.put(cellPut()), commits.put(cellPut())]);
    expect(both).toEqual([
      { ok: false, error: "store_full" },
      { ok: false, error: "store_full" },
    ]);
    expect(await commits.put(cellPut())).toEqual({ ok: false, error: "internal" });
    expect(await commits.put(cellPut())).toEqual({ ok: true, value: { outcome: "created", position: 0 } });
    await storage.close();
  });
});

/** A line whose other side takes nothing until told to. */
const createFakeLine = () => {
  const sent: Uint8Array[] = [];
  const pending: { size: number; done: () => void }[] = [];
  let paused = false;
  let closedFor: string | undefined;
  const line: Line = {
    send: (frame, done) => {
      sent.push(frame);
      pending.push({ size: frame.length, done });
    },
    buffered: () => pending.reduce((sum, { size }) => sum + size, 0),
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
    },
    close: (reason) => {
      closedFor = reason;
    },
  };
  return {
    line,
    sent,
    paused: () => paused,
    closedFor: () => closedFor,
    /** The other side reads everything, as long as anything comes. */
    drain: async () => {
      await turns(3);
      while (pending.length > 0) {
        for (const { done } of pending.splice(0)) done();
        await turns(3);
      }
    },
  };
};

const answersIn = (sent: readonly Uint8Array[]): Answer[] =>
  sent.map((frame) => {
    const parsed = parseAnswer(frame);
    if (!parsed.ok) throw new Error("bad frame");
    return parsed.value;
  });

describe("a follower", () => {
  const entriesOf = (sent: readonly Uint8Array[]) =>
    answersIn(sent).flatMap((answer) =>
      answer.type === "entries" ? answer.entries.map((_, i) => answer.first + i) : [],
    );

  test("that does not read is sent a bounded amount, then everything in order from the disk", async () => {
    const storage = await filledStorage(1000);
    const { line, sent, drain } = createFakeLine();
    const follower = createFollower({
      storage,
      feed: 0,
      from: 0,
      hasRoom: () => line.buffered() < 512 * 1024,
      send: (frame) => line.send(frame, () => follower.advance()),
      failed: (error) => {
        throw error;
      },
    });
    follower.advance();
    await turns(10);
    expect(line.buffered()).toBeLessThan(1024 * 1024);
    const more = Array.from({ length: 200 }, cellPut);
    const results = await storage.commit(more, DAY);
    const first = results[0]?.position ?? 0;
    follower.push([
      frameFromEntries(
        0,
        first,
        more.slice(0, 64).map(({ label, bytes }) => ({ label, cell: bytes })),
      ),
    ]);
    expect(line.buffered()).toBeLessThan(1024 * 1024);
    await drain();
    expect(entriesOf(sent)).toEqual(Array.from({ length: 1200 }, (_, i) => i));
    expect(follower.behind()).toBe(0);
    await storage.close();
  });

  test("that keeps up is sent the very frame everyone else is", async () => {
    const storage = await filledStorage(0);
    const feeds = createFeeds(1);
    const lines = [createFakeLine(), createFakeLine()];
    for (const { line } of lines) {
      const send = (frame: Uint8Array): void => line.send(frame, () => {});
      feeds.add(0, createFollower({ storage, feed: 0, from: 0, hasRoom: () => true, send, failed: () => {} }));
    }
    const puts = Array.from({ length: 70 }, cellPut);
    storage.listen(feeds.stored);
    await storage.commit(puts, DAY);
    expect(lines[0]?.sent.length).toBe(2);
    expect(lines[0]?.sent[0]).toBe(lines[1]?.sent[0]);
    expect(entriesOf(lines[1]?.sent ?? [])).toEqual(Array.from({ length: 70 }, (_, i) => i));
    await storage.close();
  });

  test("misses nothing and sees nothing twice, whatever the order of commits and readings", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 30 }), async (steps) => {
        const storage = await filledStorage(10);
        const feeds = createFeeds(1);
        const { line, sent, drain } = createFakeLine();
        const follower = createFollower({
          storage,
          feed: 0,
          from: 4,
          hasRoom: () => line.buffered() < 20_000,
          send: (frame) => line.send(frame, () => follower.advance()),
          failed: () => {},
        });
        feeds.add(0, follower);
        storage.listen(feeds.stored);
        follower.advance();
        for (const step of steps) {
          const puts = Array.from({ length: step }, cellPut);
          if (step === 0) await turn();
          else await storage.commit(puts, DAY);
          if (step === 3) await drain();
        }
        await drain();
        const { next } = storage.range(0);
        expect(entriesOf(sent)).toEqual(Array.from({ length: next - 4 }, (_, i) => i + 4));
        await storage.close();
      }),
      { numRuns: 25 },
    );
  });
});

describe("a connection", () => {
  const build = (storage: Storage, limits: Partial<StoreLimits> = {}) => {
    const fake = createFakeLine();
    const clock = createFakeClock();
    const feeds = createFeeds(1);
    storage.listen(feeds.stored);
    const commits = createGroupCommit({
      storage,
      day: () => DAY,
      hasRoom: async () => true,
      committed: () => {},
      failed: () => {},
    });
    const services = {
      storage,
      commits,
      feeds,
      feedCount: 1,
      retentionDays: 30,
      clock,
      metrics: createMetrics(),
      limits: { ...DEFAULT_LIMITS, ...limits },
      software: "test",
      failed: () => {},
    };
    const address = { puts: createRate(1e6, 1e6, () => clock.steady()), leave: () => {} };
    const connection = createConnection(fake.line, services, address);
    connection.received(encodeRequest({ type: "hello", id: 1, minVersion: 1, maxVersion: 1 }));
    return { ...fake, connection };
  };

  test("that asks for much and reads nothing is left waiting, then answered everything", async () => {
    const storage = await filledStorage(0);
    const put = { kind: "block" as const, label: randomLabel(), bytes: randomBlock() };
    await storage.commit([put], DAY);
    const { connection, line, sent, paused, drain } = build(storage);
    for (let id = 2; id < 302; id += 1) connection.received(encodeRequest({ type: "getBlock", id, label: put.label }));
    await turns(20);
    expect(paused()).toBe(true);
    expect(line.buffered()).toBeLessThan(DEFAULT_LIMITS.inFlight * 270_000);
    await drain();
    expect(paused()).toBe(false);
    expect(answersIn(sent).filter(({ type }) => type === "found").length).toBe(300);
    await storage.close();
  });

  test("has at most its number of requests worked on at once", async () => {
    const storage = await filledStorage(0);
    let running = 0;
    let most = 0;
    const counting: Storage = {
      ...storage,
      get: async (label) => {
        running += 1;
        most = Math.max(most, running);
        await turn();
        running -= 1;
        return storage.get(label);
      },
    };
    const { connection, sent, drain } = build(counting, { inFlight: 4 });
    for (let id = 2; id < 42; id += 1) connection.received(encodeRequest({ type: "get", id, label: randomLabel() }));
    await turns(60);
    await drain();
    expect(most).toBe(4);
    expect(answersIn(sent).filter(({ type }) => type === "absent").length).toBe(40);
    await storage.close();
  });
});

describe("the log", () => {
  test("is one JSON object a line, with no time, up to its level", () => {
    const lines: string[] = [];
    const log = createJsonLog("info", (line) => lines.push(line));
    log("info", "started", { port: 1 });
    log("debug", "noise");
    expect(lines).toEqual(['{"level":"info","event":"started","port":1}']);
  });
});

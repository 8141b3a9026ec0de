import { randomBytes } from "node:crypto";
import { CELL_BYTES, encodeRequest, ENTRY_BYTES, type Answer, type Form, type Label } from "@pli/protocol/wire";
import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createAddresses, networkOf } from "../src/addresses.ts";
import { createBlockAnswers } from "../src/block-answers.ts";
import { Connection, type Line } from "../src/connection.ts";
import { createFeeds, type Feeds } from "../src/feeds.ts";
import { Follower } from "../src/follower.ts";
import { createFormChooser } from "../src/forms.ts";
import { createGroupCommit } from "../src/group-commit.ts";
import { DEFAULT_LIMITS, type StoreLimits } from "../src/limits.ts";
import { createJsonLog } from "../src/log.ts";
import { HEAD_ROOM, messageBehindRoom } from "../src/message.ts";
import { createMetrics } from "../src/metrics.ts";
import { createPutQueues } from "../src/put-queues.ts";
import { createRate } from "../src/rate.ts";
import { createRoomCheck } from "../src/room.ts";
import { openSqliteStorage } from "../src/sqlite/sqlite-storage.ts";
import { createLabelFilter } from "../src/storage/label-filter.ts";
import { StorageError, type Put, type Storage } from "../src/storage/storage.ts";
import { createTurns } from "../src/turns.ts";
import { answerIn, randomBlock, randomCell, randomLabel } from "./client.ts";
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
  const limits = { ...DEFAULT_LIMITS, connectionsPerAddress: 2, putsPerSecondPerAddress: 1, putBurstPerAddress: 3 };

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

describe("the check for room", () => {
  const build = (free: number) => {
    const disk = { free, asked: 0 };
    const clock = createFakeClock();
    const lines: string[] = [];
    const freeBytes = async (): Promise<number> => {
      disk.asked += 1;
      return disk.free;
    };
    const log = (_level: string, code: string): void => void lines.push(code);
    return { disk, clock, lines, hasRoom: createRoomCheck({ storage: { freeBytes }, clock, minFreeBytes: 1000, log }) };
  };

  test("asks the disk once a second, and says when it is full and when it is not", async () => {
    const { disk, clock, lines, hasRoom } = build(1_000_000);
    for (let i = 0; i < 10; i += 1) expect(await hasRoom(10)).toBe(true);
    expect(disk.asked).toBe(1);
    disk.free = 999;
    clock.pass(1000);
    for (let i = 0; i < 10; i += 1) expect(await hasRoom(10)).toBe(false);
    expect(disk.asked).toBe(2);
    disk.free = 1000;
    clock.pass(1000);
    expect(await hasRoom(10)).toBe(true);
    expect(lines).toEqual(["store_full", "store_has_room"]);
  });

  test("stops before the disk is full however much is put in a second, even if each byte takes four", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 250 }), { minLength: 300, maxLength: 300 }),
        async (sizes) => {
          const { disk, hasRoom } = build(20_000);
          for (const size of sizes) if (await hasRoom(size)) disk.free -= 4 * size;
          expect(disk.free).toBeGreaterThanOrEqual(0);
          expect(disk.free).toBeLessThan(1000);
          expect(disk.asked).toBeLessThan(100);
        },
      ),
    );
  });
});

describe("group commit", () => {
  const source = {};
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
    const results = await Promise.all(Array.from({ length: 100 }, () => commits.put(cellPut(), source)));
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
    const results = await Promise.all(puts.map((put) => commits.put(put, source)));
    expect(results.every((result) => result.ok)).toBe(true);
    expect(batches).toEqual(Array(10).fill(4));
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
    const puts = Array.from({ length: 300 }, () =>
      commits.put({ kind: "block", label: randomLabel(), bytes: block }, source),
    );
    await turns(3);
    release();
    const results = await Promise.all(puts);
    const refused = results.filter((result) => !result.ok);
    expect(refused.length).toBe(300 - 192);
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
    const both = await Promise.all([commits.put(cellPut(), source), commits.put(cellPut(), source)]);
    expect(both).toEqual([
      { ok: false, error: "store_full" },
      { ok: false, error: "store_full" },
    ]);
    expect(await commits.put(cellPut(), source)).toEqual({ ok: false, error: "internal" });
    expect(await commits.put(cellPut(), source)).toEqual({ ok: true, value: { outcome: "created", position: 0 } });
    await storage.close();
  });
});

/** A line whose other side takes nothing until told to. */
const createFakeLine = () => {
  const sent: Uint8Array[] = [];
  const leaving: (() => void)[] = [];
  let pending = 0;
  let paused = false;
  let closedFor: string | undefined;
  const line: Line = {
    send: (message, left) => {
      sent.push(message);
      pending += message.length;
      if (left !== undefined) leaving.push(left);
    },
    hasRoom: () => pending < 512 * 1024,
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
    pending: () => pending,
    paused: () => paused,
    closedFor: () => closedFor,
    /** The other side reads everything, as long as anything comes. */
    drain: async (drained: () => void) => {
      await turns(3);
      while (pending > 0) {
        pending = 0;
        for (const left of leaving.splice(0)) left();
        drained();
        await turns(3);
      }
    },
  };
};

const answersIn = (sent: readonly Uint8Array[]): Answer[] => sent.map(answerIn);

const feedsOn = (storage: Storage, form: () => Form = () => "full"): Feeds => {
  const feeds = createFeeds({
    count: 1,
    storage,
    formOf: form,
    failed: (error) => {
      throw error;
    },
  });
  storage.listen(feeds.stored);
  return feeds;
};
const commitCells = (storage: Storage, count: number) => storage.commit(Array.from({ length: count }, cellPut), DAY);

describe("a follower", () => {
  const positionsIn = (sent: readonly Uint8Array[]) =>
    answersIn(sent).flatMap((answer) => {
      if (answer.type === "entries") return answer.entries.map((_, i) => answer.first + i);
      return answer.type === "tags" ? answer.tags.map((_, i) => answer.first + i) : [];
    });
  const upTo = (end: number, from = 0) => Array.from({ length: end - from }, (_, i) => i + from);
  const followOn = (feeds: Feeds, from: number, room = Infinity) => {
    const fake = createFakeLine();
    const line = { send: fake.line.send, hasRoom: () => fake.pending() < room };
    const follower = new Follower(feeds.feed(0), line, from);
    feeds.feed(0).add(follower);
    follower.advance();
    return { ...fake, follower, drain: () => fake.drain(() => follower.advance()) };
  };

  test("that does not read is sent a bounded amount, then everything in order", async () => {
    const storage = await filledStorage(1000);
    const feeds = feedsOn(storage);
    const { pending, sent, follower, drain } = followOn(feeds, 0, 512 * 1024);
    await turns(10);
    expect(pending()).toBeLessThan(1024 * 1024);
    for (let i = 0; i < 4; i += 1) await commitCells(storage, 200);
    expect(pending()).toBeLessThan(1024 * 1024);
    await drain();
    expect(positionsIn(sent)).toEqual(upTo(1800));
    expect(follower.behind()).toBe(0);
    await storage.close();
  });

  test("that keeps up is sent the very message everyone else is", async () => {
    const storage = await filledStorage(0);
    const feeds = feedsOn(storage);
    const [one, other] = [followOn(feeds, 0), followOn(feeds, 0)];
    await commitCells(storage, 70);
    expect(one.sent.length).toBe(2);
    expect(one.sent[0]).toBe(other.sent[0]);
    expect(one.sent[1]).toBe(other.sent[1]);
    expect(positionsIn(other.sent)).toEqual(upTo(70));
    await storage.close();
  });

  test("among very many is given all there is when its turn comes", async () => {
    const storage = await filledStorage(0);
    const feeds = feedsOn(storage, () => "tags");
    const many = Array.from({ length: 1000 }, () => followOn(feeds, 0));
    for (let i = 0; i < 5; i += 1) await commitCells(storage, 3);
    await turns(10);
    for (const { sent } of many) expect(positionsIn(sent)).toEqual(upTo(15));
    expect(many.at(-1)?.sent.length).toBeLessThan(5);
    await storage.close();
  });

  test("that leaves while news goes round keeps it from nobody", async () => {
    const storage = await filledStorage(0);
    const feeds = feedsOn(storage, () => "tags");
    const many = Array.from({ length: 700 }, () => followOn(feeds, 0));
    await commitCells(storage, 2);
    for (const { follower } of many.splice(0, 400)) feeds.feed(0).remove(follower);
    await turns(5);
    for (const { sent } of many) expect(positionsIn(sent)).toEqual(upTo(2));
    await storage.close();
  });

  test("reads the storage together with all who ask for the same place", async () => {
    const storage = await filledStorage(10);
    let reads = 0;
    const counting: Storage = {
      ...storage,
      read: async (...args) => {
        reads += 1;
        await turn();
        return storage.read(...args);
      },
    };
    const feeds = feedsOn(counting);
    const many = Array.from({ length: 50 }, () => followOn(feeds, 0));
    await turns(5);
    for (const { sent } of many) expect(positionsIn(sent)).toEqual(upTo(10));
    expect(reads).toBe(1);
    await storage.close();
  });

  test("misses nothing and sees nothing twice, whatever the order of commits, readings and changes of form", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 30 }), async (steps) => {
        const storage = await filledStorage(10);
        let form: Form = "full";
        const feeds = feedsOn(storage, () => form);
        const { sent, drain } = followOn(feeds, 4, 20_000);
        for (const step of steps) {
          if (step === 5) form = form === "full" ? "tags" : "full";
          else if (step === 4) await commitCells(storage, 600);
          else if (step === 0) await turn();
          else await commitCells(storage, step);
          if (step === 3) await drain();
        }
        await drain();
        const { next } = storage.range(0);
        expect(positionsIn(sent)).toEqual(upTo(next, 4));
        await storage.close();
      }),
      { numRuns: propertyRuns(25) },
    );
  });
});

describe("a connection", () => {
  const build = (storage: Storage, limits: Partial<StoreLimits> = {}) => {
    const fake = createFakeLine();
    const clock = createFakeClock();
    const feeds = feedsOn(storage);
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
      blocks: createBlockAnswers(storage),
      feeds,
      feedCount: 1,
      retentionDays: 30,
      clock,
      metrics: createMetrics(),
      limits: { ...DEFAULT_LIMITS, ...limits },
      software: "test",
      failed: () => {},
    };
    const most = { ...DEFAULT_LIMITS, putsPerSecondPerAddress: 1e6, putBurstPerAddress: 1e6 };
    const address = createAddresses(most, () => clock.steady()).admit("192.0.2.1");
    if (address === undefined) throw new Error("the first was turned away");
    const connection = new Connection(fake.line, services, address);
    connection.received(encodeRequest({ type: "hello", id: 1, minVersion: 1, maxVersion: 1 }));
    return { ...fake, connection, blocks: services.blocks, drain: () => fake.drain(() => connection.drained()) };
  };

  test("that asks for much and reads nothing is left waiting, then answered everything", async () => {
    const storage = await filledStorage(0);
    const put = { kind: "block" as const, label: randomLabel(), bytes: randomBlock() };
    await storage.commit([put], DAY);
    const { connection, pending, sent, paused, drain } = build(storage);
    for (let id = 2; id < 302; id += 1) connection.received(encodeRequest({ type: "getBlock", id, label: put.label }));
    await turns(20);
    expect(paused()).toBe(true);
    expect(pending()).toBeLessThan(3 * 270_000);
    await drain();
    expect(paused()).toBe(false);
    expect(answersIn(sent).filter(({ type }) => type === "found").length).toBe(300);
    await storage.close();
  });

  test("that closes before its blocks have left gives up their place", async () => {
    const storage = await filledStorage(0);
    const put = { kind: "block" as const, label: randomLabel(), bytes: randomBlock() };
    await storage.commit([put], DAY);
    const { connection, blocks } = build(storage);
    for (let id = 2; id < 5; id += 1) connection.received(encodeRequest({ type: "getBlock", id, label: put.label }));
    connection.closed();
    await turns(5);
    expect(blocks.taken()).toBe(0);
    await storage.close();
  });

  test("that was told that it puts too much is not listened to for a while, and then answered", async () => {
    const storage = await filledStorage(0);
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const { connection, sent, paused } = build(storage, { putsPerSecond: 1, putBurst: 1 });
    const put = (id: number): void =>
      connection.received(encodeRequest({ type: "put", id, label: randomLabel(), cell: randomCell() }));
    for (let id = 2; id < 6; id += 1) put(id);
    await turns(5);
    expect(answersIn(sent).map(({ type }) => type)).toEqual(["welcome", "error", "stored"]);
    expect(paused()).toBe(true);
    vi.runAllTimers();
    await turns(5);
    expect(answersIn(sent).slice(3)).toMatchObject([{ code: "too_many_requests" }, { code: "too_many_requests" }]);
    expect(paused()).toBe(false);
    await storage.close();
  });

  test("that writes faster than the disk is read no further, until its puts are answered", async () => {
    const storage = await filledStorage(0);
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow: Storage = { ...storage, commit: async (puts, day) => gate.then(() => storage.commit(puts, day)) };
    const { connection, sent, paused, drain } = build(slow);
    const puts = Array.from({ length: 40 }, (_, i) =>
      encodeRequest({ type: "putBlock", id: i + 2, label: randomLabel(), block: randomBlock() }),
    );
    for (const frame of puts) connection.received(frame);
    await turns(5);
    expect(paused()).toBe(true);
    release();
    await drain();
    expect(paused()).toBe(false);
    expect(answersIn(sent).filter(({ type }) => type === "stored").length).toBe(40);
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

describe("a message", () => {
  test.each([
    [0, "8200"],
    [125, "827d"],
    [126, "827e007e"],
    [65_535, "827effff"],
    [65_536, "827f0000000000010000"],
    [262_181, "827f0000000000040025"],
  ])("of %i bytes has the head that RFC 6455 says, and its payload behind it", (size, head) => {
    const bytes = new Uint8Array(randomBytes(HEAD_ROOM + size));
    const payload = bytes.slice(HEAD_ROOM);
    const message = messageBehindRoom(bytes);
    expect(Buffer.from(message.subarray(0, -size || undefined)).toString("hex")).toBe(head);
    expect(Buffer.compare(message.subarray(message.length - size), payload)).toBe(0);
  });
});

describe("answers with blocks", () => {
  const label = randomLabel();
  const block = randomBlock();

  test("are two for each who asks, one when there are many, and never more than the most", async () => {
    const blocks = createBlockAnswers({ getBlock: async () => block });
    const anybody = createTurns(Infinity);
    expect([0, 1, 2].map((own) => blocks.wantsMore(own))).toEqual([true, true, false]);
    await Promise.all(Array.from({ length: 256 }, () => blocks.get(label, anybody)));
    expect([0, 1, 2].map((own) => blocks.wantsMore(own))).toEqual([true, false, false]);
    let given = 0;
    const more = Array.from({ length: 2000 }, () => blocks.get(label, anybody).then(() => (given += 1)));
    await turns(3);
    expect([given, blocks.taken()]).toEqual([2048 - 256, 2048]);
    for (let i = 0; i < 2256; i += 1) blocks.left(anybody);
    await Promise.all(more);
    expect(blocks.taken()).toBe(0);
  });
});

describe("turns", () => {
  test("are so many at once, in the order they were asked for, whatever fails", async () => {
    const turnsOf2 = createTurns(2);
    const [running, done]: [number[], number[]] = [[], []];
    let most = 0;
    const work = (i: number) =>
      turnsOf2.run(async () => {
        running.push(i);
        most = Math.max(most, running.length - done.length);
        await turn();
        done.push(i);
        if (i % 3 === 0) throw new Error("failed");
      });
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => work(i)));
    expect(results.filter(({ status }) => status === "rejected")).toHaveLength(7);
    expect(running).toEqual([...Array(20).keys()]);
    expect([most, turnsOf2.taken()]).toEqual([2, 0]);
  });
});

describe("puts that wait", () => {
  const waiting = (kind: "cell" | "block", name: string) => ({
    name,
    put: (kind === "cell" ? cellPut() : { kind, label: randomLabel(), bytes: randomBlock() }) as Put,
  });
  const [flood, quiet, other] = [{}, {}, {}];

  test("are taken from each source in turn, each source's in its order", () => {
    const queues = createPutQueues<{ name: string; put: Put }>();
    for (let i = 0; i < 10; i += 1) queues.add(flood, waiting("cell", `flood ${i}`));
    queues.add(quiet, waiting("cell", "quiet 0"));
    queues.add(other, waiting("cell", "other 0"));
    queues.add(quiet, waiting("cell", "quiet 1"));
    const names = (bytes: number) => queues.take(bytes).map(({ name }) => name);
    expect(names(4 * CELL_BYTES)).toEqual(["flood 0", "quiet 0", "other 0", "flood 1"]);
    expect(names(2 * CELL_BYTES)).toEqual(["quiet 1", "flood 2"]);
    expect(names(100 * CELL_BYTES)).toEqual(Array.from({ length: 7 }, (_, i) => `flood ${i + 3}`));
    expect(queues.size()).toBe(0);
    expect(names(CELL_BYTES)).toEqual([]);
  });

  test("of blocks are four in a batch at most, and keep no cell waiting behind them", () => {
    const queues = createPutQueues<{ name: string; put: Put }>();
    const floods = Array.from({ length: 6 }, () => ({}));
    for (const source of floods) for (let i = 0; i < 2; i += 1) queues.add(source, waiting("block", "block"));
    for (let i = 0; i < 20; i += 1) queues.add(quiet, waiting("cell", "cell"));
    const batch = () => queues.take(4 * 1024 * 1024).map(({ name }) => name);
    const [first, second, third] = [batch(), batch(), batch()];
    expect(first.filter((name) => name === "block")).toHaveLength(4);
    expect(first.filter((name) => name === "cell")).toHaveLength(20);
    expect([second, third].map(({ length }) => length)).toEqual([4, 4]);
  });

  test("larger than a batch are taken all the same, one at a time", () => {
    const queues = createPutQueues<{ name: string; put: Put }>();
    for (const name of ["first", "second"]) queues.add(flood, waiting("block", name));
    queues.add(flood, waiting("cell", "cell"));
    expect(queues.take(CELL_BYTES).map(({ name }) => name)).toEqual(["first"]);
    expect(queues.take(CELL_BYTES).map(({ name }) => name)).toEqual(["second", "cell"]);
  });

  test("of one source are its share at most, and of all a bounded amount that blocks cannot use up", () => {
    const queues = createPutQueues<{ name: string; put: Put }>();
    for (let i = 0; i < 4; i += 1) {
      expect(queues.wantsMore(flood)).toBe(true);
      queues.add(flood, waiting("block", "block"));
    }
    expect(queues.wantsMore(flood)).toBe(false);
    expect(queues.wantsMore(quiet)).toBe(true);
    let added = 4;
    while (queues.add({}, waiting("block", "block"))) added += 1;
    expect(added).toBe(192);
    for (let i = 0; i < 8; i += 1) {
      expect(queues.wantsMore(quiet)).toBe(true);
      queues.add(quiet, waiting("cell", "cell"));
    }
    expect(queues.wantsMore(quiet)).toBe(false);
    expect(queues.wantsMore(other)).toBe(true);
    expect(queues.add(other, waiting("cell", "cell"))).toBe(true);
  });
});

describe("the form of a feed", () => {
  const build = (storage: Storage, cells: number) => {
    let day = DAY;
    const formOf = createFormChooser({ storage, day: () => day, budgetBytes: cells * ENTRY_BYTES.full });
    return {
      form: () => formOf(0),
      pass: (days: number) => {
        day += days;
      },
      commit: async (count: number) => storage.commit(Array.from({ length: count }, cellPut), day),
    };
  };

  test("is full while a day fits the budget, tags from there on until midnight after a day that fits", async () => {
    const storage = await filledStorage(0);
    const feed = build(storage, 10);
    await feed.commit(10);
    expect(feed.form()).toBe("full");
    await feed.commit(1);
    expect(feed.form()).toBe("tags");
    feed.pass(1);
    expect(feed.form()).toBe("tags");
    await feed.commit(3);
    feed.pass(1);
    expect(feed.form()).toBe("full");
    await storage.close();
  });

  test("is the same after a restart", async () => {
    const storage = await filledStorage(0);
    await build(storage, 10).commit(11);
    expect(build(storage, 10).form()).toBe("tags");
    const next = build(storage, 10);
    next.pass(1);
    expect(next.form()).toBe("tags");
    next.pass(1);
    expect(next.form()).toBe("full");
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

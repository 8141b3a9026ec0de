import { encodeRequest } from "@pli/protocol/wire";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createMetrics } from "../../src/base/metrics.ts";
import { createBlockAnswers } from "../../src/core/block-answers.ts";
import { createGroupCommit } from "../../src/core/group-commit.ts";
import { createAddresses } from "../../src/faces/admission/addresses.ts";
import { DEFAULT_LIMITS, type StoreLimits } from "../../src/faces/admission/limits.ts";
import { Connection } from "../../src/faces/websocket/connection.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { DAY, filledStorage, heldBack } from "../lib/cells.ts";
import { randomBlock, randomCell, randomLabel } from "../lib/client.ts";
import { turn, turns } from "../lib/event-loop.ts";
import { answersIn, createFakeLine } from "../lib/fake-line.ts";
import { createFakeClock } from "../lib/fakes.ts";
import { feedsOn } from "../lib/feeds.ts";

describe("a connection", () => {
  const build = (storage: Storage, limits: Partial<StoreLimits> = {}) => {
    const fake = createFakeLine();
    const clock = createFakeClock();
    const feeds = feedsOn(storage);
    const commits = createGroupCommit({
      storage,
      day: () => DAY,
      hasSpace: async () => true,
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
    expect(blocks.held()).toBe(0);
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
    const { held, release } = heldBack(storage);
    const { connection, sent, paused, drain } = build(held);
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

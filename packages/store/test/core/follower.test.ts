import type { Form } from "@pli/protocol/wire";
import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Feeds } from "../../src/core/feeds.ts";
import { Follower } from "../../src/core/follower.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { commitCells, filledStorage } from "../lib/cells.ts";
import { turn, turns } from "../lib/event-loop.ts";
import { answersIn, createFakeLine } from "../lib/fake-line.ts";
import { feedsOn } from "../lib/feeds.ts";

describe("a follower", () => {
  const positionsIn = (sent: readonly Uint8Array[]) =>
    answersIn(sent).flatMap((answer) => {
      if (answer.type === "entries") return answer.entries.map((_, i) => answer.first + i);
      return answer.type === "tags" ? answer.tags.map((_, i) => answer.first + i) : [];
    });
  const upTo = (end: number, from = 0) => Array.from({ length: end - from }, (_, i) => i + from);
  const followOn = (feeds: Feeds, from: number, room = Infinity) => {
    const fake = createFakeLine();
    const line = { send: fake.line.send, isWritable: () => fake.pending() < room };
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

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createNotifier } from "../src/ui/shell/notifications/notifier.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** `waits` says how much of a source waits, unless that is as much as came. */
function setUp() {
  const shown: string[] = [];
  const asked: string[] = [];
  const waits = new Map<string, number>();
  const notifier = createNotifier({
    waiting: async (source) => {
      asked.push(source);
      return waits.get(source) ?? Infinity;
    },
    show: async ({ count, sources, aloud }) =>
      void shown.push(`${count} of ${sources.join(" ")}${aloud ? "" : ", quietly"}`),
    close: async () => void shown.push("closed"),
    later(ms, work) {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
  });
  const come = (source: string, count = 1): void => {
    for (let i = 0; i < count; i++) notifier.arrived(source);
  };
  const reads = (source: string, left = 0): void => {
    waits.set(source, left);
    notifier.look();
  };
  return { notifier, come, reads, waits, shown, asked };
}

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("each message after the last that was counted calls", async () => {
  const { come, shown } = setUp();
  come("bob");
  await wait(20_000);
  come("bob");
  await wait(20_000);
  come("bob");
  await wait(20_000);
  expect(shown).toEqual(["1 of bob", "2 of bob", "3 of bob"]);
});

test("five hundred messages of one contact are one notification that counts", async () => {
  const { come, shown, asked } = setUp();
  come("mallory", 500);
  await wait(0);
  come("mallory", 500);
  await wait(60_000);
  expect(shown).toEqual(["500 of mallory", "1000 of mallory"]);
  expect(asked).toHaveLength(2);
});

test("a source that keeps writing calls more and more rarely, and delays no other source", async () => {
  const { come, shown } = setUp();
  for (let second = 0; second < 3_600; second++) {
    come("mallory");
    await wait(1_000);
  }
  expect(shown.length).toBeLessThan(20);
  const before = shown.length;
  come("bob");
  await wait(5_000);
  expect(shown.slice(before)).toEqual(["3601 of mallory bob"]);
});

test("read messages are not counted any more, and a notification of which nothing waits is closed", async () => {
  const { come, reads, shown } = setUp();
  come("bob", 3);
  come("ana", 2);
  await wait(10_000);
  reads("bob");
  await wait(0);
  reads("ana");
  await wait(0);
  expect(shown).toEqual(["5 of bob ana", "2 of ana, quietly", "closed"]);
});

test("after somebody has looked, the next message calls at once", async () => {
  const { come, reads, waits, shown } = setUp();
  for (let i = 0; i < 10; i++) {
    come("bob");
    await wait(60_000);
  }
  reads("bob");
  await wait(1_000);
  waits.clear();
  const before = shown.length;
  come("bob");
  await wait(0);
  expect(shown.slice(before)).toEqual(["1 of bob"]);
});

test("conversations in sight, muted or blocked are not counted, and do not hide the messages of others", async () => {
  const { come, waits, shown } = setUp();
  waits.set("mallory", 0);
  come("mallory", 500);
  await wait(0);
  come("bob");
  await wait(10_000);
  expect(shown).toEqual(["1 of bob"]);
});

test("a look between two calls takes nothing from the next call", async () => {
  const { notifier, come, shown } = setUp();
  come("bob");
  await wait(0);
  come("ana");
  notifier.look();
  await wait(10_000);
  expect(shown).toEqual(["1 of bob", "2 of bob ana"]);
});

test("nothing is shown once it is stopped", async () => {
  const { notifier, come, shown } = setUp();
  come("bob");
  await wait(0);
  come("bob", 3);
  notifier.stop();
  await wait(60_000);
  expect(shown).toEqual(["1 of bob"]);
});

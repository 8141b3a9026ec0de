import { type Answer, type Cell, encodeRequest, type Label, parseAnswer, type Request } from "@pli/protocol/wire";
import { describe, expect, test } from "vitest";
import { createFakeClock, type FakeClock, MemoryStore } from "../src/index.ts";

const label = (n: number): Label => new Uint8Array(32).fill(n, 2) as Label;
const cell = (n: number): Cell => new Uint8Array(4096).fill(n) as Cell;

/** A client that keeps all that it receives. */
async function client(
  store: MemoryStore,
  clock: FakeClock,
): Promise<{ heard: (Answer | string)[]; ask: (request: Request) => Promise<void> }> {
  const heard: (Answer | string)[] = [];
  const socket = store.dial("ws://127.0.0.1:7540/v1", "pli.v1", {
    opened: () => heard.push("opened"),
    closed: () => heard.push("closed"),
    received: (frame) => {
      const answer = parseAnswer(frame);
      heard.push(answer.ok ? answer.value : answer.error);
    },
  });
  const ask = async (request: Request): Promise<void> => {
    socket.send(encodeRequest(request));
    await clock.advance(0);
  };
  await clock.advance(0);
  return { heard, ask };
}

async function world(): Promise<{ clock: FakeClock; store: MemoryStore } & Awaited<ReturnType<typeof client>>> {
  const clock = createFakeClock();
  const store = new MemoryStore({ clock });
  const made = await client(store, clock);
  await made.ask({ type: "hello", id: 1, minVersion: 1, maxVersion: 1 });
  made.heard.length = 0;
  return { clock, store, ...made };
}

const put = (id: number, n = id): Request => ({ type: "put", id, label: label(n), cell: cell(n) });

describe("a store in memory", () => {
  test("greets with its clock and identity", async () => {
    const clock = createFakeClock();
    const store = new MemoryStore({ clock });
    store.knobs.clockAhead = 7200;
    const { heard, ask } = await client(store, clock);
    await ask({ type: "hello", id: 5, minVersion: 1, maxVersion: 3 });
    expect(heard).toMatchObject(["opened", { type: "welcome", id: 5, now: clock.now() / 1000 + 7200 }]);
  });

  test("stores once per label, and says created again for the same bytes", async () => {
    const { heard, ask } = await world();
    await ask(put(2));
    await ask(put(3, 2));
    await ask({ type: "put", id: 4, label: label(2), cell: cell(9) });
    expect(heard).toMatchObject([{ outcome: "created" }, { outcome: "created" }, { outcome: "taken" }]);
  });

  test("sends what came before, then what comes", async () => {
    const { store, clock, heard, ask } = await world();
    for (let n = 1; n <= 70; n++) await ask(put(n));
    heard.length = 0;
    await ask({ type: "follow", id: 200, feed: 0, from: 3 });
    const other = await client(store, clock);
    await other.ask({ type: "hello", id: 1, minVersion: 1, maxVersion: 1 });
    await other.ask(put(100));
    expect(heard.map((answer) => (answer as Extract<Answer, { type: "entries" }>).first)).toEqual([
      undefined,
      3,
      67,
      70,
    ]);
    expect(heard[0]).toMatchObject({ type: "following", oldest: 0, next: 70 });
  });

  test("a replaced store refuses a position it never reached", async () => {
    const { store, clock, heard, ask } = await world();
    await ask(put(2));
    const before = store.storeId;
    store.replace();
    await clock.advance(0);
    expect(heard.at(-1)).toBe("closed");
    expect(store.storeId).not.toEqual(before);
    const again = await client(store, clock);
    await again.ask({ type: "hello", id: 1, minVersion: 1, maxVersion: 1 });
    await again.ask({ type: "follow", id: 2, feed: 0, from: 1 });
    expect(again.heard.at(-1)).toMatchObject({ type: "error", code: "position_beyond" });
  });

  test("a restored store has what the copy has at its positions, under another id, and forgets what came since", async () => {
    const { store, clock, ask } = await world();
    await ask(put(2));
    const [copy, before] = [store.table.copy(), store.storeId];
    await ask(put(3));
    store.restore(copy);
    await clock.advance(0);
    expect(store.storeId).not.toEqual(before);
    expect(store.entries()).toMatchObject([{ label: label(2) }]);
    const again = await client(store, clock);
    await again.ask({ type: "hello", id: 1, minVersion: 1, maxVersion: 1 });
    await again.ask({ type: "get", id: 2, label: label(3) });
    await again.ask({ type: "follow", id: 3, feed: 0, from: 0 });
    expect(again.heard.slice(-3)).toMatchObject([
      { type: "absent" },
      { oldest: 0, next: 1 },
      { type: "entries", first: 0 },
    ]);
  });

  test("a store that was rolled back has the id it had, takes another cell where one was, and leaves the copy alone", async () => {
    const { store, clock, heard, ask } = await world();
    await ask(put(2));
    const [copy, before] = [store.table.copy(), store.storeId];
    await ask(put(3));
    store.rollBack(copy);
    await clock.advance(0);
    expect(heard.at(-1)).toBe("closed");
    expect(store.storeId).toEqual(before);
    const again = await client(store, clock);
    await again.ask({ type: "hello", id: 1, minVersion: 1, maxVersion: 1 });
    await again.ask({ type: "put", id: 2, label: label(3), cell: cell(9) });
    expect(again.heard.at(-1)).toMatchObject({ outcome: "created" });
    expect(store.next()).toBe(2);
    expect(copy.range(0)).toEqual({ oldest: 0, next: 1 });
  });

  test("retention empties the table and moves the oldest position", async () => {
    const { store, heard, ask } = await world();
    for (let n = 1; n <= 5; n++) await ask(put(n));
    store.expireBefore(3);
    heard.length = 0;
    await ask({ type: "get", id: 10, label: label(1) });
    await ask({ type: "follow", id: 11, feed: 0, from: 0 });
    expect(heard).toMatchObject([{ type: "absent" }, { oldest: 3, next: 5 }, { type: "entries", first: 3 }]);
  });

  test("full, lost answers, lost puts and cuts do what they say", async () => {
    const { store, heard, ask } = await world();
    store.knobs.refusePuts = "store_full";
    await ask(put(2));
    expect(heard).toMatchObject([{ type: "error", id: 2, code: "store_full" }]);
    store.knobs.refusePuts = undefined;
    store.knobs.loseAnswers = 1;
    await ask(put(3));
    store.knobs.losePuts = 1;
    await ask(put(4));
    expect(heard).toHaveLength(1);
    expect(store.next()).toBe(1);
    store.knobs.cutAfterPuts = 1;
    await ask(put(5));
    expect(store.next()).toBe(2);
    expect(heard.at(-1)).toBe("closed");
  });

  test("a lying store gives other bytes", async () => {
    const { store, heard, ask } = await world();
    await ask(put(2));
    store.knobs.lying = true;
    await ask({ type: "get", id: 3, label: label(2) });
    expect(heard.at(-1)).toMatchObject({ type: "found", bytes: cell(2 ^ 0x55) });
  });

  test("a slow store answers by the clock, in order", async () => {
    const { store, clock, heard, ask } = await world();
    store.knobs.delayMs = 1000;
    await ask(put(2));
    store.knobs.delayMs = 0;
    await ask(put(3));
    expect(heard).toEqual([]);
    await clock.advance(999);
    expect(heard).toEqual([]);
    await clock.advance(1);
    expect(heard).toMatchObject([{ id: 2 }, { id: 3 }]);
  });

  test("a store that is down closes without opening", async () => {
    const { store, clock } = await world();
    store.takeDown();
    expect((await client(store, clock)).heard).toEqual(["closed"]);
    store.bringUp();
    expect((await client(store, clock)).heard).toEqual(["opened"]);
  });
});

import { labelKey, type Cell, type Label } from "@pli/protocol/wire";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { ENGINES } from "../src/index.ts";
import { greet, randomCell, randomLabel, type Client } from "./lib/client.ts";
import { testFolder } from "./lib/folder.ts";
import { startWatched, type WatchedStore } from "./lib/watched.ts";

const RESTARTS = 10;
const WRITERS = 16;

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/**
 * Behaves as a client: it connects again whenever the line breaks, and puts the same bytes until
 * they are stored.
 */
const createWriter = (origin: () => string) => {
  let client: Client | undefined;
  const line = async (): Promise<Client> => {
    client ??= await greet(origin());
    return client;
  };
  const tryOnce = async (label: Label, cell: Cell): Promise<boolean> => {
    try {
      const answer = await (await line()).ask({ type: "put", label, cell });
      if (answer.type === "stored") expect(answer.outcome).toBe("created");
      else expect(answer).toMatchObject({ type: "error", code: "shutting_down" });
      return answer.type === "stored";
    } catch (error) {
      if (error instanceof Error && error.name === "AssertionError") throw error;
      client = undefined;
      return false;
    }
  };
  return async (label: Label, cell: Cell): Promise<void> => {
    while (!(await tryOnce(label, cell))) await pause(10);
  };
};

test.each(ENGINES)(
  `a store of %s under load, told to stop and started again ${RESTARTS} times, fails no put of a client that tries again, and loses none`,
  async (engine) => {
    const data = testFolder();
    let store: WatchedStore = await startWatched(data, { engine });
    const { port, origin } = store;
    const stored = new Map<string, Cell>();
    let over = false;
    onTestFinished(() => {
      over = true;
    });
    const writing = Array.from({ length: WRITERS }, async () => {
      const put = createWriter(() => origin);
      while (!over) {
        const [label, cell] = [randomLabel(), randomCell()];
        await put(label, cell);
        stored.set(labelKey(label), cell);
      }
    });
    for (let restart = 0; restart < RESTARTS; restart += 1) {
      const before = stored.size;
      await expect.poll(() => stored.size, { timeout: 20_000 }).toBeGreaterThan(before + 50);
      store.child.kill("SIGTERM");
      expect(await once(store.child, "exit")).toEqual([0, null]);
      store = await startWatched(data, { port, engine });
    }
    over = true;
    await Promise.all(writing);
    const reader = await greet(origin);
    for (const [key, cell] of stored) {
      const label = Uint8Array.from(key, (char) => char.charCodeAt(0)) as Label;
      const answer = await reader.ask({ type: "get", label });
      expect(answer.type === "found" && Buffer.compare(answer.bytes, cell)).toBe(0);
    }
    const following = await reader.ask({ type: "follow", feed: 0, from: 0 });
    expect(following).toMatchObject({ next: stored.size });
  },
  180_000,
);

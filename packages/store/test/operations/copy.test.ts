import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { copyStorage } from "../../src/operations/copy/copy.ts";
import { beginningOf } from "../../src/operations/copy/source.ts";
import { openJetStreamStorage } from "../../src/engines/jetstream/jetstream-storage.ts";
import { openStorage, type EngineName } from "../../src/engines/open-storage.ts";
import type { Beginning, Put, Storage } from "../../src/storage/storage.ts";
import { randomBlock, randomCell, randomLabel } from "../lib/client.ts";
import { clusterForTests } from "../cluster/for-tests.ts";
import { testFolder } from "../lib/folder.ts";

const MAIN = join(import.meta.dirname, "../../../../apps/server/bin/pli-server.mjs");
const DAY = 20_000;
const FEEDS = 2;
const cellPut = (feed: number): Put => ({ kind: "cell", label: randomLabel(feed), bytes: randomCell() });
const blockPut = (): Put => ({ kind: "block", label: randomLabel(), bytes: randomBlock() });

const open = (folder: string, engine?: EngineName, begin?: Beginning): Promise<Storage> =>
  openStorage({ folder, feeds: FEEDS, engine, begin, log: () => {} });

/**
 * Four days, of which the first has expired: feeds that do not begin at 0, a day without cells, one
 * without blocks.
 */
const filled = async (folder: string, engine: EngineName, cells: number): Promise<readonly Put[]> => {
  const storage = await open(folder, engine);
  const puts = (count: number, feed: number) => Array.from({ length: count }, () => cellPut(feed));
  await storage.commit([...puts(30, 0), ...puts(5, 1), blockPut()], DAY);
  const days = [[...puts(cells, 0), blockPut(), ...puts(7, 1), blockPut()], [blockPut()], puts(cells, 0)];
  for (const [i, day] of days.entries()) await storage.commit(day, DAY + 1 + i);
  await storage.expire(DAY + 1);
  await storage.close();
  return days.flat();
};
const expectSame = async (storage: Storage, puts: readonly Put[], storeId: Uint8Array): Promise<void> => {
  expect(storage.storeId).toEqual(storeId);
  const positions = [30, 5];
  for (const put of puts) {
    const feed = put.label[1] ?? 0;
    if (put.kind === "block") expect(await storage.getBlock(put.label)).toEqual(put.bytes);
    else {
      const { first, entries } = await storage.read(feed, positions[feed] ?? 0, 1);
      expect(first).toBe(positions[feed]);
      expect(Buffer.compare(entries[0]?.label ?? Buffer.alloc(0), put.label)).toBe(0);
      positions[feed] = first + 1;
    }
  }
  expect(storage.days()).toEqual([DAY + 1, DAY + 2, DAY + 3]);
};
const idOf = async (folder: string): Promise<Uint8Array> => {
  const storage = await open(folder);
  await storage.close();
  return Uint8Array.from(storage.storeId);
};

describe.each([
  { source: "log", made: "sqlite" },
  { source: "sqlite", made: "log" },
  { source: "log", made: "log" },
] as const)("a copy from $source to $made", ({ source, made }) => {
  test("has the id, the positions, the days and the bytes of what it is a copy of, and refuses other data", async () => {
    const [folder, target] = [testFolder(), testFolder()];
    const puts = await filled(folder, source, 300);
    const from = await open(folder);
    const to = await open(target, made, beginningOf(from, FEEDS));
    expect(await copyStorage(from, to, FEEDS)).toEqual({ days: 3, cells: 607, blocks: 3, lost: 0 });
    expect(await copyStorage(from, to, FEEDS)).toEqual({ days: 3, cells: 607, blocks: 3, lost: 0 });
    await expectSame(to, puts, from.storeId);
    await to.commit([cellPut(1)], DAY + 3);
    await expect(copyStorage(from, to, FEEDS)).rejects.toMatchObject({ code: "copy_differs" });
    const other = await open(testFolder(), made);
    await expect(copyStorage(from, other, FEEDS)).rejects.toMatchObject({ code: "copy_differs" });
    await Promise.all([from, to, other].map((storage) => storage.close()));
  });
});

describe("pli-server copy", () => {
  const cluster = clusterForTests("copy");

  const copy = (from: string, to: string, engine: EngineName) => {
    const { caFile, certFile, keyFile, credentialsFile } = cluster().settings;
    const environment = {
      PLI_NATS_CA: caFile,
      PLI_NATS_CERT: certFile,
      PLI_NATS_KEY: keyFile,
      PLI_NATS_CREDENTIALS: credentialsFile,
    };
    const how = ["--from", from, "--to", to, "--feeds", String(FEEDS), "--engine", engine];
    return spawn(process.execPath, [MAIN, "copy", ...how], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ...environment },
    });
  };
  /**
   * Starts the copy and kills it ever later, until one comes to its end. Returns how often it was
   * killed.
   */
  const copyKilling = async (from: string, to: string, engine: EngineName = "log"): Promise<number> => {
    for (let kills = 0; ; kills += 1) {
      const child = copy(from, to, engine);
      const timer = setTimeout(() => child.kill("SIGKILL"), 400 * 1.5 ** kills);
      const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
      clearTimeout(timer);
      if (signal === null) {
        expect(code).toBe(0);
        return kills;
      }
    }
  };

  test("moves a store from a log to a cluster, on to SQLite and back to a log, killed again and again, and every place in every feed remains", async () => {
    const [source, between, back] = [testFolder(), testFolder(), testFolder()];
    const puts = await filled(source, "log", 1000);
    const storeId = await idOf(source);
    expect(await copyKilling(source, cluster().settings.address)).toBeGreaterThan(0);
    const moved = await openJetStreamStorage(cluster().settings, { feeds: FEEDS });
    expect(moved.storeId).toEqual(storeId);
    const later = cellPut(0);
    expect(await moved.commit([later], DAY + 3)).toEqual([{ outcome: "created", position: 2030 }]);
    await moved.close();
    expect(await copyKilling(cluster().settings.address, between, "sqlite")).toBeGreaterThan(0);
    await copyKilling(between, back);
    for (const [folder, engine] of [
      [between, "sqlite"],
      [back, "log"],
    ] as const) {
      const storage = await open(folder, engine);
      await expectSame(storage, [...puts, later], storeId);
      await storage.close();
    }
  }, 240_000);
});

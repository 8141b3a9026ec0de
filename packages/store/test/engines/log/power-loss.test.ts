import { labelKey, type Cell } from "@pli/protocol/wire";
import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openLogStorage } from "../../../src/engines/log/log-storage.ts";
import type { Put, Storage } from "../../../src/storage/storage.ts";
import { randomBlock, randomCell, randomLabel } from "../../lib/client.ts";
import { testFolder } from "../../lib/folder.ts";
import { randomFrom } from "@pli/testkit/dials";
import { createMemoryDisk, type MemoryDisk } from "../../lib/memory-disk.ts";

const DAY = 20_000;
const FEEDS = 2;
const cellPut = (feed = 0): Put & { kind: "cell" } => ({ kind: "cell", label: randomLabel(feed), bytes: randomCell() });

/**
 * What a store must still have after anything: what it acknowledged, and what it showed at each
 * position.
 */
const createWitness = () => {
  const cells = new Map<string, Put>();
  const blocks = new Map<string, Put>();
  const asked = new Map<string, Cell>();
  const shown = Array.from({ length: FEEDS }, () => new Map<number, string>());
  const readAll = async (storage: Storage, feed: number): Promise<void> => {
    const { oldest, next } = storage.range(feed);
    for (let position = oldest; position < next;) {
      const { first, entries } = await storage.read(feed, position, 7);
      expect(first).toBe(position);
      for (const [i, { label }] of entries.entries()) {
        const key = labelKey(label);
        expect(shown[feed]?.get(first + i) ?? key).toBe(key);
        shown[feed]?.set(first + i, key);
        expect(asked.has(key)).toBe(true);
      }
      position = first + entries.length;
    }
  };
  return {
    asks: (puts: readonly Put[]) => {
      for (const put of puts) if (put.kind === "cell") asked.set(labelKey(put.label), put.bytes);
    },
    acknowledged: (puts: readonly Put[]) => {
      for (const put of puts) (put.kind === "cell" ? cells : blocks).set(labelKey(put.label), put);
    },
    check: async (storage: Storage): Promise<void> => {
      for (const { label, bytes } of cells.values()) expect(await storage.get(label)).toEqual(bytes);
      for (const { label, bytes } of blocks.values()) expect(await storage.getBlock(label)).toEqual(bytes);
      for (let feed = 0; feed < FEEDS; feed += 1) await readAll(storage, feed);
      for (const places of shown) expect(new Set(places.values()).size).toBe(places.size);
    },
  };
};

describe("a power loss or a kill", () => {
  const open = (folder: string, disk: MemoryDisk): Promise<Storage> =>
    openLogStorage({ folder, feeds: FEEDS, disk, segmentSlots: 8 });

  /** The disk fails from its operation number `operations` on. */
  const commitUntil = async (
    storage: Storage,
    disk: MemoryDisk,
    operations: number,
    commits: readonly (readonly Put[])[],
    done: (puts: readonly Put[]) => void,
  ) => {
    let left = operations;
    disk.failing = () => ((left -= 1) < 0 ? "EIO" : undefined);
    for (const [i, puts] of commits.entries()) {
      try {
        await storage.commit(puts, DAY + Math.floor(i / 3));
      } catch {
        return;
      }
      done(puts);
    }
  };

  test("at any moment loses nothing that was acknowledged, and no position shown becomes another", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            operations: fc.integer({ min: 0, max: 60 }),
            sizes: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 }),
            end: fc.constantFrom("power loss", "kill"),
            seed: fc.nat(),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        async (lives) => {
          const folder = testFolder();
          const witness = createWitness();
          let disk = createMemoryDisk();
          await disk.makeFolder(folder);
          await syncUpwards(disk, folder);
          for (const { operations, sizes, end, seed } of lives) {
            const storage = await open(folder, disk);
            await witness.check(storage);
            const commits = sizes.map((size): readonly Put[] =>
              size === 0 ? [blockPut()] : Array.from({ length: size }, (_, i) => cellPut(i % FEEDS)),
            );
            commits.forEach(witness.asks);
            await commitUntil(storage, disk, operations, commits, witness.acknowledged);
            disk = end === "kill" ? disk.kill() : disk.powerLoss(randomFrom(seed));
            await storage.close().catch(() => undefined);
          }
          disk = disk.powerLoss(randomFrom(1));
          const storage = await open(folder, disk);
          await witness.check(storage);
          await storage.close();
        },
      ),
      { numRuns: propertyRuns(20) },
    );
  }, 120_000);
});

const blockPut = (): Put => ({ kind: "block", label: randomLabel(), bytes: randomBlock() });
const syncUpwards = async (disk: MemoryDisk, folder: string): Promise<void> => {
  const parts = folder.split("/");
  for (let i = parts.length; i > 0; i -= 1) await disk.syncFolder(parts.slice(0, i).join("/") || "/");
};

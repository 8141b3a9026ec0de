import { labelKey, type Label } from "@pli/protocol/wire";
import { describe, expect, test } from "vitest";
import { createJsonLog } from "../../../src/base/event-log.ts";
import { openLogStorage } from "../../../src/engines/log/log-storage.ts";
import { RECORD_BYTES } from "../../../src/engines/log/record.ts";
import { HEADER_BYTES } from "../../../src/engines/log/segment-header.ts";
import type { Put, Storage } from "../../../src/storage/storage.ts";
import { lostEntry } from "../../../src/storage/lost-entry.ts";
import { randomBlock, randomCell, randomLabel } from "../../lib/client.ts";
import { testFolder } from "../../lib/folder.ts";
import { createMemoryDisk, type MemoryDisk } from "../../lib/memory-disk.ts";
import { randomFrom } from "@pli/testkit/dials";

const DAY = 20_000;
const SEGMENT_SLOTS = 8;
type CellPut = Put & { readonly kind: "cell" };
const cellPut = (): CellPut => ({ kind: "cell", label: randomLabel(), bytes: randomCell() });
const cellPuts = (count: number): CellPut[] => Array.from({ length: count }, cellPut);

/** A log on a disk in memory, and what it told. */
const createSubject = async () => {
  const folder = testFolder();
  const told: { event: string; file?: string; bytes?: number; records?: number }[] = [];
  const log = createJsonLog("debug", (line) => told.push(JSON.parse(line) as (typeof told)[number]));
  const disk = createMemoryDisk();
  await disk.makeFolder(folder);
  const open = (on: MemoryDisk = disk): Promise<Storage> =>
    openLogStorage({ folder, feeds: 1, disk: on, log, segmentSlots: SEGMENT_SLOTS });
  const events = () => told.map(({ event }) => event);
  const last = (suffix: string): string => disk.paths().findLast((path) => path.endsWith(suffix)) ?? "";
  const killed = async (storage: Storage): Promise<void> => {
    const { failing } = disk;
    const { length } = told;
    disk.failing = () => "EIO";
    await storage.close().catch(() => undefined);
    disk.failing = failing;
    told.length = length;
  };
  return { disk, open, told, events, last, killed };
};

const labelsIn = async (storage: Storage): Promise<Label[]> => {
  const { oldest, next } = storage.range(0);
  const labels: Label[] = [];
  for (let at = oldest; at < next; at = oldest + labels.length) {
    const { first, entries } = await storage.read(0, at, 64);
    expect(first).toBe(at);
    labels.push(...entries.map(({ label }) => label));
  }
  return labels;
};
const keys = (labels: readonly Label[]): string[] => labels.map(labelKey);

describe("a segment whose last record", () => {
  test("is cut off is cut to the record before, which is told; the rest is served", async () => {
    const { disk, open, told, last, killed } = await createSubject();
    let storage = await open();
    const puts = cellPuts(3);
    await storage.commit(puts, DAY);
    await killed(storage);
    const whole = Buffer.from(disk.bytesOf(last(".cells")));
    const lengths = Array.from({ length: 24 }, (_, i) => 1 + Math.floor((i * (RECORD_BYTES - 2)) / 23));
    for (const length of lengths) {
      disk.setBytes(last(".cells"), whole.subarray(0, HEADER_BYTES + 2 * RECORD_BYTES + length));
      storage = await open();
      expect(told.splice(0)).toEqual([
        expect.objectContaining({ event: "tail_cut", file: last(".cells"), bytes: length }),
      ]);
      expect(keys(await labelsIn(storage))).toEqual(keys(puts.slice(0, 2).map(({ label }) => label)));
      await killed(storage);
    }
  }, 120_000);

  test("has a byte changed is told, not served and not forgotten: its position stays, the rest is served", async () => {
    const { disk, open, told, last, killed } = await createSubject();
    let storage = await open();
    const puts = cellPuts(3);
    await storage.commit(puts, DAY);
    await killed(storage);
    const whole = Buffer.from(disk.bytesOf(last(".cells")));
    const places = Array.from({ length: 24 }, (_, i) => (i < 13 ? i * 4 : 52 + (i - 13) * 409));
    for (const at of places) {
      const damaged = Buffer.from(whole);
      damaged[HEADER_BYTES + 2 * RECORD_BYTES + at] = (damaged[HEADER_BYTES + 2 * RECORD_BYTES + at] ?? 0) ^ 1;
      disk.setBytes(last(".cells"), damaged);
      storage = await open();
      expect(told.splice(0)).toEqual([expect.objectContaining({ event: "records_damaged", records: 1 })]);
      expect(storage.range(0)).toEqual({ oldest: 0, next: 3 });
      const expected = [...puts.slice(0, 2).map(({ label }) => label), lostEntry(0, 2).label];
      expect(keys(await labelsIn(storage))).toEqual(keys(expected));
      expect((await storage.commit([cellPut()], DAY))[0]?.position).toBe(3);
      await killed(storage);
      told.splice(0);
    }
  }, 120_000);
});

describe("a damaged record", () => {
  const damagedAt = async (put: CellPut, at: number) => {
    const subject = await createSubject();
    const storage = await subject.open();
    await storage.commit([cellPut(), put, cellPut()], DAY);
    await storage.close();
    const bytes = subject.disk.bytesOf(subject.last(".cells"));
    const offset = HEADER_BYTES + RECORD_BYTES + at;
    bytes[offset] = (bytes[offset] ?? 0) ^ 1;
    return { ...subject, storage: await subject.open() };
  };

  test("is absent to whoever asks for it, reported, and keeps its label from others", async () => {
    const put = cellPut();
    for (const at of [20, 2000]) {
      const { storage, events } = await damagedAt(put, at);
      expect(await storage.get(put.label)).toBeUndefined();
      expect(await storage.commit([{ ...put, bytes: randomCell() }], DAY)).toEqual([{ outcome: "taken" }]);
      expect(events()).toEqual(["records_damaged"]);
      await storage.close();
    }
  });

  test("is stored anew by the same bytes, for good", async () => {
    const put = cellPut();
    const { storage, open } = await damagedAt(put, 2000);
    expect(await storage.commit([put], DAY)).toEqual([{ outcome: "created", position: 3 }]);
    expect(await storage.get(put.label)).toEqual(put.bytes);
    await storage.close();
    const again = await open();
    expect(await again.get(put.label)).toEqual(put.bytes);
    expect(await again.commit([put], DAY)).toEqual([{ outcome: "created" }]);
    expect(keys(await labelsIn(again))[1]).toBe(labelKey(lostEntry(0, 1).label));
    await again.close();
  });

  test("leaves the labels of the others to readers of tags, with the indexes and without", async () => {
    const { disk, open } = await createSubject();
    const filled = await open();
    const puts = cellPuts(SEGMENT_SLOTS * 3 + 2);
    for (const put of puts) await filled.commit([put], DAY);
    await filled.close();
    const storage = await open();
    const tagged = async (): Promise<string[]> => {
      const labels: Uint8Array[] = [];
      while (labels.length < puts.length) labels.push(...(await storage.labels(0, labels.length, 4)).labels);
      return keys(labels as Label[]);
    };
    const cells = disk.paths().find((path) => path.endsWith(".cells")) ?? "";
    const bytes = disk.bytesOf(cells);
    bytes[HEADER_BYTES + 2000] = (bytes[HEADER_BYTES + 2000] ?? 0) ^ 1;
    expect(await tagged()).toEqual(keys(puts.map(({ label }) => label)));
    expect(await storage.get(puts[0]?.label ?? randomLabel())).toBeUndefined();
    for (const path of disk.paths()) if (path.endsWith(".index")) await disk.remove(path);
    expect(await tagged()).toEqual(keys([lostEntry(0, 0).label, ...puts.slice(1).map(({ label }) => label)]));
    await storage.close();
  });

  test("that the disk cannot read is treated alike", async () => {
    const { disk, open, killed } = await createSubject();
    const storage = await open();
    const puts = cellPuts(2);
    await storage.commit(puts, DAY);
    await storage.close();
    const again = await open();
    disk.failing = (operation, path) => (operation === "read" && path.endsWith(".cells") ? "EIO" : undefined);
    expect(await again.get(puts[0]?.label ?? randomLabel())).toBeUndefined();
    expect(keys(await labelsIn(again))).toEqual(keys([lostEntry(0, 0).label, lostEntry(0, 1).label]));
    await killed(again);
  });
});

describe("damage at random places of all segments and indexes", () => {
  test("is told, and everything untouched is served; no position is used again", async () => {
    const random = randomFrom(7);
    for (let run = 0; run < 20; run += 1) {
      const { disk, open, events } = await createSubject();
      let storage = await open();
      const puts = cellPuts(SEGMENT_SLOTS * 3 + 2);
      for (let i = 0; i < puts.length; i += 3) await storage.commit(puts.slice(i, i + 3), DAY + Math.floor(i / 12));
      await storage.close();
      const paths = disk.paths();
      const path = paths[Math.floor(random() * paths.length)] ?? "";
      const bytes = disk.bytesOf(path);
      // Behind the version: what claims to be of a later one is refused as that.
      const at = 8 + Math.floor(random() * (bytes.length - 8));
      bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      storage = await open();
      const kept = keys(await labelsIn(storage));
      const lost = puts.filter(({ label }) => !kept.includes(labelKey(label)));
      expect(lost.length).toBeLessThanOrEqual(1);
      const told = path.endsWith(".index") ? "index_damaged" : "segment_header_damaged";
      expect(events()).toContain(lost.length > 0 ? "records_damaged" : told);
      expect(kept).toHaveLength(puts.length);
      expect((await storage.commit([cellPut()], DAY + 9))[0]?.position).toBe(puts.length);
      await storage.close();
    }
  }, 120_000);

  test("a segment cut short of what its index knows keeps its positions, and says what is lost", async () => {
    const { disk, open, told, last } = await createSubject();
    const storage = await open();
    const puts = cellPuts(5);
    await storage.commit(puts, DAY);
    await storage.close();
    disk.setBytes(last(".cells"), disk.bytesOf(last(".cells")).subarray(0, HEADER_BYTES + 3 * RECORD_BYTES));
    const again = await open();
    expect(told).toEqual([expect.objectContaining({ event: "records_damaged", records: 2 })]);
    expect(await again.get(puts[4]?.label ?? randomLabel())).toBeUndefined();
    expect((await again.commit([cellPut()], DAY))[0]?.position).toBe(5);
    await again.close();
  });

  test("an index that is missing is made again", async () => {
    const { disk, open, last } = await createSubject();
    const storage = await open();
    const puts = cellPuts(SEGMENT_SLOTS + 1);
    for (const put of puts) await storage.commit([put], DAY);
    await storage.close();
    for (const path of disk.paths()) if (path.endsWith(".index")) await disk.remove(path);
    expect(last(".index")).toBe("");
    const again = await open();
    expect(keys(await labelsIn(again))).toEqual(keys(puts.map(({ label }) => label)));
    await again.close();
    expect(disk.paths().filter((path) => path.endsWith(".index"))).toHaveLength(2);
  });
});

describe("a sync that fails", () => {
  test("refuses its commit and every later one, serves reads, and is over after a restart", async () => {
    const { disk, open, events, killed } = await createSubject();
    const storage = await open();
    const [kept, doubtful] = [cellPut(), cellPut()];
    await storage.commit([kept], DAY);
    disk.failing = (operation, path) => (operation === "sync" && path.endsWith(".cells") ? "EIO" : undefined);
    await expect(storage.commit([doubtful], DAY)).rejects.toMatchObject({ code: "internal" });
    disk.failing = () => undefined;
    await expect(storage.commit([cellPut()], DAY)).rejects.toMatchObject({ code: "data_unusable" });
    await expect(storage.probe()).rejects.toMatchObject({ code: "data_unusable" });
    expect(await storage.get(kept.label)).toEqual(kept.bytes);
    expect(await storage.get(doubtful.label)).toBeUndefined();
    expect(storage.range(0)).toEqual({ oldest: 0, next: 1 });
    expect(events()).toEqual(["writing_stopped"]);
    await killed(storage);
    const again = await open();
    expect(await again.commit([doubtful], DAY)).toEqual([{ outcome: "created", position: 1 }]);
    await again.close();
  });

  test("is not believed when what it dropped can still be read: the last commit is written again before it counts", async () => {
    const { disk, open, killed } = await createSubject();
    const storage = await open();
    const [kept, doubtful] = [cellPut(), cellPut()];
    await storage.commit([kept], DAY);
    disk.failing = (operation) => (["sync", "truncate"].includes(operation) ? "EIO" : undefined);
    await expect(storage.commit([doubtful], DAY)).rejects.toMatchObject({ code: "internal" });
    await killed(storage);
    disk.failing = () => undefined;
    const again = await open();
    const [result] = await again.commit([doubtful], DAY);
    expect(result?.outcome).toBe("created");
    await killed(again);
    const afterwards = await open(disk.powerLoss(() => 0));
    expect(await afterwards.get(doubtful.label)).toEqual(doubtful.bytes);
    await afterwards.close();
  });
});

describe("a disk that refuses to write", () => {
  test.each([
    ["ENOSPC", "store_full"],
    ["EDQUOT", "store_full"],
    ["EFBIG", "store_full"],
    ["EROFS", "data_unusable"],
  ])(
    "by %s refuses the commit as %s, keeps nothing of it, serves reads, and takes it when it can",
    async (errno, code) => {
      const { disk, open } = await createSubject();
      const storage = await open();
      const kept = cellPut();
      await storage.commit([kept], DAY);
      const batch: Put[] = [...cellPuts(4), { kind: "block", label: randomLabel(), bytes: randomBlock() }];
      for (const where of [".cells", "unfinished"]) {
        disk.failing = (operation, path) => (operation === "write" && path.includes(where) ? errno : undefined);
        await expect(storage.commit(batch, DAY)).rejects.toMatchObject({ code });
        expect(storage.range(0)).toEqual({ oldest: 0, next: 1 });
        for (const { kind, label } of batch) {
          expect(await (kind === "cell" ? storage.get(label) : storage.getBlock(label))).toBeUndefined();
        }
        expect(await storage.get(kept.label)).toEqual(kept.bytes);
      }
      disk.failing = () => undefined;
      expect((await storage.commit(batch, DAY)).map(({ position }) => position)).toEqual([1, 2, 3, 4, undefined]);
      await storage.close();
    },
  );

  test("in the middle of what it writes leaves no half-written tail", async () => {
    const { disk, open, events, last, killed } = await createSubject();
    const storage = await open();
    await storage.commit([cellPut()], DAY);
    const { length } = disk.bytesOf(last(".cells"));
    disk.failing = (operation, path) => {
      if (operation !== "write" || !path.endsWith(".cells")) return undefined;
      disk.setBytes(path, Buffer.concat([disk.bytesOf(path), Buffer.alloc(5000, 1)]));
      return "ENOSPC";
    };
    await expect(storage.commit(cellPuts(2), DAY)).rejects.toMatchObject({ code: "store_full" });
    expect(disk.bytesOf(last(".cells"))).toHaveLength(length);
    disk.failing = () => undefined;
    await killed(storage);
    await (await open()).close();
    expect(events()).not.toContain("tail_cut");
  });
});

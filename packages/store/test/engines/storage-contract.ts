import { describe, expect, test } from "vitest";
import type { Put, Storage } from "../../src/storage/storage.ts";
import { randomBlock, randomCell, randomLabel } from "../lib/client.ts";

/** An engine under test: opens the same data again and again. */
export interface Engine {
  /** Opens the data called `name`, made if missing. */
  open(name: string, feeds?: number): Promise<Storage>;
}

const cellPut = (feed = 0): Put & { kind: "cell" } => ({ kind: "cell", label: randomLabel(feed), bytes: randomCell() });
const blockPut = (): Put & { kind: "block" } => ({ kind: "block", label: randomLabel(), bytes: randomBlock() });
const cellPuts = (count: number): (Put & { kind: "cell" })[] => Array.from({ length: count }, () => cellPut());
const DAY = 20_000;

/** The labels of feed 0 that a storage announces from now on, at positions without a gap. */
const announcedBy = (storage: Storage): { until: (count: number) => Promise<readonly Uint8Array[]> } => {
  const labels: Uint8Array[] = [];
  let next = storage.range(0).next;
  let wake = (): void => {};
  storage.listen((feed, first, entries) => {
    if (feed !== 0) return;
    expect(first).toBe(next);
    next += entries.length;
    labels.push(...entries.map(({ label }) => label));
    wake();
  });
  const until = async (count: number): Promise<readonly Uint8Array[]> => {
    while (labels.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return labels;
  };
  return { until };
};
/** An engine under test, and fresh data of it. */
interface Subject {
  readonly name: string;
  readonly engine: Engine;
  /** Runs `use` on new data, which `reopen` closes and opens again. */
  readonly withStorage: (
    use: (storage: Storage, reopen: () => Promise<Storage>) => Promise<void>,
    feeds?: number,
  ) => Promise<void>;
}

const subjectOf = (name: string, engine: Engine): Subject => {
  let made = 0;
  const withStorage = async (use: (storage: Storage, reopen: () => Promise<Storage>) => Promise<void>, feeds = 1) => {
    made += 1;
    const data = `${name}-${made}`;
    let storage = await engine.open(data, feeds);
    const reopen = async (): Promise<Storage> => {
      await storage.close();
      storage = await engine.open(data, feeds);
      return storage;
    };
    try {
      await use(storage, reopen);
    } finally {
      await storage.close();
    }
  };
  return { name, engine, withStorage };
};

const commitOne = async (storage: Storage, put: Put, day = DAY) => (await storage.commit([put], day))[0];
const positions = async (storage: Storage, puts: readonly Put[], day = DAY) =>
  (await storage.commit(puts, day)).map(({ position }) => position);

const describeFeedNumber = ({ name, engine }: Subject) =>
  describe(`${name}: the number of feeds`, () => {
    test("may grow, never shrink: the others would be out of reach", async () => {
      const data = `${name}-feeds`;
      const put = cellPut(1);
      const first = await engine.open(data, 2);
      await commitOne(first, put);
      await first.close();
      await expect(engine.open(data, 1)).rejects.toMatchObject({ code: "data_unusable" });
      const grown = await engine.open(data, 3);
      expect(await grown.get(put.label)).toEqual(put.bytes);
      expect(grown.range(2)).toEqual({ oldest: 0, next: 0 });
      await grown.close();
      await expect(engine.open(data, 2)).rejects.toMatchObject({ code: "data_unusable" });
    });
  });

const describePuts = ({ name, withStorage }: Subject) =>
  describe(`${name}: a put`, () => {
    test("is created once, and can be read", () =>
      withStorage(async (storage) => {
        const put = cellPut();
        expect(await storage.get(put.label)).toBeUndefined();
        expect(await commitOne(storage, put)).toEqual({ outcome: "created", position: 0 });
        expect(await storage.get(put.label)).toEqual(put.bytes);
      }));

    test("of the same bytes again is created again, and takes no position", () =>
      withStorage(async (storage) => {
        const put = cellPut();
        await commitOne(storage, put);
        expect(await commitOne(storage, put)).toEqual({ outcome: "created" });
        expect(await storage.latestRange(0)).toEqual({ oldest: 0, next: 1 });
      }));

    test("of other bytes is taken, and changes nothing", () =>
      withStorage(async (storage) => {
        const put = cellPut();
        await commitOne(storage, put);
        expect(await commitOne(storage, { ...put, bytes: randomCell() })).toEqual({ outcome: "taken" });
        expect(await storage.get(put.label)).toEqual(put.bytes);
      }));

    test("of one label twice in one commit: the first wins", () =>
      withStorage(async (storage) => {
        const put = cellPut();
        const results = await storage.commit([put, { ...put, bytes: randomCell() }, put, cellPut()], DAY);
        expect(results.map(({ outcome }) => outcome)).toEqual(["created", "taken", "created", "created"]);
        expect(results.map(({ position }) => position)).toEqual([0, undefined, undefined, 1]);
        expect(await storage.get(put.label)).toEqual(put.bytes);
      }));

    test("is refused by a label of an earlier day, before and after a restart", () =>
      withStorage(async (storage, reopen) => {
        const puts = cellPuts(50);
        await storage.commit(puts, DAY);
        await storage.commit(cellPuts(3), DAY + 1);
        const check = async (opened: Storage): Promise<void> => {
          for (const put of puts) {
            expect(await commitOne(opened, put, DAY + 2)).toEqual({ outcome: "created" });
            expect(await commitOne(opened, { ...put, bytes: randomCell() }, DAY + 2)).toEqual({ outcome: "taken" });
          }
          expect(await opened.latestRange(0)).toEqual({ oldest: 0, next: 53 });
        };
        await check(storage);
        const again = await reopen();
        await check(again);
        await new Promise((resolve) => {
          setTimeout(resolve, 20);
        });
        await check(again);
      }));

    test("is there after a restart", () =>
      withStorage(async (storage, reopen) => {
        const [cell, block] = [cellPut(), blockPut()];
        await storage.commit([cell, block], DAY);
        const again = await reopen();
        expect(await again.get(cell.label)).toEqual(cell.bytes);
        expect(await again.getBlock(block.label)).toEqual(block.bytes);
      }));
  });

const describeBlocks = ({ name, withStorage }: Subject) =>
  describe(`${name}: a block`, () => {
    test("is kept like a cell, but is in no feed", () =>
      withStorage(async (storage) => {
        const put = blockPut();
        expect(await commitOne(storage, put)).toEqual({ outcome: "created" });
        expect(await commitOne(storage, put)).toEqual({ outcome: "created" });
        expect(await commitOne(storage, { ...put, bytes: randomBlock() })).toEqual({ outcome: "taken" });
        expect(await storage.getBlock(put.label)).toEqual(put.bytes);
        expect(await storage.get(put.label)).toBeUndefined();
        expect(await storage.latestRange(0)).toEqual({ oldest: 0, next: 0 });
      }));

    test("of an earlier day is found, and refuses another", () =>
      withStorage(async (storage) => {
        const put = blockPut();
        await commitOne(storage, put, DAY);
        await commitOne(storage, cellPut(), DAY + 1);
        expect(await storage.getBlock(put.label)).toEqual(put.bytes);
        expect(await commitOne(storage, { ...put, bytes: randomBlock() }, DAY + 1)).toEqual({ outcome: "taken" });
      }));
  });

const describeFeeds = ({ name, withStorage }: Subject) =>
  describe(`${name}: a feed`, () => {
    const readAll = async (storage: Storage, from: number, max: number) => {
      const labels: Uint8Array[] = [];
      let position = from;
      const { next } = await storage.latestRange(0);
      while (position < next) {
        const { first, entries } = await storage.read(0, position, max);
        expect(entries.length).toBeGreaterThan(0);
        expect(entries.length).toBeLessThanOrEqual(max);
        labels.push(...entries.map(({ label }) => label));
        position = first + entries.length;
      }
      return labels;
    };

    test("gives every cell in the order accepted, from any position, across days", () =>
      withStorage(async (storage) => {
        const puts = cellPuts(30);
        for (let i = 0; i < 3; i += 1) await storage.commit(puts.slice(i * 10, i * 10 + 10), DAY + i);
        const labels = puts.map(({ label }) => label);
        for (const from of [0, 1, 9, 10, 11, 29]) expect(await readAll(storage, from, 4)).toEqual(labels.slice(from));
        expect((await storage.read(0, 30, 4)).entries).toEqual([]);
      }));

    test("gives label and cell as they were put", () =>
      withStorage(async (storage) => {
        const put = cellPut();
        await commitOne(storage, put);
        const { first, entries } = await storage.read(0, 0, 64);
        expect(first).toBe(0);
        expect(entries.map(({ label, cell }) => ({ label, cell }))).toEqual([{ label: put.label, cell: put.bytes }]);
      }));

    test("gives the labels alone, the same and in the same order", () =>
      withStorage(async (storage) => {
        const puts = cellPuts(30);
        for (let i = 0; i < 3; i += 1) await storage.commit(puts.slice(i * 10, i * 10 + 10), DAY + i);
        await storage.expire(DAY + 1);
        for (const from of [0, 10, 15, 29]) {
          const { first, labels } = await storage.labels(0, from, 7);
          expect(first).toBe(Math.max(10, from));
          expect(labels.length).toBeGreaterThan(0);
          expect(labels.length).toBeLessThanOrEqual(7);
          expect(labels.map((label) => Uint8Array.from(label))).toEqual(
            puts.slice(first, first + labels.length).map(({ label }) => Uint8Array.from(label)),
          );
        }
        expect((await storage.labels(0, 30, 7)).labels).toEqual([]);
      }));

    test("counts the cells of each day, also after a restart", () =>
      withStorage(async (storage, reopen) => {
        await storage.commit([cellPut(), blockPut(), cellPut(1)], DAY);
        const again = await reopen();
        await again.commit([cellPut(), cellPut()], DAY + 1);
        const counts = (opened: Storage) => [DAY - 1, DAY, DAY + 1, DAY + 2].map((day) => opened.cellsOn(0, day));
        expect(counts(again)).toEqual([0, 1, 2, 0]);
        expect(again.cellsOn(1, DAY)).toBe(1);
        expect(counts(await reopen())).toEqual([0, 1, 2, 0]);
      }, 2));

    test("has positions of its own", () =>
      withStorage(async (storage, reopen) => {
        expect(await positions(storage, [cellPut(0), cellPut(1), cellPut(1), cellPut(0)])).toEqual([0, 0, 1, 1]);
        expect(await positions(await reopen(), [cellPut(1), cellPut(0)])).toEqual([2, 2]);
      }, 2));
  });

const describeListener = ({ name, withStorage }: Subject) =>
  describe(`${name}: a listener`, () => {
    test("is given every new cell of every feed, in order and once, and nothing else", () =>
      withStorage(async (storage) => {
        const announced = announcedBy(storage);
        const puts = cellPuts(20);
        await storage.commit([...puts.slice(0, 9), cellPut(1), blockPut(), ...puts.slice(9, 12)], DAY);
        await storage.commit([puts[3] as Put, { ...(puts[4] as Put & { kind: "cell" }), bytes: randomCell() }], DAY);
        await storage.commit(puts.slice(12), DAY + 1);
        expect(await announced.until(20)).toEqual(puts.map(({ label }) => label));
        expect(storage.range(0)).toEqual({ oldest: 0, next: 20 });
      }, 2));
  });

const describeExpiry = ({ name, withStorage }: Subject) =>
  describe(`${name}: expiry`, () => {
    test("deletes whole days, cells and blocks, and nothing else", () =>
      withStorage(async (storage) => {
        const [old, block, kept] = [cellPut(), blockPut(), cellPut()];
        await storage.commit([old, block], DAY);
        await commitOne(storage, kept, DAY + 1);
        expect(await storage.expire(DAY)).toEqual([]);
        expect(await storage.expire(DAY + 1)).toEqual([DAY]);
        expect(await storage.get(old.label)).toBeUndefined();
        expect(await storage.getBlock(block.label)).toBeUndefined();
        expect(await storage.get(kept.label)).toEqual(kept.bytes);
        expect(await storage.latestRange(0)).toEqual({ oldest: 1, next: 2 });
        expect((await storage.read(0, 0, 64)).first).toBe(1);
      }));

    test("never lets a position be used again, even when every day is gone and after a restart", () =>
      withStorage(async (storage, reopen) => {
        await storage.commit(cellPuts(7), DAY);
        await storage.expire(DAY + 100);
        expect(await storage.latestRange(0)).toEqual({ oldest: 7, next: 7 });
        const again = await reopen();
        expect(await again.latestRange(0)).toEqual({ oldest: 7, next: 7 });
        expect(await positions(again, cellPuts(2), DAY + 101)).toEqual([7, 8]);
        expect(await (await reopen()).latestRange(0)).toEqual({ oldest: 7, next: 9 });
      }));

    test("of a day with no cell in it keeps positions too", () =>
      withStorage(async (storage, reopen) => {
        await storage.commit(cellPuts(3), DAY);
        await commitOne(storage, blockPut(), DAY + 1);
        await storage.expire(DAY + 1);
        expect(await (await reopen()).latestRange(0)).toEqual({ oldest: 3, next: 3 });
      }));
  });

const describeDays = ({ name, withStorage }: Subject) =>
  describe(`${name}: days`, () => {
    test("never go back: an earlier day writes on the newest", () =>
      withStorage(async (storage, reopen) => {
        await commitOne(storage, cellPut(), DAY + 5);
        await commitOne(storage, cellPut(), DAY);
        expect(storage.lastDay()).toBe(DAY + 5);
        const again = await reopen();
        expect(again.lastDay()).toBe(DAY + 5);
        expect((await again.latestRange(0)).next).toBe(2);
      }));

    test("say where they begin and which blocks are theirs, a page at a time", () =>
      withStorage(async (storage, reopen) => {
        const blocks = Array.from({ length: 5 }, () => blockPut());
        await storage.commit([cellPut(), cellPut(1), ...blocks.slice(0, 3)], DAY);
        await storage.commit([cellPut()], DAY + 1);
        await storage.commit([cellPut(), ...blocks.slice(3)], DAY + 3);
        const again = await reopen();
        expect(again.days()).toEqual([DAY, DAY + 1, DAY + 3]);
        expect(again.days().map((day) => again.firstOn(0, day))).toEqual([0, 1, 2]);
        expect(again.days().map((day) => again.firstOn(1, day))).toEqual([0, 1, 1]);
        const labelsOn = async (day: number): Promise<Uint8Array[]> => {
          const labels: Uint8Array[] = [];
          for (let after = 0; ;) {
            const page = await again.blocksOn(day, after, 2);
            if (page.blocks.length === 0) return labels;
            for (const { label, block } of page.blocks) {
              expect(block).toEqual(blocks.find((put) => Buffer.compare(put.label, label) === 0)?.bytes);
              labels.push(label);
            }
            after = page.last;
          }
        };
        const sorted = (puts: readonly Put[]) =>
          puts.map(({ label }) => Uint8Array.from(label)).toSorted(Buffer.compare);
        expect((await labelsOn(DAY)).map((label) => Uint8Array.from(label)).toSorted(Buffer.compare)).toEqual(
          sorted(blocks.slice(0, 3)),
        );
        expect(await labelsOn(DAY + 1)).toEqual([]);
        expect(await labelsOn(DAY + 3)).toHaveLength(2);
        expect(await labelsOn(DAY + 2)).toEqual([]);
      }, 2));

    test("redated to a later one keep what they hold", () =>
      withStorage(async (storage, reopen) => {
        const [first, second] = [cellPut(), cellPut()];
        await commitOne(storage, first, DAY);
        await commitOne(storage, second, DAY + 1);
        await storage.redate(DAY + 90);
        expect(storage.lastDay()).toBe(DAY + 90);
        expect(await storage.expire(DAY + 60)).toEqual([DAY]);
        expect(await storage.get(second.label)).toEqual(second.bytes);
        const again = await reopen();
        expect(await again.get(second.label)).toEqual(second.bytes);
        expect(await positions(again, [cellPut()], DAY + 90)).toEqual([2]);
      }));
  });

const describeData = ({ name, withStorage }: Subject) =>
  describe(`${name}: the data`, () => {
    test("keeps its id, and other data has another", () =>
      withStorage(async (storage, reopen) => {
        const id = Uint8Array.from(storage.storeId);
        expect(id).toHaveLength(16);
        expect((await reopen()).storeId).toEqual(id);
        await withStorage(async (other) => expect(other.storeId).not.toEqual(id));
      }));

    test("answers a probe, and says how much room there is", () =>
      withStorage(async (storage) => {
        await storage.probe();
        await storage.probe();
        expect(await storage.freeBytes()).toBeGreaterThan(0);
        expect(await storage.latestRange(0)).toEqual({ oldest: 0, next: 0 });
      }));
  });

/** What every Storage promises. */
const describeAny = (name: string, engine: Engine): void => {
  const subject = subjectOf(name, engine);
  describeFeedNumber(subject);
  describePuts(subject);
  describeBlocks(subject);
  describeFeeds(subject);
  describeListener(subject);
  describeExpiry(subject);
  describeDays(subject);
  describeData(subject);
};

/** What an engine for one process promises besides. */
export const describeStorage = (name: string, engine: Engine): void => {
  describeAny(name, engine);

  describe(`${name}: the process`, () => {
    test("is the only one that has the data open", async () => {
      const first = await engine.open(`${name}-locked`);
      await expect(engine.open(`${name}-locked`)).rejects.toMatchObject({ code: "data_locked" });
      await first.close();
      await (await engine.open(`${name}-locked`)).close();
    });
  });
};

/** What an engine for many processes promises besides. */
export const describeSharedStorage = (name: string, engine: Engine): void => {
  describeAny(name, engine);

  describe(`${name}: several processes`, () => {
    test("read and hear what the others wrote, and none writes a label again", async () => {
      const [one, other] = [await engine.open(`${name}-shared`), await engine.open(`${name}-shared`)];
      expect(other.storeId).toEqual(one.storeId);
      const announced = announcedBy(other);
      const puts = cellPuts(40);
      for (let at = 0; at < 40; at += 8) await one.commit(puts.slice(at, at + 8), DAY);
      for (const put of puts) {
        expect(await other.get(put.label)).toEqual(put.bytes);
        expect(await other.commit([put], DAY)).toEqual([{ outcome: "created" }]);
        expect(await other.commit([{ ...put, bytes: randomCell() }], DAY)).toEqual([{ outcome: "taken" }]);
      }
      expect(await announced.until(40)).toEqual(puts.map(({ label }) => label));
      await one.close();
      await other.close();
    });

    test("that put other bytes under one label at once: one is created, and all read the same", async () => {
      const processes = await Promise.all(Array.from({ length: 4 }, () => engine.open(`${name}-race`)));
      for (let round = 0; round < 10; round += 1) {
        const label = randomLabel();
        const puts = processes.map(() => ({ kind: "cell" as const, label, bytes: randomCell() }));
        const results = await Promise.all(processes.map((process, i) => process.commit([puts[i] as Put], DAY)));
        const winners = results.flatMap(([result], i) => (result?.outcome === "created" ? [i] : []));
        expect(winners).toHaveLength(1);
        for (const process of processes) expect(await process.get(label)).toEqual(puts[winners[0] ?? 0]?.bytes);
      }
      await Promise.all(processes.map((process) => process.close()));
    });

    test("delete the same days, whoever begins", async () => {
      const [one, other] = [await engine.open(`${name}-days`), await engine.open(`${name}-days`)];
      const [old, kept] = [cellPut(), cellPut()];
      await one.commit([old], DAY);
      await other.commit([kept], DAY + 1);
      expect(await Promise.all([one.expire(DAY + 1), other.expire(DAY + 1)])).toContainEqual([DAY]);
      for (const process of [one, other]) {
        expect(await process.get(old.label)).toBeUndefined();
        expect(await process.get(kept.label)).toEqual(kept.bytes);
        expect(await process.expire(DAY + 1)).toEqual([]);
      }
      await one.close();
      await other.close();
    });
  });
};

import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../src/base/clock.ts";
import { createDayKeeper } from "../../src/core/day-keeper.ts";
import { ENGINES, openStorage } from "../../src/engines/open-storage.ts";
import { dayFromName, nameFromDay } from "../../src/engines/sqlite/day-name.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { createUpkeep } from "../../src/core/upkeep.ts";
import { randomCell, randomLabel } from "../lib/client.ts";
import { createFakeClock, type FakeClock } from "../lib/fakes.ts";
import { testFolder } from "../lib/folder.ts";

const HOUR = 3_600_000;
const YEAR = 365 * DAY_MS;
const TODAY = 20_000;

const keeper = (clock: FakeClock, lastDay: number | undefined) =>
  createDayKeeper({ clock, lastDay, maxStepDays: 2, settleMs: 24 * HOUR });

describe("the day", () => {
  test("follows the clock", () => {
    const clock = createFakeClock(TODAY);
    const days = keeper(clock, TODAY);
    expect(days.look()).toEqual({ day: TODAY, state: "sure", settled: false });
    clock.pass(DAY_MS);
    expect(days.look()).toEqual({ day: TODAY + 1, state: "sure", settled: false });
  });

  test("of new data is the clock's, whatever it says", () => {
    expect(keeper(createFakeClock(7), undefined).look()).toEqual({ day: 7, state: "sure", settled: false });
  });

  test("stays when the clock jumps years forward, until it has kept steady for the settling time", () => {
    const clock = createFakeClock(TODAY);
    const days = keeper(clock, TODAY);
    clock.jump(10 * YEAR);
    expect(days.look()).toEqual({ day: TODAY, state: "ahead", settled: false });
    clock.pass(23 * HOUR);
    expect(days.look()).toEqual({ day: TODAY, state: "ahead", settled: false });
    clock.pass(HOUR);
    expect(days.look()).toEqual({ day: TODAY + 3651, state: "sure", settled: true });
    expect(days.look()).toEqual({ day: TODAY + 3651, state: "sure", settled: false });
  });

  test("is not settled by a clock that jumps again while it is watched", () => {
    const clock = createFakeClock(TODAY);
    const days = keeper(clock, TODAY);
    clock.jump(YEAR);
    days.look();
    clock.pass(23 * HOUR);
    clock.jump(YEAR);
    days.look();
    clock.pass(2 * HOUR);
    expect(days.look().state).toBe("ahead");
  });

  test("goes on as if nothing had been when a clock ahead is put right", () => {
    const clock = createFakeClock(TODAY);
    const days = keeper(clock, TODAY);
    clock.jump(YEAR);
    days.look();
    clock.jump(-YEAR);
    expect(days.look()).toEqual({ day: TODAY, state: "sure", settled: false });
  });

  test("never goes back", () => {
    const clock = createFakeClock(TODAY);
    const days = keeper(clock, TODAY);
    clock.jump(-10 * YEAR);
    expect(days.look()).toEqual({ day: TODAY, state: "behind", settled: false });
  });

  test("has one name for its file", () => {
    expect(nameFromDay(TODAY)).toBe("2024-10-04.db");
    for (const day of [0, TODAY, TODAY + 3651]) expect(dayFromName(nameFromDay(day))).toBe(day);
    for (const name of ["store.db", "2024-13-01.db", "2024-02-30.db", "2024-10-04.db-wal", "x2024-10-04.db"]) {
      expect(dayFromName(name)).toBeUndefined();
    }
  });
});

describe.each(ENGINES)("upkeep of %s", (engine) => {
  const passDays = async (clock: FakeClock, upkeep: ReturnType<typeof createUpkeep>, days: number): Promise<void> => {
    for (let i = 0; i < days; i += 1) {
      clock.pass(DAY_MS);
      await upkeep.round();
    }
  };
  const put = () => ({ kind: "cell" as const, label: randomLabel(), bytes: randomCell() });
  const withStore = async (
    use: (parts: {
      clock: FakeClock;
      storage: Storage;
      start: () => ReturnType<typeof createUpkeep>;
      logged: string[];
    }) => Promise<void>,
  ) => {
    const clock = createFakeClock(TODAY);
    const storage = await openStorage({ folder: testFolder(), feeds: 1, engine, log: () => {} });
    const logged: string[] = [];
    const start = () =>
      createUpkeep({
        storage,
        days: keeper(clock, storage.lastDay()),
        retentionDays: 30,
        everyMs: 60_000,
        log: (_, event) => logged.push(event),
        failed: (error) => {
          throw error;
        },
      });
    await use({ clock, storage, start, logged });
    await storage.close();
  };

  test("deletes a day once it is more than the retention old", () =>
    withStore(async ({ clock, storage, start }) => {
      const upkeep = start();
      const first = put();
      for (let day = 0; day < 32; day += 1) {
        expect(await storage.get(first.label)).toEqual(day === 0 ? undefined : first.bytes);
        await storage.commit([day === 0 ? first : put()], upkeep.day());
        await upkeep.round();
        clock.pass(DAY_MS);
      }
      await upkeep.round();
      expect(await storage.get(first.label)).toBeUndefined();
      expect(storage.range(0).next).toBe(32);
      upkeep.stop();
    }));

  test("deletes nothing at a start with a clock years ahead, and keeps what is then written its full time", () =>
    withStore(async ({ clock, storage, start, logged }) => {
      const [before, during] = [put(), put()];
      await storage.commit([before], TODAY);
      clock.jump(3 * YEAR);
      const upkeep = start();
      await upkeep.round();
      await storage.commit([during], upkeep.day());
      expect(await storage.get(before.label)).toEqual(before.bytes);
      clock.pass(25 * HOUR);
      await upkeep.round();
      await passDays(clock, upkeep, 30);
      expect(await storage.get(during.label)).toEqual(during.bytes);
      await passDays(clock, upkeep, 1);
      expect(await storage.get(during.label)).toBeUndefined();
      expect(logged).toEqual(["clock_ahead", "clock_sure", "days_expired"]);
      upkeep.stop();
    }));

  test("puts nothing on the new day before the newest one is redated", () =>
    withStore(async ({ clock, storage, start }) => {
      await storage.commit([put()], TODAY);
      clock.jump(YEAR);
      const upkeep = start();
      upkeep.day();
      clock.pass(25 * HOUR);
      expect(upkeep.day()).toBe(TODAY);
      await upkeep.round();
      expect(upkeep.day()).toBe(TODAY + 366);
      expect(storage.lastDay()).toBe(TODAY + 366);
      upkeep.stop();
    }));

  test("deletes nothing while the clock is years behind", () =>
    withStore(async ({ clock, storage, start }) => {
      const old = put();
      await storage.commit([old], TODAY - 40);
      await storage.commit([put()], TODAY);
      clock.jump(-10 * YEAR);
      const upkeep = start();
      await upkeep.round();
      expect(await storage.get(old.label)).toEqual(old.bytes);
      expect(upkeep.day()).toBe(TODAY);
      clock.jump(10 * YEAR);
      await upkeep.round();
      expect(await storage.get(old.label)).toBeUndefined();
      upkeep.stop();
    }));
});

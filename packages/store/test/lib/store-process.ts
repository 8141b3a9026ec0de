/**
 * A store in a process of its own, to be killed: `node store-process.ts DATA ENGINE DAY`. It prints
 * its origin. Segments are short, so that kills hit every part of a segment's life.
 */
import { DAY_MS } from "../../src/base/clock.ts";
import { startStore } from "../../src/index.ts";
import { openLogStorage } from "../../src/engines/log/log-storage.ts";
import { openSqliteStorage } from "../../src/engines/sqlite/sqlite-storage.ts";

const [folder = "", engine = "", day = ""] = process.argv.slice(2);
const many = 1_000_000_000;
const storage =
  engine === "log"
    ? await openLogStorage({ folder, feeds: 1, segmentSlots: 200 })
    : openSqliteStorage({ folder, feeds: 1 });
const store = await startStore({
  data: folder,
  storage,
  clock: { now: () => Number(day) * DAY_MS, steady: () => performance.now() },
  fullFeedBytes: Infinity,
  limits: { putsPerSecond: many, putBurst: many, putsPerSecondPerAddress: many, putBurstPerAddress: many },
});
console.log(store.origin);
process.on("SIGTERM", () => {
  void store.close();
});

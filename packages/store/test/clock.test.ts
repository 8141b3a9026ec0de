import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ensurePackages } from "../../../scripts/debian.mjs";
import { ENGINES } from "../src/index.ts";
import { greet, randomCell, randomLabel, type Client } from "./lib/client.ts";
import { testFolder } from "./lib/folder.ts";
import { startServerIn, type ServerProcess } from "./lib/server-process.ts";

/**
 * Debian's library that gives a process another time, from a file that may change while it runs. It
 * leaves the steady clock alone.
 */
const fakeTime = (): string => {
  ensurePackages(["faketime"]);
  const listed = spawnSync("dpkg", ["-L", "libfaketime"], { encoding: "utf8" }).stdout;
  return listed.split("\n").find((path) => path.endsWith("/libfaketimeMT.so.1")) ?? "";
};

const stop = async ({ child }: ServerProcess): Promise<void> => {
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
};

describe.runIf(process.platform === "linux").each(ENGINES)(
  "the process of a store of %s, kept for one day",
  (engine) => {
    test("whose clock jumps a year ahead or back, while it runs or while it is off, keeps what it has and takes more", async () => {
      const folder = testFolder();
      const offset = join(folder, "offset");
      const jump = (by: string): void => writeFileSync(offset, `${by}\n`);
      const environment = {
        LD_PRELOAD: fakeTime(),
        FAKETIME_TIMESTAMP_FILE: offset,
        FAKETIME_NO_CACHE: "1",
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
        FAKETIME_DONT_RESET: "1",
      };
      const start = () => startServerIn(environment, join(folder, "data"), "--engine", engine, "--retention-days", "1");
      const kept: { label: ReturnType<typeof randomLabel>; cell: ReturnType<typeof randomCell> }[] = [];
      const putAndSeeAll = async (client: Client): Promise<void> => {
        const one = { label: randomLabel(), cell: randomCell() };
        expect(await client.ask({ type: "put", ...one })).toMatchObject({ type: "stored", outcome: "created" });
        kept.push(one);
        for (const { label, cell } of kept) {
          expect(await client.ask({ type: "get", label })).toMatchObject({ type: "found", bytes: cell });
        }
        expect(await client.ask({ type: "follow", feed: 0, from: 0 })).toMatchObject({ oldest: 0, next: kept.length });
      };

      jump("+0");
      const first = await start();
      const client = await greet(first.origin);
      await putAndSeeAll(client);
      jump("+400d");
      await expect.poll(async () => (await putAndSeeAll(client), first.lines())).toContain("clock_ahead");
      jump("-400d");
      await expect.poll(async () => (await putAndSeeAll(client), first.lines())).toContain("clock_behind");
      jump("+0");
      await expect.poll(async () => (await putAndSeeAll(client), first.lines())).toContain("clock_sure");
      await stop(first);
      for (const [by, told] of [
        ["+400d", "clock_ahead"],
        ["-400d", "clock_behind"],
        ["+0", ""],
      ] as const) {
        jump(by);
        const again = await start();
        expect(again.lines()).toContain(told);
        await putAndSeeAll(await greet(again.origin));
        await stop(again);
      }
      expect(first.lines()).not.toContain("days_expired");
    }, 60_000);
  },
);

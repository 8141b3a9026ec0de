import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENGINES } from "../src/index.ts";
import { greet, randomCell, randomLabel } from "./lib/client.ts";
import { testFolder } from "./lib/folder.ts";
import { freePort, runCommand, startServer } from "./lib/server-process.ts";
import { smallDisk, system } from "./lib/small-disk.ts";

const MiB = 1024 * 1024;

describe.runIf(process.platform === "linux").each(ENGINES)(
  "the process of a store of %s on a disk that fills",
  (engine) => {
    test("refuses puts before it is full, says so, still reads, is backed up, and takes puts again when there is room", async () => {
      const disk = smallDisk(24);
      const data = join(disk, "data");
      const metricsPort = await freePort();
      const settings = ["--engine", engine, "--min-free-mib", "12", "--metrics-port", String(metricsPort)];
      const store = await startServer(data, ...settings);
      const client = await greet(store.origin);
      const put = () => {
        const cell = { label: randomLabel(), cell: randomCell() };
        return client.ask({ type: "put", ...cell }).then((answer) => ({ ...cell, answer }));
      };
      const kept: Awaited<ReturnType<typeof put>>[] = [];
      const refused: unknown[] = [];
      while (refused.length === 0) {
        for (const one of await Promise.all(Array.from({ length: 100 }, put))) {
          if (one.answer.type === "stored") kept.push(one);
          else refused.push(one.answer);
        }
      }
      for (const answer of refused) expect(answer).toMatchObject({ type: "error", code: "store_full" });
      const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      const free = Number(/^pli_free_bytes (\d+)$/m.exec(metrics)?.[1]);
      expect(free).toBeGreaterThan(0);
      expect(free).toBeLessThan(12 * MiB);
      expect(metrics).toMatch(/^pli_min_free_bytes 12582912$/m);
      expect(metrics).toMatch(/^pli_refused_total\{code="store_full"\} \d+$/m);
      expect(metrics).not.toContain("pli_storage_failures_total{");
      expect(store.lines()).toContain("store_full");
      for (const { label, cell } of kept.slice(-20)) {
        expect(await client.ask({ type: "get", label })).toMatchObject({ type: "found", bytes: cell });
      }
      expect((await fetch(`${store.origin}/readyz`)).status).toBe(200);
      const backup = await runCommand(["backup", "--to", join(testFolder(), "backup"), "--data", data]);
      expect(backup.out).toContain(` ${kept.length} cells`);
      system("mount", "-o", "remount,size=64m", disk);
      await expect.poll(async () => (await put()).answer.type, { timeout: 10_000 }).toBe("stored");
    }, 60_000);
  },
);

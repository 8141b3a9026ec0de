import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openStorage, type EngineName } from "../../src/engines/open-storage.ts";
import type { Storage, StorageError } from "../../src/storage/storage.ts";
import { randomCell, randomLabel } from "../lib/client.ts";
import { testFolder } from "../lib/folder.ts";
import { smallDisk, system } from "../lib/small-disk.ts";

const DAY = 20_000;
const ENGINES: readonly EngineName[] = ["log", "sqlite"];
const cellPut = () => ({ kind: "cell" as const, label: randomLabel(), bytes: randomCell() });
const open = (folder: string, engine: EngineName): Promise<Storage> =>
  openStorage({ folder, feeds: 1, engine, log: () => {} });

describe.runIf(process.platform === "linux").each(ENGINES)("%s on a full disk", (engine) => {
  test("refuses a commit whole, goes on serving reads, and takes puts again when there is room", async () => {
    const folder = smallDisk();
    const storage = await open(folder, engine);
    const ballast = join(folder, "ballast");
    writeFileSync(ballast, new Uint8Array(400_000));
    const kept = cellPut();
    await storage.commit([kept], DAY);
    const many = Array.from({ length: 200 }, cellPut);
    for (let i = 0; i < 3; i += 1) {
      await expect(storage.commit(many, DAY)).rejects.toMatchObject({ code: "store_full" });
      expect(storage.range(0)).toEqual({ oldest: 0, next: 1 });
      expect(await storage.get(kept.label)).toEqual(kept.bytes);
      expect(await storage.get(many[0]?.label ?? randomLabel())).toBeUndefined();
    }
    rmSync(ballast);
    expect((await storage.commit(many.slice(0, 10), DAY)).at(-1)?.position).toBe(10);
    await storage.close();
    const again = await open(folder, engine);
    expect(again.range(0)).toEqual({ oldest: 0, next: 11 });
    await again.close();
  });

  test("fills up to the last cell it acknowledges, and has every one of them after a restart", async () => {
    const folder = smallDisk();
    const storage = await open(folder, engine);
    const acknowledged = [];
    const refusals: unknown[] = [];
    while (refusals.length < 5) {
      const put = cellPut();
      try {
        await storage.commit([put], DAY + (acknowledged.length % 50 === 49 ? 1 : 0));
        acknowledged.push(put);
      } catch (error) {
        refusals.push((error as StorageError).code);
      }
    }
    expect(new Set(refusals)).toEqual(new Set(["store_full"]));
    expect(acknowledged.length).toBeGreaterThan(20);
    writeFileSync(join(folder, "ballast"), "");
    await storage.close().catch(() => undefined);
    expect(readdirSync(folder).length).toBeGreaterThan(1);
    system("mount", "-o", "remount,size=2m", folder);
    const again = await open(folder, engine);
    for (const { label, bytes } of acknowledged) expect(await again.get(label)).toEqual(bytes);
    expect(again.range(0).next).toBe(acknowledged.length);
    await again.close();
  });
});

describe.runIf(process.platform === "linux").each(ENGINES)("%s on a disk that was made read-only", (engine) => {
  test("is refused as data_unusable, and has everything when the disk can be written again", async () => {
    const folder = smallDisk();
    const storage = await open(folder, engine);
    const kept = cellPut();
    await storage.commit([kept], DAY);
    await storage.close();
    system("mount", "-o", "remount,ro", folder);
    await expect(open(folder, engine)).rejects.toMatchObject({ code: "data_unusable" });
    system("mount", "-o", "remount,rw", folder);
    const again = await open(folder, engine);
    expect(await again.get(kept.label)).toEqual(kept.bytes);
    await again.close();
  });

  test("by its file system while it runs refuses puts, keeps serving reads, and has everything after a restart", async () => {
    const base = testFolder();
    const [image, folder] = [join(base, "image"), join(base, "disk")];
    mkdirSync(folder);
    writeFileSync(image, new Uint8Array(16 * 1024 * 1024));
    system("mkfs.ext4", "-q", "-F", image);
    system("mount", "-o", "loop,errors=remount-ro", image, folder);
    onTestFinished(() => system("umount", "-l", folder));
    const storage = await open(folder, engine);
    const kept = cellPut();
    await storage.commit([kept], DAY);
    const mounts = readFileSync("/proc/mounts", "utf8").split("\n");
    const device = mounts.find((line) => line.includes(folder)) ?? "";
    writeFileSync(`/sys/fs/ext4/${device.split(" ")[0]?.replace("/dev/", "")}/trigger_fs_error`, "1");
    const refused = cellPut();
    await expect(storage.commit([refused], DAY)).rejects.toThrow(folder);
    await expect(storage.probe()).rejects.toThrow(folder);
    expect(await storage.get(kept.label)).toEqual(kept.bytes);
    expect(await storage.get(refused.label)).toBeUndefined();
    await storage.close().catch(() => undefined);
    system("umount", folder);
    system("mount", "-o", "loop", image, folder);
    const again = await open(folder, engine);
    expect(await again.get(kept.label)).toEqual(kept.bytes);
    expect(await again.commit([refused], DAY)).toEqual([{ outcome: "created", position: 1 }]);
    await again.close();
  });
});

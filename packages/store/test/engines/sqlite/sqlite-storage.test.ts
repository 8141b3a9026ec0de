import { execFileSync } from "node:child_process";
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test } from "vitest";
import { openSqliteStorage } from "../../../src/engines/sqlite/sqlite-storage.ts";
import type { Storage } from "../../../src/storage/storage.ts";
import { randomCell, randomLabel } from "../../lib/client.ts";
import { testFolder } from "../../lib/folder.ts";
import { describeStorage } from "../storage-contract.ts";

const base = mkdtempSync(join(tmpdir(), "pli-contract-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

describeStorage("sqlite", {
  open: async (name, feeds = 1) => openSqliteStorage({ folder: join(base, name), feeds }),
});

const DAY = 20_000;
const open = (folder: string, feeds = 1): Storage => openSqliteStorage({ folder, feeds });
const cellPut = () => ({ kind: "cell" as const, label: randomLabel(), bytes: randomCell() });
const filled = async (folder: string): Promise<void> => {
  const storage = open(folder);
  await storage.commit(Array.from({ length: 40 }, cellPut), DAY);
  await storage.commit(Array.from({ length: 40 }, cellPut), DAY + 1);
  await storage.close();
};
const failure = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
};
const overwrite = (file: string, at: number, bytes: Uint8Array): void => {
  const handle = openSync(file, "r+");
  writeSync(handle, bytes, 0, bytes.length, at);
  closeSync(handle);
};

describe("a data folder", () => {
  test("holds one file per day, and nothing of a day that expired", async () => {
    const folder = testFolder();
    const storage = open(folder);
    await storage.commit([cellPut()], DAY);
    await storage.commit([cellPut()], DAY + 1);
    await storage.expire(DAY + 1);
    await storage.close();
    expect(readdirSync(folder).toSorted()).toEqual(["2024-10-05.db", "store.db"]);
  });

  test("tells no time finer than a day", async () => {
    const folder = testFolder();
    await filled(folder);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mtimeMs % 86_400_000).toBe(0);
  });

  test("holds labels, cells, positions and days, and no other column", async () => {
    const folder = testFolder();
    await filled(folder);
    const columns = (file: string): string[] => {
      const db = new DatabaseSync(join(folder, file), { readOnly: true });
      const rows = db
        .prepare(
          "SELECT m.name || '.' || c.name AS name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'",
        )
        .all();
      db.close();
      return rows.map((row) => String(row["name"])).toSorted();
    };
    expect(columns("2024-10-04.db")).toEqual([
      "blocks.block",
      "blocks.label",
      "feed_0.cell",
      "feed_0.label",
      "feed_0.position",
      "feeds.feed",
      "feeds.first",
    ]);
    expect(columns("store.db")).toEqual(["probe.only", "probe.value", "reached.feed", "reached.position", "store.id"]);
  });

  test("can be given more feeds later", async () => {
    const folder = testFolder();
    await filled(folder);
    const storage = open(folder, 2);
    const put = { kind: "cell" as const, label: randomLabel(1), bytes: randomCell() };
    expect(await storage.commit([put], DAY + 1)).toEqual([{ outcome: "created", position: 0 }]);
    expect(storage.range(0)).toEqual({ oldest: 0, next: 80 });
    await storage.close();
  });

  test("of a newer version is refused by name", async () => {
    for (const name of ["store.db", "2024-10-04.db"]) {
      const folder = testFolder();
      await filled(folder);
      const db = new DatabaseSync(join(folder, name));
      db.exec("PRAGMA user_version = 2");
      db.close();
      expect(failure(() => open(folder))).toMatchObject({ code: "data_newer", file: join(folder, name) });
    }
  });

  test("with a damaged file is refused by name, whichever it is and however damaged", async () => {
    const damages: ((file: string) => void)[] = [
      (file) => overwrite(file, 0, new Uint8Array(100).fill(0x55)),
      (file) => truncateSync(file, 5000),
      (file) => overwrite(file, 4096, new Uint8Array(statSync(file).size - 4096).fill(0x55)),
      (file) => writeFileSync(file, "not a database at all, but long enough to be looked at as one".repeat(20)),
    ];
    for (const name of ["store.db", "2024-10-04.db", "2024-10-05.db"]) {
      for (const damage of damages) {
        const folder = testFolder();
        await filled(folder);
        damage(join(folder, name));
        expect(failure(() => open(folder))).toMatchObject({ code: "data_damaged", file: join(folder, name) });
      }
    }
  });

  test("of something else is refused by name", async () => {
    const folder = testFolder();
    const db = new DatabaseSync(join(folder, "store.db"));
    db.exec("CREATE TABLE other (x)");
    db.close();
    expect(failure(() => open(folder))).toMatchObject({ code: "data_damaged", file: join(folder, "store.db") });
  });

  test("that cannot be made is refused", () => {
    const folder = testFolder();
    writeFileSync(join(folder, "file"), "");
    expect(failure(() => open(join(folder, "file", "data")))).toMatchObject({ code: "data_unusable" });
  });

  test("in use by another process is refused, and free again when that process is killed", () => {
    const folder = testFolder();
    const script = `
      import { openSqliteStorage } from ${JSON.stringify(new URL("../../../src/engines/sqlite/sqlite-storage.ts", import.meta.url).href)};
      try { openSqliteStorage({ folder: ${JSON.stringify(folder)}, feeds: 1 }); console.log("opened"); } catch (error) { console.log(error.code); }
      process.kill(process.pid, "SIGKILL");
    `;
    const inAnotherProcess = (): string => {
      try {
        return execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }).trim();
      } catch (error) {
        return String((error as { stdout: unknown }).stdout).trim();
      }
    };
    const storage = open(folder);
    expect(inAnotherProcess()).toBe("data_locked");
    void storage.close();
    expect(inAnotherProcess()).toBe("opened");
    void open(folder).close();
  });

  test("whose newest file was only just created goes on", async () => {
    const folder = testFolder();
    await filled(folder);
    writeFileSync(join(folder, "2024-10-06.db"), "");
    const storage = open(folder);
    expect((await storage.commit([cellPut()], DAY + 2))[0]?.position).toBe(80);
    await storage.close();
  });
});

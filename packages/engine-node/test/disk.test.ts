import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { openDiskDatabase } from "@pli/engine-node";
import { describe, expect, onTestFinished, test } from "vitest";
import { databaseContract } from "../../database/test/contract.ts";
import { DISK_KEY, ROWS } from "./disk-key.ts";

const KILLS = 30;

function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "pli-disk-"));
}

const filesIn = (folder: string): string[] => readdirSync(folder).map((name) => join(folder, name));

databaseContract("a database on disk", async () => {
  const folder = temporaryFolder();
  return {
    open: (key) => openDiskDatabase(folder, key),
    stored: async () => Buffer.concat(filesIn(folder).map((file) => readFileSync(file))),
    dispose: async () => rmSync(folder, { recursive: true }),
  };
});

/** A folder whose database has the tables of the writer. */
async function prepared(): Promise<string> {
  const folder = temporaryFolder();
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const database = await openDiskDatabase(folder, DISK_KEY);
  await database.transaction(async (sql) => {
    await sql.run("CREATE TABLE entry (id INTEGER PRIMARY KEY, number INTEGER, text TEXT)");
    await sql.run("CREATE INDEX entry_number ON entry (number)");
    await sql.run("CREATE TABLE tally (total INTEGER)");
    await sql.run("INSERT INTO tally VALUES (0)");
  });
  await database.close();
  return folder;
}

/**
 * Runs the writer under a shell's `setting` until it stops, or is killed `killMs` after its first
 * line. Gives its lines.
 */
async function write(folder: string, p: { first: number; setting?: string; killMs?: number }): Promise<string[]> {
  const script = join(import.meta.dirname, "disk-writer.ts");
  const command = `${p.setting ?? ""} exec "$0" "$1" "$2" "$3"`;
  const child = spawn("sh", ["-c", command, process.execPath, script, folder, String(p.first)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { killMs } = p;
    if (killMs !== undefined && lines.length === 0) setTimeout(() => child.kill("SIGKILL"), killMs);
    lines.push(line);
  });
  await new Promise((resolve) => child.once("close", resolve));
  return lines;
}

/**
 * Whole transactions found, having checked that there is no half of one and that the file is sound.
 */
async function transactionsIn(folder: string): Promise<number[]> {
  const database = await openDiskDatabase(folder, DISK_KEY);
  expect(await database.check()).toBe("sound");
  const { counts, total } = await database.transaction(async (sql) => ({
    counts: await sql.all("SELECT number, count(*) AS count FROM entry GROUP BY number ORDER BY number"),
    total: await sql.all("SELECT total FROM tally"),
  }));
  await database.close();
  expect(counts.filter(({ count }) => count !== ROWS)).toEqual([]);
  expect(total).toEqual([{ total: counts.length * ROWS }]);
  return counts.map(({ number }) => Number(number));
}

describe("a database on disk", () => {
  test(`killed at ${KILLS} random moments has every transaction said to be durable, and no half of another`, async () => {
    const folder = await prepared();
    const durable: number[] = [];
    let hotJournals = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const lines = await write(folder, { first: kill * 1_000_000, killMs: Math.random() * 40 });
      durable.push(...lines.map(Number));
      hotJournals += statSync(join(folder, "pli.db-journal")).size > 0 ? 1 : 0;
      const found = new Set(await transactionsIn(folder));
      expect(durable.filter((number) => !found.has(number))).toEqual([]);
    }
    expect(hotJournals).toBeGreaterThan(0);
  }, 120_000);

  test("that the system lets grow no further says so, keeps what was durable, and goes on when it may", async () => {
    const folder = await prepared();
    const lines = await write(folder, { first: 0, setting: "trap '' XFSZ; ulimit -f 600;" });
    expect(lines.at(-1)).toBe("disk_full");
    const durable = lines.slice(0, -1).map(Number);
    expect(durable.length).toBeGreaterThan(5);
    expect(await transactionsIn(folder)).toEqual(durable);
    const later = await write(folder, { first: durable.length, killMs: 20 });
    expect((await transactionsIn(folder)).length).toBeGreaterThanOrEqual(durable.length + later.length);
  }, 60_000);

  test("is readable by its owner alone, whatever the umask", async () => {
    const before = process.umask(0);
    onTestFinished(() => void process.umask(before));
    const folder = await prepared();
    for (const file of filesIn(folder)) expect([file, statSync(file).mode & 0o777]).toEqual([file, 0o600]);
  });

  test("does not follow a link that somebody put in its place", async () => {
    const folder = temporaryFolder();
    const elsewhere = join(temporaryFolder(), "elsewhere");
    symlinkSync(elsewhere, join(folder, "pli.db"));
    await expect(openDiskDatabase(folder, DISK_KEY)).rejects.toMatchObject({ code: "database_failed" });
    expect(existsSync(elsewhere)).toBe(false);
  });
});

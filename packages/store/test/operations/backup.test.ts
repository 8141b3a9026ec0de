import { labelKey, type Label } from "@pli/protocol/wire";
import { hash } from "node:crypto";
import { once } from "node:events";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENGINES } from "../../src/index.ts";
import { openLogStorage } from "../../src/engines/log/log-storage.ts";
import { connect, greet, randomBlock, randomCell, randomLabel, type Client } from "../lib/client.ts";
import { testFolder } from "../lib/folder.ts";
import { runCommand, startServer } from "../lib/server-process.ts";

/** Enough that a back-up takes longer than killing it. */
const CELLS = 3000;
const WRITERS = 16;

/** The digests of what was acknowledged, by the keys of their labels. */
type Acknowledged = Map<string, string>;

const digestOf = (bytes: Uint8Array): string => hash("sha256", bytes);
const labelFrom = (key: string): Label => Uint8Array.from(key, (char) => char.charCodeAt(0)) as Label;

/** Blocks are rare beside cells. */
const pause = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 50);
  });

/** Puts until the line breaks. */
const write = async (client: Client, acknowledged: Acknowledged, type: "put" | "putBlock"): Promise<void> => {
  while (client.socket.readyState === client.socket.OPEN) {
    const label = randomLabel();
    const request = type === "put" ? { type, label, cell: randomCell() } : { type, label, block: randomBlock() };
    try {
      expect(await client.ask(request)).toMatchObject({ type: "stored", outcome: "created" });
    } catch {
      return;
    }
    acknowledged.set(labelKey(label), digestOf(request.type === "put" ? request.cell : request.block));
    if (type === "putBlock") await pause();
  }
};

/** Every label of the feed in the order of positions, from 0. */
const labelsOf = async (client: Client): Promise<string[]> => {
  const following = await client.ask({ type: "follow", feed: 0, from: 0 });
  await client.received(following.type === "following" ? following.next : 0);
  return client.entries.flatMap(({ entries }) => entries.map(({ label }) => labelKey(label)));
};

const storeIdOf = async (origin: string): Promise<string> => {
  const client = await connect(origin);
  const welcome = await client.ask({ type: "hello", minVersion: 1, maxVersion: 1 });
  await client.close();
  return Buffer.from(welcome.type === "welcome" ? welcome.storeId : []).toString("hex");
};

const expectHeld = async (client: Client, blocks: Acknowledged): Promise<void> => {
  for (const [key, digest] of blocks) {
    const answer = await client.ask({ type: "getBlock", label: labelFrom(key) });
    expect(answer.type === "found" && digestOf(answer.bytes)).toBe(digest);
  }
};

describe.each(ENGINES)("a store of the engine %s", (engine) => {
  test(`backed up while ${WRITERS} clients write, with the back-up and then the restoring killed on the way, is restored with all it had acknowledged before`, async () => {
    const folder = testFolder();
    const [data, backup, restored] = ["data", "backup", "restored"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const store = await startServer(data, "--engine", engine);
    const socket = join(data, "backup.sock");
    expect(lstatSync(socket).mode & 0o777).toBe(0o600);
    const [cells, blocks]: [Acknowledged, Acknowledged] = [new Map(), new Map()];
    const writers = await Promise.all(Array.from({ length: WRITERS }, () => greet(store.origin)));
    const writing = writers.map((client, i) =>
      i === 0 ? write(client, blocks, "putBlock") : write(client, cells, "put"),
    );
    await expect.poll(() => cells.size, { timeout: 60_000 }).toBeGreaterThan(CELLS);

    const backUp = (killAt?: string) => runCommand(["backup", "--to", backup, "--data", data], killAt);
    expect(await backUp("copied 10 %")).toMatchObject({ code: undefined });
    expect(await runCommand(["restore", "--from", backup, "--data", restored])).toMatchObject({
      code: 1,
      err: expect.stringContaining("backup_unfinished") as unknown,
    });
    expect(await backUp("compared 10 %")).toMatchObject({ code: undefined });
    expect(existsSync(join(backup, "backup.json"))).toBe(false);
    const before = [new Map(cells), new Map(blocks)] as const;
    const finished = await backUp();
    expect(finished).toMatchObject({ code: 0 });
    const count = Number(/ (\d+) cells/.exec(finished.out)?.[1]);
    expect(count).toBeGreaterThanOrEqual(before[0].size);
    await expect.poll(() => cells.size).toBeGreaterThan(count);
    const [id, original] = [await storeIdOf(store.origin), await labelsOf(await greet(store.origin))];
    store.child.kill("SIGKILL");
    await Promise.all([once(store.child, "exit"), ...writing]);

    const restore = (killAt?: string) =>
      runCommand(["restore", "--from", backup, "--data", restored, "--engine", engine], killAt);
    expect(await restore("copied 10 %")).toMatchObject({ code: undefined });
    expect(await restore("compared 10 %")).toMatchObject({ code: undefined });
    expect(existsSync(restored)).toBe(false);
    expect(await restore()).toMatchObject({ code: 0, out: expect.stringContaining(` ${count} cells`) as unknown });
    expect(readdirSync(folder).toSorted()).toEqual(["backup", "data", "restored"]);
    expect(await restore()).toMatchObject({ code: 1, err: expect.stringContaining("data_exists") as unknown });

    const again = await startServer(restored);
    expect(await storeIdOf(again.origin)).not.toBe(id);
    const reader = await greet(again.origin);
    const labels = await labelsOf(reader);
    expect(labels).toEqual(original.slice(0, count));
    const held = new Map(
      reader.entries.flatMap(({ entries }) => entries.map(({ label, cell }) => [labelKey(label), cell])),
    );
    for (const [key, digest] of before[0]) expect(digestOf(held.get(key) ?? new Uint8Array())).toBe(digest);
    await expectHeld(reader, before[1]);
    const later = randomLabel();
    expect(await reader.ask({ type: "put", label: later, cell: randomCell() })).toMatchObject({ outcome: "created" });
    await reader.received(count + 1);
    expect(reader.entries.at(-1)?.first).toBe(count);
    again.child.kill("SIGTERM");
    expect(await once(again.child, "exit")).toEqual([0, null]);
    expect(existsSync(join(restored, "backup.sock"))).toBe(false);
  }, 300_000);
});

test("a back-up that is brought up to date has what came since, says so when it is of another store, and when no store runs", async () => {
  const folder = testFolder();
  const [data, backup] = [join(folder, "data"), join(folder, "backup")];
  const run = (command: string, ...args: string[]) => runCommand([command, ...args]);
  const store = await startServer(data);
  const client = await greet(store.origin);
  const put = () => client.ask({ type: "put", label: randomLabel(), cell: randomCell() });
  await Promise.all(Array.from({ length: 300 }, put));
  expect((await run("backup", "--to", backup, "--data", data)).out).toContain("1 days, 300 cells, 0 blocks");
  await client.ask({ type: "putBlock", label: randomLabel(), block: randomBlock() });
  await put();
  expect((await run("backup", "--to", backup, "--data", data)).out).toContain("1 days, 301 cells, 1 blocks");
  const other = await startServer(join(folder, "other"));
  const refused = await run("backup", "--to", backup, "--data", join(folder, "other"));
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("backup_of_another") as unknown });
  other.child.kill("SIGTERM");
  await once(other.child, "exit");
  const still = await run("backup", "--to", backup, "--data", join(folder, "other"));
  expect(still).toMatchObject({ code: 1, err: expect.stringContaining("store_not_running") as unknown });
  expect((await run("restore", "--from", backup, "--data", join(folder, "new"))).out).toContain("301 cells, 1 blocks");
}, 60_000);

test("a damaged back-up is refused and restores nothing", async () => {
  const folder = testFolder();
  const [data, backup] = [join(folder, "data"), join(folder, "backup")];
  const store = await startServer(data);
  const client = await greet(store.origin);
  await Promise.all(
    Array.from({ length: 50 }, () => client.ask({ type: "put", label: randomLabel(), cell: randomCell() })),
  );
  expect(await runCommand(["backup", "--to", backup, "--data", data])).toMatchObject({ code: 0 });
  const day = readdirSync(join(backup, "data")).find((name) => /^\d{4}-/.test(name)) ?? "";
  const segment = join(backup, "data", day, "000000.cells");
  const bytes = readFileSync(segment);
  bytes[bytes.length - 10] = (bytes[bytes.length - 10] ?? 0) ^ 1;
  writeFileSync(segment, bytes);
  const restored = join(folder, "restored");
  const refused = await runCommand(["restore", "--from", backup, "--data", restored]);
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("backup_damaged") as unknown });
  expect(existsSync(restored)).toBe(false);
  rmSync(join(backup, "data", day), { recursive: true });
  const less = await runCommand(["restore", "--from", backup, "--data", restored]);
  expect(less).toMatchObject({ code: 1, err: expect.stringContaining("backup_damaged") as unknown });
}, 60_000);

test("a back-up stops before the disk is full, and the store goes on", async () => {
  const folder = testFolder();
  const data = join(folder, "data");
  mkdirSync(join(folder, "backup"));
  const store = await startServer(data);
  const client = await greet(store.origin);
  expect(await client.ask({ type: "put", label: randomLabel(), cell: randomCell() })).toMatchObject({ type: "stored" });
  const args = ["backup", "--to", join(folder, "backup"), "--data", data, "--min-free-mib", "1000000000"];
  expect(await runCommand(args)).toMatchObject({ code: 1, err: expect.stringContaining("store_full") as unknown });
  expect(await client.ask({ type: "put", label: randomLabel(), cell: randomCell() })).toMatchObject({ type: "stored" });
}, 30_000);

test("days that expired in the store expire in its back-up", async () => {
  const folder = testFolder();
  const [data, backup] = [join(folder, "data"), join(folder, "backup")];
  const today = Math.floor(Date.now() / 86_400_000);
  const storage = await openLogStorage({ folder: data, feeds: 1 });
  for (const day of [today - 2, today]) {
    await storage.commit([{ kind: "cell", label: randomLabel(), bytes: randomCell() }], day);
  }
  await storage.close();
  const first = await startServer(data);
  expect((await runCommand(["backup", "--to", backup, "--data", data])).out).toContain("2 days, 2 cells");
  first.child.kill("SIGTERM");
  await once(first.child, "exit");
  await startServer(data, "--retention-days", "1");
  expect((await runCommand(["backup", "--to", backup, "--data", data])).out).toContain("1 days, 1 cells");
}, 30_000);

import { labelKey } from "@pli/protocol/wire";
import { dial, randomFrom, seedOfRun } from "@pli/testkit/dials";
import { spawn, type ChildProcess } from "node:child_process";
import { hash } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { ENGINES } from "../src/index.ts";
import { greet, randomBlock, randomCell, randomLabel, type Client } from "./lib/client.ts";
import { testFolder } from "./lib/folder.ts";

const PROCESS = fileURLToPath(new URL("lib/store-process.ts", import.meta.url));
const KILLS = dial("STORE_KILLS");
const WRITERS = 12;
const FIRST_DAY = 20_000;
/** All within the retention. */
const KILLS_PER_DAY = Math.max(3, Math.ceil(KILLS / 20));
const READ_AT_ONCE = 2000;

const startProcess = async (...args: string[]): Promise<{ origin: string; child: ChildProcess }> => {
  const child = spawn(process.execPath, [PROCESS, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { origin: line.toString().trim(), child };
};

/**
 * The puts sent to the store, by the key of the label: the digest of the bytes, and whether the put
 * was acknowledged.
 */
type Asked = Map<string, { readonly digest: string; acknowledged: boolean }>;

const digestOf = (bytes: Uint8Array): string => hash("sha256", bytes);

/** Puts until the line breaks. */
const write = async (client: Client, asked: Asked, type: "put" | "putBlock"): Promise<void> => {
  for (;;) {
    const label = randomLabel();
    const request = type === "put" ? { type, label, cell: randomCell() } : { type, label, block: randomBlock() };
    const note = { digest: digestOf(request.type === "put" ? request.cell : request.block), acknowledged: false };
    asked.set(labelKey(label), note);
    try {
      expect(await client.ask(request)).toMatchObject({ type: "stored", outcome: "created" });
    } catch {
      return;
    }
    note.acknowledged = true;
  }
};

/** The cell that a reader got at a position must never become another one. */
const remember = (client: Client, shown: (string | undefined)[], cells: Asked): void => {
  for (const { first, entries } of client.entries.splice(0)) {
    for (const [i, { label, cell }] of entries.entries()) {
      const key = labelKey(label);
      expect(shown[first + i] ?? key).toBe(key);
      shown[first + i] = key;
      expect(cells.get(key)?.digest).toBe(digestOf(cell));
    }
  }
};

const followAll = async (client: Client, shown: (string | undefined)[], cells: Asked): Promise<number> => {
  const following = await client.ask({ type: "follow", feed: 0, from: 0 });
  const total = following.type === "following" ? following.next : 0;
  for (let count = 0; count < total; count += READ_AT_ONCE) {
    await client.received(Math.min(total, count + READ_AT_ONCE));
    remember(client, shown, cells);
  }
  return total;
};

test.each(ENGINES)(
  `%s, killed ${KILLS} times under load, has every acknowledged cell and block, once, and no position was used again (PLI_SEED=${seedOfRun})`,
  async (engine) => {
    const data = testFolder();
    const [cells, blocks]: [Asked, Asked] = [new Map(), new Map()];
    const shown: (string | undefined)[] = [];
    const random = randomFrom(seedOfRun);
    const start = (kill: number) => startProcess(data, engine, String(FIRST_DAY + Math.floor(kill / KILLS_PER_DAY)));
    for (let kill = 0; kill < KILLS; kill += 1) {
      const { origin, child } = await start(kill);
      const reader = await greet(origin);
      expect(await reader.ask({ type: "follow", feed: 0, from: shown.length })).toMatchObject({ type: "following" });
      const clients = await Promise.all(Array.from({ length: WRITERS }, () => greet(origin)));
      const writing = clients.map((client, i) =>
        i === 0 ? write(client, blocks, "putBlock") : write(client, cells, "put"),
      );
      setTimeout(() => child.kill("SIGKILL"), 5 + random() * 120);
      await once(child, "exit");
      await Promise.all([...writing, reader.closed]);
      remember(reader, shown, cells);
    }
    const { origin, child } = await start(KILLS);
    const reader = await greet(origin);
    const total = await followAll(reader, shown, cells);
    expect(new Set(shown).size).toBe(total);
    const kept = new Set(shown);
    const acknowledged = [...cells].filter(([, note]) => note.acknowledged);
    expect(acknowledged.filter(([key]) => !kept.has(key))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(KILLS);
    for (const [key, note] of blocks) {
      const answer = await reader.ask({ type: "getBlock", label: labelFrom(key) });
      const found = answer.type === "found" ? digestOf(answer.bytes) : undefined;
      expect(note.acknowledged ? [note.digest] : [note.digest, undefined]).toContain(found);
    }
    const [key = ""] = kept;
    expect(await reader.ask({ type: "get", label: labelFrom(key) })).toMatchObject({ type: "found" });
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  },
  60_000 + KILLS * 5000,
);

const labelFrom = (key = "") => Uint8Array.from(key, (char) => char.charCodeAt(0)) as ReturnType<typeof randomLabel>;

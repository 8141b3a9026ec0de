import { labelKey, type Cell, type Label } from "@pli/protocol/wire";
import { spawn, type ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { greet, randomCell, randomLabel, type Client } from "./client.ts";
import { testFolder } from "./folder.ts";

const PROCESS = fileURLToPath(new URL("store-process.ts", import.meta.url));
const KILLS = 50;
const WRITERS = 12;

const startProcess = async (data: string): Promise<{ origin: string; child: ChildProcess }> => {
  const child = spawn(process.execPath, [PROCESS, data], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { origin: line.toString().trim(), child };
};

/** Puts until the line breaks; keeps what was acknowledged, and what was asked without an answer. */
const write = async (client: Client, acknowledged: Map<string, Cell>, unknown: Set<string>): Promise<void> => {
  for (;;) {
    const [label, cell] = [randomLabel(), randomCell()];
    unknown.add(labelKey(label));
    try {
      const answer = await client.ask({ type: "put", label, cell });
      expect(answer).toMatchObject({ type: "stored", outcome: "created" });
    } catch {
      return;
    }
    unknown.delete(labelKey(label));
    acknowledged.set(labelKey(label), cell);
  }
};

/** What a reader was shown at each position must never become something else. */
const remember = (client: Client, shown: (string | undefined)[]): void => {
  for (const { first, entries } of client.entries.splice(0)) {
    for (const [i, { label }] of entries.entries()) {
      const before = shown[first + i];
      expect(before ?? labelKey(label)).toBe(labelKey(label));
      shown[first + i] = labelKey(label);
    }
  }
};

test(`a store killed at ${KILLS} random moments under load has every acknowledged cell, once, and no position was used again`, async () => {
  const data = testFolder();
  const acknowledged = new Map<string, Cell>();
  const unknown = new Set<string>();
  const shown: (string | undefined)[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const { origin, child } = await startProcess(data);
    const reader = await greet(origin);
    expect(await reader.ask({ type: "follow", feed: 0, from: shown.length })).toMatchObject({ type: "following" });
    const writers = await Promise.all(Array.from({ length: WRITERS }, () => greet(origin)));
    const writing = writers.map((client) => write(client, acknowledged, unknown));
    setTimeout(() => child.kill("SIGKILL"), randomInt(5, 120));
    await once(child, "exit");
    await Promise.all([...writing, reader.closed]);
    remember(reader, shown);
  }
  const { origin, child } = await startProcess(data);
  const reader = await greet(origin);
  const following = await reader.ask({ type: "follow", feed: 0, from: 0 });
  const total = following.type === "following" ? following.next : 0;
  await reader.received(total);
  const cells = new Map<string, Cell>();
  for (const { entries } of reader.entries) for (const { label, cell } of entries) cells.set(labelKey(label), cell);
  remember(reader, shown);
  expect(cells.size).toBe(total);
  for (const [label, cell] of acknowledged) expect(Buffer.compare(cells.get(label) ?? Buffer.alloc(0), cell)).toBe(0);
  for (const label of cells.keys()) expect(acknowledged.has(label) || unknown.has(label)).toBe(true);
  expect(acknowledged.size).toBeGreaterThan(KILLS);
  const [label = ""] = acknowledged.keys();
  const bytes = Uint8Array.from(label, (char) => char.charCodeAt(0)) as Label;
  expect(await reader.ask({ type: "get", label: bytes })).toMatchObject({ type: "found" });
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
}, 120_000);

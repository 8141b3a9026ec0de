/**
 * An export of a million messages, and an import: how fast, and how much memory beyond what the
 * process had before. Nothing may grow with the history. Everything is on disk: the databases and
 * the file.
 */
import { createEngine, type Engine } from "@pli/engine";
import { openDiskDatabase } from "@pli/engine-node";
import { clock } from "@pli/engine-node/platform";
import { createPassphrase, exportAll, importAll } from "@pli/archive";
import { createCrypto } from "@pli/protocol/crypto";
import { join } from "node:path";
import { createFile, openFile } from "../apps/cli/src/node/file.ts";
import { temporaryFolder } from "../e2e/lib/store-process.ts";
import { rounded, type Measurement } from "./measure.ts";

const SIZES = [10_000, 1_000_000] as const;
/** Adding is bound by the database's index of words: less of it shows as much. */
const ADDED = [10_000, 100_000] as const;
const SAMPLE_MS = 20;
const CONVERSATION = "c0".repeat(16);
const AUTHOR = "b0".repeat(32);

export async function run(): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  for (const count of SIZES)
    measured.push(
      ...(await measureExport(
        count,
        ADDED.some((added) => added === count),
      )),
    );
  for (const count of ADDED.slice(1)) measured.push(...(await measureExport(count, true)));
  return measured;
}

async function measureExport(count: number, adds: boolean): Promise<Measurement[]> {
  const figure = (metric: string, value: number, unit: string): Measurement => ({
    bench: "export",
    subject: `${count} messages`,
    metric,
    value: rounded(value),
    unit,
  });
  const path = join(temporaryFolder("export"), "export.age");
  const passphrase = createPassphrase();
  const alice = await engineWith(count);
  const file = await createFile(path);
  const written = await watched(() => exportAll(alice, file, { passphrase }));
  await file.keep();
  await alice.close();
  if (written.value.messages !== count) throw new Error("messages are missing");
  const source = await openFile(path);
  const bob = await engineWith(0);
  const counted = await watched(() => importAll(bob, source, { passphrase, mode: "count" }));
  const figures = [
    figure("exported, read back included", written.seconds, "s"),
    figure("memory beyond before", written.bytes / 2 ** 20, "MiB"),
    figure("file", written.value.bytes / 2 ** 20, "MiB"),
    figure("counted by an import", counted.seconds, "s"),
    figure("memory beyond before, counting", counted.bytes / 2 ** 20, "MiB"),
  ];
  if (adds) {
    const added = await watched(() => importAll(bob, source, { passphrase, mode: "add" }));
    if (added.value.messages !== count) throw new Error("messages were not added");
    figures.push(
      figure("added by an import", added.seconds, "s"),
      figure("memory beyond before, adding", added.bytes / 2 ** 20, "MiB"),
    );
  }
  await bob.close();
  return figures;
}

/** A profile that no store answers, with this many texts of somebody. */
async function engineWith(count: number): Promise<Engine> {
  const folder = temporaryFolder("export-home");
  const open = () => openDiskDatabase(folder, new Uint8Array(32).fill(1));
  const crypto = await createCrypto();
  const start = async (): Promise<Engine> => {
    const dialer = { dial: () => ({ send: () => undefined, close: () => undefined }) };
    return createEngine({ database: await open(), crypto, clock, dialer, store: "http://127.0.0.1:1" });
  };
  const fresh = await start();
  await fresh.createProfile({ name: "Alice" });
  if (count === 0) return fresh;
  await fresh.close();
  const database = await open();
  await database.transaction(async (sql) => {
    await sql.run(
      `INSERT INTO conversations (id, kind, contact, store, feed, generation, state, name, active_at)
       VALUES (?, 'group', '', '', 0, 0, 'left', 'Long', 0)`,
      [CONVERSATION],
    );
    await sql.run(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO messages (id, conversation, sender, mine, kind, text, sent_at, state)
       SELECT printf('%064x', i), ?, ?, 0, 'text', 'text ' || i || ' of a length that people write, more or less', 1.7e12 + i, 'received' FROM n`,
      [count, CONVERSATION, AUTHOR],
    );
  });
  await database.close();
  return start();
}

/** How long work takes, and how much more memory the process holds at its worst moment. */
async function watched<T>(work: () => Promise<T>): Promise<{ value: T; seconds: number; bytes: number }> {
  const held = (): number => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = held();
  let most = before;
  const sampling = setInterval(() => (most = Math.max(most, held())), SAMPLE_MS);
  const start = performance.now();
  try {
    const value = await work();
    return { value, seconds: (performance.now() - start) / 1000, bytes: most - before };
  } finally {
    clearInterval(sampling);
  }
}

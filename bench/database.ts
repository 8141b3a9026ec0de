/**
 * A small durable transaction in a client's encrypted database, beside node:sqlite (native, not
 * encrypted) on the same disk.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openDiskDatabase } from "@pli/engine-node";
import { temporaryFolder } from "../e2e/lib/store-process.ts";
import { median, percentile, rounded, type Measurement } from "./measure.ts";

const ROUNDS = 400;
const WARM_UP = 50;
const TABLE = "CREATE TABLE message (id INTEGER PRIMARY KEY, body BLOB NOT NULL)";
const INSERT = "INSERT INTO message (body) VALUES (?)";

export async function run(): Promise<Measurement[]> {
  const body = new Uint8Array(1024).fill(7);
  const ours = await openDiskDatabase(temporaryFolder("database"), new Uint8Array(32).fill(1));
  await ours.transaction((sql) => sql.run(TABLE));
  const native = new DatabaseSync(join(temporaryFolder("native"), "native.db"));
  native.exec(`PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL; PRAGMA locking_mode = EXCLUSIVE; ${TABLE}`);
  const insert = native.prepare(INSERT);
  const times: Record<"ours" | "native", number[]> = { ours: [], native: [] };
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    const start = performance.now();
    await ours.transaction((sql) => sql.run(INSERT, [body]));
    const between = performance.now();
    insert.run(body);
    const end = performance.now();
    if (round < WARM_UP) continue;
    times.ours.push(between - start);
    times.native.push(end - between);
  }
  await ours.close();
  native.close();
  return [
    ...figures("SQLite3MultipleCiphers in WASM, encrypted", times.ours),
    ...figures("node:sqlite, plain", times.native),
  ];
}

function figures(subject: string, values: readonly number[]): Measurement[] {
  const figure = (metric: string, value: number): Measurement => ({
    bench: "database",
    subject,
    metric,
    value: rounded(value),
    unit: "ms",
  });
  return [
    figure("durable insert of 1 KiB, p50", median(values)),
    figure("durable insert of 1 KiB, p99", percentile(values, 0.99)),
  ];
}

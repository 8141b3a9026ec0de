/**
 * `npm run bench -- hostile [--engines log,sqlite] [--attacks NAME,…] [--quick]`: what honest
 * people notice while somebody attacks the store from another address, its usual limits in force:
 * how long a put of theirs waits for its answer and for its way to a follower, and how much memory
 * the store takes. Store, attacker and the honest share the machine: some of the wait is the
 * attacker's use of it.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { labelKey, parseAnswer } from "@pli/protocol/wire";
import { ENGINES } from "@pli/store";
import { greet, randomCell, randomLabel } from "../packages/store/test/lib/client.ts";
import { ATTACK_NAMES } from "./attacker.ts";
import { percentile, type Measurement } from "./measure.ts";
import { Series } from "./store/series.ts";
import { pause } from "./store/server-process.ts";
import { startStore, type StoreProcess } from "./store-process.ts";

const NOBODY = "nobody";
const PUTS_A_SECOND = 100;
const SECONDS = 5;
const ROUNDS = 5;
/** The attack with a million bad requests lasts as long as they take. */
const BAD_REQUESTS = { name: "a flood of bad requests", count: 1_000_000 };
const LOOK_MS = 100;
/** Gives every cell to the follower in full form, for any number of cells. */
const FULL_FORM = ["--full-feed-mib", "1000000"];

export const run = async (args: readonly string[]): Promise<Measurement[]> => {
  const options = { engines: { type: "string" }, attacks: { type: "string" }, quick: { type: "boolean" } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const series = new Series();
  for (const engine of values.engines?.split(",") ?? ENGINES) {
    for (let round = 0; round < (values.quick === true ? 1 : ROUNDS); round += 1) {
      for (const attack of values.attacks?.split(",") ?? [NOBODY, ...ATTACK_NAMES])
        await measure(engine, attack, round, series);
    }
  }
  return series.medians("hostile");
};

const measure = async (engine: string, attack: string, round: number, series: Series): Promise<void> => {
  const root = join(import.meta.dirname, "../test-results");
  mkdirSync(root, { recursive: true });
  const data = mkdtempSync(join(root, "hostile-"));
  const store = await startStore(data, ["--engine", engine, ...FULL_FORM]);
  try {
    const honest = await createHonest(store.origin);
    await honest.putFor(1);
    const before = store.resident();
    const attacker = attack === NOBODY ? undefined : await startAttacker(attack, store.port);
    const most = watchMemory(store);
    const enough = attack === BAD_REQUESTS.name && round === 0 ? BAD_REQUESTS.count : 0;
    const calm = { stored: honest.stored.length, delivered: honest.delivered.length };
    do await honest.putFor(SECONDS);
    while (((await attacker?.struck()) ?? 0) < enough);
    const stored = honest.stored.slice(calm.stored);
    const delivered = honest.delivered.slice(calm.delivered);
    const struck = await attacker?.struck();
    attacker?.stop();
    series.add(`${engine}, attacked by ${attack}`, [
      { metric: "put answered, p50", value: percentile(stored, 0.5), unit: "ms" },
      { metric: "put answered, p99", value: percentile(stored, 0.99), unit: "ms" },
      { metric: "put to delivered, p99", value: percentile(delivered, 0.99), unit: "ms" },
      { metric: "memory above before, at most", value: (most() - before) / 2 ** 20, unit: "MiB" },
      ...(struck === undefined ? [] : [{ metric: "struck", value: struck, unit: "times" }]),
    ]);
  } finally {
    await store.stop();
    rmSync(data, { recursive: true, force: true });
  }
};

interface Attacker {
  struck(): Promise<number>;
  stop(): void;
}

const startAttacker = async (attack: string, port: number): Promise<Attacker> => {
  const path = join(import.meta.dirname, "attacker.ts");
  const child = spawn(process.execPath, [path, attack, String(port)], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface(child.stdout);
  await once(lines, "line");
  return {
    struck: async () => {
      child.stdin.write("\n");
      const [count] = (await once(lines, "line")) as [string];
      return Number(count);
    },
    stop: () => void child.kill("SIGKILL"),
  };
};

/** Returns the maximum since then. */
const watchMemory = (store: StoreProcess): (() => number) => {
  let most = store.resident();
  const watching = setInterval(() => (most = Math.max(most, store.resident())), LOOK_MS);
  return () => {
    clearInterval(watching);
    return Math.max(most, store.resident());
  };
};

interface Honest {
  readonly stored: number[];
  readonly delivered: number[];
  /**
   * Puts at a steady rate, whatever time the answers take. Each put must be stored, and delivered.
   */
  putFor(seconds: number): Promise<void>;
}

const createHonest = async (origin: string): Promise<Honest> => {
  const [writer, follower] = [await greet(origin), await greet(origin)];
  const sent = new Map<string, number>();
  const stored: number[] = [];
  const delivered: number[] = [];
  follower.socket.on("message", (bytes: Buffer) => {
    const answer = parseAnswer(bytes);
    if (!answer.ok || answer.value.type !== "entries") return;
    for (const { label } of answer.value.entries) {
      const started = sent.get(labelKey(label));
      if (started !== undefined) delivered.push(performance.now() - started);
    }
  });
  await follower.ask({ type: "follow", feed: 0, from: 0 });
  const put = async (): Promise<void> => {
    const label = randomLabel();
    const started = performance.now();
    sent.set(labelKey(label), started);
    const answer = await writer.ask({ type: "put", label, cell: randomCell() });
    if (answer.type !== "stored") throw new Error(`an honest put was answered ${answer.type}`);
    stored.push(performance.now() - started);
  };
  return {
    stored,
    delivered,
    putFor: async (seconds) => {
      const answers: Promise<void>[] = [];
      const count = seconds * PUTS_A_SECOND;
      for (const started = performance.now(); answers.length < count; await pause(2)) {
        const due = Math.min(count, ((performance.now() - started) / 1000) * PUTS_A_SECOND);
        while (answers.length < due) answers.push(put());
      }
      await Promise.all(answers);
      while (delivered.length < sent.size) await pause(10);
    },
  };
};

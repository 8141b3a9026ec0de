/**
 * From the call that sends a text to its arrival at the other person's client: two clients and the
 * store, each a process of its own on this machine, everything durable on the way (sender's
 * database, store, receiver's database). Beside it, in the same run, the same disk's fdatasync, of
 * which the way holds at least three.
 */
import { spawn } from "node:child_process";
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createHomePerson, onlyConversation, pairPeople } from "../e2e/lib/homes.ts";
import { startStoreProcess, temporaryFolder } from "../e2e/lib/store-process.ts";
import { median, percentile, rounded, type Measurement } from "./measure.ts";

const WARM_UP = 30;
const MESSAGES = 400;
const EVERY_MS = 25;

export async function run(): Promise<Measurement[]> {
  const store = await startStoreProcess();
  const [alice, bob] = [await createHomePerson("Alice", store.origin), await createHomePerson("Bob", store.origin)];
  await pairPeople(alice, bob);
  await bob.close();
  const receiver = startReceiver(bob.folder, store.origin);
  await receiver.ready;
  const { id: conversation } = await onlyConversation(alice.api);
  const sent = new Map<string, number>();
  const saving: number[] = [];
  for (let n = 0; n < WARM_UP + MESSAGES; n++) {
    const before = now();
    sent.set(String(n), before);
    await alice.api.sendText({ conversation, text: String(n) });
    if (n >= WARM_UP) saving.push(now() - before);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  const arrivals = await receiver.all(WARM_UP + MESSAGES);
  const waits = arrivals.slice(WARM_UP).map(({ text, at }) => at - (sent.get(text) ?? Number.NaN));
  const sync = syncTimes();
  receiver.stop();
  await alice.close();
  await store.stop();
  const figure = (subject: string, metric: string, value: number): Measurement => ({
    bench: "latency",
    subject,
    metric,
    value: rounded(value),
    unit: "ms",
  });
  return [
    figure("text, client to client", "p50", percentile(waits, 0.5)),
    figure("text, client to client", "p99", percentile(waits, 0.99)),
    figure("of which until it is saved here", "p50", median(saving)),
    figure("fdatasync of 4 KiB, same disk", "p50", median(sync)),
    figure("fdatasync of 4 KiB, same disk", "p99", percentile(sync, 0.99)),
  ];
}

/** Milliseconds that two processes of one machine can compare. */
const now = (): number => performance.timeOrigin + performance.now();

function startReceiver(folder: string, store: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "receiver.ts"), folder, store], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const arrivals: { text: string; at: number }[] = [];
  const { promise: ready, resolve: isReady } = Promise.withResolvers<void>();
  const { promise: complete, resolve: isComplete } = Promise.withResolvers<void>();
  let wanted = Number.POSITIVE_INFINITY;
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line === "ready") return isReady();
    arrivals.push(JSON.parse(line) as { text: string; at: number });
    if (arrivals.length >= wanted) isComplete();
  });
  return {
    ready,
    all: async (count: number) => {
      wanted = count;
      if (arrivals.length < count) await complete;
      return arrivals;
    },
    stop: () => child.kill(),
  };
}

function syncTimes(): number[] {
  const file = openSync(join(temporaryFolder("sync"), "file"), "w");
  const block = new Uint8Array(4096);
  const times = Array.from({ length: 300 }, () => {
    const before = now();
    writeSync(file, block);
    fdatasyncSync(file);
    return now() - before;
  });
  closeSync(file);
  return times;
}

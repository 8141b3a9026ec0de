/**
 * From the call that changes a setting on one device of a person until another one shows it, over a
 * store in a process of its own: two engines in this process, each on the disk, everything durable
 * on the way. Beside it a conversation that is muted.
 */
import { startStoreProcess, temporaryFolder } from "../e2e/lib/store-process.ts";
import { linkTo, meet, startDevice, when } from "./engines.ts";
import { percentile, rounded, type Measurement } from "./measure.ts";

const WARM_UP = 20;
const CHANGES = 200;
const EVERY_MS = 25;

export async function run(): Promise<Measurement[]> {
  const store = await startStoreProcess();
  const old = await startDevice(temporaryFolder("old"), store.origin);
  await old.engine.createProfile({ name: "Alice" });
  await meet(old.engine, "Friend", store.origin);
  const fresh = await startDevice(temporaryFolder("new"), store.origin);
  await linkTo(old.engine, fresh.engine);
  const [here] = await old.engine.read("conversations", {});
  await when(fresh.engine, "conversations", {}, (all) => all.length === 1 && all[0]?.state === "ready");
  await when(fresh.engine, "history", {}, ({ incoming }) => incoming?.step === "complete");
  const settings = await timesOf(async (isOn) => {
    const there = when(fresh.engine, "settings", {}, ({ readReceipts }) => readReceipts === isOn);
    await old.engine.changeSettings({ readReceipts: isOn });
    await there;
  });
  const mutes = await timesOf(async (isOn) => {
    const there = when(fresh.engine, "conversations", {}, ([one]) => one?.muted === isOn);
    await old.engine.mute({ conversation: here?.id ?? "", muted: isOn });
    await there;
  });
  await old.engine.close();
  await fresh.engine.close();
  await store.stop();
  return [...figures("a setting, device to device", settings), ...figures("a mute, device to device", mutes)];
}

/** Milliseconds that each change takes, one after the other, there and back. */
async function timesOf(change: (isOn: boolean) => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < WARM_UP + CHANGES; n++) {
    const before = performance.now();
    await change(n % 2 !== 0);
    if (n >= WARM_UP) times.push(performance.now() - before);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  return times;
}

const figures = (subject: string, times: readonly number[]): Measurement[] =>
  ([0.5, 0.95] as const).map((part) => ({
    bench: "own-sync",
    subject,
    metric: `p${part * 100}`,
    value: rounded(percentile(times, part)),
    unit: "ms",
  }));

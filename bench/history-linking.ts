/**
 * A device is linked to one that has 20,000 messages in 30 conversations, over a store in a process
 * of its own with the limits that it comes with: how long until the last day of all conversations
 * can be read, and until all is there; and the same with both devices cut off and started again
 * twice.
 */
import type { HistoryView } from "@pli/engine/api";
import { openDiskDatabase } from "@pli/engine-node";
import { createContent, encodeContent, messageIdFrom } from "@pli/protocol/content";
import { createCrypto, fromHex, toHex } from "@pli/protocol/crypto";
import { startStoreProcess, temporaryFolder } from "../e2e/lib/store-process.ts";
import { KEY, linkTo, meet, openEngine, startDevice, when, type Device } from "./engines.ts";
import { rounded, type Measurement } from "./measure.ts";

const MESSAGES = 20_000;
const CONVERSATIONS = 30;
/** A message of each conversation in this time: some come from the last day. */
const EVERY_MS = 900_000;
const CUT_AT = [0.3, 0.6];

export async function run(): Promise<Measurement[]> {
  const store = await startStoreProcess();
  const old = await startDevice(temporaryFolder("old"), store.origin);
  await old.engine.createProfile({ name: "Alice" });
  for (let i = 0; i < CONVERSATIONS; i++) await meet(old.engine, `Friend ${i}`, store.origin);
  await old.engine.close();
  await writeMessages(old.folder);
  const measured: Measurement[] = [];
  for (const cuts of [[], CUT_AT]) {
    old.engine = await openEngine(old.folder, store.origin);
    measured.push(...(await link(old, cuts, store.origin)));
    await old.engine.close();
  }
  await store.stop();
  return measured;
}

async function link(old: Device, cuts: readonly number[], store: string): Promise<Measurement[]> {
  const fresh = await startDevice(temporaryFolder("new"), store);
  await linkTo(old.engine, fresh.engine);
  const start = performance.now();
  const since = (): number => (performance.now() - start) / 1000;
  for (const part of cuts) {
    await when(fresh.engine, "history", {}, ({ incoming }) => doneOf(incoming) >= part);
    for (const device of [old, fresh]) {
      await device.engine.close();
      device.engine = await openEngine(device.folder, store);
    }
  }
  await when(
    fresh.engine,
    "history",
    {},
    ({ incoming }) => incoming?.step === "older" || incoming?.step === "complete",
  );
  const recent = since();
  await when(fresh.engine, "history", {}, ({ incoming }) => incoming?.step === "complete");
  const all = since();
  const { messages = 0, messagesDone = 0 } = (await fresh.engine.read("history", {})).incoming ?? {};
  if (messagesDone !== messages || messages < MESSAGES) throw new Error(`${messagesDone} of ${messages} messages`);
  await when(fresh.engine, "conversations", {}, (list) => list.every(({ state }) => state === "ready"));
  const ready = since();
  await fresh.engine.close();
  const figure = (metric: string, value: number): Measurement => ({
    bench: "history-linking",
    subject: cuts.length === 0 ? `${MESSAGES} messages, ${CONVERSATIONS} conversations` : "both devices cut twice",
    metric,
    value: rounded(value),
    unit: "s",
  });
  const first = cuts.length === 0 ? [figure("the last day of all can be read", recent)] : [];
  return [...first, figure("all is there", all), figure("in every conversation", ready)];
}

const doneOf = (incoming: HistoryView["incoming"]): number =>
  incoming === undefined || incoming.messages === 0 ? 0 : incoming.messagesDone / incoming.messages;

/** Texts of all friends on a closed device, as if they had come one by one. */
async function writeMessages(folder: string): Promise<void> {
  const crypto = await createCrypto();
  const database = await openDiskDatabase(folder, KEY);
  await database.transaction(async (sql) => {
    const places = await sql.all("SELECT id, shared, contact FROM conversations WHERE kind = 'direct'");
    for (let i = 0; i < MESSAGES; i++) {
      const { id = "", shared, contact } = places[i % places.length] ?? {};
      const sentAt = Date.now() - Math.floor((MESSAGES - i) / places.length) * EVERY_MS;
      const text = `Text ${i}, of a length that people write, more or less, with a word or two more`;
      const content = encodeContent(createContent(crypto, sentAt, { kind: "text", text }));
      const sender = fromHex(String(contact)) ?? new Uint8Array(32);
      const message = toHex(messageIdFrom(crypto, content, { sender, conversation: shared as Uint8Array }));
      await sql.run(
        `INSERT INTO messages (id, conversation, sender, mine, kind, text, content, sent_at, state)
         VALUES (?, ?, ?, 0, 'text', ?, ?, ?, 'received')`,
        [message, id, contact ?? "", text, content, sentAt],
      );
    }
  });
  await database.close();
}

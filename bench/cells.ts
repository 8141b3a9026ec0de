/**
 * Sealing and opening one cell, beside the bare AEAD of the same size in libsodium and in OpenSSL
 * (node:crypto).
 */
import { createCipheriv, randomBytes } from "node:crypto";
import { createGroupEngine, readPayload, sealMessage, startEpoch, type Epoch } from "@pli/protocol/conversation";
import { createCrypto } from "@pli/protocol/crypto";
import { openCell, sealCell, type Put } from "@pli/protocol/object";
import { median, rounded, type Measurement } from "./measure.ts";

const ROUNDS = 9;
const EACH = 2_000;
const MESSAGES = 200;

export async function run(): Promise<Measurement[]> {
  const crypto = await createCrypto();
  const key = crypto.random(32);
  const body = crypto.random(1024);
  const cell = sealCell(crypto, key, "whole", body);
  const plaintext = crypto.random(4079);
  const nonce = new Uint8Array(12);
  const nothing = new Uint8Array(0);
  const bare: Record<string, () => void> = {
    "sealCell, 1 KiB body": () => void sealCell(crypto, key, "whole", body),
    openCell: () => void openCell(crypto, key, cell),
    "bare AEAD of 4,079 bytes, libsodium": () => void crypto.aeadSeal(key, nonce, plaintext, nothing),
    "bare AEAD of 4,079 bytes, node:crypto": () => {
      const cipher = createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
      cipher.update(plaintext);
      cipher.final();
    },
  };
  const times = new Map<string, number[]>();
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [subject, work] of Object.entries(bare)) note(times, round, subject, microseconds(work, EACH));
    for (const [subject, time] of await messageTimes()) note(times, round, subject, time);
  }
  return [...times].map(([subject, values]) => ({
    bench: "cells",
    subject,
    metric: "CPU time, median",
    value: rounded(median(values)),
    unit: "µs",
  }));
}

/** The first round only warms up. */
function note(times: Map<string, number[]>, round: number, subject: string, time: number): void {
  if (round > 0) times.set(subject, [...(times.get(subject) ?? []), time]);
}

function microseconds(work: () => void, count: number): number {
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

/** A whole message of 200 bytes between two members: MLS and the cell, both sides. */
async function messageTimes(): Promise<[string, number][]> {
  const { kit, alice, bob } = await twoMembers();
  const content = randomBytes(200);
  let [sender, receiver] = [alice, bob];
  const cells: Put[] = [];
  const keys: Uint8Array[] = [];
  const beforeSeal = process.cpuUsage();
  for (let i = 0; i < MESSAGES; i++) {
    keys.push(kit.crypto.hkdfExpand("sha256", chainSecret(sender), new TextEncoder().encode("pli1 cell\0"), 32));
    const sealed = await sealMessage(kit, sender, 0, content);
    sender = sealed.epoch;
    cells.push(...sealed.puts);
  }
  const seal = process.cpuUsage(beforeSeal);
  const beforeOpen = process.cpuUsage();
  for (const [i, put] of cells.entries()) {
    const key = keys[i];
    if (put.kind !== "cell" || key === undefined) throw new Error("a short message is one cell");
    const payload = readPayload(kit.crypto, [{ key, cell: put.cell }]);
    if (!payload.ok || payload.value.type !== "message") throw new Error("not a message");
    const opened = await kit.groups.decrypt(receiver.group, payload.value.message, { sender: sender.ownLeaf });
    if (!opened.ok) throw new Error(opened.error);
    receiver = Object.assign({}, receiver, { group: opened.value.state });
  }
  const open = process.cpuUsage(beforeOpen);
  return [
    ["a message sealed (MLS and cell), 2 members", (seal.user + seal.system) / MESSAGES],
    ["a message opened (cell and MLS), 2 members", (open.user + open.system) / MESSAGES],
  ];
}

function chainSecret(epoch: Epoch): Uint8Array {
  const own = epoch.chains.find(({ leaf }) => leaf === epoch.ownLeaf);
  if (own === undefined) throw new Error("no chain of our own");
  return own.secret;
}

async function twoMembers() {
  const crypto = await createCrypto();
  const groups = createGroupEngine(crypto);
  const now = Math.floor(Date.now() / 1000);
  const member = (name: string) =>
    groups.createKeyPackage({
      credential: new TextEncoder().encode(name),
      signKeys: crypto.signKeyPair(),
      notBefore: now - 3600,
      notAfter: now + 86_400,
    });
  const [a, b] = [await member("alice"), await member("bob")];
  const fresh = await groups.createGroup({ groupId: crypto.random(32), ...a });
  const made = await groups.commit(fresh, {
    add: [b.keyPackage],
    now,
    check: () => true,
    allows: () => true,
  });
  if (!made.ok || made.value.welcome === undefined) throw new Error("no group");
  const joined = await groups.join(made.value.welcome, { ...b, now, check: () => true });
  if (!joined.ok) throw new Error(joined.error);
  const kit = { crypto, groups };
  return { kit, alice: await startEpoch(kit, made.value.state, 0), bob: await startEpoch(kit, joined.value, 0) };
}

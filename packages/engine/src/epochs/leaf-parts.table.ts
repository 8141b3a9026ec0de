/**
 * The tables `epoch_states` and `leaf_parts`: the MLS state of an epoch, and beside it, in small
 * parts, what a message changes: the secrets of the leaves and their label chains.
 */
import type { Chain, GroupEngine } from "@pli/protocol/conversation";
import type { Tx } from "../runtime/context.ts";
import { bytesIn, damaged } from "../runtime/storage/row.ts";
import type { Epoch } from "@pli/protocol/conversation";
import { partOf } from "./group-bytes.ts";

const SECRET_BYTES = 32;
const CHAIN_BYTES = 4 + 4 + SECRET_BYTES;

/** Where every sender's chain stands in an epoch. */
export async function chainsOf(tx: Tx, epoch: number): Promise<Chain[]> {
  const parts = await tx.sql.all("SELECT chains FROM leaf_parts WHERE epoch = ? ORDER BY part", [epoch]);
  return parts.flatMap((part) => chainsFrom(bytesIn(part, "chains")));
}

/**
 * The whole of an epoch, once: what a message changes of it is small, and saved by `saveLeafPart`.
 */
export async function saveGroup(tx: Tx, groups: GroupEngine, id: number, epoch: Epoch): Promise<void> {
  const state = groups.encodeState(epoch.group);
  await tx.sql.run("INSERT OR REPLACE INTO epoch_states (epoch, group_state) VALUES (?, ?)", [id, state]);
  for (let part = 0; part < groups.leafParts(epoch.group); part++) await saveLeafPart(tx, groups, id, epoch, part);
}

export async function saveLeafPart(tx: Tx, groups: GroupEngine, id: number, epoch: Epoch, part: number): Promise<void> {
  const chains = epoch.chains.filter(({ leaf }) => partOf(leaf) === part);
  await tx.sql.run(
    `INSERT INTO leaf_parts (epoch, part, secrets, chains) VALUES (?, ?, ?, ?)
     ON CONFLICT (epoch, part) DO UPDATE SET secrets = excluded.secrets, chains = excluded.chains`,
    [id, part, groups.encodeLeafPart(epoch.group, part), encodeChains(chains)],
  );
}

export async function loadGroup(tx: Tx, groups: GroupEngine, epoch: number): Promise<Epoch["group"]> {
  const [state] = await tx.sql.all("SELECT group_state FROM epoch_states WHERE epoch = ?", [epoch]);
  const parts = await tx.sql.all("SELECT secrets FROM leaf_parts WHERE epoch = ? ORDER BY part", [epoch]);
  const secrets = parts.map((part) => bytesIn(part, "secrets"));
  const group = groups.parseState(bytesIn(state ?? {}, "group_state"), secrets);
  return group.ok ? group.value : damaged("group_state");
}

export async function deleteGroup(tx: Tx, epoch: number): Promise<void> {
  await tx.sql.run("DELETE FROM epoch_states WHERE epoch = ?", [epoch]);
  await tx.sql.run("DELETE FROM leaf_parts WHERE epoch = ?", [epoch]);
}

function encodeChains(chains: readonly Chain[]): Uint8Array {
  const bytes = new Uint8Array(chains.length * CHAIN_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [i, { leaf, index, secret }] of chains.entries()) {
    view.setUint32(i * CHAIN_BYTES, leaf);
    view.setUint32(i * CHAIN_BYTES + 4, index);
    bytes.set(secret, i * CHAIN_BYTES + 8);
  }
  return bytes;
}

function chainsFrom(bytes: Uint8Array): Chain[] {
  if (bytes.length % CHAIN_BYTES !== 0) return damaged("chains");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: bytes.length / CHAIN_BYTES }, (_, i) => {
    const at = i * CHAIN_BYTES;
    const secret = bytes.slice(at + 8, at + CHAIN_BYTES);
    return { leaf: view.getUint32(at), index: view.getUint32(at + 4), secret };
  });
}

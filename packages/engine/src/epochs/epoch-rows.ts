import { type Chain, type Epoch, type GroupEngine, type Slot } from "@pli/protocol/conversation";
import { concat } from "@pli/protocol/crypto";
import { LABEL_BYTES, type Label } from "@pli/protocol/wire";
import type { Tx } from "../runtime/context.ts";
import type { SqlRow } from "../runtime/ports.ts";
import { bytesIn, damaged, maybeBytesIn, numberIn, textIn } from "../runtime/storage/row.ts";

const SECRET_BYTES = 32;
const SLOT_BYTES = LABEL_BYTES + SECRET_BYTES;
const CHAIN_BYTES = 4 + 4 + SECRET_BYTES;

/** What is needed to expect an epoch's cells: no MLS state. */
export interface EpochLabels {
  readonly id: number;
  readonly conversation: string;
  readonly feed: number;
  readonly ownLeaf: number;
  readonly chains: readonly Chain[];
  readonly commits: readonly Slot[];
  /** The commit attempt whose turn it is. */
  readonly attempt: number;
  readonly retired: boolean;
}

/** An epoch of a conversation as this device keeps it. A value: saving replaces it. */
export interface HeldEpoch {
  readonly id: number;
  readonly conversation: string;
  readonly generation: number;
  readonly number: number;
  readonly store: string;
  readonly feed: number;
  readonly epoch: Epoch;
  readonly attempt: number;
  /** Messages this device sent since its leaf has its keys, and since when it has them. */
  readonly sent: number;
  readonly leafSince: number;
  readonly retired: boolean;
}

export const EPOCHS = "SELECT e.*, c.feed, c.store FROM epochs e JOIN conversations c ON c.id = e.conversation";

export async function epochLabelsFromRow(tx: Tx, row: SqlRow): Promise<EpochLabels> {
  const id = numberIn(row, "id");
  return {
    id,
    conversation: textIn(row, "conversation"),
    feed: numberIn(row, "feed"),
    ownLeaf: numberIn(row, "own_leaf"),
    chains: await chainsOf(tx, id),
    commits: slotsFrom(bytesIn(row, "commits")),
    attempt: numberIn(row, "attempt"),
    retired: row["retired_at"] !== null,
  };
}

/** Where every sender's chain stands in an epoch. */
export async function chainsOf(tx: Tx, id: number): Promise<Chain[]> {
  const parts = await tx.sql.all("SELECT chains FROM leaf_parts WHERE epoch = ? ORDER BY part", [id]);
  return parts.flatMap((part) => chainsFrom(bytesIn(part, "chains")));
}

export async function heldFromRow(tx: Tx, groups: GroupEngine, row: SqlRow): Promise<HeldEpoch> {
  const { chains, commits, ownLeaf, ...view } = await epochLabelsFromRow(tx, row);
  const [state] = await tx.sql.all("SELECT group_state FROM epoch_states WHERE epoch = ?", [view.id]);
  const parts = await tx.sql.all("SELECT secrets FROM leaf_parts WHERE epoch = ? ORDER BY part", [view.id]);
  const secrets = parts.map((part) => bytesIn(part, "secrets"));
  const group = groups.parseState(bytesIn(state ?? {}, "group_state"), secrets);
  if (!group.ok) return damaged("group_state");
  return {
    ...view,
    generation: numberIn(row, "generation"),
    number: numberIn(row, "number"),
    store: textIn(row, "store"),
    epoch: { group: group.value, ownLeaf, chains, commits, callSecret: maybeBytesIn(row, "call_secret") },
    sent: numberIn(row, "sent"),
    leafSince: numberIn(row, "leaf_since"),
  };
}

export function outlookOf(held: HeldEpoch): EpochLabels {
  return { ...held, ...held.epoch };
}

export function encodeSlots(slots: readonly Slot[]): Uint8Array {
  return concat(...slots.flatMap(({ label, key }) => [label, key]));
}

export function encodeChains(chains: readonly Chain[]): Uint8Array {
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

function slotsFrom(bytes: Uint8Array): Slot[] {
  if (bytes.length % SLOT_BYTES !== 0) return damaged("commits");
  return Array.from({ length: bytes.length / SLOT_BYTES }, (_, i) => {
    const slot = bytes.slice(i * SLOT_BYTES, (i + 1) * SLOT_BYTES);
    return { label: slot.slice(0, LABEL_BYTES) as Label, key: slot.slice(LABEL_BYTES) };
  });
}

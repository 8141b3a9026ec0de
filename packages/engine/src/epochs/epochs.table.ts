/**
 * The table `epochs`: each epoch of each conversation, but for its MLS state (leaf-parts.table.ts).
 */
import type { Chain, Epoch, GroupEngine, Slot } from "@pli/protocol/conversation";
import { concat } from "@pli/protocol/crypto";
import { LABEL_BYTES, type Label } from "@pli/protocol/wire";
import type { Tx } from "../runtime/context.ts";
import type { SqlRow } from "../runtime/ports.ts";
import { bytesIn, damaged, maybeBytesIn, numberIn, textIn } from "../runtime/storage/row.ts";
import { chainsOf, loadGroup } from "./leaf-parts.table.ts";

const SECRET_BYTES = 32;
const SLOT_BYTES = LABEL_BYTES + SECRET_BYTES;

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

const EPOCHS = "SELECT e.*, c.feed, c.store FROM epochs e JOIN conversations c ON c.id = e.conversation";

export async function listEpochLabels(tx: Tx): Promise<EpochLabels[]> {
  const labels: EpochLabels[] = [];
  for (const row of await tx.sql.all(EPOCHS)) labels.push(await labelsFromRow(tx, row));
  return labels;
}

export async function findEpoch(tx: Tx, groups: GroupEngine, id: number): Promise<HeldEpoch | undefined> {
  const [row] = await tx.sql.all(`${EPOCHS} WHERE e.id = ?`, [id]);
  if (row === undefined) return undefined;
  const { chains, commits, ownLeaf, ...view } = await labelsFromRow(tx, row);
  const group = await loadGroup(tx, groups, id);
  return {
    ...view,
    generation: numberIn(row, "generation"),
    number: numberIn(row, "number"),
    store: textIn(row, "store"),
    epoch: { group, ownLeaf, chains, commits, callSecret: maybeBytesIn(row, "call_secret") },
    sent: numberIn(row, "sent"),
    leafSince: numberIn(row, "leaf_since"),
  };
}

async function labelsFromRow(tx: Tx, row: SqlRow): Promise<EpochLabels> {
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

export const labelsOf = (held: HeldEpoch): EpochLabels => ({ ...held, ...held.epoch });

/** Gives its id. */
export async function insertEpoch(tx: Tx, fresh: Omit<HeldEpoch, "id" | "attempt" | "retired">): Promise<number> {
  const { conversation, generation, number, epoch, sent, leafSince } = fresh;
  const { ownLeaf, commits, callSecret = null } = epoch;
  const [row] = await tx.sql.all(
    `INSERT INTO epochs (conversation, generation, number, own_leaf, commits, call_secret, sent, leaf_since)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
    [conversation, generation, number, ownLeaf, encodeSlots(commits), callSecret, sent, leafSince],
  );
  return numberIn(row ?? {}, "id");
}

/** The newest epoch of a conversation that is not a past one. */
export async function currentEpochId(tx: Tx, conversation: string): Promise<number | undefined> {
  const sql = "SELECT id FROM epochs WHERE conversation = ? AND retired_at IS NULL ORDER BY id DESC LIMIT 1";
  const [row] = await tx.sql.all(sql, [conversation]);
  return row === undefined ? undefined : numberIn(row, "id");
}

export async function listEpochIds(tx: Tx, conversation: string): Promise<number[]> {
  const rows = await tx.sql.all("SELECT id FROM epochs WHERE conversation = ? ORDER BY id", [conversation]);
  return rows.map((row) => numberIn(row, "id"));
}

/** The past epochs of a conversation, the newest first. */
export async function listRetired(tx: Tx, conversation: string): Promise<number[]> {
  const sql = "SELECT id FROM epochs WHERE conversation = ? AND retired_at IS NOT NULL ORDER BY id DESC";
  return (await tx.sql.all(sql, [conversation])).map((row) => numberIn(row, "id"));
}

/**
 * The epochs that became past ones before a moment. Those that did so after `now`, by a clock that
 * was put back since, do so now: what is on the way may still need them.
 */
export async function listRetiredBefore(tx: Tx, at: number, now: number): Promise<number[]> {
  await tx.sql.run("UPDATE epochs SET retired_at = ? WHERE retired_at > ?", [now, now]);
  const rows = await tx.sql.all("SELECT id FROM epochs WHERE retired_at < ?", [at]);
  return rows.map((row) => numberIn(row, "id"));
}

/**
 * The conversations in whose current epoch this device has sent this number of messages, or more.
 */
export async function listSentAtLeast(tx: Tx, sent: number): Promise<string[]> {
  const rows = await tx.sql.all("SELECT conversation FROM epochs WHERE retired_at IS NULL AND sent >= ?", [sent]);
  return rows.map((row) => textIn(row, "conversation"));
}

/** It leads nowhere any more. */
export async function retireEpoch(tx: Tx, id: number, at: number): Promise<void> {
  await tx.sql.run("UPDATE epochs SET retired_at = ?, commits = x'' WHERE id = ?", [at, id]);
}

export async function saveSent(tx: Tx, id: number, sent: number): Promise<void> {
  await tx.sql.run("UPDATE epochs SET sent = ? WHERE id = ?", [sent, id]);
}

export async function saveAttempt(tx: Tx, id: number, attempt: number): Promise<void> {
  await tx.sql.run("UPDATE epochs SET attempt = ? WHERE id = ?", [attempt, id]);
}

export async function deleteEpoch(tx: Tx, id: number): Promise<void> {
  await tx.sql.run("DELETE FROM epochs WHERE id = ?", [id]);
}

function encodeSlots(slots: readonly Slot[]): Uint8Array {
  return concat(...slots.flatMap(({ label, key }) => [label, key]));
}

function slotsFrom(bytes: Uint8Array): Slot[] {
  if (bytes.length % SLOT_BYTES !== 0) return damaged("commits");
  return Array.from({ length: bytes.length / SLOT_BYTES }, (_, i) => {
    const slot = bytes.slice(i * SLOT_BYTES, (i + 1) * SLOT_BYTES);
    return { label: slot.slice(0, LABEL_BYTES) as Label, key: slot.slice(LABEL_BYTES) };
  });
}

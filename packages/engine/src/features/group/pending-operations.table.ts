import type { Missed } from "@pli/protocol/group";
import type { NewcomersRead, Role, WhoAdds, WhoWrites } from "../../api/views.ts";
import type { Tx } from "../../runtime/context.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { damaged, numberIn, textIn } from "../../runtime/storage/row.ts";

/** Where a picture stands in the store, and its SHA-256; hexadecimal. */
export interface PicturePlace {
  readonly seed: string;
  readonly length: number;
  readonly hash: string;
}

/** New values for some of a group's rules; `picture: null` removes it. */
export interface RulesEdit {
  readonly name?: string;
  readonly description?: string;
  readonly picture?: PicturePlace | null;
  readonly whoAdds?: WhoAdds;
  readonly whoWrites?: WhoWrites;
  readonly timer?: number;
  readonly newcomersRead?: NewcomersRead;
}

/** What is wanted changed in a group. Profiles are ids in hexadecimal. */
export type PendingOperation =
  | { readonly kind: "add"; readonly profiles: readonly string[] }
  | { readonly kind: "remove"; readonly profiles: readonly string[] }
  | { readonly kind: "role"; readonly profile: string; readonly role: Role }
  | { readonly kind: "rules"; readonly edit: RulesEdit }
  | { readonly kind: "keys" }
  /** The leaves of this person become those of their list of devices. */
  | { readonly kind: "devices" }
  /** This person goes; a successor becomes owner first. */
  | { readonly kind: "leave"; readonly successor?: string }
  /** Somebody has left: their leaf goes, by their own signed word. */
  | { readonly kind: "left"; readonly leaf: number; readonly profile: string; readonly signature: string }
  /**
   * This person founds a successor of a group that nobody can change or come back to. Until that is
   * done nothing else can be. `gone`: who says that they have left it; `forgotten`: who came in
   * since the old state of this device.
   */
  | {
      readonly kind: "successorGroup";
      readonly without: readonly string[];
      readonly gone?: readonly string[];
      readonly forgotten?: readonly string[];
    }
  /** Somebody of the old group comes over into the successor group, with the role they had. */
  | { readonly kind: "bring"; readonly profile: string; readonly role: Role; readonly keyPackage: string }
  /**
   * A member's device that cannot go on comes back with a new key package in place of its old leaf.
   */
  | {
      readonly kind: "replace";
      readonly profile: string;
      readonly device: string;
      readonly keyPackage: string;
      /**
       * The encryption key of the leaf whose place it takes, hexadecimal: once that is gone, so is
       * the operation.
       */
      readonly replaces?: string;
      /** Of the keys that certify it: leaves by earlier ones go with it. */
      readonly generation?: number;
      /** Behind which message here the device can have missed some. */
      readonly since?: Missed;
    }
  /**
   * All chains begin again, unless another commit has ended this epoch of this MLS group meanwhile.
   */
  | { readonly kind: "fresh"; readonly group: string; readonly epoch: number };

/**
 * A operation as it waits in the queue of its group, until it is in effect or makes no sense any
 * more.
 */
export interface QueuedOperation {
  readonly id: number;
  readonly conversation: string;
  readonly operation: PendingOperation;
  readonly createdAt: number;
  /** Not before this moment: what many may do, the others leave to the first for a while. */
  readonly dueAt: number;
}

/** Group change path 2/10: saved before anything else happens. */
export async function insertPendingOperation(
  tx: Tx,
  p: { conversation: string; operation: PendingOperation; createdAt: number; dueAt?: number },
): Promise<number> {
  const { conversation, operation, createdAt, dueAt = createdAt } = p;
  const [row] = await tx.sql.all(
    "INSERT INTO intentions (conversation, kind, body, created_at, due_at) VALUES (?, ?, ?, ?, ?) RETURNING id",
    [conversation, operation.kind, JSON.stringify(operation), createdAt, dueAt],
  );
  tx.changed("conversations");
  return numberIn(row ?? {}, "id");
}

/** All that is wanted of a group, oldest first. */
export async function listPendingOperations(tx: Tx, conversation: string): Promise<QueuedOperation[]> {
  const rows = await tx.sql.all("SELECT * FROM intentions WHERE conversation = ? ORDER BY id", [conversation]);
  return rows.map(intentionFromRow);
}

/** Those who said that they leave and are not out yet. */
export async function leaversIn(tx: Tx, conversation: string): Promise<ReadonlySet<string>> {
  const operations = (await listPendingOperations(tx, conversation)).map(({ operation }) => operation);
  return new Set(operations.flatMap((operation) => (operation.kind === "left" ? [operation.profile] : [])));
}

/** A operation of which a part has been done: what is left of it. */
export async function replaceOperation(tx: Tx, id: number, operation: PendingOperation): Promise<void> {
  await tx.sql.run("UPDATE intentions SET body = ? WHERE id = ?", [JSON.stringify(operation), id]);
  tx.changed("conversations");
}

export async function deletePendingOperation(tx: Tx, id: number): Promise<void> {
  await tx.sql.run("DELETE FROM intentions WHERE id = ?", [id]);
  tx.changed("conversations");
}

export async function deletePendingOperationsOf(tx: Tx, conversation: string): Promise<void> {
  await tx.sql.run("DELETE FROM intentions WHERE conversation = ?", [conversation]);
  tx.changed("conversations");
}

function intentionFromRow(row: SqlRow): QueuedOperation {
  return {
    id: numberIn(row, "id"),
    conversation: textIn(row, "conversation"),
    operation: wishFrom(textIn(row, "body")),
    createdAt: numberIn(row, "created_at"),
    dueAt: numberIn(row, "due_at"),
  };
}

function wishFrom(json: string): PendingOperation {
  try {
    return JSON.parse(json) as PendingOperation;
  } catch {
    return damaged("intention");
  }
}

/** Whether this person is about to leave, or has. */
export async function isLeaving(tx: Tx, conversation: string): Promise<boolean> {
  const rows = await tx.sql.all("SELECT 1 FROM intentions WHERE conversation = ? AND kind = 'leave'", [conversation]);
  return rows.length > 0;
}

/** Nobody brings the devices of this person back. */
export async function deleteReplacementsOf(tx: Tx, profile: string): Promise<void> {
  await tx.sql.run("DELETE FROM intentions WHERE kind = 'replace' AND json_extract(body, '$.profile') = ?", [profile]);
}

/** The groups in which an operation waits for a moment after `now`, and which. */
export async function listDueAfter(tx: Tx, now: number): Promise<{ conversation: string; dueAt: number }[]> {
  const rows = await tx.sql.all("SELECT conversation, due_at FROM intentions WHERE due_at > ?", [now]);
  return rows.map((row) => ({ conversation: textIn(row, "conversation"), dueAt: numberIn(row, "due_at") }));
}

/** The groups in which something waits. */
export async function listGroupsThatChange(tx: Tx): Promise<string[]> {
  const rows = await tx.sql.all("SELECT DISTINCT conversation FROM intentions");
  return rows.map((row) => textIn(row, "conversation"));
}

/** The groups in which somebody waits to be added. */
export async function listGroupsThatAdd(tx: Tx): Promise<string[]> {
  const rows = await tx.sql.all("SELECT DISTINCT conversation FROM intentions WHERE kind = 'add'");
  return rows.map((row) => textIn(row, "conversation"));
}

/** The table `pending_contents`: what is to be said in conversations, until a store has it. */
import type { Tx } from "../runtime/context.ts";
import type { SqlRow, SqlValue } from "../runtime/ports.ts";
import { bytesIn, maybeNumberIn, numberIn, textIn } from "../runtime/storage/row.ts";
import { withdrawItems } from "../delivery/queue/send-queue.table.ts";
import { streamOf } from "./conversations.ts";

export type ContentPurpose = "text" | "action" | "receipt" | "control";

/** People say it, so it leaves only where they may write. */
export const isSaid = (purpose: ContentPurpose): boolean => purpose === "text" || purpose === "action";

export interface PendingContent {
  readonly id: number;
  readonly conversation: string;
  readonly purpose: ContentPurpose;
  /**
   * A text: its message. An action: its id. A control message: a name, if somebody waits until it
   * is stored.
   */
  readonly reference: string;
  readonly content: Uint8Array;
  /** Under which epoch it is sealed: its cells are in the send queue. */
  readonly epoch: number | undefined;
}

/** Contents that are alike in what is named here. */
type Which = Partial<Pick<PendingContent, "conversation" | "reference">> & Pick<PendingContent, "purpose">;

/** How the send queue names the cells of a content: by the epoch they are sealed under, too. */
export const contentReference = (id: number, epoch: number): string => `content ${id} ${epoch}`;

export async function insertContent(tx: Tx, content: Omit<PendingContent, "id" | "epoch">): Promise<void> {
  await tx.sql.run("INSERT INTO pending_contents (conversation, purpose, reference, content) VALUES (?, ?, ?, ?)", [
    content.conversation,
    content.purpose,
    content.reference,
    content.content,
  ]);
}

/** What leaves next of a conversation. */
export async function firstContent(tx: Tx, conversation: string): Promise<PendingContent | undefined> {
  const [row] = await tx.sql.all("SELECT * FROM pending_contents WHERE conversation = ? ORDER BY id LIMIT 1", [
    conversation,
  ]);
  return row === undefined ? undefined : contentFromRow(row);
}

export async function findContent(tx: Tx, id: number): Promise<PendingContent | undefined> {
  const [row] = await tx.sql.all("SELECT * FROM pending_contents WHERE id = ?", [id]);
  return row === undefined ? undefined : contentFromRow(row);
}

export async function isPendingContent(tx: Tx, which: Which): Promise<boolean> {
  const { condition, values } = whereIs(which);
  return (await tx.sql.all(`SELECT 1 FROM pending_contents WHERE ${condition} LIMIT 1`, values)).length > 0;
}

/** Whether something else than people said waits in a conversation behind this content. */
export async function hasOthersBehind(tx: Tx, { conversation, id }: PendingContent): Promise<boolean> {
  const sql =
    "SELECT 1 FROM pending_contents WHERE conversation = ? AND purpose NOT IN ('text', 'action') AND id > ? LIMIT 1";
  return (await tx.sql.all(sql, [conversation, id])).length > 0;
}

/** `epoch`: undefined when it is to be sealed again. */
export async function saveSealed(tx: Tx, id: number, epoch: number | undefined): Promise<void> {
  await tx.sql.run("UPDATE pending_contents SET epoch = ? WHERE id = ?", [epoch ?? null, id]);
}

export async function deleteContent(tx: Tx, id: number): Promise<void> {
  await tx.sql.run("DELETE FROM pending_contents WHERE id = ?", [id]);
}

/** Everything of a conversation is to be sealed again: no cell of it leaves, and no commit. */
export async function unsealAll(tx: Tx, conversation: string): Promise<void> {
  await withdrawItems(tx, streamOf(conversation));
  await tx.sql.run("UPDATE pending_contents SET epoch = NULL WHERE conversation = ?", [conversation]);
}

/** A text that is not sealed yet does not leave. */
export async function deleteUnsealedText(tx: Tx, message: string): Promise<void> {
  await tx.sql.run("DELETE FROM pending_contents WHERE purpose = 'text' AND reference = ? AND epoch IS NULL", [
    message,
  ]);
}

/** The same of an action. */
export async function deleteUnsealedAction(tx: Tx, id: string): Promise<void> {
  await tx.sql.run("DELETE FROM pending_contents WHERE purpose = 'action' AND reference = ? AND epoch IS NULL", [id]);
}

/** Takes contents back, with the cells that they are sealed in. Gives them in their order. */
export async function withdrawContents(tx: Tx, which: Which): Promise<PendingContent[]> {
  const { condition, values } = whereIs(which);
  const rows = await tx.sql.all(`DELETE FROM pending_contents WHERE ${condition} RETURNING *`, values);
  const contents = rows.map(contentFromRow).toSorted((one, other) => one.id - other.id);
  for (const content of contents) await withdrawCells(tx, content);
  return contents;
}

/** Takes the cells of a content back, if it is sealed. */
export async function withdrawCells(tx: Tx, { id, conversation, epoch }: PendingContent): Promise<void> {
  if (epoch === undefined) return;
  const sealed = contentReference(id, epoch);
  await withdrawItems(tx, streamOf(conversation), (reference) => reference === sealed);
}

/** Nothing more leaves in a conversation: no content, and no commit. */
export async function clearConversation(tx: Tx, conversation: string): Promise<void> {
  await tx.sql.run("DELETE FROM pending_contents WHERE conversation = ?", [conversation]);
  await withdrawItems(tx, streamOf(conversation));
}

/** A message is called by another id from now on. */
export async function renameText(tx: Tx, before: string, after: string): Promise<void> {
  await tx.sql.run("UPDATE pending_contents SET reference = ? WHERE purpose = 'text' AND reference = ?", [
    after,
    before,
  ]);
}

/** The conversations in which something waits, and the stores they are at. */
export async function listWaiting(tx: Tx): Promise<{ name: string; store: string }[]> {
  const rows = await tx.sql.all(
    "SELECT DISTINCT p.conversation, c.store FROM pending_contents p JOIN conversations c ON c.id = p.conversation",
  );
  return rows.map((row) => ({ name: textIn(row, "conversation"), store: textIn(row, "store") }));
}

/** How many actions wait. */
export async function countWaitingActions(tx: Tx): Promise<number> {
  const [row = {}] = await tx.sql.all("SELECT count(*) AS n FROM pending_contents WHERE purpose = 'action'");
  return numberIn(row, "n");
}

/** How many receipts and controls wait, and how many of all are sealed. */
export async function countContents(tx: Tx): Promise<{ control: number; receipt: number; sealed: number }> {
  const [row = {}] = await tx.sql.all(
    `SELECT count(*) FILTER (WHERE purpose = 'control') AS control,
       count(*) FILTER (WHERE purpose = 'receipt') AS receipt, count(epoch) AS sealed FROM pending_contents`,
  );
  return { control: numberIn(row, "control"), receipt: numberIn(row, "receipt"), sealed: numberIn(row, "sealed") };
}

function whereIs(which: Which): { condition: string; values: SqlValue[] } {
  const columns = (["conversation", "purpose", "reference"] as const).filter((column) => which[column] !== undefined);
  return {
    condition: columns.map((column) => `${column} = ?`).join(" AND "),
    values: columns.map((column) => which[column] ?? null),
  };
}

function contentFromRow(row: SqlRow): PendingContent {
  return {
    id: numberIn(row, "id"),
    conversation: textIn(row, "conversation"),
    purpose: textIn(row, "purpose") as ContentPurpose,
    reference: textIn(row, "reference"),
    content: bytesIn(row, "content"),
    epoch: maybeNumberIn(row, "epoch"),
  };
}

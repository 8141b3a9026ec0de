/** The table `receipts`: what is yet to be said to contacts about their messages. */
import type { Tx } from "../../runtime/context.ts";
import { numberIn, textIn } from "../../runtime/storage/row.ts";

type Kind = "delivered" | "read";

/**
 * `at`: since when it waits, which stands in the column `due_at`. One that waits stays as it is.
 */
export async function insertReceipt(
  tx: Tx,
  { conversation, message, kind, at }: { conversation: string; message: string; kind: Kind; at: number },
): Promise<void> {
  await tx.sql.run("INSERT OR IGNORE INTO receipts (conversation, message, kind, due_at) VALUES (?, ?, ?, ?)", [
    conversation,
    message,
    kind,
    at,
  ]);
}

/** The conversations of a store where some wait, the longest waiting first. */
export async function listWithReceipts(tx: Tx, store: string): Promise<string[]> {
  const rows = await tx.sql.all(
    `SELECT conversation FROM receipts r JOIN conversations c ON c.id = r.conversation
     WHERE c.store = ? GROUP BY conversation ORDER BY min(due_at), conversation`,
    [store],
  );
  return rows.map((row) => textIn(row, "conversation"));
}

/**
 * The longest waiting first, `most` of them; one for each message. What was read has arrived: that
 * is not said as well.
 */
export async function listReceipts(
  tx: Tx,
  conversation: string,
  most: number,
): Promise<{ message: string; kind: Kind }[]> {
  const rows = await tx.sql.all(
    `SELECT message, max(kind) AS kind FROM receipts WHERE conversation = ?
     GROUP BY message ORDER BY min(due_at), message LIMIT ?`,
    [conversation, most],
  );
  return rows.map((row) => ({ message: textIn(row, "message"), kind: textIn(row, "kind") as Kind }));
}

/** How many messages there are of which something is to be said to a contact who is not blocked. */
export async function countReceipts(tx: Tx): Promise<number> {
  const [row] = await tx.sql.all(
    `SELECT count(DISTINCT r.message) AS n
     FROM receipts r JOIN contacts k ON k.conversation = r.conversation WHERE NOT k.blocked`,
  );
  return numberIn(row ?? {}, "n");
}

export async function deleteReceipts(tx: Tx, conversation: string, message: string): Promise<void> {
  await tx.sql.run("DELETE FROM receipts WHERE conversation = ? AND message = ?", [conversation, message]);
}

/** That it was read may be to be said all the same. */
export async function deleteDelivered(tx: Tx, conversation: string, message: string): Promise<void> {
  const sql = "DELETE FROM receipts WHERE conversation = ? AND message = ? AND kind = 'delivered'";
  await tx.sql.run(sql, [conversation, message]);
}

export async function deleteReceiptsIn(tx: Tx, conversation: string): Promise<void> {
  await tx.sql.run("DELETE FROM receipts WHERE conversation = ?", [conversation]);
}

export async function deleteReceiptsOfKind(tx: Tx, kind: Kind): Promise<void> {
  await tx.sql.run("DELETE FROM receipts WHERE kind = ?", [kind]);
}

/** A message is called by another id from now on. */
export async function renameReceipts(tx: Tx, conversation: string, before: string, after: string): Promise<void> {
  const sql = "UPDATE OR IGNORE receipts SET message = ? WHERE conversation = ? AND message = ?";
  await tx.sql.run(sql, [after, conversation, before]);
}

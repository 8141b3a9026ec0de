/**
 * What can leave now, of all that waits: nothing does in a conversation that is being set up again,
 * and nothing to a contact who is blocked.
 */
import { CONVERSATION_STREAM } from "../../epochs/conversations.ts";
import type { Tx } from "../../runtime/context.ts";
import { numberIn, textIn } from "../../runtime/storage/row.ts";

/** How much waits for each store, and the last of it. A content counts once, sealed or not. */
export async function listLeaving(tx: Tx): Promise<{ store: string; items: number; last: number }[]> {
  const rows = await tx.sql.all(
    `SELECT o.store, count(*) AS items, max(o.id) AS last
     FROM (SELECT id, store, substr(stream, ${CONVERSATION_STREAM.length + 2}) AS conversation
             FROM send_queue WHERE stream LIKE '${CONVERSATION_STREAM} %' AND ahead
           UNION ALL SELECT id, store, NULL FROM send_queue WHERE stream NOT LIKE '${CONVERSATION_STREAM} %'
           UNION ALL SELECT p.id, c.store, c.id FROM pending_contents p JOIN conversations c ON c.id = p.conversation) o
       LEFT JOIN conversations c ON c.id = o.conversation LEFT JOIN contacts k ON k.conversation = c.id
     WHERE coalesce(c.state, 'ready') = 'ready' AND coalesce(k.blocked, 0) = 0 GROUP BY o.store`,
  );
  return rows.map((row) => ({
    store: textIn(row, "store"),
    items: numberIn(row, "items"),
    last: numberIn(row, "last"),
  }));
}

/** Whether a receipt has been taken to leave for this store, and has not left. */
export async function isReceiptLeaving(tx: Tx, store: string): Promise<boolean> {
  const rows = await tx.sql.all(
    `SELECT 1 FROM pending_contents p JOIN conversations c ON c.id = p.conversation
       LEFT JOIN contacts k ON k.conversation = c.id
     WHERE c.store = ? AND p.purpose = 'receipt' AND c.state = 'ready' AND coalesce(k.blocked, 0) = 0 LIMIT 1`,
    [store],
  );
  return rows.length > 0;
}

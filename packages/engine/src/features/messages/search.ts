import type { SearchHit } from "../../api/api.ts";
import type { Commands } from "../../api/schema.ts";
import type { Tx } from "../../runtime/context.ts";
import { numberIn, textIn } from "../../runtime/storage/row.ts";
import { nameOf } from "../conversations/queries.ts";
import { MESSAGES, messageFromRow } from "./message-views.ts";
import { indexQuery } from "./terms.ts";

/** Messages that hold what is typed (`terms.ts`), newest first. */
export async function search(
  tx: Tx,
  { text, limit, before = Number.MAX_SAFE_INTEGER, conversation }: Commands["search"]["parameters"],
  ownName: string,
): Promise<SearchHit[]> {
  const wanted = indexQuery(text);
  if (wanted === undefined) return [];
  const orders = await ordersOf(tx, wanted, { limit, before, conversation });
  const listed = "m.ord IN (SELECT value FROM json_each(?))";
  const rows = await tx.sql.all(`${MESSAGES} WHERE ${listed} ORDER BY m.ord DESC`, [JSON.stringify(orders)]);
  const names = new Map<string, string>();
  for (const row of rows) names.set(textIn(row, "conversation"), await nameOf(tx, textIn(row, "conversation")));
  return rows.map((row) => ({
    message: messageFromRow(row, ownName),
    conversationName: names.get(textIn(row, "conversation")) ?? "",
  }));
}

/**
 * The index is read from its end, and no further than the page: it holds its rows in the order of
 * messages.
 */
async function ordersOf(
  tx: Tx,
  expression: string,
  { limit, before, conversation }: { limit: number; before: number; conversation: string | undefined },
): Promise<number[]> {
  const found = "FROM messages_text f WHERE messages_text MATCH ? AND f.rowid < ?";
  const rows =
    conversation === undefined
      ? await tx.sql.all(`SELECT f.rowid AS ord ${found} ORDER BY f.rowid DESC LIMIT ?`, [expression, before, limit])
      : await tx.sql.all(
          `SELECT f.rowid AS ord ${found} AND f.rowid >= (SELECT min(ord) FROM messages WHERE conversation = ?3)
             AND (SELECT m.conversation FROM messages m WHERE m.ord = f.rowid) = ?3
           ORDER BY f.rowid DESC LIMIT ?4`,
          [expression, before, conversation, limit],
        );
  return rows.map((row) => numberIn(row, "ord"));
}

import type { SearchHit } from "../../api/views.ts";
import type { Commands } from "../../api/schema.ts";
import type { Tx } from "../../runtime/context.ts";
import { listLocked } from "../conversations/locked.ts";
import { nameOf } from "../conversations/conversations.views.table.ts";
import { findOrders } from "./messages.table.ts";
import { listMessagesAt } from "./messages.views.table.ts";
import { indexQuery } from "./terms.ts";

/**
 * Messages that hold what is typed (`terms.ts`), newest first. Of a locked conversation only when
 * it is asked for by itself.
 */
export async function search(
  tx: Tx,
  { text, limit, before = Number.MAX_SAFE_INTEGER, conversation }: Commands["search"]["parameters"],
  ownName: string,
): Promise<SearchHit[]> {
  const wanted = indexQuery(text);
  if (wanted === undefined) return [];
  const without = conversation === undefined ? await listLocked(tx) : [];
  const orders = await findOrders(tx, wanted, { limit, before, conversation, without });
  const found = await listMessagesAt(tx, orders, ownName);
  const names = new Map<string, string>();
  for (const id of new Set(found.map((message) => message.conversation))) names.set(id, await nameOf(tx, id));
  return found.map((message) => ({ message, conversationName: names.get(message.conversation) ?? "" }));
}

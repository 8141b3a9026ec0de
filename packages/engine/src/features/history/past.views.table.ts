/** What other own devices hear of messages of before: read along an index, the newest first. */
import type { Tx } from "../../runtime/context.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { maybeBytesIn, maybeNumberIn, numberIn, textIn } from "../../runtime/storage/row.ts";
import { ACTION_BYTES } from "../actions/actions.table.ts";
import { MAX_STRETCHES, STRETCH } from "./orders.ts";

/** A line as it is kept here. */
export interface PastRow {
  readonly id: string;
  readonly conversation: string;
  readonly order: number;
  /** Empty: nobody. */
  readonly sender: string;
  readonly kind: string;
  readonly text: string;
  readonly content: Uint8Array | undefined;
  readonly sentAt: number;
  readonly state: string;
  /** In whose roster it stood; empty: it came from its author. */
  readonly teller: string;
  readonly lifetime: number | undefined;
  readonly endsAt: number | undefined;
  /** How much more it is with what was done with it. */
  readonly actionBytes: number;
}

/** Nothing that disappears within a day, or that is over at `?1`. */
export const TOLD = `(m.lifetime IS NULL OR m.lifetime >= 86400) AND (m.expires_at IS NULL OR m.expires_at > ?1)
  AND (m.content IS NOT NULL OR m.kind NOT IN ('text', 'unknown'))`;

/** The conversations of a history: all that this device is in. */
export const IN_TOLD = `c.kind IN ('direct', 'group') AND c.state <> 'left' AND c.store <> ''`;
export const PAST_COLUMNS = `m.ord, m.id, m.conversation, m.sender, m.kind, m.text, m.content, m.sent_at, m.state, m.from_roster_of,
  m.lifetime, m.expires_at, ${ACTION_BYTES} AS action_bytes`;

export const pastRowFrom = (row: SqlRow): PastRow => ({
  id: textIn(row, "id"),
  conversation: textIn(row, "conversation"),
  order: numberIn(row, "ord"),
  sender: textIn(row, "sender"),
  kind: textIn(row, "kind"),
  text: textIn(row, "text"),
  content: maybeBytesIn(row, "content"),
  sentAt: numberIn(row, "sent_at"),
  state: textIn(row, "state"),
  teller: typeof row["from_roster_of"] === "string" ? row["from_roster_of"] : "",
  lifetime: maybeNumberIn(row, "lifetime"),
  endsAt: maybeNumberIn(row, "expires_at"),
  actionBytes: numberIn(row, "action_bytes"),
});

/** Those from one place up to another, the newest first. */
export async function listPast(
  tx: Tx,
  conversation: string,
  { from, to, now, limit }: { from: number; to: number; now: number; limit: number },
): Promise<PastRow[]> {
  const rows = await tx.sql.all(
    `SELECT ${PAST_COLUMNS} FROM messages m WHERE m.conversation = ?2 AND m.ord BETWEEN ?3 AND ?4 AND ${TOLD} ORDER BY m.ord DESC LIMIT ?5`,
    [now, conversation, from, to, limit],
  );
  return rows.map(pastRowFrom);
}

/** Where those stand that came later than one, before this device knew the epoch `before`. */
export async function listLatePast(
  tx: Tx,
  conversation: string,
  { after, before, now }: { after: number; before: number; now: number },
): Promise<number[]> {
  const rows = await tx.sql.all(
    `SELECT ord FROM messages m WHERE m.conversation = ?2 AND m.ord > ?3 AND ${TOLD}
       AND (m.epoch IS NULL OR m.epoch < ?4) AND m.kind IN ('text', 'unknown') ORDER BY m.ord`,
    [now, conversation, after, before],
  );
  return rows.map((row) => numberIn(row, "ord"));
}

/** A conversation with something to tell, and up to where. */
export interface PastConversation {
  readonly id: string;
  readonly newest: number;
  readonly count: number;
}

/** All that this device is in, the one that was active last first. */
export async function listPastConversations(tx: Tx, now: number): Promise<PastConversation[]> {
  const rows = await tx.sql.all(
    `SELECT c.id, coalesce(max(m.ord), 0) AS newest, count(m.ord) AS n
     FROM conversations c LEFT JOIN messages m ON m.conversation = c.id AND ${TOLD}
     WHERE ${IN_TOLD} GROUP BY c.id ORDER BY c.active_order DESC, c.active_at DESC`,
    [now],
  );
  return rows.map((row) => ({ id: textIn(row, "id"), newest: numberIn(row, "newest"), count: numberIn(row, "n") }));
}

/** The stretches of the order in which this device has messages. */
export async function listStretches(tx: Tx): Promise<number[]> {
  const stretches: number[] = [];
  for (let from = 0; stretches.length < MAX_STRETCHES;) {
    const [row] = await tx.sql.all("SELECT min(ord) AS ord FROM messages WHERE ord >= ?", [from]);
    if (typeof row?.["ord"] !== "number") break;
    const stretch = Math.floor(row["ord"] / STRETCH);
    stretches.push(stretch);
    from = (stretch + 1) * STRETCH;
  }
  return stretches;
}

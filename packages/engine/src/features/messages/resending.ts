/**
 * Own messages that are sent again, because somebody may not have them; and those that are given
 * up.
 */
import { getConversation } from "../../epochs/conversations.table.ts";
import { deleteUnsealedText, withdrawContents } from "../../epochs/pending-contents.table.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { numberIn, textIn } from "../../runtime/storage/row.ts";

/**
 * Between two the newest of those that nobody has acknowledged are sent again, however old
 * they are.
 */
const MAX_UNACKNOWLEDGED = 1_000;
/** What a reader could not keep is sent again as far back as this. */
const RESEND_MS = 30 * 86_400_000;
const DAY_MS = 86_400_000;
/**
 * A receipt leaves at a slot, within hours: so long after the store has dropped a message, none
 * comes any more.
 */
const RECEIPT_DAYS = 1;
/** In a group the others have what the store had, unless this device was in a state of its own. */
const RESEND_IN_GROUP_MS = 2 * 86_400_000;
/** Of what is sent again although it was acknowledged: the newest. */
const MAX_ACKNOWLEDGED = 200;

export interface Resending {
  /** All that the other side may not have is sent again, in the order it was written. */
  enqueueAgain(tx: Tx, conversation: string, lost?: Lost): Promise<void>;
  /**
   * Own messages from there on are sent again, also acknowledged ones, the newest if they are many.
   */
  enqueueSince(tx: Tx, conversation: string, from: From): Promise<void>;
  /**
   * Own messages behind that one of which this person has not said that they have them are sent
   * again, the oldest first.
   */
  enqueueFor(tx: Tx, conversation: string, reader: string, behind: number): Promise<void>;
  /**
   * Between two, at this store: what nobody has said to have, and the store has no more, did not
   * arrive.
   */
  giveUp(tx: Tx, store: string, retentionDays: number): Promise<void>;
}

/**
 * What may be lost of what somebody acknowledged. `behind` this message, in a group: what the store
 * had, so that all is sent again that not everybody has. `since` that moment: what a device had
 * that was put back to before.
 */
export type Lost = { readonly behind: number } | { readonly since: number };

/**
 * `behind` this message, and not before that moment, in ms. `sealedFrom`: those too that left in
 * the epoch of this id, or later.
 */
type From = { readonly behind?: number; readonly since?: number; readonly sealedFrom?: number };

/** Nobody has said that they have it. */
const UNACKNOWLEDGED = "state = 'sent' AND NOT EXISTS (SELECT 1 FROM marks WHERE message = messages.id)";
/** Somebody in the group has not said so; who is no contact never does. */
const LACKED = `state IN ('sent', 'delivered', 'read') AND EXISTS (SELECT 1 FROM members other
  WHERE other.conversation = messages.conversation AND other.profile <> messages.sender
    AND NOT EXISTS (SELECT 1 FROM marks WHERE message = messages.id AND profile = other.profile))`;

/** `enqueueText` has a message that is saved here leave. */
export function createResending(
  context: Context,
  { enqueueText }: { enqueueText(tx: Tx, message: string): Promise<void> },
): Resending {
  const { clock } = context;

  async function enqueueAgain(tx: Tx, conversation: string, lost?: Lost): Promise<void> {
    const { kind } = await getConversation(tx, conversation);
    if (kind === "direct") await boundUnacknowledged(tx, conversation);
    const since = kind === "group" ? clock.now() - RESEND_IN_GROUP_MS : 0;
    await withdrawContents(tx, { conversation, purpose: "text" });
    const behind = lost !== undefined && "behind" in lost ? lost.behind : undefined;
    const lacked = behind === undefined ? UNACKNOWLEDGED : LACKED;
    const rows = await tx.sql.all(
      `SELECT id, ord FROM messages WHERE conversation = ? AND mine AND kind = 'text'
         AND (state = 'saved' OR (${lacked} AND sent_at > ? AND ord > ?))`,
      [conversation, since, behind ?? 0],
    );
    const all = new Map(rows.map((row) => [textIn(row, "id"), numberIn(row, "ord")]));
    if (lost !== undefined && "since" in lost)
      for (const { id, order } of await newest(tx, conversation, lost)) all.set(id, order);
    const inOrder = [...all].toSorted(([, one], [, other]) => one - other);
    for (const [id] of inOrder) await enqueueText(tx, id);
  }

  /** Between two nothing is left at one mark for ever: it leaves again, or it did not arrive. */
  async function boundUnacknowledged(tx: Tx, conversation: string): Promise<void> {
    const open = "conversation = ? AND mine AND kind = 'text' AND (state = 'sent' OR error = 'not_received')";
    const [last] = await tx.sql.all(`SELECT ord FROM messages WHERE ${open} ORDER BY ord DESC LIMIT 1 OFFSET ?`, [
      conversation,
      MAX_UNACKNOWLEDGED,
    ]);
    const behind = last === undefined ? 0 : numberIn(last, "ord");
    const failed = `UPDATE messages SET state = 'failed', error = 'not_received' WHERE ${open} AND ord <= ?`;
    await tx.sql.run(failed, [conversation, behind]);
    const again = `UPDATE messages SET state = 'saved', error = NULL WHERE ${open} AND state = 'failed' AND ord > ?`;
    await tx.sql.run(again, [conversation, behind]);
    tx.changed(`messages:${conversation}`, "conversations", "status");
  }

  async function giveUp(tx: Tx, store: string, retentionDays: number): Promise<void> {
    const rows = await tx.sql.all(
      `UPDATE messages INDEXED BY messages_unacknowledged SET state = 'failed', error = 'not_received'
         WHERE mine AND state = 'sent' AND left_at < ?
         AND conversation IN (SELECT id FROM conversations WHERE kind = 'direct' AND store = ?)
         AND id NOT IN (SELECT reference FROM pending_contents WHERE purpose = 'text') RETURNING conversation`,
      [clock.now() - (retentionDays + RECEIPT_DAYS) * DAY_MS, store],
    );
    for (const conversation of new Set(rows.map((row) => textIn(row, "conversation"))))
      tx.changed(`messages:${conversation}`, "conversations");
  }

  async function enqueueSince(tx: Tx, conversation: string, from: From): Promise<void> {
    for (const { id } of await newest(tx, conversation, from)) await enqueueLast(tx, id);
  }

  /**
   * What waits already leaves in this order too: a reader who lacks all of them reads them as they
   * were written. What is sealed keeps its place.
   */
  async function enqueueLast(tx: Tx, message: string): Promise<void> {
    await deleteUnsealedText(tx, message);
    await enqueueText(tx, message);
  }

  /** Who has one already drops the second copy. */
  async function newest(
    tx: Tx,
    conversation: string,
    { behind = 0, since = 0, sealedFrom = Number.MAX_SAFE_INTEGER }: From,
  ): Promise<{ id: string; order: number }[]> {
    const rows = await tx.sql.all(
      `SELECT id, ord FROM messages WHERE conversation = ? AND mine AND kind = 'text' AND state <> 'failed'
         AND (ord > ? OR epoch >= ?) AND sent_at >= ? ORDER BY ord DESC LIMIT ?`,
      [conversation, behind, sealedFrom, since, MAX_ACKNOWLEDGED],
    );
    return rows.toReversed().map((row) => ({ id: textIn(row, "id"), order: numberIn(row, "ord") }));
  }

  async function enqueueFor(tx: Tx, conversation: string, reader: string, behind: number): Promise<void> {
    const rows = await tx.sql.all(
      `SELECT id FROM messages WHERE conversation = ? AND mine AND kind = 'text' AND state NOT IN ('failed', 'read')
         AND ord > ? AND sent_at > ? AND NOT EXISTS (SELECT 1 FROM marks WHERE message = messages.id AND profile = ?)
         AND (state <> 'delivered' OR (SELECT kind FROM conversations c WHERE c.id = conversation) = 'group')
       ORDER BY ord LIMIT ?`,
      [conversation, behind, clock.now() - RESEND_MS, reader, MAX_ACKNOWLEDGED],
    );
    for (const row of rows) await enqueueLast(tx, textIn(row, "id"));
  }

  return { enqueueAgain, enqueueSince, enqueueFor, giveUp };
}

/** What waits to be said again in a group. */
import type { Tx } from "../../runtime/context.ts";

/**
 * The first epoch, as this device counts them, in which one of the texts was said that wait to be
 * said again; those that leave in the epoch `now` do not wait. Undefined: none does.
 */
export async function findFirstAgain(tx: Tx, conversation: string, now: number): Promise<number | undefined> {
  const [row] = await tx.sql.all(
    `SELECT min(m.epoch) AS first FROM pending_contents p JOIN messages m ON m.id = p.reference
     WHERE p.conversation = ? AND p.purpose = 'text' AND coalesce(p.epoch, 0) <> ?`,
    [conversation, now],
  );
  return typeof row?.["first"] === "number" ? row["first"] : undefined;
}

/** The table `marks`: who in a group has, or has read, which message of ours. */
import type { Tx } from "../../runtime/context.ts";

/** A person who has read a message has it: that is not taken back. */
export async function saveMark(tx: Tx, message: string, profile: string, state: "delivered" | "read"): Promise<void> {
  await tx.sql.run(
    `INSERT INTO marks (message, profile, state) VALUES (?, ?, ?)
     ON CONFLICT (message, profile) DO UPDATE SET state = excluded.state WHERE state = 'delivered'`,
    [message, profile, state],
  );
}

export async function deleteMarks(tx: Tx, message: string): Promise<void> {
  await tx.sql.run("DELETE FROM marks WHERE message = ?", [message]);
}

/** Of all messages of a conversation, which are still there. */
export async function deleteMarksIn(tx: Tx, conversation: string): Promise<void> {
  await tx.sql.run("DELETE FROM marks WHERE message IN (SELECT id FROM messages WHERE conversation = ?)", [
    conversation,
  ]);
}

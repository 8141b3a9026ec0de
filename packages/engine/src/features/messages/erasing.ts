import type { Context, Tx } from "../../runtime/context.ts";
import { deleteUnsealedText } from "../../epochs/pending-contents.table.ts";
import { bytesIn, textIn } from "../../runtime/storage/row.ts";

/** How long, and how many of each author, erased messages are known, so that none comes back. */
const REMEMBERED_MS = 400 * 86_400_000;
const REMEMBERED_OF_ONE = 10_000;
/** Of the hash of a message: enough that no author finds two messages with the same. */
const MARK_BYTES = 16;

type Kit = Pick<Context, "crypto" | "clock">;

/**
 * Nothing of a message stays on this device but its mark: its author may say it again, who does not
 * know that it came, or was put back to before, and so may who brings this device back into a
 * group. What has left already, has; a receipt is still due.
 */
export async function eraseMessage(
  kit: Kit,
  tx: Tx,
  { id, order, conversation }: { id: string; order: number; conversation: string },
): Promise<void> {
  const written = "SELECT sender, content FROM messages WHERE ord = ? AND content IS NOT NULL";
  for (const row of await tx.sql.all(written, [order]))
    await rememberErased(kit, tx, textIn(row, "sender"), bytesIn(row, "content"));
  await tx.sql.run("DELETE FROM messages_text WHERE rowid = ?", [order]);
  await tx.sql.run("DELETE FROM messages WHERE ord = ?", [order]);
  await tx.sql.run("DELETE FROM marks WHERE message = ?", [id]);
  await deleteUnsealedText(tx, id);
  tx.changed(`messages:${conversation}`, "conversations", "storage", "status");
}

/**
 * What this author wrote is not shown, today or ever. Its bytes name it, with the random ones in
 * it, whatever it is called.
 */
export async function rememberErased(kit: Kit, tx: Tx, author: string, content: Uint8Array): Promise<void> {
  const row = [author, markOf(kit, content), kit.clock.now()];
  await tx.sql.run("INSERT OR REPLACE INTO erased (author, mark, at) VALUES (?, ?, ?)", row);
}

export async function wasErased(kit: Kit, tx: Tx, author: string, content: Uint8Array): Promise<boolean> {
  const row = [author, markOf(kit, content)];
  return (await tx.sql.all("SELECT 1 FROM erased WHERE author = ? AND mark = ?", row)).length > 0;
}

/** What is too old, or too much of one author, is not remembered any more. */
export async function forgetErased({ clock }: Kit, tx: Tx): Promise<void> {
  await tx.sql.run("DELETE FROM erased WHERE abs(? - at) > ?", [clock.now(), REMEMBERED_MS]);
  const many = "SELECT author FROM erased GROUP BY author HAVING count(*) > ?";
  for (const row of await tx.sql.all(many, [REMEMBERED_OF_ONE])) {
    const author = textIn(row, "author");
    await tx.sql.run(
      `DELETE FROM erased WHERE author = ?
         AND at < (SELECT at FROM erased WHERE author = ? ORDER BY at DESC LIMIT 1 OFFSET ?)`,
      [author, author, REMEMBERED_OF_ONE - 1],
    );
  }
}

const markOf = ({ crypto }: Kit, content: Uint8Array): Uint8Array => crypto.sha256(content).slice(0, MARK_BYTES);

import { messageIdFrom } from "@pli/protocol/content";
import { toHex } from "@pli/protocol/crypto";
import type { Context, Tx } from "../../runtime/context.ts";
import { bytesIn, numberIn, textIn } from "../../runtime/storage/row.ts";
import { idBytes } from "../../epochs/conversations.ts";
import { renameText } from "../../epochs/pending-contents.table.ts";

/** Of one conversation. What came before is not sent again, or acknowledged. */
const NAMED_ANEW = 10_000;

/**
 * The conversation has another id from now on, for both who are in it, and a message's id is made
 * of it. Messages that may be sent again or acknowledged get their new id, so that each stays one
 * message.
 */
export async function nameAnew(
  { crypto }: Pick<Context, "crypto">,
  tx: Tx,
  id: string,
  shared: Uint8Array,
): Promise<void> {
  const rows = await tx.sql.all(
    "SELECT ord, id, sender, content FROM messages WHERE conversation = ? AND content IS NOT NULL ORDER BY ord DESC LIMIT ?",
    [id, NAMED_ANEW],
  );
  for (const row of rows) {
    const sender = idBytes(textIn(row, "sender"));
    const name = toHex(messageIdFrom(crypto, bytesIn(row, "content"), { sender, conversation: shared }));
    const before = textIn(row, "id");
    await tx.sql.run("UPDATE OR IGNORE messages SET id = ? WHERE ord = ?", [name, numberIn(row, "ord")]);
    await renameText(tx, before, name);
    const receipt = "UPDATE OR IGNORE receipts SET message = ? WHERE conversation = ? AND message = ?";
    await tx.sql.run(receipt, [name, id, before]);
  }
  tx.changed(`messages:${id}`, "conversations");
}

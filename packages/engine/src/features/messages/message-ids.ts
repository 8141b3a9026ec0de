import { messageIdFrom } from "@pli/protocol/content";
import { toHex } from "@pli/protocol/crypto";
import type { Context, Tx } from "../../runtime/context.ts";
import { idBytes } from "../../epochs/conversations.ts";
import { renameText } from "../../epochs/pending-contents.table.ts";
import { renameTarget } from "../actions/actions.table.ts";
import { renameLinks } from "../actions/links.table.ts";
import { renameReceipts } from "../receipts/receipts.table.ts";
import { listWritten, renameMessage } from "./messages.table.ts";

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
  for (const { id: before, order, sender, content } of await listWritten(tx, id, NAMED_ANEW)) {
    const name = toHex(messageIdFrom(crypto, content, { sender: idBytes(sender), conversation: shared }));
    await renameMessage(tx, order, name);
    await renameText(tx, before, name);
    await renameReceipts(tx, id, before, name);
    await renameTarget(tx, id, before, name);
    await renameLinks(tx, id, before, name);
  }
  tx.changed(`messages:${id}`, "conversations");
}

/** How much of what one author writes this device keeps. */
import type { Messages } from "../features/messages/messages.ts";
import { MESSAGE_ROW_BYTES } from "../runtime/budgets.ts";
import type { Context, Tx } from "../runtime/context.ts";
import type { Conversation } from "./conversations.table.ts";

/** Where something was written, and by whom. */
interface Written {
  readonly conversation: Conversation;
  readonly sender: string;
}

/** Whether this device keeps `bytes` more bytes of this author. If not, a line says so. */
export function createRoom(
  { budgets }: Context,
  messages: Messages,
): (tx: Tx, written: Written, bytes: number) => Promise<boolean> {
  return async function mayKeep(tx, { conversation: { id, kind }, sender }, bytes) {
    const size = bytes + MESSAGE_ROW_BYTES;
    const isWithin =
      (await budgets.take(tx, "bytes", sender, size)) &&
      (kind === "direct" || (await budgets.take(tx, "groupBytes", id, size)));
    if (!isWithin) await messages.noteHeld(tx, id, sender, bytes);
    return isWithin;
  };
}

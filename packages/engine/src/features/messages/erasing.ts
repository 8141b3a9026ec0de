import type { Context, Tx } from "../../runtime/context.ts";
import { deleteActions, listOwnAt, markGone } from "../actions/actions.table.ts";
import { deleteLinks } from "../actions/links.table.ts";
import { deleteUnsealedAction, deleteUnsealedText } from "../../epochs/pending-contents.table.ts";
import { boundErased, deleteErasedAround, insertErased, isErased } from "./erased.table.ts";
import { deleteMarks } from "./marks.table.ts";
import { deleteMessage, findWritten, type MessagePlace } from "./messages.table.ts";

/** How long, and how many of each author, erased messages are known, so that none comes back. */
const REMEMBERED_MS = 400 * 86_400_000;
const REMEMBERED_OF_ONE = 10_000;
/** Of the hash of a message: enough that no author finds two messages with the same. */
const MARK_BYTES = 16;

type Kit = Pick<Context, "crypto" | "clock">;

/**
 * Nothing of a message stays on this device but its mark: its author may say it again, who does not
 * know that it came, or was put back to before, and so may who brings this device back into a
 * group. What has left already, has; a receipt is still due. `but`: that it was deleted for
 * everybody stays known.
 */
export async function eraseMessage(
  kit: Kit,
  tx: Tx,
  { id, order, conversation }: MessagePlace,
  but?: "deletion",
): Promise<void> {
  const written = await findWritten(tx, order);
  if (written !== undefined) await rememberErased(kit, tx, written.sender, written.content);
  for (const action of await listOwnAt(tx, conversation, id, but)) await deleteUnsealedAction(tx, action);
  await deleteActions(tx, conversation, id, but);
  await deleteLinks(tx, conversation, id);
  if (written !== undefined && but === undefined) await markGone(tx, conversation, id, kit.clock.now());
  await deleteMessage(tx, order);
  await deleteMarks(tx, id);
  await deleteUnsealedText(tx, id);
  tx.changed(`messages:${conversation}`, "conversations", "storage", "status");
}

/**
 * What this author wrote is not shown, today or ever. Its bytes name it, with the random ones in
 * it, whatever it is called.
 */
export function rememberErased(kit: Kit, tx: Tx, author: string, content: Uint8Array): Promise<void> {
  return rememberMark(kit, tx, author, markOf(kit, content));
}

/** The same by what stands for the content. */
export function rememberMark({ clock }: Kit, tx: Tx, author: string, mark: Uint8Array): Promise<void> {
  return insertErased(tx, author, mark, clock.now());
}

export function wasErased(kit: Kit, tx: Tx, author: string, content: Uint8Array): Promise<boolean> {
  return isErased(tx, author, markOf(kit, content));
}

/** What is too old, or too much of one author, is not remembered any more. */
export async function forgetErased({ clock }: Kit, tx: Tx): Promise<void> {
  await deleteErasedAround(tx, clock.now(), REMEMBERED_MS);
  await boundErased(tx, REMEMBERED_OF_ONE);
}

/** What stands for a content when it is gone. */
export const markOf = ({ crypto }: Pick<Kit, "crypto">, content: Uint8Array): Uint8Array =>
  crypto.sha256(content).slice(0, MARK_BYTES);

/**
 * Conversations that an app shows only once the person has proved again who they are. They are
 * under the profile's key like the others: this holds up somebody who has the open app before them,
 * and nobody who has the key.
 */
import type { Tx } from "../../runtime/context.ts";
import { deleteMeta, metaOf, saveMeta } from "../../runtime/storage/meta.ts";

const NAME = "locked";

export async function setLocked(tx: Tx, conversation: string, locked: boolean): Promise<void> {
  const key = `${NAME} ${conversation}`;
  await (locked ? saveMeta(tx, key, true) : deleteMeta(tx, key));
  tx.changed("conversations");
}

export const listLocked = (tx: Tx): Promise<string[]> => metaOf(tx, NAME);

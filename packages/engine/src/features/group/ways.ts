import type { Tx } from "../../runtime/context.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { textIn } from "../../runtime/storage/row.ts";
import type { Kept } from "./invitations.ts";

/** Why and since when this device is on its way into a group. */
export interface Way {
  readonly by: string;
  readonly at: number;
}

const wayKey = (conversation: string): string => `way ${conversation}`;

export const findWay = (tx: Tx, conversation: string): Promise<Way | undefined> => findMeta(tx, wayKey(conversation));

export const saveWay = (tx: Tx, conversation: string, way: Way): Promise<void> =>
  saveMeta(tx, wayKey(conversation), way);

export const forgetWay = (tx: Tx, conversation: string): Promise<void> => deleteMeta(tx, wayKey(conversation));

/** An invitation that was kept, and whose it is. */
interface KeptInvitation {
  readonly by: string;
  readonly kept: Kept;
}

/** The invitations into a group that were kept. */
export async function keptIn(tx: Tx, conversation: string): Promise<KeptInvitation[]> {
  const rows = await tx.sql.all("SELECT contact, body FROM invitations WHERE conversation = ?", [conversation]);
  return rows.map(invitationFromRow);
}

export const invitationFromRow = (row: SqlRow): KeptInvitation => ({
  by: textIn(row, "contact"),
  kept: JSON.parse(textIn(row, "body")) as Kept,
});

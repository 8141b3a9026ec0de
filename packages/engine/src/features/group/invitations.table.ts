/** The table `invitations`: those into groups that were kept, one of each contact for a group. */
import type { Tx } from "../../runtime/context.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { numberIn, textIn } from "../../runtime/storage/row.ts";
import type { Kept } from "./invitations.ts";

/** An invitation that was kept: into which group, and whose it is. */
export interface KeptInvitation {
  readonly conversation: string;
  readonly by: string;
  readonly kept: Kept;
}

/** In the place of an earlier one of this contact: nobody's takes that of another. */
export async function saveInvitation(tx: Tx, { conversation, by, kept }: KeptInvitation): Promise<void> {
  await tx.sql.run("INSERT OR REPLACE INTO invitations (conversation, contact, body) VALUES (?, ?, ?)", [
    conversation,
    by,
    JSON.stringify(kept),
  ]);
}

export async function findInvitation(tx: Tx, conversation: string, by: string): Promise<Kept | undefined> {
  const sql = "SELECT * FROM invitations WHERE conversation = ? AND contact = ?";
  const [row] = await tx.sql.all(sql, [conversation, by]);
  return row === undefined ? undefined : invitationFromRow(row).kept;
}

/** The invitations into a group. */
export async function listInvitations(tx: Tx, conversation: string): Promise<KeptInvitation[]> {
  const rows = await tx.sql.all("SELECT * FROM invitations WHERE conversation = ?", [conversation]);
  return rows.map(invitationFromRow);
}

/** Those into groups that this device is on its way into, or back into. */
export async function listInvitationsOnTheWay(tx: Tx): Promise<KeptInvitation[]> {
  const rows = await tx.sql.all(
    `SELECT i.* FROM invitations i JOIN conversations c ON c.id = i.conversation
     WHERE c.state IN ('joining', 'rejoining')`,
  );
  return rows.map(invitationFromRow);
}

/** How many of this contact lead into groups that this device has never been in. */
export async function countInvitationsIntoNew(tx: Tx, by: string): Promise<number> {
  const [row] = await tx.sql.all(
    `SELECT count(*) AS n FROM invitations i JOIN conversations c ON c.id = i.conversation
     WHERE i.contact = ? AND c.generation = 0`,
    [by],
  );
  return numberIn(row ?? {}, "n");
}

export async function deleteInvitation(tx: Tx, conversation: string, by: string): Promise<void> {
  await tx.sql.run("DELETE FROM invitations WHERE conversation = ? AND contact = ?", [conversation, by]);
}

/** All those into a group. */
export async function deleteInvitationsInto(tx: Tx, conversation: string): Promise<void> {
  await tx.sql.run("DELETE FROM invitations WHERE conversation = ?", [conversation]);
}

/** All those of a contact. */
export async function deleteInvitationsOf(tx: Tx, contact: string): Promise<void> {
  await tx.sql.run("DELETE FROM invitations WHERE contact = ?", [contact]);
}

/** Invitations that were kept name the new address of a store that moved. */
export async function moveInvitations(tx: Tx, from: string, to: string): Promise<void> {
  const all = (await tx.sql.all("SELECT * FROM invitations")).map(invitationFromRow);
  for (const { kept, ...whose } of all)
    if (kept.store === from) await saveInvitation(tx, { ...whose, kept: { ...kept, store: to } });
}

const invitationFromRow = (row: SqlRow): KeptInvitation => ({
  conversation: textIn(row, "conversation"),
  by: textIn(row, "contact"),
  kept: JSON.parse(textIn(row, "body")) as Kept,
});

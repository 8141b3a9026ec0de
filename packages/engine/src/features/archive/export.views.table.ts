/** What an export reads of the tables, page by page: each query follows an index and stops. */
import { trustLevel } from "../../people/contacts.table.ts";
import type { TrustLevel } from "../../api/views.ts";
import type { Tx } from "../../runtime/context.ts";
import { maybeBytesIn, numberIn, textIn } from "../../runtime/storage/row.ts";

/** How much there is: for progress. */
export interface Counts {
  readonly contacts: number;
  readonly conversations: number;
  readonly messages: number;
  /** The order of the newest message. */
  readonly newest: number;
}

export async function countAll(tx: Tx): Promise<Counts> {
  const [row = {}] = await tx.sql.all(
    `SELECT (SELECT count(*) FROM contacts) AS contacts, (SELECT count(*) FROM conversations WHERE kind <> 'self') AS conversations,
       (SELECT count(*) FROM messages) AS messages, (SELECT coalesce(max(ord), 0) FROM messages) AS newest`,
  );
  return {
    contacts: numberIn(row, "contacts"),
    conversations: numberIn(row, "conversations"),
    messages: numberIn(row, "messages"),
    newest: numberIn(row, "newest"),
  };
}

export interface ContactRow {
  readonly id: string;
  readonly ownName: string;
  readonly givenName: string;
  readonly trust: TrustLevel;
  readonly conversation: string;
  readonly pairedAt: number;
  readonly blocked: boolean;
}

export async function listContactsAfter(tx: Tx, after: string, limit: number): Promise<ContactRow[]> {
  const rows = await tx.sql.all(
    `SELECT id, own_name, given_name, level, conversation, paired_at, blocked FROM contacts
     WHERE id > ? ORDER BY id LIMIT ?`,
    [after, limit],
  );
  return rows.map((row) => ({
    id: textIn(row, "id"),
    ownName: textIn(row, "own_name"),
    givenName: textIn(row, "given_name"),
    trust: trustLevel(numberIn(row, "level")),
    conversation: textIn(row, "conversation"),
    pairedAt: numberIn(row, "paired_at"),
    blocked: numberIn(row, "blocked") !== 0,
  }));
}

export async function listConversationIdsAfter(tx: Tx, after: string, limit: number): Promise<string[]> {
  const rows = await tx.sql.all("SELECT id FROM conversations WHERE id > ? AND kind <> 'self' ORDER BY id LIMIT ?", [
    after,
    limit,
  ]);
  return rows.map((row) => textIn(row, "id"));
}

export interface MemberRow {
  readonly id: string;
  /** Empty in a conversation of two, and in an archive. */
  readonly role: string;
  /** Empty when nobody has told it. */
  readonly name: string;
}

/** Who is in a conversation, or was when it was archived: not this person between two. */
export async function listMembersAfter(
  tx: Tx,
  conversation: string,
  after: string,
  limit: number,
): Promise<MemberRow[]> {
  const rows = await tx.sql.all(
    `SELECT id, role, name FROM (
       SELECT m.profile AS id, m.role, coalesce(nullif(k.given_name, ''), k.own_name, p.name, '') AS name
         FROM members m LEFT JOIN contacts k ON k.id = m.profile LEFT JOIN people p ON p.profile = m.profile
         WHERE m.conversation = ?1
       UNION ALL SELECT a.profile, '', a.name FROM archived_people a WHERE a.conversation = ?1
       UNION ALL SELECT k.id, '', coalesce(nullif(k.given_name, ''), k.own_name) FROM contacts k
         WHERE k.conversation = ?1)
     WHERE id > ?2 ORDER BY id LIMIT ?3`,
    [conversation, after, limit],
  );
  return rows.map((row) => ({ id: textIn(row, "id"), role: textIn(row, "role"), name: textIn(row, "name") }));
}

/** A message that an export comes to, and how many bytes it holds. */
export interface MessageSize {
  readonly order: number;
  readonly bytes: number;
  readonly disappears: boolean;
}

export async function listSizesAfter(
  tx: Tx,
  conversation: string,
  { after, upTo, limit }: { after: number; upTo: number; limit: number },
): Promise<MessageSize[]> {
  const rows = await tx.sql.all(
    `SELECT ord, length(CAST(text AS BLOB)) + coalesce(length(content), 0) AS bytes, lifetime IS NOT NULL AS disappears
     FROM messages WHERE conversation = ? AND ord > ? AND ord <= ? ORDER BY ord LIMIT ?`,
    [conversation, after, upTo, limit],
  );
  return rows.map((row) => ({
    order: numberIn(row, "ord"),
    bytes: numberIn(row, "bytes"),
    disappears: numberIn(row, "disappears") !== 0,
  }));
}

/** What their authors encoded, of messages from one order up to another. */
export async function contentsBetween(
  tx: Tx,
  conversation: string,
  from: number,
  to: number,
): Promise<Map<number, Uint8Array>> {
  const rows = await tx.sql.all(
    "SELECT ord, content FROM messages WHERE conversation = ? AND ord BETWEEN ? AND ? AND content IS NOT NULL",
    [conversation, from, to],
  );
  return new Map(rows.map((row) => [numberIn(row, "ord"), maybeBytesIn(row, "content") ?? new Uint8Array()]));
}

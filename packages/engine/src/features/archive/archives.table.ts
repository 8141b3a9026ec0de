/**
 * The tables `archives` and `archived_people`: which conversations came out of a file, whose export
 * that was, and how the authors were called there.
 */
import type { Tx } from "../../runtime/context.ts";
import { numberIn, textIn } from "../../runtime/storage/row.ts";

export const ARCHIVES: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS archives (
     conversation TEXT PRIMARY KEY,
     profile TEXT NOT NULL, -- who exported it
     source TEXT NOT NULL, -- the id that the conversation had there
     imported_at INTEGER NOT NULL) WITHOUT ROWID`,
  `CREATE UNIQUE INDEX IF NOT EXISTS archives_by_source ON archives (profile, source)`,
  `CREATE TABLE IF NOT EXISTS archived_people (
     conversation TEXT NOT NULL, profile TEXT NOT NULL, name TEXT NOT NULL,
     PRIMARY KEY (conversation, profile)) WITHOUT ROWID`,
];

/** Where an archive comes from: the profile that exported it, and its id there. */
export interface Origin {
  readonly profile: string;
  readonly source: string;
}

/** The conversation that is the archive of this one. */
export async function findArchive(tx: Tx, { profile, source }: Origin): Promise<string | undefined> {
  const sql = "SELECT conversation FROM archives WHERE profile = ? AND source = ?";
  const [row] = await tx.sql.all(sql, [profile, source]);
  return row === undefined ? undefined : textIn(row, "conversation");
}

export async function findOrigin(tx: Tx, conversation: string): Promise<Origin | undefined> {
  const [row] = await tx.sql.all("SELECT profile, source FROM archives WHERE conversation = ?", [conversation]);
  return row === undefined ? undefined : { profile: textIn(row, "profile"), source: textIn(row, "source") };
}

/** Since when a conversation is an archive, and whether this person has exported it. */
export async function findArchived(
  tx: Tx,
  conversation: string,
  self: string,
): Promise<{ importedAt: number; ofSelf: boolean } | undefined> {
  const [row] = await tx.sql.all("SELECT profile, imported_at FROM archives WHERE conversation = ?", [conversation]);
  return row && { importedAt: numberIn(row, "imported_at"), ofSelf: row["profile"] === self };
}

export async function insertArchive(tx: Tx, conversation: string, origin: Origin, at: number): Promise<void> {
  await tx.sql.run("INSERT INTO archives (conversation, profile, source, imported_at) VALUES (?, ?, ?, ?)", [
    conversation,
    origin.profile,
    origin.source,
    at,
  ]);
}

/** The name of an author in an archive: the first one counts. */
export async function saveArchivedPerson(tx: Tx, conversation: string, profile: string, name: string): Promise<void> {
  await tx.sql.run("INSERT OR IGNORE INTO archived_people (conversation, profile, name) VALUES (?, ?, ?)", [
    conversation,
    profile,
    name,
  ]);
}

/** The conversation is no archive any more; nothing of these tables stays of it. */
export async function deleteArchive(tx: Tx, conversation: string): Promise<void> {
  await tx.sql.run("DELETE FROM archives WHERE conversation = ?", [conversation]);
  await tx.sql.run("DELETE FROM archived_people WHERE conversation = ?", [conversation]);
}

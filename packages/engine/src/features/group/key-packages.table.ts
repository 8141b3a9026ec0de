/**
 * The table `key_packages`: those that contacts gave us, and our own that could open what somebody
 * makes for them, with their secrets.
 */
import type { Tx } from "../../runtime/context.ts";
import { bytesIn, damaged, maybeBytesIn, numberIn, textIn } from "../../runtime/storage/row.ts";

/** A key package of our own that can still open something. */
export interface OwnKeyPackage {
  readonly id: number;
  readonly keyPackage: Uint8Array;
  readonly secret: Uint8Array;
}

/** Moments in ms between which, both included. */
export type Span = readonly [from: number, to: number];

/** Of our own, those that a contact holds as their set: made for nothing in particular. */
const SET = "ours = 1 AND used_by IS NULL";

/** How many of a contact's set were made in this span. */
export async function countSet(tx: Tx, contact: string, [from, to]: Span): Promise<number> {
  const sql = `SELECT count(*) AS n FROM key_packages WHERE contact = ? AND ${SET} AND made_at BETWEEN ? AND ?`;
  const [row] = await tx.sql.all(sql, [contact, from, to]);
  return numberIn(row ?? {}, "n");
}

/** How many of those for groups a contact was given less than `ms` from now, and did not use. */
export async function countGiven(tx: Tx, contact: string, now: number, ms: number): Promise<number> {
  const [row] = await tx.sql.all(
    `SELECT count(*) AS n FROM key_packages
     WHERE contact = ? AND ours = 1 AND (used_by IS NULL OR used_by = 'replaced') AND abs(? - made_at) < ?`,
    [contact, now, ms],
  );
  return numberIn(row ?? {}, "n");
}

/** Up to 20 contacts, not blocked, of whose set fewer than `count` were made in this span. */
export async function listContactsWithFewer(tx: Tx, count: number, [from, to]: Span): Promise<string[]> {
  const rows = await tx.sql.all(
    `SELECT k.id FROM contacts k WHERE NOT k.blocked AND (SELECT count(*) FROM key_packages
       WHERE contact = k.id AND ${SET} AND made_at BETWEEN ? AND ?) < ? LIMIT 20`,
    [from, to, count],
  );
  return rows.map((row) => textIn(row, "id"));
}

/** A contact is given another set: the one before may still be on its way. */
export async function replaceSet(tx: Tx, contact: string): Promise<void> {
  await tx.sql.run(`UPDATE key_packages SET used_by = 'replaced' WHERE contact = ? AND ${SET}`, [contact]);
}

/** `use`: what it serves alone; without it, it is one of the contact's set. */
export async function insertOurs(
  tx: Tx,
  p: { contact: string; keyPackage: Uint8Array; secret: Uint8Array; madeAt: number; use: string | undefined },
): Promise<void> {
  await tx.sql.run(
    "INSERT INTO key_packages (contact, ours, key_package, secret, made_at, used_by) VALUES (?, 1, ?, ?, ?, ?)",
    [p.contact, p.keyPackage, p.secret, p.madeAt, p.use ?? null],
  );
}

/** Our own that could open an invitation of this contact. */
export async function listOurs(tx: Tx, contact: string): Promise<OwnKeyPackage[]> {
  const rows = await tx.sql.all(
    "SELECT id, key_package, secret FROM key_packages WHERE contact = ? AND ours = 1 AND secret IS NOT NULL ORDER BY id",
    [contact],
  );
  return rows.map((row) => ({
    id: numberIn(row, "id"),
    keyPackage: bytesIn(row, "key_package"),
    secret: maybeBytesIn(row, "secret") ?? damaged("key package"),
  }));
}

/** How many a contact was given for this use, less than `ms` from now. */
export async function countOursFor(
  tx: Tx,
  { contact, use, now, ms }: { contact: string; use: string; now: number; ms: number },
): Promise<number> {
  const [row] = await tx.sql.all(
    "SELECT count(*) AS n FROM key_packages WHERE ours = 1 AND contact = ? AND used_by = ? AND abs(? - made_at) < ?",
    [contact, use, now, ms],
  );
  return numberIn(row ?? {}, "n");
}

/** What was given for this use opens nothing any more; `contact`: only theirs. */
export async function deleteOursFor(tx: Tx, use: string, contact?: string): Promise<void> {
  await tx.sql.run("DELETE FROM key_packages WHERE ours = 1 AND used_by = ?1 AND contact = coalesce(?2, contact)", [
    use,
    contact ?? null,
  ]);
}

/** Of those given to a contact that are not of their set, only the newest stay. */
export async function keepNewestUsed(tx: Tx, contact: string, count: number): Promise<void> {
  const used = "contact = ?1 AND ours = 1 AND used_by IS NOT NULL";
  await tx.sql.run(
    `DELETE FROM key_packages
     WHERE ${used} AND id NOT IN (SELECT id FROM key_packages WHERE ${used} ORDER BY id DESC LIMIT ?2)`,
    [contact, count],
  );
}

/** Its secret is erased. */
export async function deleteKeyPackage(tx: Tx, id: number): Promise<void> {
  await tx.sql.run("DELETE FROM key_packages WHERE id = ?", [id]);
}

/** Everybody's that were made more than `ms` from now. */
export async function deleteOlder(tx: Tx, now: number, ms: number): Promise<void> {
  await tx.sql.run("DELETE FROM key_packages WHERE abs(? - made_at) > ?", [now, ms]);
}

/** `madeAt`: when it came here. */
export async function insertTheirs(tx: Tx, contact: string, keyPackage: Uint8Array, madeAt: number): Promise<void> {
  await tx.sql.run("INSERT INTO key_packages (contact, ours, key_package, made_at) VALUES (?, 0, ?, ?)", [
    contact,
    keyPackage,
    madeAt,
  ]);
}

/**
 * Those that a contact gave us and that may serve for this conversation, the one that it has first.
 * What another one has it keeps as long as it has a pending operation.
 */
export async function listTheirs(
  tx: Tx,
  contact: string,
  conversation: string,
): Promise<{ id: number; keyPackage: Uint8Array; madeAt: number }[]> {
  const rows = await tx.sql.all(
    `SELECT id, key_package, made_at FROM key_packages k WHERE contact = ?1 AND ours = 0
       AND (used_by IS NULL OR used_by = ?2 OR NOT EXISTS (SELECT 1 FROM intentions WHERE conversation = k.used_by))
     ORDER BY used_by IS ?2 DESC, id`,
    [contact, conversation],
  );
  return rows.map((row) => ({
    id: numberIn(row, "id"),
    keyPackage: bytesIn(row, "key_package"),
    madeAt: numberIn(row, "made_at"),
  }));
}

/** One of theirs is for this conversation alone. */
export async function reserveTheirs(tx: Tx, id: number, conversation: string): Promise<void> {
  await tx.sql.run("UPDATE key_packages SET used_by = ? WHERE id = ?", [conversation, id]);
}

/** What a contact's one for this conversation was for is done. */
export async function deleteTheirsFor(tx: Tx, contact: string, conversation: string): Promise<void> {
  await tx.sql.run("DELETE FROM key_packages WHERE contact = ? AND ours = 0 AND used_by = ?", [contact, conversation]);
}

export async function deleteTheirs(tx: Tx, contact: string): Promise<void> {
  await tx.sql.run("DELETE FROM key_packages WHERE contact = ? AND ours = 0", [contact]);
}

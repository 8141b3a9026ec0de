/**
 * The table `actions`: what people did with messages. Of each author and target only the newest
 * reaction, some versions of a text, and what waits for its target.
 */
import type { ForAll } from "@pli/protocol/group";
import type { Tx } from "../../runtime/context.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { bytesIn, maybeBytesIn, numberIn, textIn } from "../../runtime/storage/row.ts";

export const ACTIONS: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS actions (
     conversation TEXT NOT NULL,
     target TEXT NOT NULL, -- the id of a message
     kind TEXT NOT NULL, -- "edit", "reaction", "deletion"; "gone": the target was erased here
     author TEXT NOT NULL,
     id TEXT NOT NULL, -- a hash of the content
     mine INTEGER NOT NULL,
     leads INTEGER NOT NULL, -- 1: its author led the group when it was said
     waits INTEGER NOT NULL, -- 1: the target is not here yet
     value TEXT NOT NULL, -- of an edit the text, of a reaction the emoji; empty: taken back
     content BLOB, -- as its author encoded it
     sent_at INTEGER NOT NULL, -- by its author's clock; -1: the text as it was said first
     came_at INTEGER NOT NULL,
     epoch INTEGER, -- of one's own: the last one in which it was said
     PRIMARY KEY (conversation, target, kind, author, id)) WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS actions_waiting ON actions (conversation, author, came_at) WHERE waits`,
  `CREATE INDEX IF NOT EXISTS actions_own ON actions (conversation, came_at) WHERE mine`,
];

/** What is done with a message. */
export type ActionKind = "edit" | "reaction" | "deletion";

export interface Action {
  readonly conversation: string;
  /** The id of the message. */
  readonly target: string;
  readonly kind: ActionKind;
  readonly author: string;
  readonly id: string;
  readonly mine: boolean;
  /** Its author led the group when it was said. */
  readonly leads: boolean;
  /** Of an edit the text, of a reaction the emoji; empty: taken back. */
  readonly value: string;
  readonly content: Uint8Array | undefined;
  readonly sentAt: number;
  readonly cameAt: number;
}

const actionFromRow = (row: SqlRow): Action => ({
  conversation: textIn(row, "conversation"),
  target: textIn(row, "target"),
  kind: textIn(row, "kind") as ActionKind,
  author: textIn(row, "author"),
  id: textIn(row, "id"),
  mine: numberIn(row, "mine") !== 0,
  leads: numberIn(row, "leads") !== 0,
  value: textIn(row, "value"),
  content: maybeBytesIn(row, "content"),
  sentAt: numberIn(row, "sent_at"),
  cameAt: numberIn(row, "came_at"),
});

/** False: it is here already. */
export async function insertAction(tx: Tx, action: Action, waits: boolean): Promise<boolean> {
  const { conversation, target, kind, author, id, mine, leads, value, content, sentAt, cameAt } = action;
  const rows = await tx.sql.all(
    `INSERT OR IGNORE INTO actions
       (conversation, target, kind, author, id, mine, leads, waits, value, content, sent_at, came_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
    [
      conversation,
      target,
      kind,
      author,
      id,
      mine ? 1 : 0,
      leads ? 1 : 0,
      waits ? 1 : 0,
      value,
      content ?? null,
      sentAt,
      cameAt,
    ],
  );
  return rows.length > 0;
}

/** The newest of this kind that an author has done with a message. */
export async function findNewest(
  tx: Tx,
  { conversation, target, kind, author }: Pick<Action, "conversation" | "target" | "kind" | "author">,
): Promise<Action | undefined> {
  const [row] = await tx.sql.all(
    `SELECT * FROM actions WHERE conversation = ? AND target = ? AND kind = ? AND author = ?
     ORDER BY sent_at DESC, id DESC LIMIT 1`,
    [conversation, target, kind, author],
  );
  return row && actionFromRow(row);
}

/**
 * Of what an author has done with a message, all of this kind is forgotten, or all behind the
 * newest `most`.
 */
export async function deleteOlder(
  tx: Tx,
  { conversation, target, kind, author }: Pick<Action, "conversation" | "target" | "kind" | "author">,
  most: number,
): Promise<void> {
  const which = "conversation = ?1 AND target = ?2 AND kind = ?3 AND author = ?4";
  await tx.sql.run(
    `DELETE FROM actions WHERE ${which} AND sent_at >= 0 AND id NOT IN (
       SELECT id FROM actions WHERE ${which} AND sent_at >= 0 ORDER BY sent_at DESC, id DESC LIMIT ?5)`,
    [conversation, target, kind, author, most],
  );
}

/** What a text has said, the oldest first. */
export async function listVersions(tx: Tx, conversation: string, target: string): Promise<Action[]> {
  const rows = await tx.sql.all(
    `SELECT * FROM actions WHERE conversation = ? AND target = ? AND kind = 'edit' AND NOT waits ORDER BY sent_at, id`,
    [conversation, target],
  );
  return rows.map(actionFromRow);
}

/** Who has deleted a message, by their ids. */
export async function listDeleters(tx: Tx, conversation: string, target: string): Promise<string[]> {
  const rows = await tx.sql.all(
    "SELECT author FROM actions WHERE conversation = ? AND target = ? AND kind = 'deletion' AND NOT waits ORDER BY author",
    [conversation, target],
  );
  return rows.map((row) => textIn(row, "author"));
}

/** Takes out what waited for a message. */
export async function takeWaiting(tx: Tx, conversation: string, target: string): Promise<Action[]> {
  const where = "conversation = ? AND target = ? AND waits";
  const rows = await tx.sql.all(`SELECT * FROM actions WHERE ${where} ORDER BY came_at, id`, [conversation, target]);
  if (rows.length > 0) await tx.sql.run(`DELETE FROM actions WHERE ${where}`, [conversation, target]);
  return rows.map(actionFromRow);
}

/** Of what waits of one author, only the newest `most`. */
export async function boundWaiting(tx: Tx, conversation: string, author: string, most: number): Promise<void> {
  await tx.sql.run(
    `DELETE FROM actions WHERE conversation = ?1 AND author = ?2 AND waits AND came_at < (
       SELECT came_at FROM actions WHERE conversation = ?1 AND author = ?2 AND waits ORDER BY came_at DESC LIMIT 1 OFFSET ?3)`,
    [conversation, author, most - 1],
  );
  const [row] = await tx.sql.all("SELECT count(*) AS n FROM actions WHERE conversation = ? AND author = ? AND waits", [
    conversation,
    author,
  ]);
  const many = numberIn(row ?? {}, "n") - most;
  if (many <= 0) return;
  // All of one moment.
  await tx.sql.run(
    `DELETE FROM actions WHERE (conversation, target, kind, author, id) IN (
       SELECT conversation, target, kind, author, id FROM actions
       WHERE conversation = ? AND author = ? AND waits ORDER BY came_at, sent_at, id LIMIT ?)`,
    [conversation, author, many],
  );
}

/** All that was done with a message, but for its deletion if that is kept. */
export async function deleteActions(tx: Tx, conversation: string, target: string, but?: "deletion"): Promise<void> {
  const sql = "DELETE FROM actions WHERE conversation = ? AND target = ? AND kind IS NOT ?";
  await tx.sql.run(sql, [conversation, target, but ?? null]);
}

export async function deleteActionsOf(tx: Tx, conversation: string): Promise<void> {
  await tx.sql.run("DELETE FROM actions WHERE conversation = ?", [conversation]);
}

/** The ids of the own ones at a message, but for its deletion if that is kept. */
export async function listOwnAt(tx: Tx, conversation: string, target: string, but?: "deletion"): Promise<string[]> {
  const rows = await tx.sql.all(
    "SELECT id FROM actions WHERE conversation = ? AND target = ? AND mine AND kind IS NOT ?",
    [conversation, target, but ?? null],
  );
  return rows.map((row) => textIn(row, "id"));
}

/** The message was erased here: what is still done with it has no effect. */
export async function markGone(tx: Tx, conversation: string, target: string, at: number): Promise<void> {
  await tx.sql.run(
    `INSERT OR IGNORE INTO actions
       (conversation, target, kind, author, id, mine, leads, waits, value, sent_at, came_at)
     VALUES (?, ?, 'gone', '', '', 0, 0, 0, '', 0, ?)`,
    [conversation, target, at],
  );
}

export async function isGone(tx: Tx, conversation: string, target: string): Promise<boolean> {
  const sql = "SELECT 1 FROM actions WHERE conversation = ? AND target = ? AND kind = 'gone'";
  return (await tx.sql.all(sql, [conversation, target])).length > 0;
}

/**
 * What waits, or stands for what is gone, is forgotten when so much time has passed since it came.
 */
export async function deleteStale(tx: Tx, now: number, p: { waiting: number; gone: number }): Promise<void> {
  await tx.sql.run("DELETE FROM actions WHERE waits AND abs(? - came_at) > ?", [now, p.waiting]);
  await tx.sql.run("DELETE FROM actions WHERE kind = 'gone' AND abs(? - came_at) > ?", [now, p.gone]);
}

/** A message has another id from now on. */
export async function renameTarget(tx: Tx, conversation: string, before: string, after: string): Promise<void> {
  await tx.sql.run("UPDATE OR REPLACE actions SET target = ? WHERE conversation = ? AND target = ?", [
    after,
    conversation,
    before,
  ]);
}

/** An own one was sealed in this epoch too. */
export async function saveActionEpoch(tx: Tx, conversation: string, id: string, epoch: number): Promise<void> {
  await tx.sql.run("UPDATE actions SET epoch = max(coalesce(epoch, 0), ?) WHERE conversation = ? AND mine AND id = ?", [
    epoch,
    conversation,
    id,
  ]);
}

/** An own one, as it leaves. */
export interface OwnAction {
  readonly id: string;
  readonly content: Uint8Array;
}

/**
 * Own ones since a moment, the newest `limit`, the oldest first; with `forAll`, none but what all
 * have a right to.
 */
export async function listOwnActions(
  tx: Tx,
  conversation: string,
  { since, forAll, limit }: { since: number; forAll: ForAll | undefined; limit: number },
): Promise<OwnAction[]> {
  const rows = await tx.sql.all(
    `SELECT id, content FROM actions WHERE conversation = ? AND mine AND came_at >= ? AND content IS NOT NULL
       AND (? OR epoch >= ?) ORDER BY came_at DESC, sent_at DESC, id DESC LIMIT ?`,
    [conversation, since, forAll === undefined ? 1 : 0, forAll?.epochId ?? null, limit],
  );
  return rows.toReversed().map((row) => ({ id: textIn(row, "id"), content: bytesIn(row, "content") }));
}

/** What was done with a message, as its authors encoded it, the oldest first. */
export async function listContentsAt(
  tx: Tx,
  conversation: string,
  target: string,
): Promise<{ author: string; content: Uint8Array }[]> {
  const rows = await tx.sql.all(
    `SELECT author, content FROM actions WHERE conversation = ? AND target = ? AND content IS NOT NULL AND NOT waits
       AND kind IN ('edit', 'reaction') ORDER BY sent_at, id`,
    [conversation, target],
  );
  return rows.map((row) => ({ author: textIn(row, "author"), content: bytesIn(row, "content") }));
}

/** How much of a message's actions a slice of history holds, in bytes. */
export const ACTION_BYTES = `(SELECT coalesce(sum(length(a.content) + 24), 0) FROM actions a
  WHERE a.conversation = m.conversation AND a.target = m.id AND a.content IS NOT NULL AND a.kind IN ('edit', 'reaction'))`;

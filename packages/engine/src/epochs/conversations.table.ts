/**
 * The table `conversations`: conversations of two, groups, and the one of a person's own devices,
 * as this device keeps them, and what a person chose for each.
 */
import type { Named } from "../api/views.ts";
import type { Tx } from "../runtime/context.ts";
import { PliError } from "../runtime/errors.ts";
import type { SqlRow } from "../runtime/ports.ts";
import { bytesIn, maybeBytesIn, numberIn, textIn } from "../runtime/storage/row.ts";

/** A conversation of two, a group, or that of the own devices (`self`), as this device keeps it. */
export interface Conversation {
  readonly id: string;
  readonly kind: "direct" | "group" | "self";
  /** What all members name it by, 32 bytes: in the ids of its messages. */
  readonly shared: Uint8Array;
  /** The other person; empty in the other kinds. */
  readonly contact: string;
  readonly store: string;
  readonly feed: number;
  /** Counts the MLS groups it has been: one more after each re-joining. */
  readonly generation: number;
  readonly state: "ready" | "rejoining" | "joining" | "left";
}

const COLUMNS = "id, kind, shared, contact, store, feed, generation, state";

export async function findConversation(tx: Tx, id: string): Promise<Conversation | undefined> {
  const [row] = await tx.sql.all(`SELECT ${COLUMNS} FROM conversations WHERE id = ?`, [id]);
  return row === undefined ? undefined : conversationFromRow(row);
}

/** The group that its members name by these bytes. */
export async function findGroup(tx: Tx, shared: Uint8Array): Promise<Conversation | undefined> {
  const sql = `SELECT ${COLUMNS} FROM conversations WHERE shared = ? AND kind = 'group'`;
  const [row] = await tx.sql.all(sql, [shared]);
  return row === undefined ? undefined : conversationFromRow(row);
}

/** The conversation of this person's own devices, once there are several. */
export async function findSelfConversation(tx: Tx): Promise<Conversation | undefined> {
  const [row] = await tx.sql.all(`SELECT ${COLUMNS} FROM conversations WHERE kind = 'self'`);
  return row === undefined ? undefined : conversationFromRow(row);
}

/** The conversation that its members name by these bytes, of any kind. */
export async function findShared(tx: Tx, shared: Uint8Array): Promise<Conversation | undefined> {
  const [row] = await tx.sql.all(`SELECT ${COLUMNS} FROM conversations WHERE shared = ?`, [shared]);
  return row === undefined ? undefined : conversationFromRow(row);
}

/** Those in which this device is. */
export async function listConversationsIn(tx: Tx): Promise<Conversation[]> {
  const rows = await tx.sql.all(`SELECT ${COLUMNS} FROM conversations WHERE state = 'ready' AND store <> ''`);
  return rows.map(conversationFromRow);
}

/** Rejects with `conversation_unknown`. */
export async function getConversation(tx: Tx, id: string): Promise<Conversation> {
  const conversation = await findConversation(tx, id);
  if (conversation === undefined) throw new PliError("conversation_unknown");
  return conversation;
}

function conversationFromRow(row: SqlRow): Conversation {
  return {
    id: textIn(row, "id"),
    kind: conversationKind(row),
    shared: bytesIn(row, "shared"),
    contact: textIn(row, "contact"),
    store: textIn(row, "store"),
    feed: numberIn(row, "feed"),
    generation: numberIn(row, "generation"),
    state: conversationState(row),
  };
}

function conversationKind(row: SqlRow): Conversation["kind"] {
  const kind = textIn(row, "kind");
  return kind === "group" || kind === "self" ? kind : "direct";
}

export function conversationState(row: SqlRow): Conversation["state"] {
  const state = textIn(row, "state");
  return state === "rejoining" || state === "joining" || state === "left" ? state : "ready";
}

/**
 * Adds a conversation that is `activeAt` now. One of this id that is there already keeps all but
 * its store and its shared id.
 */
export async function insertConversation(tx: Tx, fresh: Conversation, activeAt: number): Promise<void> {
  const { id, kind, shared, contact, store, feed, generation, state } = fresh;
  await tx.sql.run(
    `INSERT INTO conversations (id, kind, shared, contact, store, feed, generation, state, active_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET store = excluded.store, shared = excluded.shared`,
    [id, kind, shared, contact, store, feed, generation, state, activeAt],
  );
  tx.changed("conversations", "entered");
}

/**
 * A conversation that came out of a file: it lives at no store, nobody writes there, all of it is
 * read, and it stands below all that go on. `at`: now.
 */
export async function insertArchiveConversation(
  tx: Tx,
  { id, name, at }: { id: string; name: string; at: number },
): Promise<void> {
  await tx.sql.run(
    `INSERT INTO conversations
       (id, kind, contact, store, feed, generation, state, name, writable, active_at, active_order, read_order)
     VALUES (?, 'group', '', '', 0, 0, 'left', ?, 0, ?, 0, ?)`,
    [id, name, at, Number.MAX_SAFE_INTEGER],
  );
  tx.changed("conversations");
}

export async function deleteConversation(tx: Tx, id: string): Promise<void> {
  await tx.sql.run("DELETE FROM conversations WHERE id = ?", [id]);
  tx.changed("conversations", "entered");
}

export async function setConversationState(tx: Tx, id: string, state: Conversation["state"]): Promise<void> {
  await tx.sql.run("UPDATE conversations SET state = ? WHERE id = ?", [state, id]);
  tx.changed("conversations", "entered", `messages:${id}`);
}

/** It is another MLS group from now on. */
export async function setGeneration(tx: Tx, id: string, generation: number): Promise<void> {
  await tx.sql.run("UPDATE conversations SET generation = ? WHERE id = ?", [generation, id]);
}

/** Its members name it by other bytes from now on. */
export async function setShared(tx: Tx, id: string, shared: Uint8Array): Promise<void> {
  await tx.sql.run("UPDATE conversations SET shared = ? WHERE id = ?", [shared, id]);
}

/**
 * Something happened there: it leads the list, `now` beside it. The order is a number of its own: a
 * clock that was wrong would keep it there.
 */
export async function noteActive(tx: Tx, id: string, now: number): Promise<void> {
  await tx.sql.run(
    "UPDATE conversations SET active_at = ?, active_order = (SELECT max(active_order) + 1 FROM conversations) WHERE id = ?",
    [now, id],
  );
}

/** All up to this place of the order is read, as far as it is not yet. */
export async function notePast(tx: Tx, id: string, upTo: number): Promise<void> {
  await tx.sql.run("UPDATE conversations SET read_order = ? WHERE id = ? AND read_order < ?", [upTo, id, upTo]);
}

/**
 * A line of before stands in it: as long as nobody wrote from `live` on, it has its place in the
 * list by that, below all that is new. `order`: below 0.
 */
export async function raisePast(
  tx: Tx,
  id: string,
  { at, order }: { at: number; order: number },
  live: number,
): Promise<void> {
  await tx.sql.run(
    `UPDATE conversations SET active_at = ?, active_order = ?
     WHERE id = ? AND (active_order >= 0 OR active_order < ?) AND NOT EXISTS
       (SELECT 1 FROM messages m WHERE m.conversation = conversations.id AND m.ord >= ? AND m.kind IN ('text', 'unknown'))`,
    [at, order, id, order, live],
  );
}

/** The stores that conversations live at. */
export async function listStores(tx: Tx): Promise<string[]> {
  return (await tx.sql.all("SELECT DISTINCT store FROM conversations WHERE store <> ''")).map((row) =>
    textIn(row, "store"),
  );
}

/** The conversations at a store, and whether this device is in them. */
export async function listConversationsAt(tx: Tx, store: string): Promise<(Conversation & { isIn: boolean })[]> {
  const rows = await tx.sql.all(`SELECT ${COLUMNS} FROM conversations WHERE store = ?`, [store]);
  return rows
    .map(conversationFromRow)
    .map((one) => ({ ...one, isIn: one.state === "ready" || one.state === "rejoining" }));
}

/** Whether there is a conversation at a store that this person has not left. */
export async function isInConversationAt(tx: Tx, store: string): Promise<boolean> {
  const sql = "SELECT 1 FROM conversations WHERE store = ? AND state <> 'left' LIMIT 1";
  return (await tx.sql.all(sql, [store])).length > 0;
}

/** Those of one kind that are in one state. */
export async function listConversationIds(
  tx: Tx,
  kind: Conversation["kind"],
  state: Conversation["state"],
): Promise<string[]> {
  const rows = await tx.sql.all("SELECT id FROM conversations WHERE kind = ? AND state = ?", [kind, state]);
  return rows.map((row) => textIn(row, "id"));
}

/** All but the groups that this person has left. */
export async function listConversationsNotLeft(tx: Tx): Promise<string[]> {
  const rows = await tx.sql.all("SELECT id FROM conversations WHERE state <> 'left'");
  return rows.map((row) => textIn(row, "id"));
}

export async function countConversations(tx: Tx): Promise<number> {
  const [row] = await tx.sql.all("SELECT count(*) AS n FROM conversations WHERE kind <> 'self'");
  return numberIn(row ?? {}, "n");
}

/** Of those that this person has not left: in how many this device is. */
export async function countEntered(tx: Tx): Promise<{ here: number; all: number }> {
  const [row] = await tx.sql.all(
    `SELECT count(*) AS whole, total(state = 'ready') AS here FROM conversations
     WHERE kind <> 'self' AND store <> '' AND state <> 'left'`,
  );
  return { here: numberIn(row ?? {}, "here"), all: numberIn(row ?? {}, "whole") };
}

/** Whether there is a conversation with somebody. What came out of a file is none. */
export async function hasConversations(tx: Tx): Promise<boolean> {
  return (await tx.sql.all("SELECT 1 FROM conversations WHERE store <> '' LIMIT 1")).length > 0;
}

/** What was bound to a store at one address is bound to another. */
export async function moveConversations(tx: Tx, from: string, to: string): Promise<void> {
  await tx.sql.run("UPDATE conversations SET store = ? WHERE store = ?", [to, from]);
}

/** What lists and timers need of a group's rules, without its state. */
export async function saveRules(tx: Tx, id: string, rules: { timer: number; isWritable: boolean }): Promise<void> {
  await tx.sql.run("UPDATE conversations SET timer = ?, writable = ? WHERE id = ?", [
    rules.timer,
    rules.isWritable ? 1 : 0,
    id,
  ]);
  tx.changed("conversations");
}

/** After how many seconds what is written there now disappears; 0: it stays. */
export async function timerOf(tx: Tx, id: string): Promise<number> {
  const [row] = await tx.sql.all("SELECT timer FROM conversations WHERE id = ?", [id]);
  return numberIn(row ?? {}, "timer");
}

/** Whether this person may write there, by the rules of the group. */
export async function isWritable(tx: Tx, id: string): Promise<boolean> {
  const [row] = await tx.sql.all("SELECT writable FROM conversations WHERE id = ?", [id]);
  return row?.["writable"] === 1;
}

export async function setMuted(tx: Tx, id: string, muted: boolean): Promise<void> {
  await tx.sql.run("UPDATE conversations SET muted = ? WHERE id = ?", [muted ? 1 : 0, id]);
  tx.changed("conversations");
}

/** Those that are muted, by the names that all members have for them. */
export async function listMuted(tx: Tx): Promise<Uint8Array[]> {
  const rows = await tx.sql.all("SELECT shared FROM conversations WHERE muted = 1 AND store <> ''");
  return rows.map((row) => bytesIn(row, "shared"));
}

/** The order of the last message that was read. Rejects with `conversation_unknown`. */
export async function getReadOrder(tx: Tx, id: string): Promise<number> {
  const [row] = await tx.sql.all("SELECT read_order FROM conversations WHERE id = ?", [id]);
  if (row === undefined) throw new PliError("conversation_unknown");
  return numberIn(row, "read_order");
}

/** All up to `order` is read. `counted`: how many of these counted as unread. */
export async function saveReadOrder(tx: Tx, id: string, order: number, counted: number): Promise<void> {
  const sql = "UPDATE conversations SET read_order = ?, unread = unread - ? WHERE id = ?";
  await tx.sql.run(sql, [order, counted, id]);
  tx.changed("conversations");
}

/** What was begun there. Rejects with `conversation_unknown`. */
export async function getDraft(tx: Tx, id: string): Promise<string> {
  const [row] = await tx.sql.all("SELECT draft FROM conversations WHERE id = ?", [id]);
  if (row === undefined) throw new PliError("conversation_unknown");
  return textIn(row, "draft");
}

export async function writeDraft(tx: Tx, id: string, draft: string): Promise<void> {
  await tx.sql.run("UPDATE conversations SET draft = ? WHERE id = ?", [draft, id]);
  tx.changed("conversations");
}

/** Where something was begun, but archives: by the names that all members have for them. */
export async function listDrafts(tx: Tx): Promise<{ id: string; shared: Uint8Array; draft: string }[]> {
  const rows = await tx.sql.all("SELECT id, shared, draft FROM conversations WHERE draft <> '' AND store <> ''");
  return rows.map((row) => ({ id: textIn(row, "id"), shared: bytesIn(row, "shared"), draft: textIn(row, "draft") }));
}

/** The beacon that this device has open there, encoded. */
export async function findBeacon(tx: Tx, id: string): Promise<Uint8Array | undefined> {
  const [row] = await tx.sql.all("SELECT beacon FROM conversations WHERE id = ?", [id]);
  return row === undefined ? undefined : maybeBytesIn(row, "beacon");
}

export async function saveBeacon(tx: Tx, id: string, beacon: Uint8Array | undefined): Promise<void> {
  await tx.sql.run("UPDATE conversations SET beacon = ? WHERE id = ?", [beacon ?? null, id]);
}

/** The groups that this device joins, and their names as far as they are known. */
export async function listJoining(tx: Tx): Promise<{ id: string; shared: Uint8Array; name: string }[]> {
  const rows = await tx.sql.all("SELECT id, shared, name FROM conversations WHERE state = 'joining'");
  return rows.map((row) => ({ id: textIn(row, "id"), shared: bytesIn(row, "shared"), name: textIn(row, "name") }));
}

/** How much of a group that is being joined is fetched, in bytes. */
export async function saveProgress(tx: Tx, id: string, progress: { done: number; total: number }): Promise<void> {
  const sql = "UPDATE conversations SET progress = ? WHERE id = ? AND state = 'joining'";
  await tx.sql.run(sql, [JSON.stringify(progress), id]);
  tx.changed("conversations");
}

/** All of it is fetched: this device is in this MLS group, at this place. */
export async function saveJoined(
  tx: Tx,
  id: string,
  { generation, store, feed }: Pick<Conversation, "generation" | "store" | "feed">,
): Promise<void> {
  const sql = "UPDATE conversations SET generation = ?, store = ?, feed = ?, progress = NULL WHERE id = ?";
  await tx.sql.run(sql, [generation, store, feed, id]);
}

/** The name of a group; empty when there is no such conversation. */
export async function groupName(tx: Tx, id: string): Promise<string> {
  const [row] = await tx.sql.all("SELECT name FROM conversations WHERE id = ?", [id]);
  return row === undefined ? "" : textIn(row, "name");
}

export async function setGroupName(tx: Tx, id: string, name: string): Promise<void> {
  await tx.sql.run("UPDATE conversations SET name = ? WHERE id = ?", [name, id]);
}

/** The picture of a group. */
export async function findPicture(tx: Tx, id: string): Promise<Uint8Array | undefined> {
  const [row] = await tx.sql.all("SELECT picture FROM conversations WHERE id = ?", [id]);
  return row === undefined ? undefined : maybeBytesIn(row, "picture");
}

export async function savePicture(tx: Tx, id: string, picture: Uint8Array | undefined): Promise<void> {
  await tx.sql.run("UPDATE conversations SET picture = ? WHERE id = ?", [picture ?? null, id]);
  tx.changed("conversations");
}

/** Those who may have used up the labels of a group; undefined while it is not blocked. */
export async function findSuspects(tx: Tx, id: string): Promise<Named[] | undefined> {
  const [row] = await tx.sql.all("SELECT blocked FROM conversations WHERE id = ?", [id]);
  return typeof row?.["blocked"] === "string" ? (JSON.parse(row["blocked"]) as Named[]) : undefined;
}

/** The group is blocked from now on; undefined: it is not any more. */
export async function saveSuspects(tx: Tx, id: string, suspects: readonly Named[] | undefined): Promise<void> {
  const json = suspects === undefined ? null : JSON.stringify(suspects);
  await tx.sql.run("UPDATE conversations SET blocked = ? WHERE id = ?", [json, id]);
}

/** The blocked groups that this device is in. */
export async function listBlockedGroups(tx: Tx): Promise<string[]> {
  const rows = await tx.sql.all("SELECT id FROM conversations WHERE blocked IS NOT NULL AND state = 'ready'");
  return rows.map((row) => textIn(row, "id"));
}

/**
 * Whether the feed has gone past a commit of a group before this device followed it: it has yet to
 * look for what was written behind that.
 */
export async function isBehind(tx: Tx, id: string): Promise<boolean> {
  const [row] = await tx.sql.all("SELECT behind FROM conversations WHERE id = ?", [id]);
  return row?.["behind"] === 1;
}

export async function setBehind(tx: Tx, id: string, behind: boolean): Promise<void> {
  await tx.sql.run("UPDATE conversations SET behind = ? WHERE id = ?", [behind ? 1 : 0, id]);
}

/** The groups in which this device is behind. */
export async function listBehind(tx: Tx): Promise<string[]> {
  const rows = await tx.sql.all("SELECT id FROM conversations WHERE behind = 1 AND state = 'ready'");
  return rows.map((row) => textIn(row, "id"));
}

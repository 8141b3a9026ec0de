/** Conversations as people see them: what the table `conversations` holds, with their people. */
import type { ConversationView, Role } from "../../api/views.ts";
import { conversationState } from "../../epochs/conversations.table.ts";
import { shownName, trustLevel } from "../../people/contacts.table.ts";
import type { Tx } from "../../runtime/context.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { numberIn, textIn } from "../../runtime/storage/row.ts";
import { base64 } from "../group/pictures.ts";
import { findNewestNews } from "../messages/messages.views.table.ts";

const NAMES = "c.name, k.own_name, k.given_name";
const CONVERSATIONS = `
  SELECT c.id, c.kind, c.contact, c.state, c.muted, c.draft, c.active_at, c.picture, c.progress, c.writable, c.timer,
    c.unread, c.read_order, ${NAMES}, k.level, k.blocked,
    (SELECT count(*) FROM members p WHERE p.conversation = c.id) AS members,
    (SELECT p.role FROM members p WHERE p.conversation = c.id AND p.profile = ?1) AS role,
    (SELECT min(coalesce(o.level, 1)) FROM members p LEFT JOIN contacts o ON o.id = p.profile
       WHERE p.conversation = c.id AND p.profile <> ?1) AS lowest,
    EXISTS (SELECT 1 FROM intentions i WHERE i.conversation = c.id AND i.kind = 'leave') AS leaving,
    EXISTS (SELECT 1 FROM meta x WHERE x.key = 'locked ' || c.id) AS locked, f.profile AS archive_of, f.imported_at
  FROM conversations c LEFT JOIN contacts k ON k.id = c.contact LEFT JOIN archives f ON f.conversation = c.id`;

const NEWEST_FIRST = "c.active_order DESC, c.active_at DESC";

/** This person, for what is shown of their own. */
export interface Self {
  readonly id: string;
  readonly name: string;
}

/** The whole list, newest first. */
export async function listConversations(tx: Tx, self: Self): Promise<ConversationView[]> {
  const rows = await tx.sql.all(`${CONVERSATIONS} WHERE c.kind <> 'self' ORDER BY ${NEWEST_FIRST}`, [self.id]);
  return Promise.all(rows.map((row) => conversationView(tx, row, self)));
}

/**
 * The groups that this person shares with a contact. What is known of who is in a group that they
 * have left is old.
 */
export async function listGroupsWith(tx: Tx, contact: string, self: Self): Promise<ConversationView[]> {
  const rows = await tx.sql.all(
    `${CONVERSATIONS} WHERE c.kind = 'group' AND c.state <> 'left'
       AND EXISTS (SELECT 1 FROM members o WHERE o.conversation = c.id AND o.profile = ?2) ORDER BY ${NEWEST_FIRST}`,
    [self.id, contact],
  );
  return Promise.all(rows.map((row) => conversationView(tx, row, self)));
}

export async function findConversationView(tx: Tx, id: string, self: Self): Promise<ConversationView | undefined> {
  const [row] = await tx.sql.all(`${CONVERSATIONS} WHERE c.id = ?2`, [self.id, id]);
  return row === undefined ? undefined : conversationView(tx, row, self);
}

async function conversationView(tx: Tx, row: SqlRow, self: Self): Promise<ConversationView> {
  const id = textIn(row, "id");
  return {
    id,
    contact: textIn(row, "contact"),
    name: conversationName(row),
    ...kindPart(row, self),
    last: await findNewestNews(tx, id, self.name),
    activeAt: numberIn(row, "active_at"),
    unread: numberIn(row, "unread"),
    readUpTo: numberIn(row, "read_order"),
    muted: numberIn(row, "muted") !== 0,
    ...(row["locked"] === 1 && { locked: true }),
    draft: textIn(row, "draft"),
    // A blocked contact does not learn of a re-joining: it waits until the block ends.
    state: row["blocked"] === 1 ? "ready" : conversationState(row),
  };
}

/** What only one kind of conversation has, or has in its own way. */
type KindPart = Pick<
  ConversationView,
  "kind" | "level" | "members" | "role" | "picture" | "timer" | "writable" | "blocked" | "progress" | "archive"
>;

function kindPart(row: SqlRow, self: Self): KindPart {
  if (row["archive_of"] !== null) return archivePart(row, self);
  return textIn(row, "kind") === "group" ? groupPart(row) : directPart(row);
}

/** Nobody has vouched for what a file says: it is trusted least. */
function archivePart(row: SqlRow, self: Self): KindPart {
  const archive = { importedAt: numberIn(row, "imported_at"), ofSelf: row["archive_of"] === self.id };
  return { kind: "group", level: 1, writable: false, blocked: false, archive };
}

function directPart(row: SqlRow): KindPart {
  const blocked = numberIn(row, "blocked") !== 0;
  return { kind: "direct", level: trustLevel(numberIn(row, "level")), writable: !blocked, blocked };
}

function groupPart(row: SqlRow): KindPart {
  const { role, lowest, picture, progress } = row;
  const timer = numberIn(row, "timer");
  const state = conversationState(row);
  const isIn = (state === "ready" || state === "rejoining") && numberIn(row, "leaving") === 0;
  return {
    kind: "group",
    // Nobody in it is known before this person is.
    level: trustLevel(typeof lowest === "number" ? lowest : state === "joining" ? 1 : 3),
    ...(state !== "joining" && { members: numberIn(row, "members") }),
    ...(typeof role === "string" && { role: role as Role }),
    ...(picture instanceof Uint8Array && { picture: base64(picture) }),
    ...(timer > 0 && { timer }),
    writable: isIn && numberIn(row, "writable") !== 0,
    blocked: false,
    ...(state === "joining" && typeof progress === "string" && { progress: progressFrom(progress) }),
  };
}

function progressFrom(json: string): { done: number; total: number } {
  return JSON.parse(json) as { done: number; total: number };
}

/** The group's own name; the other person's between two. */
function conversationName(row: SqlRow): string {
  return row["own_name"] === null ? textIn(row, "name") : shownName(row);
}

/** The name of a conversation; empty when there is none. */
export async function nameOf(tx: Tx, conversation: string): Promise<string> {
  const sql = `SELECT ${NAMES} FROM conversations c LEFT JOIN contacts k ON k.id = c.contact WHERE c.id = ?`;
  const [row] = await tx.sql.all(sql, [conversation]);
  return row === undefined ? "" : conversationName(row);
}

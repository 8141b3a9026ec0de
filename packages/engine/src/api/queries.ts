import type {
  ContactView,
  ConversationView,
  GroupQuestionView,
  GroupView,
  KnowledgeView,
  Role,
  SearchHit,
  StatusView,
  StoreAway,
  StorageView,
} from "./api.ts";
import type { Commands, Queries, QueryName } from "./schema.ts";
import type { Tx } from "../runtime/context.ts";
import { MESSAGE_ROW_BYTES, PASSED_OVER } from "../runtime/budgets.ts";
import { readCounters } from "../runtime/counters.ts";
import type { Traffic } from "../delivery/traffic.ts";
import { conversationState } from "../epochs/conversations.ts";
import { MESSAGES, NEWS, WITH_CONTACT, messageFromRow } from "../features/messages/message-views.ts";
import { PliError } from "../runtime/errors.ts";
import { base64 } from "../features/group/pictures.ts";
import { findPairingView, listPairingViews } from "../features/pairing/rows.ts";
import type { SqlRow } from "../runtime/ports.ts";
import { contactViewFromRow, shownName, trustLevel } from "../people/contacts.ts";
import { numberIn, textIn } from "../runtime/storage/row.ts";
import { readSettings } from "../features/settings/settings.ts";
import { indexQuery } from "../features/messages/terms.ts";

/** No page is longer: what follows is asked for from where it ends. */
const MAX_PAGE = 1_000;
const NAMES = "c.name, k.own_name, k.given_name";
const CONVERSATIONS = `
  SELECT c.id, c.kind, c.contact, c.state, c.muted, c.draft, c.active_at, c.picture, c.progress, c.writable, c.timer,
    c.unread, c.read_order, ${NAMES}, k.level, k.blocked,
    (SELECT count(*) FROM members p WHERE p.conversation = c.id) AS members,
    (SELECT p.role FROM members p WHERE p.conversation = c.id AND p.profile = ?1) AS role,
    (SELECT min(coalesce(o.level, 1)) FROM members p LEFT JOIN contacts o ON o.id = p.profile
       WHERE p.conversation = c.id AND p.profile <> ?1) AS lowest,
    EXISTS (SELECT 1 FROM intentions i WHERE i.conversation = c.id AND i.kind = 'leave') AS leaving
  FROM conversations c LEFT JOIN contacts k ON k.id = c.contact`;

const NEWEST_FIRST = "c.active_order DESC, c.active_at DESC";

export type Readers = {
  [N in QueryName]: (tx: Tx, parameters: Queries[N]["parameters"]) => Promise<Queries[N]["result"]>;
};

/** What the live parts of the engine add to what is in the database. */
export interface Surroundings {
  status(tx: Tx): Promise<StatusView>;
  store(): Pick<KnowledgeView, "store" | "feedForm" | "retentionDays">;
  databaseBytes(): Promise<number>;
  /** The store at this address, while it does not answer. */
  away(store: string): StoreAway | undefined;
  traffic: Traffic;
  /** Who this person is, once they have a profile. */
  self(tx: Tx): Promise<Self>;
  group(tx: Tx, id: string): Promise<GroupView | undefined>;
  groupQuestions(tx: Tx): Promise<GroupQuestionView[]>;
  /** What a group that is being joined waits for. */
  joining(tx: Tx, id: string): Promise<ConversationView["joining"]>;
}

/** This person, for what is shown of their own. */
export type Self = Pick<NonNullable<StatusView["profile"]>, "id" | "name">;

/** Every query of the API, read inside a transaction. */
export function createReaders(p: Surroundings): Readers {
  return {
    status: (tx) => p.status(tx),
    conversations: async (tx) => withJoining(tx, await conversations(tx, await p.self(tx))),
    conversation: async (tx, { id }) => {
      const found = await conversation(tx, id, await p.self(tx));
      return found && (await withJoining(tx, [found]))[0];
    },
    group: (tx, { id }) => p.group(tx, id),
    groupQuestions: (tx) => p.groupQuestions(tx),
    messages: async (tx, parameters) => messages(tx, parameters, await p.self(tx)),
    contacts: (tx) => contacts(tx),
    contact: (tx, { id }) => contact(tx, id),
    groupsWith: async (tx, { contact: id }) => groupsWith(tx, id, await p.self(tx)),
    keptOf: (tx, { contact: id }) => keptOf(tx, id),
    pairing: (tx, { id }) => findPairingView(tx, id, p.away),
    pairings: (tx) => listPairingViews(tx, p.away),
    knowledge: async (tx) => ({ ...p.store(), ...(await p.traffic.read(tx)) }),
    storage: async (tx) => storage(tx, await p.databaseBytes()),
    settings: (tx) => readSettings(tx),
  };

  async function withJoining(tx: Tx, views: readonly ConversationView[]): Promise<ConversationView[]> {
    const all: ConversationView[] = [];
    for (const view of views) {
      const joining = view.state === "joining" ? await p.joining(tx, view.id) : undefined;
      all.push(joining === undefined ? view : { ...view, joining });
    }
    return all;
  }
}

async function conversations(tx: Tx, self: Self): Promise<ConversationView[]> {
  const rows = await tx.sql.all(`${CONVERSATIONS} ORDER BY ${NEWEST_FIRST}`, [self.id]);
  return Promise.all(rows.map((row) => conversationView(tx, row, self)));
}

/** What is known of who is in a group that this person has left is old. */
async function groupsWith(tx: Tx, contact: string, self: Self): Promise<ConversationView[]> {
  const rows = await tx.sql.all(
    `${CONVERSATIONS} WHERE c.kind = 'group' AND c.state <> 'left'
       AND EXISTS (SELECT 1 FROM members o WHERE o.conversation = c.id AND o.profile = ?2) ORDER BY ${NEWEST_FIRST}`,
    [self.id, contact],
  );
  return Promise.all(rows.map((row) => conversationView(tx, row, self)));
}

async function conversation(tx: Tx, id: string, self: Self): Promise<ConversationView | undefined> {
  const [row] = await tx.sql.all(`${CONVERSATIONS} WHERE c.id = ?2`, [self.id, id]);
  return row === undefined ? undefined : conversationView(tx, row, self);
}

async function conversationView(tx: Tx, row: SqlRow, self: Self): Promise<ConversationView> {
  const id = textIn(row, "id");
  const [last] = await tx.sql.all(`${MESSAGES} WHERE m.conversation = ? AND ${NEWS} ORDER BY m.ord DESC LIMIT 1`, [id]);
  return {
    id,
    contact: textIn(row, "contact"),
    name: conversationName(row),
    ...(textIn(row, "kind") === "group" ? groupPart(row) : directPart(row)),
    last: last === undefined ? undefined : messageFromRow(last, self.name),
    activeAt: numberIn(row, "active_at"),
    unread: numberIn(row, "unread"),
    readUpTo: numberIn(row, "read_order"),
    muted: numberIn(row, "muted") !== 0,
    draft: textIn(row, "draft"),
    // What a blocked contact is not told of waits until they are not.
    state: row["blocked"] === 1 ? "ready" : conversationState(row),
  };
}

/** What only one kind of conversation has, or has in its own way. */
type KindPart = Pick<
  ConversationView,
  "kind" | "level" | "members" | "role" | "picture" | "timer" | "writable" | "blocked" | "progress"
>;

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

async function messages(
  tx: Tx,
  { conversation, limit, ...position }: Queries["messages"]["parameters"],
  self: Self,
): Promise<Queries["messages"]["result"]> {
  const rows = await rowsAt(tx, conversation, bounded(limit), position);
  const page = rows.map((row) => messageFromRow(row, self.name));
  const first = page[0]?.order ?? emptyAt(position);
  const last = page.at(-1)?.order ?? first - 1;
  return {
    messages: page,
    hasOlder: await isAny(tx, conversation, "ord < ?", first),
    hasNewer: await isAny(tx, conversation, "ord > ?", last),
  };
}

/** Where a page of messages stands: at most one of these. */
type PagePosition = Pick<Queries["messages"]["parameters"], "before" | "after" | "around">;

/** Greater than the order of any message. */
const END = Number.MAX_SAFE_INTEGER;

/** The order before which a page stands that holds no message. */
const emptyAt = ({ before, around, after }: PagePosition): number =>
  before ?? around ?? (after === undefined ? END : after + 1);

/** The rows of a page, oldest first. Each reads along an index, and no more rows than it gives. */
async function rowsAt(tx: Tx, conversation: string, limit: number, position: PagePosition): Promise<SqlRow[]> {
  const { before = END, after, around } = onlyOne(position);
  if (after !== undefined) return rowsFrom(tx, conversation, after + 1, limit);
  if (around === undefined) return rowsBefore(tx, conversation, before, limit);
  const half = await rowsFrom(tx, conversation, around, Math.ceil(limit / 2));
  const older = await rowsBefore(tx, conversation, around, limit - half.length);
  const isFull = half.length + older.length === limit;
  return [...older, ...(isFull ? half : await rowsFrom(tx, conversation, around, limit - older.length))];
}

async function rowsBefore(tx: Tx, conversation: string, order: number, limit: number): Promise<SqlRow[]> {
  const sql = `${MESSAGES} WHERE m.conversation = ? AND m.ord < ? ORDER BY m.ord DESC LIMIT ?`;
  return (await tx.sql.all(sql, [conversation, order, limit])).toReversed();
}

function rowsFrom(tx: Tx, conversation: string, order: number, limit: number): Promise<SqlRow[]> {
  const sql = `${MESSAGES} WHERE m.conversation = ? AND m.ord >= ? ORDER BY m.ord LIMIT ?`;
  return tx.sql.all(sql, [conversation, order, limit]);
}

async function isAny(tx: Tx, conversation: string, where: string, order: number): Promise<boolean> {
  const sql = `SELECT 1 FROM messages WHERE conversation = ? AND ${where} LIMIT 1`;
  return (await tx.sql.all(sql, [conversation, order])).length > 0;
}

function onlyOne(position: PagePosition): PagePosition {
  const given = Object.values(position).filter((order) => order !== undefined);
  if (given.length > 1 || !given.every(isOrder)) throw new PliError("request_malformed");
  return position;
}

const isOrder = (order: unknown): boolean => Number.isSafeInteger(order) && (order as number) >= 0;

/**
 * A text is there as it came, as it is shown and as it is searched: measured, three and a half
 * times.
 */
const COPIES = 3.5;

async function keptOf(tx: Tx, contact: string): Promise<Queries["keptOf"]["result"]> {
  const [row] = await tx.sql.all(
    `SELECT count(*) AS messages, sum(? + ? * coalesce(length(content), 0)) AS bytes FROM messages m WHERE ${WITH_CONTACT}`,
    [MESSAGE_ROW_BYTES, COPIES, contact, contact],
  );
  return { messages: numberIn(row ?? {}, "messages"), bytes: Number(row?.["bytes"] ?? 0) };
}

async function contacts(tx: Tx): Promise<ContactView[]> {
  const views = (await tx.sql.all("SELECT * FROM contacts")).map((row) => contactViewFromRow(row));
  return views.toSorted((a, b) => a.name.localeCompare(b.name));
}

async function contact(tx: Tx, id: string): Promise<ContactView | undefined> {
  const [row] = await tx.sql.all("SELECT * FROM contacts WHERE id = ?", [id]);
  const [over] = await tx.sql.all(PASSED_OVER, [id]);
  return row === undefined ? undefined : contactViewFromRow(row, over);
}

async function storage(tx: Tx, databaseBytes: number): Promise<StorageView> {
  const [row] = await tx.sql.all(
    "SELECT (SELECT count(*) FROM messages) AS messages, (SELECT count(*) FROM conversations) AS conversations",
  );
  const counted = { messages: numberIn(row ?? {}, "messages"), conversations: numberIn(row ?? {}, "conversations") };
  return { databaseBytes, ...counted, counters: await readCounters(tx) };
}

/** Messages that hold what is typed (`terms.ts`), newest first. */
export async function search(
  tx: Tx,
  { text, limit, before = END, conversation }: Commands["search"]["parameters"],
  self: Self,
): Promise<SearchHit[]> {
  if (!isOrder(before)) throw new PliError("request_malformed");
  const wanted = indexQuery(text);
  if (wanted === undefined) return [];
  const orders = await ordersOf(tx, wanted, { limit: bounded(limit), before, conversation });
  const listed = "m.ord IN (SELECT value FROM json_each(?))";
  const rows = await tx.sql.all(`${MESSAGES} WHERE ${listed} ORDER BY m.ord DESC`, [JSON.stringify(orders)]);
  const names = new Map<string, string>();
  for (const row of rows) names.set(textIn(row, "conversation"), await nameOf(tx, textIn(row, "conversation")));
  return rows.map((row) => ({
    message: messageFromRow(row, self.name),
    conversationName: names.get(textIn(row, "conversation")) ?? "",
  }));
}

/**
 * The index is read from its end, and no further than the page: it holds its rows in the order of
 * messages.
 */
async function ordersOf(
  tx: Tx,
  expression: string,
  p: { limit: number; before: number; conversation: string | undefined },
): Promise<number[]> {
  const found = "FROM messages_text f WHERE messages_text MATCH ? AND f.rowid < ?";
  const rows =
    p.conversation === undefined
      ? await tx.sql.all(`SELECT f.rowid AS ord ${found} ORDER BY f.rowid DESC LIMIT ?`, [
          expression,
          p.before,
          p.limit,
        ])
      : await tx.sql.all(
          `SELECT f.rowid AS ord ${found} AND f.rowid >= (SELECT min(ord) FROM messages WHERE conversation = ?3)
             AND (SELECT m.conversation FROM messages m WHERE m.ord = f.rowid) = ?3
           ORDER BY f.rowid DESC LIMIT ?4`,
          [expression, p.before, p.conversation, p.limit],
        );
  return rows.map((row) => numberIn(row, "ord"));
}

async function nameOf(tx: Tx, conversation: string): Promise<string> {
  const sql = `SELECT ${NAMES} FROM conversations c LEFT JOIN contacts k ON k.id = c.contact WHERE c.id = ?`;
  const [row] = await tx.sql.all(sql, [conversation]);
  return row === undefined ? "" : conversationName(row);
}

function bounded(limit: number): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) throw new PliError("request_malformed");
  return limit;
}

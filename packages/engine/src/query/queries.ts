import type {
  ContactView,
  ConversationView,
  KnowledgeView,
  MessageView,
  PairingView,
  Queries,
  QueryName,
  SearchHit,
  SettingsView,
  StatusView,
  StorageView,
} from "../api.ts";
import type { Unit } from "../core/context.ts";
import { readCounters } from "../core/counters.ts";
import type { Traffic } from "../core/traffic.ts";
import { messageFromRow } from "../conversation/messages.ts";
import { PliError } from "../errors.ts";
import { pairingViewFromRow } from "../pairing/rows.ts";
import type { SqlRow } from "../ports.ts";
import { contactViewFromRow, shownName, trustLevel } from "../profile/contacts.ts";
import { numberIn, textIn } from "../storage/row.ts";
import type { Topic } from "./live.ts";

const MAX_LIMIT = 10_000;
const CONVERSATIONS = `
  SELECT c.*, k.own_name, k.given_name, k.level, k.blocked,
    (SELECT count(*) FROM messages m WHERE m.conversation = c.id AND m.ord > c.read_order AND NOT m.mine
       AND m.kind IN ('text', 'unknown')) AS unread
  FROM conversations c JOIN contacts k ON k.id = c.contact`;

export type Readers = {
  [N in QueryName]: (unit: Unit, parameters: Queries[N]["parameters"]) => Promise<Queries[N]["result"]>;
};

/** What the live parts of the engine add to what is in the database. */
export interface Surroundings {
  status(unit: Unit): Promise<StatusView>;
  store(): Pick<KnowledgeView, "store" | "feedForm" | "retentionDays">;
  databaseBytes(): Promise<number>;
  traffic: Traffic;
}

/** Every query of the API, read inside a transaction. */
export function createReaders(p: Surroundings): Readers {
  return {
    status: (unit) => p.status(unit),
    conversations: (unit) => conversations(unit),
    conversation: (unit, { id }) => conversation(unit, id),
    messages: (unit, parameters) => messages(unit, parameters),
    contacts: (unit) => contacts(unit),
    contact: (unit, { id }) => contact(unit, id),
    pairing: (unit, { id }) => pairing(unit, id),
    pairings: (unit) => pairings(unit),
    knowledge: async (unit) => ({ ...p.store(), ...(await p.traffic.read(unit)) }),
    storage: async (unit) => storage(unit, await p.databaseBytes()),
    settings: (unit) => readSettings(unit),
  };
}

/** The topics a query depends on. */
export function topicsOf<N extends QueryName>(name: N, parameters: Queries[N]["parameters"]): readonly Topic[] {
  switch (name) {
    case "messages":
      return [`messages:${(parameters as Queries["messages"]["parameters"]).conversation}`];
    case "conversation":
      return ["conversations"];
    case "contact":
      return ["contacts"];
    case "pairing":
      return ["pairings"];
    default:
      return [name];
  }
}

async function conversations(unit: Unit): Promise<ConversationView[]> {
  const rows = await unit.sql.all(`${CONVERSATIONS} ORDER BY c.active_at DESC`);
  return Promise.all(rows.map((row) => conversationView(unit, row)));
}

async function conversation(unit: Unit, id: string): Promise<ConversationView | undefined> {
  const [row] = await unit.sql.all(`${CONVERSATIONS} WHERE c.id = ?`, [id]);
  return row === undefined ? undefined : conversationView(unit, row);
}

async function conversationView(unit: Unit, row: SqlRow): Promise<ConversationView> {
  const id = textIn(row, "id");
  const [last] = await unit.sql.all("SELECT * FROM messages WHERE conversation = ? ORDER BY ord DESC LIMIT 1", [id]);
  return {
    id,
    contact: textIn(row, "contact"),
    name: shownName(row),
    level: trustLevel(numberIn(row, "level")),
    last: last === undefined ? undefined : messageFromRow(last),
    activeAt: numberIn(row, "active_at"),
    unread: numberIn(row, "unread"),
    muted: numberIn(row, "muted") !== 0,
    blocked: numberIn(row, "blocked") !== 0,
    draft: textIn(row, "draft"),
    state: textIn(row, "state") === "rejoining" ? "rejoining" : "ready",
  };
}

async function messages(
  unit: Unit,
  { conversation, limit }: Queries["messages"]["parameters"],
): Promise<Queries["messages"]["result"]> {
  const wanted = bounded(limit);
  const rows = await unit.sql.all("SELECT * FROM messages WHERE conversation = ? ORDER BY ord DESC LIMIT ?", [
    conversation,
    wanted + 1,
  ]);
  const newest: MessageView[] = rows.slice(0, wanted).map(messageFromRow);
  return { messages: newest.toReversed(), hasOlder: rows.length > wanted };
}

async function contacts(unit: Unit): Promise<ContactView[]> {
  const views = (await unit.sql.all("SELECT * FROM contacts")).map(contactViewFromRow);
  return views.toSorted((a, b) => a.name.localeCompare(b.name));
}

async function contact(unit: Unit, id: string): Promise<ContactView | undefined> {
  const [row] = await unit.sql.all("SELECT * FROM contacts WHERE id = ?", [id]);
  return row === undefined ? undefined : contactViewFromRow(row);
}

async function pairing(unit: Unit, id: string): Promise<PairingView | undefined> {
  const [row] = await unit.sql.all("SELECT * FROM pairings WHERE id = ?", [id]);
  return row === undefined ? undefined : pairingViewFromRow(row);
}

async function pairings(unit: Unit): Promise<PairingView[]> {
  const rows = await unit.sql.all("SELECT * FROM pairings WHERE open = 1 ORDER BY created_at DESC");
  return rows.map(pairingViewFromRow);
}

async function storage(unit: Unit, databaseBytes: number): Promise<StorageView> {
  const [row] = await unit.sql.all(
    "SELECT (SELECT count(*) FROM messages) AS messages, (SELECT count(*) FROM conversations) AS conversations",
  );
  const counted = { messages: numberIn(row ?? {}, "messages"), conversations: numberIn(row ?? {}, "conversations") };
  return { databaseBytes, ...counted, counters: await readCounters(unit) };
}

export async function readSettings(unit: Unit): Promise<SettingsView> {
  const [row] = await unit.sql.all("SELECT value FROM meta WHERE key = 'readReceipts'");
  return { readReceipts: row?.["value"] !== 0 };
}

/** Messages with all the words of `text`, the last one as the start of a word; newest first. */
export async function search(unit: Unit, text: string, limit: number): Promise<SearchHit[]> {
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length === 0) return [];
  const expression = words.map((word, i) => `"${word}"${i === words.length - 1 ? "*" : ""}`).join(" ");
  const rows = await unit.sql.all(
    `SELECT m.*, k.own_name, k.given_name FROM messages_text t JOIN messages m ON m.ord = t.rowid
     JOIN conversations c ON c.id = m.conversation JOIN contacts k ON k.id = c.contact
     WHERE messages_text MATCH ? ORDER BY m.ord DESC LIMIT ?`,
    [expression, bounded(limit)],
  );
  return rows.map((row) => ({ message: messageFromRow(row), conversationName: shownName(row) }));
}

function bounded(limit: number): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) throw new PliError("request_malformed");
  return limit;
}

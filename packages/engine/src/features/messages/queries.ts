import type { QueryHandlers } from "../../api/handlers.ts";
import type { Queries } from "../../api/schema.ts";
import type { Kit } from "../../kit.ts";
import type { Tx } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { MESSAGES, messageFromRow } from "./message-views.ts";

export function createMessageQueries({ profiles }: Pick<Kit, "profiles">) {
  return {
    messages: async (tx, parameters) => pageOf(tx, parameters, (await profiles.self(tx)).name),
  } satisfies Partial<QueryHandlers>;
}

async function pageOf(
  tx: Tx,
  { conversation, limit, ...position }: Queries["messages"]["parameters"],
  ownName: string,
): Promise<Queries["messages"]["result"]> {
  const rows = await rowsAt(tx, conversation, limit, position);
  const page = rows.map((row) => messageFromRow(row, ownName));
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
  if (given.length > 1) throw new PliError("request_malformed");
  return position;
}

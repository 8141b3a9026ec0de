import type { MessageView } from "../../api/views.ts";
import type { QueryHandlers } from "../../api/handlers.ts";
import type { Queries } from "../../api/schema.ts";
import type { Kit } from "../../kit.ts";
import type { Tx } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import { hasMessageBefore, hasMessageBehind } from "./messages.table.ts";
import { listMessagesBefore, listMessagesFrom } from "./messages.views.table.ts";

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
  const page = await messagesAt(tx, { conversation, limit, ...onlyOne(position) }, ownName);
  const first = page[0]?.order ?? emptyAt(position);
  const last = page.at(-1)?.order ?? first - 1;
  return {
    messages: page,
    hasOlder: await hasMessageBefore(tx, conversation, first),
    hasNewer: await hasMessageBehind(tx, conversation, last),
  };
}

/** Where a page of messages stands: at most one of these. */
type PagePosition = Pick<Queries["messages"]["parameters"], "before" | "after" | "around">;

/** Greater than the order of any message. */
const END = Number.MAX_SAFE_INTEGER;

/** The order before which a page stands that holds no message. */
const emptyAt = ({ before, around, after }: PagePosition): number =>
  before ?? around ?? (after === undefined ? END : after + 1);

/** The messages of a page, oldest first. */
async function messagesAt(
  tx: Tx,
  { conversation, limit, before = END, after, around }: Queries["messages"]["parameters"],
  ownName: string,
): Promise<MessageView[]> {
  if (after !== undefined) return listMessagesFrom(tx, conversation, after + 1, limit, ownName);
  if (around === undefined) return listMessagesBefore(tx, conversation, before, limit, ownName);
  const half = await listMessagesFrom(tx, conversation, around, Math.ceil(limit / 2), ownName);
  const older = await listMessagesBefore(tx, conversation, around, limit - half.length, ownName);
  const isFull = half.length + older.length === limit;
  const newer = isFull ? half : await listMessagesFrom(tx, conversation, around, limit - older.length, ownName);
  return [...older, ...newer];
}

function onlyOne(position: PagePosition): PagePosition {
  const given = Object.values(position).filter((order) => order !== undefined);
  if (given.length > 1) throw new PliError("request_malformed");
  return position;
}

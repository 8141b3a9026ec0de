/** What people see of the actions on messages: read for one page of them at once. */
import type { MessageView, Named, QuoteView, ReactionView } from "../../api/views.ts";
import type { Tx } from "../../runtime/context.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { numberIn, textIn } from "../../runtime/storage/row.ts";

const SHORT_ID = 8;
/** Of a quoted text, in characters. */
const QUOTE_CHARS = 300;

/** Of a row with `author` and `conversation`: the name by which this person knows its author. */
const nameOf = (author: string, conversation: string): string =>
  `coalesce((SELECT coalesce(nullif(k.given_name, ''), k.own_name) FROM contacts k WHERE k.id = ${author}),
     (SELECT p.name FROM people p WHERE p.profile = ${author} AND p.name <> ''),
     (SELECT a.name FROM archived_people a WHERE a.conversation = ${conversation} AND a.profile = ${author}),
     substr(${author}, 1, ${SHORT_ID}))`;

export async function findNameOf(tx: Tx, profile: string): Promise<string> {
  const [row] = await tx.sql.all(`SELECT ${nameOf("?1", "''")} AS name`, [profile]);
  return row === undefined ? profile.slice(0, SHORT_ID) : textIn(row, "name");
}

type Added = Pick<MessageView, "replyTo" | "edited" | "reactions" | "starred">;

/** The same messages with what was done with them. `ownName`: the name of this person. */
export async function withActions(tx: Tx, views: readonly MessageView[], ownName: string): Promise<MessageView[]> {
  if (views.length === 0) return [];
  const keys = JSON.stringify(views.map(({ conversation, id }) => [conversation, id]));
  const added = new Map<string, Added>();
  const addTo = (row: SqlRow, more: Added): void => {
    const key = `${textIn(row, "conversation")} ${textIn(row, "message")}`;
    added.set(key, { ...added.get(key), ...more });
  };
  for (const row of await tx.sql.all(EDITED, [keys])) addTo(row, { edited: numberIn(row, "at") });
  for (const row of await tx.sql.all(STARRED, [keys])) addTo(row, { starred: true });
  for (const row of await tx.sql.all(QUOTED, [keys])) addTo(row, { replyTo: quoteFrom(row, ownName) });
  for (const [row, reactions] of await reactionsOf(tx, keys, ownName)) addTo(row, { reactions });
  return views.map((view) => ({ ...view, ...added.get(`${view.conversation} ${view.id}`) }));
}

/** Which messages are asked for. */
const KEYS = `(SELECT json_extract(value, '$[0]') AS conversation, json_extract(value, '$[1]') AS message
  FROM json_each(?1)) j`;

const EDITED = `SELECT j.conversation, j.message, max(min(a.sent_at, a.came_at)) AS at FROM ${KEYS}
  CROSS JOIN actions a ON a.conversation = j.conversation AND a.target = j.message AND a.kind = 'edit'
  WHERE NOT a.waits AND a.sent_at >= 0 GROUP BY j.conversation, j.message`;

const STARRED = `SELECT j.conversation, j.message FROM ${KEYS}
  CROSS JOIN stars s ON s.conversation = j.conversation AND s.message = j.message`;

const QUOTED = `SELECT j.conversation, j.message, q.id, q.ord, q.sender, q.mine, q.kind,
    substr(q.text, 1, ${QUOTE_CHARS}) AS text, r.target, ${nameOf("q.sender", "q.conversation")} AS name
  FROM ${KEYS} CROSS JOIN replies r ON r.conversation = j.conversation AND r.message = j.message
    LEFT JOIN former_ids f ON f.conversation = r.conversation AND f.former = r.target
    LEFT JOIN messages q ON q.conversation = r.conversation AND q.id = coalesce(f.id, r.target)`;

const REACTED = `SELECT j.conversation, j.message, a.author, a.mine, a.value, ${nameOf("a.author", "a.conversation")} AS name
  FROM ${KEYS} CROSS JOIN actions a ON a.conversation = j.conversation AND a.target = j.message AND a.kind = 'reaction'
  WHERE NOT a.waits AND a.value <> '' ORDER BY j.conversation, j.message, a.sent_at, a.author`;

function quoteFrom(row: SqlRow, ownName: string): QuoteView {
  if (typeof row["ord"] !== "number") return { message: textIn(row, "target"), state: "missing" };
  const [message, order, kind] = [textIn(row, "id"), numberIn(row, "ord"), textIn(row, "kind")];
  const mine = numberIn(row, "mine") !== 0;
  const from = textIn(row, "sender");
  const fromName = mine ? ownName : textIn(row, "name");
  const place = { message, order, from, fromName, mine };
  if (kind === "deleted") return { ...place, state: "deleted" };
  return { ...place, state: "here", text: kind === "text" ? textIn(row, "text") : "" };
}

/** By message: each emoji, the first one given first, and who gave it. */
async function reactionsOf(tx: Tx, keys: string, ownName: string): Promise<[SqlRow, ReactionView[]][]> {
  const rows = await tx.sql.all(REACTED, [keys]);
  const byMessage = Map.groupBy(rows, (row) => `${textIn(row, "conversation")} ${textIn(row, "message")}`);
  return [...byMessage.values()].flatMap((some) => {
    const emojis = Map.groupBy(some, (row) => textIn(row, "value"));
    const reactions = [...emojis].map(([emoji, of]) => ({
      emoji,
      mine: of.some((row) => numberIn(row, "mine") !== 0),
      people: of.map((row): Named => ({
        id: textIn(row, "author"),
        name: numberIn(row, "mine") === 0 ? textIn(row, "name") : ownName,
      })),
    }));
    const [first] = some;
    return first === undefined ? [] : [[first, reactions] as [SqlRow, ReactionView[]]];
  });
}

/** Where the first two messages stand whose ids begin so. */
export async function listOrdersNamed(tx: Tx, beginning: string): Promise<number[]> {
  const sql = "SELECT ord FROM messages WHERE id >= ?1 AND id < ?1 || 'g' ORDER BY id LIMIT 2";
  return (await tx.sql.all(sql, [beginning])).map((row) => numberIn(row, "ord"));
}

/** Where starred messages stand, the newest first; none of a locked conversation. */
export async function listStarredOrders(tx: Tx, before: number, limit: number): Promise<number[]> {
  const rows = await tx.sql.all(
    `SELECT m.ord FROM stars s JOIN messages m ON m.conversation = s.conversation AND m.id = s.message
     WHERE m.ord < ? AND NOT EXISTS (SELECT 1 FROM meta x WHERE x.key = 'locked ' || m.conversation)
     ORDER BY m.ord DESC LIMIT ?`,
    [before, limit],
  );
  return rows.map((row) => numberIn(row, "ord"));
}

import type { Sql } from "../ports.ts";
import { ASCII_SIGNS, indexText } from "../../features/messages/terms.ts";
import { numberIn, textIn } from "./row.ts";

/** How many messages are read at once while the index is made. */
const BATCH = 500;

/**
 * The index of what messages say. It holds terms that `indexText` has made, so its tokenizer only
 * parts them at spaces. What is deleted leaves its pages at once.
 */
export const CREATE_SEARCH_INDEX: readonly string[] = [
  `CREATE VIRTUAL TABLE messages_text USING fts5(text, tokenize = "ascii tokenchars '${ASCII_SIGNS}'")`,
  `INSERT INTO messages_text (messages_text, rank) VALUES ('secure-delete', 1)`,
];

/** Everything that was said before there was this index is in it too. */
export async function fillSearchIndex(sql: Sql): Promise<void> {
  for (let after = 0; ;) {
    const rows = await sql.all("SELECT ord, text FROM messages WHERE kind = 'text' AND ord > ? ORDER BY ord LIMIT ?", [
      after,
      BATCH,
    ]);
    for (const row of rows) await indexMessage(sql, numberIn(row, "ord"), textIn(row, "text"));
    const last = rows.at(-1);
    if (last === undefined) return;
    after = numberIn(last, "ord");
  }
}

/**
 * A text can be found from now on. Its row of `messages_text` has the number of its row of
 * `messages`.
 */
export async function indexMessage(sql: Sql, order: number, text: string): Promise<void> {
  await sql.run("INSERT INTO messages_text (rowid, text) VALUES (?, ?)", [order, indexText(text)]);
}

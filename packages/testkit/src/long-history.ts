import { openTestDatabase, type TestDisk } from "./database.ts";

/**
 * A number of texts of the other side, numbered from 1, after all that was there.
 */
export interface LongHistory {
  readonly conversation: string;
  readonly author: string;
  readonly count: number;
}

/**
 * Writes `text 1` to `text COUNT`, as if they had come a minute apart, into the database of a
 * closed person.
 */
export async function writeLongHistory(disk: TestDisk, { conversation, author, count }: LongHistory): Promise<void> {
  const database = await openTestDatabase(disk);
  await database.transaction(async (sql) => {
    await sql.run(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO messages (id, conversation, sender, mine, kind, text, content, sent_at, state)
       SELECT printf('%064x', i), ?, ?, 0, 'text', 'text ' || i, NULL, 1.7e12 + i * 60000, 'received' FROM n`,
      [count, conversation, author],
    );
    await sql.run(
      `INSERT INTO messages_text (rowid, text)
       SELECT ord, text FROM messages WHERE conversation = ? AND content IS NULL AND kind = 'text'`,
      [conversation],
    );
  });
  await database.close();
}

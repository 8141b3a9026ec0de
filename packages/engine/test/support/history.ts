import type { HistoryView } from "@pli/engine/api";
import { createContent, encodeContent, messageIdFrom, type Body } from "@pli/protocol/content";
import { createCrypto, fromHex, toHex } from "@pli/protocol/crypto";
import { openTestDatabase, type Person } from "@pli/testkit";
import { rowsOf, type Friends } from "./friends.ts";

export const historyOf = async (person: Person): Promise<HistoryView["incoming"]> =>
  (await person.read("history", {})).incoming;

/**
 * This number of texts of Bob's on Alice's disk, one a minute until now, as if they had come one by
 * one. `length`: of each, at least.
 */
export async function manyTexts({ world, alice }: Friends, count: number, length = 0): Promise<void> {
  const crypto = await createCrypto();
  const { id, contact } = await alice.conversationWith("Bob");
  await alice.engine.close();
  const [row] = await rowsOf(alice.disk, `SELECT shared FROM conversations WHERE id = '${id}'`);
  const conversation = row?.["shared"] as Uint8Array;
  const sender = fromHex(contact) ?? new Uint8Array(32);
  const database = await openTestDatabase(alice.disk);
  await database.transaction(async (sql) => {
    for (let i = 0; i < count; i++) {
      const text = `text ${i}`.padEnd(length, ".");
      const sentAt = world.clock.now() - (count - i) * 60_000;
      const content = encodeContent(createContent(crypto, sentAt, { kind: "text", text }));
      const message = toHex(messageIdFrom(crypto, content, { sender, conversation }));
      await sql.run(
        `INSERT INTO messages (id, conversation, sender, mine, kind, text, content, sent_at, state)
         VALUES (?, ?, ?, 0, 'text', ?, ?, ?, 'received')`,
        [message, id, contact, text, content, sentAt],
      );
    }
  });
  await database.close();
  await alice.start(alice.disk);
}

/** A closed device is made to say this to the other own devices when it starts. */
export async function sayToOwn(person: Person, body: Body): Promise<void> {
  const crypto = await createCrypto();
  const content = toHex(encodeContent(createContent(crypto, Date.now(), body)));
  await rowsOf(
    person.disk,
    `INSERT INTO pending_contents (conversation, purpose, reference, content)
     SELECT id, 'control', '', x'${content}' FROM conversations WHERE kind = 'self'`,
  );
}

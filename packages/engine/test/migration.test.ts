import { concat, createCrypto, fromHex, toHex, utf8 } from "@pli/protocol/crypto";
import { messageIdFrom } from "@pli/protocol/content";
import { parseCard } from "@pli/protocol/identity";
import type { Sql, SqlRow, SqlValue } from "@pli/engine/ports";
import { createTestDisk, openTestDatabase, type TestDisk } from "@pli/testkit";
import { expect, test } from "vitest";
import { PARTS, addPart } from "../src/runtime/storage/migrations/to-12.ts";
import { friends, heardAll, lines, rowsOf } from "./support/friends.ts";
import { saveVersion, VERSION_1 } from "./support/older-versions.ts";

const crypto = await createCrypto();
const TABLES = ["meta", "profile", "contacts", "conversations", "messages", "receipts", "positions"] as const;

/** The id a profile had in version 1. */
function oldId(card: SqlValue | undefined): string {
  const parsed = parseCard(crypto, bytesOf(card));
  if (!parsed.ok) throw new Error(parsed.error);
  return toHex(crypto.sha256(concat(utf8("pli profile v1"), parsed.value.edKey, parsed.value.mlDsaKey)));
}

function bytesOf(value: SqlValue | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError("not bytes");
  return value;
}

/** What a closed person's database would be if version 1 had written it. */
async function asVersion1(disk: TestDisk): Promise<TestDisk> {
  const now = Object.fromEntries(
    await Promise.all(TABLES.map(async (table) => [table, await rowsOf(disk, `SELECT * FROM ${table}`)] as const)),
  ) as Record<(typeof TABLES)[number], SqlRow[]>;
  const [contact] = now.contacts;
  const [own, peer] = [oldId(now.profile[0]?.["card"]), oldId(contact?.["card"])];
  const [shared] = await rowsOf(disk, "SELECT shared FROM conversations");
  const old = createTestDisk();
  const database = await openTestDatabase(old);
  await database.transaction(async (sql) => {
    for (const statement of VERSION_1) await sql.run(statement);
    await saveVersion(sql, 1);
    for (const table of TABLES) for (const row of now[table]) await copy(sql, table, row);
    await sql.run("UPDATE contacts SET id = ?", [peer]);
    await sql.run("UPDATE conversations SET contact = ?", [peer]);
    for (const row of now.messages) await rename(sql, row, bytesOf(shared?.["shared"]), row["mine"] === 1 ? own : peer);
    await sql.run("INSERT INTO messages_text (rowid, text) SELECT ord, text FROM messages WHERE kind = 'text'");
    await sql.run(
      `INSERT INTO outbox (stream, store, purpose, reference, content)
       SELECT 'conversation ' || m.conversation, c.store, 'text', m.id, m.content
       FROM messages m JOIN conversations c ON c.id = m.conversation WHERE m.state = 'saved'`,
    );
    await sql.run(
      `INSERT INTO epochs (conversation, generation, number, group_state, own_leaf, commits, leaf_since)
       SELECT id, generation, 1, x'00', 0, x'', 0 FROM conversations`,
    );
  });
  await database.close();
  return old;
}

async function copy(sql: Sql, table: string, row: SqlRow): Promise<void> {
  const columns = (await sql.all(`PRAGMA table_info(${table})`)).map((column) => String(column["name"]));
  const marks = columns.map(() => "?").join(", ");
  const values = columns.map((column) => row[column] ?? null);
  await sql.run(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${marks})`, values);
}

/** Ids of messages are made of the author's. */
async function rename(sql: Sql, row: SqlRow, shared: Uint8Array, author: string): Promise<void> {
  if (!(row["content"] instanceof Uint8Array)) return;
  const sender = fromHex(author) ?? new Uint8Array(0);
  const id = toHex(messageIdFrom(crypto, row["content"], { sender, conversation: shared }));
  await sql.run("UPDATE messages SET id = ?, sender = ? WHERE ord = ?", [id, author, row["ord"] ?? null]);
}

test("what version 1 has written is all there, and both go on where they were", async () => {
  const people = await friends();
  const { world, alice, bob } = people;
  for (const text of ["one", "two"]) await alice.say("Bob", text);
  await bob.say("Alice", "three");
  await heardAll(people, 2, 1);
  await world.clock.advance(60_000);
  world.store.takeDown();
  await alice.say("Bob", "written while off line");
  const before = [await alice.messages("Bob"), await bob.messages("Alice")];
  const unread = async () => [
    (await alice.conversationWith("Bob")).unread,
    (await bob.conversationWith("Alice")).unread,
  ];
  expect(await unread()).toEqual([1, 2]);
  await alice.engine.close();
  await bob.engine.close();
  await alice.start(await asVersion1(alice.disk));
  await bob.start(await asVersion1(bob.disk));

  expect([await alice.messages("Bob"), await bob.messages("Alice")]).toEqual(before);
  expect(await unread()).toEqual([1, 2]);
  expect(
    (await alice.engine.search({ text: "three", limit: 5 })).map(({ conversationName }) => conversationName),
  ).toEqual(["Bob"]);
  world.store.bringUp();
  await heardAll(people, 3, 1);
  await bob.say("Alice", "four");
  await heardAll(people, 3, 2);
  await world.clock.advance(60_000);
  expect(await bob.heard("Alice")).toEqual(["one", "two", "written while off line"]);
  expect(await alice.heard("Bob")).toEqual(["three", "four"]);
  expect(await lines(bob, "Alice", "rejoined")).toBe(1);
  expect(await lines(bob, "Alice", "gap")).toBe(0);
});

test("a database of nobody yet is brought up to date too", async () => {
  const { world } = await friends();
  const disk = createTestDisk();
  const database = await openTestDatabase(disk);
  await database.transaction(async (sql) => {
    for (const statement of VERSION_1) await sql.run(statement);
    await saveVersion(sql, 1);
  });
  await database.close();
  const carol = await world.person("Carol", {}, { disk });
  await carol.engine.createProfile({ name: "Carol" });
  expect((await carol.read("status", {})).profile?.name).toBe("Carol");
});

test("messages that were there get the lifetime of their group, or what was left of theirs, and lists keep their order", async () => {
  const database = await openTestDatabase(createTestDisk());
  const rows = await database.transaction(async (sql) => {
    await sql.run("CREATE TABLE conversations (id TEXT, timer INTEGER)");
    await sql.run("CREATE TABLE messages (ord INTEGER, conversation TEXT, sent_at INTEGER, expires_at INTEGER)");
    await sql.run("INSERT INTO conversations VALUES ('timed', 3600), ('timed once', 0), ('empty', 0)");
    for (const row of [
      [1, "timed", 1_000_000, 1_000_000 + 365 * 86_400_000],
      [2, "timed", 1_000_000, null],
      [3, "timed once", 1_000_000, 1_000_000 + 86_400_000],
      [4, "timed once", 1_000_000, 0],
    ] satisfies SqlValue[][])
      await sql.run("INSERT INTO messages VALUES (?, ?, ?, ?)", row);
    for (const part of [PARTS.LIFETIMES, PARTS.LIST_ORDER]) await addPart(sql, part);
    return {
      messages: await sql.all("SELECT lifetime FROM messages ORDER BY ord"),
      conversations: await sql.all("SELECT id FROM conversations ORDER BY active_order DESC"),
    };
  });
  await database.close();
  expect(rows.messages.map(({ lifetime }) => lifetime)).toEqual([3600, null, 86_400, 1]);
  expect(rows.conversations.map(({ id }) => id)).toEqual(["timed once", "timed", "empty"]);
});

/** A migrated database and a new one have the same schema, and what `main` made opens. */
import type { Sql, SqlValue } from "@pli/engine/ports";
import { createCrypto } from "@pli/protocol/crypto";
import { openTestDatabase } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { migrate, VERSION } from "../src/runtime/storage/migrate.ts";
import { STEPS } from "../src/runtime/storage/migrations/steps.ts";
import { fillSearchIndex } from "../src/runtime/storage/search-index.ts";
import { OLDER_FORMS, saveVersion } from "./support/older-versions.ts";

const crypto = await createCrypto();

async function inDatabase<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
  const database = await openTestDatabase();
  const result = await database.transaction(work);
  await database.close();
  return result;
}

const text = (value: SqlValue | undefined): string => String(value ?? "");

/** Without comments, and with one space between words. */
const plain = (sql: string): string =>
  sql
    .replaceAll(/--.*$/gm, " ")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/\( | (?=\))/g, (found) => found.trim());

/** Columns by their names: their order is nobody's business. */
async function tableOf(sql: Sql, name: string, made: string): Promise<unknown> {
  const [listed] = await sql.all("SELECT type, wr, strict FROM pragma_table_list WHERE name = ?", [name]);
  const columns = await sql.all(
    `SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?) ORDER BY name`,
    [name],
  );
  const foreign = await sql.all(
    `SELECT "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list(?) ORDER BY "from"`,
    [name],
  );
  const [, check = ""] = /CHECK \((.*?)\)/.exec(plain(made)) ?? [];
  return {
    ...listed,
    columns,
    foreign,
    check,
    counts: made.includes("AUTOINCREMENT"),
    virtual: made.startsWith("CREATE VIRTUAL") ? plain(made) : "",
  };
}

async function indexOf(sql: Sql, name: string, table: string, made: string): Promise<unknown> {
  const [listed] = await sql.all(`SELECT "unique", origin, partial FROM pragma_index_list(?) WHERE name = ?`, [
    table,
    name,
  ]);
  const columns = await sql.all(`SELECT seqno, name, "desc", coll, key FROM pragma_index_xinfo(?) ORDER BY seqno`, [
    name,
  ]);
  const [, where = ""] = / WHERE (.*)$/.exec(plain(made)) ?? [];
  return { ...listed, columns, where };
}

async function schemaOf(sql: Sql): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const row of await sql.all("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name")) {
    const [type, name, table, made] = [text(row["type"]), text(row["name"]), text(row["tbl_name"]), text(row["sql"])];
    if (type === "table") all[`table ${name}`] = await tableOf(sql, name, made);
    else all[`${type} ${name}`] = type === "index" ? await indexOf(sql, name, table, made) : plain(made);
  }
  return all;
}

describe("the schema", () => {
  test.each([...OLDER_FORMS])("is the same from version %s and new", async (_, make) => {
    const fresh = await inDatabase(async (sql) => {
      await migrate(sql, crypto);
      return schemaOf(sql);
    });
    const migrated = await inDatabase(async (sql) => {
      await make(sql);
      await migrate(sql, crypto);
      return schemaOf(sql);
    });
    expect(Object.keys(fresh).length).toBeGreaterThan(50);
    expect(migrated).toEqual(fresh);
  });

  test("has a number that each step raises", async () => {
    const versions = STEPS.map(({ to }) => to);
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    expect(versions.at(-1)).toBe(VERSION);
    const saved = await inDatabase(async (sql) => {
      await migrate(sql, crypto);
      return sql.all("SELECT version FROM schema_version");
    });
    expect(saved).toEqual([{ version: VERSION }]);
  });

  test("of a later version is refused", async () => {
    const opened = inDatabase(async (sql) => {
      await saveVersion(sql, VERSION + 1);
      await migrate(sql, crypto);
    });
    await expect(opened).rejects.toMatchObject({ code: "database_newer" });
  });

  test("is left as it is when it is in force", async () => {
    const [before, after] = await inDatabase(async (sql) => {
      await migrate(sql, crypto);
      const made = await schemaOf(sql);
      await migrate(sql, crypto);
      return [made, await schemaOf(sql)];
    });
    expect(after).toEqual(before);
  });
});

/**
 * As each version wrote it: a conversation, a text that was not read, and one that waits to leave.
 */
async function writeSome(sql: Sql, version: string): Promise<void> {
  await sql.run(
    `INSERT INTO conversations (id, contact, store, feed, generation, state, active_at)
     VALUES ('c', '', 'http://store', 0, 1, 'ready', 5)`,
  );
  await sql.run(
    `INSERT INTO messages (id, conversation, sender, mine, kind, text, sent_at, state)
     VALUES ('theirs', 'c', 'bob', 0, 'text', 'Straße', 3, 'received'), ('mine', 'c', '', 1, 'text', 'hello', 4, 'saved')`,
  );
  await sql.run(
    Number.parseInt(version, 10) < 9
      ? `INSERT INTO outbox (stream, store, purpose, reference, content)
         VALUES ('conversation c', 'http://store', 'text', 'mine', x'01')`
      : `INSERT INTO pending_contents (conversation, purpose, reference, content) VALUES ('c', 'text', 'mine', x'01')`,
  );
}

test.each([...OLDER_FORMS])("nothing that version %s wrote is lost", async (version, make) => {
  const [messages, waiting, conversation, found] = await inDatabase(async (sql) => {
    await make(sql);
    await writeSome(sql, version);
    // Versions that had no index of terms kept words in it; the others would have written terms.
    if ((await sql.all("SELECT 1 FROM sqlite_schema WHERE sql LIKE '%unicode61%'")).length === 0)
      await fillSearchIndex(sql);
    await migrate(sql, crypto);
    return [
      await sql.all("SELECT id, text, mine FROM messages ORDER BY ord"),
      await sql.all("SELECT conversation, purpose, reference, content, epoch FROM pending_contents"),
      await sql.all("SELECT id, state, active_at, unread, read_order FROM conversations"),
      await sql.all("SELECT rowid FROM messages_text WHERE messages_text MATCH 'strasse'"),
    ];
  });
  expect(messages).toEqual([
    { id: "theirs", text: "Straße", mine: 0 },
    { id: "mine", text: "hello", mine: 1 },
  ]);
  const content = new Uint8Array([1]);
  expect(waiting).toEqual([{ conversation: "c", purpose: "text", reference: "mine", content, epoch: null }]);
  expect(conversation).toMatchObject([{ id: "c", active_at: 5, unread: 1, read_order: 0 }]);
  expect(found).toEqual([{ rowid: 1 }]);
});

test("what version 12 called by older words is what the code of today reads", async () => {
  const before = { kind: "refound", without: ["bb"] };
  const after = { kind: "successorGroup", without: ["bb"] };
  const view = { without: [{ id: "bb", name: "Bob" }] };
  const rows = await inDatabase(async (sql) => {
    await OLDER_FORMS.get("12")?.(sql);
    await sql.run(
      `INSERT INTO conversations (id, contact, store, feed, generation, state, active_at, jammed)
       VALUES ('c', '', 'http://store', 0, 1, 'ready', 5, '[]')`,
    );
    for (const change of [
      { what: "dropped", wanted: { kind: "refound", ...view }, why: "not_allowed" },
      { what: "dropped", wanted: { kind: "role", who: { id: "bb", name: "Bob" }, role: "admin" }, why: "group_full" },
      { what: "refounded", ...view },
    ])
      await sql.run(
        `INSERT INTO messages (id, conversation, sender, mine, kind, text, sent_at, state, told_by)
         VALUES (hex(randomblob(8)), 'c', 'aa', 1, 'change', ?, 0, 'sent', 'cc')`,
        [JSON.stringify(change)],
      );
    await sql.run("INSERT INTO intentions (conversation, kind, body, created_at, due_at) VALUES ('c', ?, ?, 0, 0)", [
      before.kind,
      JSON.stringify(before),
    ]);
    await sql.run(
      "INSERT INTO pending_contents (conversation, purpose, reference, content) VALUES ('c', 'control', 'refound', x'')",
    );
    await sql.run(
      "INSERT INTO send_queue (stream, store, reference, ahead, puts) VALUES ('refound c', 'http://store', '', 0, x'')",
    );
    await sql.run(
      "INSERT INTO key_packages (contact, ours, key_package, made_at, used_by) VALUES ('bb', 1, x'', 0, 'refound c')",
    );
    await migrate(sql, crypto);
    return {
      blocked: await sql.all("SELECT blocked FROM conversations"),
      lines: (await sql.all("SELECT text FROM messages ORDER BY ord")).map(
        (row) => JSON.parse(text(row["text"])) as unknown,
      ),
      told: await sql.all("SELECT DISTINCT from_roster_of FROM messages"),
      operations: await sql.all("SELECT kind, body FROM intentions"),
      names: await sql.all(
        "SELECT reference FROM pending_contents UNION ALL SELECT stream FROM send_queue UNION ALL SELECT used_by FROM key_packages",
      ),
    };
  });
  expect(rows).toEqual({
    blocked: [{ blocked: "[]" }],
    lines: [
      { what: "dropped", operation: { kind: "successorGroup", ...view }, why: "not_allowed" },
      {
        what: "dropped",
        operation: { kind: "role", who: { id: "bb", name: "Bob" }, role: "admin" },
        why: "group_full",
      },
      { what: "refounded", ...view },
    ],
    told: [{ from_roster_of: "cc" }],
    operations: [{ kind: "successorGroup", body: JSON.stringify(after) }],
    names: [{ reference: "successor-call" }, { reference: "successor-call c" }, { reference: "successor-call c" }],
  });
});

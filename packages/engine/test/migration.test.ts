import { createCrypto } from "@pli/protocol/crypto";
import type { Sql, SqlValue } from "@pli/engine/ports";
import { createTestDisk, createWorld, openTestDatabase } from "@pli/testkit";
import { expect, test } from "vitest";
import { migrate } from "../src/runtime/storage/migrate.ts";
import { PARTS, addPart } from "../src/runtime/storage/migrations/to-12.ts";
import { saveVersion, VERSION_1 } from "./support/older-versions.ts";

const crypto = await createCrypto();

test("a profile of an older version is refused, and left as it is", async () => {
  const disk = createTestDisk();
  const database = await openTestDatabase(disk);
  await database.transaction(async (sql) => {
    for (const statement of VERSION_1) await sql.run(statement);
    await saveVersion(sql, 1);
    await sql.run(
      `INSERT INTO profile (id, identity, card, certificate, device_public, device_secret, created_at)
       VALUES (1, x'01', x'02', x'03', x'04', x'05', 6)`,
    );
  });
  const tables = (sql: Sql) => sql.all("SELECT name FROM sqlite_schema ORDER BY name");
  const before = await database.transaction(tables);
  await expect(database.transaction((sql) => migrate(sql, crypto))).rejects.toMatchObject({ code: "database_older" });
  expect(await database.transaction(tables)).toEqual(before);
  expect(await database.transaction((sql) => sql.all("SELECT identity FROM profile"))).toEqual([
    { identity: Uint8Array.of(1) },
  ]);
  await database.close();
});

test("a database of nobody yet is brought up to date too", async () => {
  const world = createWorld();
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

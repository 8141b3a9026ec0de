import type { MessageBody } from "@pli/engine/api";
import { createCrypto } from "@pli/protocol/crypto";
import { createTestDisk, openTestDatabase } from "@pli/testkit";
import { expect, test } from "vitest";
import { bodyFrom, isUnread, textOf } from "../src/features/messages/lines.ts";
import { migrate } from "../src/runtime/storage/migrate.ts";

const bodies: { [K in MessageBody["kind"]]: MessageBody & { kind: K } } = {
  text: { kind: "text", text: "two\nlines" },
  unknown: { kind: "unknown" },
  gap: { kind: "gap", count: 3 },
  held: { kind: "held", count: 2, bytes: 70_000, mayAsk: true },
  blocked: { kind: "blocked", count: 4 },
  shutOut: { kind: "shutOut", count: 4 },
  away: { kind: "away", days: 30 },
  rejoined: { kind: "rejoined" },
  newKeys: { kind: "newKeys" },
  devices: { kind: "devices", added: 1, removed: 0, devices: 2 },
  paired: { kind: "paired" },
  deleted: { kind: "deleted", by: { id: "a", name: "Ana" } },
  renamed: { kind: "renamed", from: "Bo", to: "Bob" },
  change: { kind: "change", change: { what: "role", who: { id: "a", name: "Ana" }, role: "admin" } },
};

test.each(Object.values(bodies))("a line of kind $kind is read as it was kept", (body) => {
  expect(bodyFrom(body.kind, textOf(body), true)).toEqual(body);
});

test("a row of a kind that is not known, or with a broken text, is damage", () => {
  for (const kind of ["", "constructor", "telepathy"])
    expect(() => bodyFrom(kind, "", true)).toThrow("database_damaged");
  expect(() => bodyFrom("change", "{", true)).toThrow("database_damaged");
});

test("the triggers of the schema count the kinds that are unread, and no others", async () => {
  const database = await openTestDatabase(createTestDisk());
  const crypto = await createCrypto();
  const rows = await database.transaction(async (sql) => {
    await migrate(sql, crypto);
    return sql.all("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'unread_%'");
  });
  await database.close();
  const unread = Object.keys(bodies).filter(isUnread);
  expect(rows.length).toBeGreaterThan(1);
  for (const { sql } of rows) {
    const kinds = Array.from(String(sql).matchAll(/kind IN \(([^)]*)\)/g), ([, listed = ""]) => listed);
    expect(kinds).toEqual([unread.map((kind) => `'${kind}'`).join(", ")]);
  }
});

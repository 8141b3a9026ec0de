/** What the steps of the schema have in common. */
import type { Crypto } from "@pli/protocol/crypto";
import type { Sql } from "../../ports.ts";

/** Brings a database of the version before to version `to`: its tables, and what was in them. */
export interface Step {
  readonly to: number;
  run(sql: Sql, crypto: Crypto): Promise<void>;
}

export async function runAll(sql: Sql, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.run(statement);
}

export async function hasTable(sql: Sql, table: string): Promise<boolean> {
  return (await sql.all("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", [table])).length > 0;
}

export async function hasColumn(sql: Sql, table: string, column: string): Promise<boolean> {
  return (await sql.all(`PRAGMA table_info(${table})`)).some((row) => row["name"] === column);
}

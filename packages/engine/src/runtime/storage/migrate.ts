/**
 * Makes the tables of a new database, and brings an older one to the schema in force. A database
 * says its version in the table `schema_version`; a version is the number of its last step.
 */
import type { Crypto } from "@pli/protocol/crypto";
import { DatabaseError, type Sql } from "../ports.ts";
import { STEPS } from "./migrations/steps.ts";
import { SCHEMA } from "./schema.ts";

/** The version of `SCHEMA`. */
export const VERSION = Math.max(...STEPS.map(({ to }) => to));

/**
 * Runs in one transaction of the caller: all of it happens, or nothing. `database_newer`: a later
 * Pli has written it.
 */
export async function migrate(sql: Sql, crypto: Crypto): Promise<void> {
  await sql.run("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)");
  const [row] = await sql.all("SELECT version FROM schema_version");
  const version = Number(row?.["version"] ?? 0);
  if (version > VERSION) throw new DatabaseError("database_newer");
  if (version === VERSION) return;
  if (version === 0) for (const statement of SCHEMA) await sql.run(statement);
  else for (const { to, run } of STEPS) if (to > version) await run(sql, crypto);
  await sql.run("DELETE FROM schema_version");
  await sql.run("INSERT INTO schema_version (version) VALUES (?)", [VERSION]);
}

import type { Feature } from "../feature.ts";
import type { Sql } from "../ports.ts";

/** Makes the tables that features declare, where they are missing. */
export async function createTables(sql: Sql, features: readonly Pick<Feature, "tables">[]): Promise<void> {
  for (const { tables = [] } of features) for (const statement of tables) await sql.run(statement);
}

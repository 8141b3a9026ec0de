/** Rows of `meta` that older versions wrote in another form, or under another name. */
import type { Sql } from "../../ports.ts";
import { runAll } from "./step.ts";

const MENDED: readonly string[] = [
  // Version 4 wrote the address of the home store, and which stores are echoes, as plain values.
  `UPDATE meta SET value = json_quote(value) WHERE key = 'home' AND value NOT LIKE '"%'`,
  `UPDATE meta SET value = 'true' WHERE key LIKE 'echo %'`,
  // Until version 8 a revoked sender was called so.
  `UPDATE OR IGNORE meta SET key = 'revoked ' || substr(key, length('lapsed ') + 1) WHERE key LIKE 'lapsed %'`,
  `DELETE FROM meta WHERE key LIKE 'lapsed %'`,
];

export const mendMeta = (sql: Sql): Promise<void> => runAll(sql, MENDED);

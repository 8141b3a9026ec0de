/**
 * Keys of sixteen generations, to which the id of a profile commits. A profile of before has
 * another id, and no recovery secret: it cannot become one of today.
 */
import { DatabaseError } from "../../ports.ts";
import { runAll, type Step } from "./step.ts";

const GENERATIONS: readonly string[] = [
  `ALTER TABLE profile ADD COLUMN backup BLOB NOT NULL DEFAULT x''`,
  `ALTER TABLE profile ADD COLUMN recovery BLOB`,
  `CREATE TABLE generations (profile TEXT PRIMARY KEY, generation INTEGER NOT NULL) WITHOUT ROWID`,
];

export const toVersion14: Step = {
  to: 14,
  run: async (sql) => {
    if ((await sql.all("SELECT 1 FROM profile")).length > 0) throw new DatabaseError("database_older");
    await runAll(sql, GENERATIONS);
  },
};

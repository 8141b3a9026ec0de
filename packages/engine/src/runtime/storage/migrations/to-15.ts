/** Two people make another secret when the keys of one of them have another generation. */
import { runAll, type Step } from "./step.ts";

const SECRETS: readonly string[] = [
  `ALTER TABLE contacts ADD COLUMN own_generation INTEGER NOT NULL DEFAULT 0`,
  `ALTER TABLE contacts ADD COLUMN peer_generation INTEGER NOT NULL DEFAULT 0`,
  `ALTER TABLE contacts ADD COLUMN former BLOB`,
];

export const toVersion15: Step = { to: 15, run: (sql) => runAll(sql, SECRETS) };

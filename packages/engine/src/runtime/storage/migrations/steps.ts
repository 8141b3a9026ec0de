/**
 * The steps by which a database of an older version becomes one of the schema in force, oldest
 * first. A step is never changed once it was on `main`, but to mend it: some device has run it.
 */
import { runAll, type Step } from "./step.ts";
import { toVersion2 } from "./to-2.ts";
import { toVersion12 } from "./to-12.ts";
import { toVersion13 } from "./to-13.ts";
import { toVersion14 } from "./to-14.ts";
import { toVersion15 } from "./to-15.ts";

const stepTo = (to: number, statements: readonly string[]): Step => ({ to, run: (sql) => runAll(sql, statements) });

/** What was told of before this person came is marked as such. */
const TOLD_BY = [`ALTER TABLE messages ADD COLUMN told_by TEXT`];

/** Several people can bring a device back at once: each has an invitation of their own. */
const INVITATIONS = [
  `CREATE TABLE invitations_4 (
     conversation TEXT NOT NULL, contact TEXT NOT NULL, body TEXT NOT NULL,
     PRIMARY KEY (conversation, contact)) WITHOUT ROWID`,
  `INSERT INTO invitations_4 (conversation, contact, body) SELECT conversation, contact, body FROM invitations`,
  `DROP TABLE invitations`,
  `ALTER TABLE invitations_4 RENAME TO invitations`,
];

/** What stands before the position shows whether the store was put back to an earlier state. */
const BEFORE_TAG = [`ALTER TABLE positions ADD COLUMN before_tag INTEGER`];

/**
 * The position from which the store sends the feed again. It is not where the last cell for this
 * device stood, since the store sees it.
 */
const RESUME = [
  `ALTER TABLE positions ADD COLUMN resume_at INTEGER`,
  `ALTER TABLE positions ADD COLUMN resume_tag INTEGER`,
];

/** What others have caused is counted where a restart does not forget it. */
const BUDGETS = [
  `CREATE TABLE budgets (
     budget TEXT NOT NULL, whose TEXT NOT NULL, spent REAL NOT NULL, at INTEGER NOT NULL, passed INTEGER NOT NULL,
     passed_at INTEGER, PRIMARY KEY (whose, budget)) WITHOUT ROWID`,
];

export const STEPS: readonly Step[] = [
  toVersion2,
  stepTo(3, TOLD_BY),
  stepTo(4, INVITATIONS),
  stepTo(5, BEFORE_TAG),
  stepTo(6, RESUME),
  stepTo(7, BUDGETS),
  toVersion12,
  toVersion13,
  toVersion14,
  toVersion15,
];

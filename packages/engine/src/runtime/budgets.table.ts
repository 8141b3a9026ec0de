/** The table `budgets`: what each person has caused, and how often more was passed over. */
import type { SqlRow } from "./ports.ts";
import { numberIn, textIn } from "./storage/row.ts";
import type { Tx } from "./tx.ts";

/** Spent at a moment, in ms; a part of it has come back since. */
export interface Spent {
  readonly spent: number;
  readonly at: number;
}

const spentFromRow = (row: SqlRow): Spent => ({ spent: numberIn(row, "spent"), at: numberIn(row, "at") });

export async function findSpent(tx: Tx, budget: string, whose: string): Promise<Spent | undefined> {
  const [row] = await tx.sql.all("SELECT spent, at FROM budgets WHERE budget = ? AND whose = ?", [budget, whose]);
  return row === undefined ? undefined : spentFromRow(row);
}

/** `passed`: how often something was passed over now. */
export async function saveSpent(
  tx: Tx,
  budget: string,
  whose: string,
  { spent, at, passed }: Spent & { passed: number },
): Promise<void> {
  await tx.sql.run(
    `INSERT INTO budgets (budget, whose, spent, at, passed, passed_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (whose, budget) DO UPDATE SET
       spent = excluded.spent, at = excluded.at, passed = passed + excluded.passed,
       passed_at = coalesce(excluded.passed_at, passed_at)`,
    [budget, whose, spent, at, passed, passed > 0 ? at : null],
  );
}

/** What was passed over more than `ms` from now, before or after, does not count any more. */
export async function forgetPassedOver(tx: Tx, now: number, ms: number): Promise<void> {
  await tx.sql.run("UPDATE budgets SET passed = 0, passed_at = NULL WHERE abs(? - passed_at) > ?", [now, ms]);
}

/** All of which nothing was passed over. */
export async function listSpent(tx: Tx): Promise<(Spent & { budget: string; whose: string })[]> {
  const rows = await tx.sql.all("SELECT * FROM budgets WHERE passed = 0");
  return rows.map((row) => ({ ...spentFromRow(row), budget: textIn(row, "budget"), whose: textIn(row, "whose") }));
}

export async function deleteSpent(tx: Tx, budget: string, whose: string): Promise<void> {
  await tx.sql.run("DELETE FROM budgets WHERE budget = ? AND whose = ?", [budget, whose]);
}

/**
 * How often something of this person was passed over, and when last; undefined for never, as far as
 * is remembered.
 */
export async function findPassedOver(tx: Tx, whose: string): Promise<{ count: number; at: number } | undefined> {
  const [row] = await tx.sql.all(
    `SELECT sum(passed) AS passed, max(passed_at) AS at FROM budgets WHERE whose = ?1 OR whose LIKE ?1 || ' %'`,
    [whose],
  );
  const count = Number(row?.["passed"] ?? 0);
  return row === undefined || count === 0 ? undefined : { count, at: numberIn(row, "at") };
}

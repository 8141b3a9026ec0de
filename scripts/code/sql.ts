/**
 * SQL in the engine stands in table modules and in the storage of the runtime, where each table has
 * one home. Counted elsewhere: statements, and calls that run one.
 */
import type { SourceFile } from "../repository.ts";

const ENGINE = /^packages\/engine\/src\/(?!runtime\/storage\/).*(?<!\.table)\.ts$/;
const SQL =
  /\bsql\s*\.\s*(?:run|all)\(\s*["'`]?|["'`]\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|ALTER|DROP|PRAGMA)\s/g;

/** How many statements stand in a source that may have none; none in every other source. */
export const statementsOutsideTables = ({ path, text }: SourceFile): number =>
  ENGINE.test(path) ? [...text.matchAll(SQL)].length : 0;

const OF_ENGINE = /^packages\/engine\/src\//;
const NAMELESS = /\bINTO\s+[a-z_]+\s+(?:VALUES|SELECT)\b/g;

/**
 * Statements that insert into a table without naming columns: a migrated table has them in another
 * order than a new one.
 */
export const insertsWithoutColumns = ({ path, text }: SourceFile): readonly string[] =>
  OF_ENGINE.test(path) ? [...text.matchAll(NAMELESS)].map(([found]) => found) : [];

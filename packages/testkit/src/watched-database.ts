/**
 * Finds mistakes in transactions: a statement that SQLite refuses, a column that a row does not
 * have, a call of what is no function. What fails in a timer or in an hourly tick is dropped, so no
 * assertion sees it.
 */
import { DatabaseError, type Database, type Sql } from "@pli/engine/ports";

/**
 * The same database. `failed` hears each mistake. Without it, the error fails the run of the tests:
 * nobody handles it. A full, read-only or damaged disk is no mistake.
 */
export function watchDatabase<D extends Database>(
  database: D,
  failed: (error: Error) => void = (error) => void unhandled(error),
): D {
  async function watched<T>(text: string, result: Promise<T>): Promise<T> {
    try {
      return await result;
    } catch (cause) {
      if (cause instanceof DatabaseError && cause.code === "database_failed")
        failed(new Error(`${cause.message} in: ${text}`, { cause }));
      throw cause;
    }
  }

  const watchedSql = (sql: Sql): Sql => ({
    run: (text, parameters) => watched(text, sql.run(text, parameters)),
    all: (text, parameters) => watched(text, sql.all(text, parameters)),
  });

  const transaction: Database["transaction"] = (work) =>
    database.transaction(async (sql) => {
      try {
        return await work(watchedSql(sql));
      } catch (cause) {
        if (isMistake(cause)) failed(new Error(String(cause), { cause }));
        throw cause;
      }
    });

  return { ...database, transaction };
}

/** Beside a statement that fails. The engine itself calls a row damaged that it cannot read. */
function isMistake(error: unknown): boolean {
  if (error instanceof DatabaseError) return error.code === "database_damaged" && !/: sqlite \d/.test(error.message);
  return error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
}

async function unhandled(error: Error): Promise<never> {
  throw error;
}

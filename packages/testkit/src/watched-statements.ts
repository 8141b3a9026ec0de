/**
 * Finds statements that are wrong. What fails in a timer or in an hourly tick is dropped, so no
 * assertion sees it.
 */
import { DatabaseError, type Database, type Sql } from "@pli/engine/ports";

/**
 * The same database. `failed` hears each statement that SQLite refuses for what it says or binds: a
 * full, read-only or damaged disk is no such reason. Without it, the error fails the run of the
 * tests: nobody handles it.
 */
export function watchStatements<D extends Database>(
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

  return { ...database, transaction: (work) => database.transaction((sql) => work(watchedSql(sql))) };
}

async function unhandled(error: Error): Promise<never> {
  throw error;
}

import { type Database, DatabaseError, type Sql, type SqlRow, type SqlValue } from "@pli/engine/ports";
import type { Connection } from "./connection.ts";

/** The Database port, and what only its owner needs. */
export interface EncryptedDatabase extends Database {
  /** Reads every page and index. Slow: for a doctor, not for each start. */
  check(): Promise<"sound" | "damaged">;
}

/**
 * The Database port on one open connection: transactions one after another, in the order they were
 * asked for.
 */
export function databaseFrom(connection: Connection): EncryptedDatabase {
  let last: Promise<unknown> = Promise.resolve();
  let closed: Promise<void> | undefined;

  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    if (closed !== undefined) return Promise.reject(new DatabaseError("database_failed", "closed"));
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };

  return {
    transaction: (work) => alone(() => transact(connection, work)),
    size: async () => pragma(connection, "page_count") * pragma(connection, "page_size"),
    check: () => alone(async () => checked(connection)),
    close: () => {
      closed ??= alone(async () => connection.close());
      return closed;
    },
  };
}

async function transact<T>(connection: Connection, work: (sql: Sql) => Promise<T>): Promise<T> {
  connection.all("BEGIN IMMEDIATE");
  const { sql, end } = statements(connection);
  try {
    const value = await work(sql);
    end();
    connection.all("COMMIT");
    return value;
  } catch (error) {
    end();
    rollBack(connection);
    throw error;
  }
}

/** The statements of one transaction, refused once it is over. */
function statements(connection: Connection): { sql: Sql; end: () => void } {
  let over = false;
  const all = async (text: string, parameters?: SqlValue[]): Promise<SqlRow[]> => {
    if (over) throw new DatabaseError("database_failed", "the transaction is over");
    return connection.all(text, parameters);
  };
  const run = async (text: string, parameters?: SqlValue[]): Promise<void> => {
    await all(text, parameters);
  };
  return { sql: { run, all }, end: () => void (over = true) };
}

/** After a full disk or an I/O error SQLite may have rolled back by itself. */
function rollBack(connection: Connection): void {
  try {
    if (connection.inTransaction()) connection.all("ROLLBACK");
  } catch {
    // The error that brought us here is the one to tell; the journal undoes the rest at the next
    // open.
  }
}

function pragma(connection: Connection, name: "page_count" | "page_size"): number {
  const value = connection.all(`PRAGMA ${name}`)[0]?.[name];
  return typeof value === "number" ? value : 0;
}

function checked(connection: Connection): "sound" | "damaged" {
  try {
    const rows = connection.all("PRAGMA integrity_check(1)");
    return rows[0]?.["integrity_check"] === "ok" ? "sound" : "damaged";
  } catch (error) {
    if (error instanceof DatabaseError && error.code === "database_damaged") return "damaged";
    throw error;
  }
}

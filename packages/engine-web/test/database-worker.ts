import type { EncryptedDatabase } from "@pli/database";
import type { Sql, SqlRow, SqlValue } from "@pli/engine/ports";
import { eraseWebDatabase, openWebDatabase, webDatabaseExists } from "../src/storage/web-database.ts";
import { serveFunctions } from "./remote.ts";

let database: EncryptedDatabase | undefined;
let transaction: { sql: Sql; end: (error: Error | undefined) => void; over: Promise<void> } | undefined;

function opened(): EncryptedDatabase {
  if (database === undefined) throw new Error("not open");
  return database;
}

const functions = {
  async open(name: string, key: Uint8Array): Promise<void> {
    database = await openWebDatabase(name, key);
  },
  close: (): Promise<void> => opened().close(),
  size: (): Promise<number> => opened().size(),
  check: () => opened().check(),
  /** Resolves inside a transaction, which stays open until `end`. */
  async begin(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const over = opened().transaction(
        (sql) =>
          new Promise<void>((done, fail) => {
            transaction = { sql, end: (error) => (error === undefined ? done() : fail(error)), over };
            resolve();
          }),
      );
      over.catch(reject);
    });
  },
  async all(text: string, parameters?: SqlValue[]): Promise<SqlRow[]> {
    return (await transaction?.sql.all(text, parameters)) ?? [];
  },
  async end(failure?: string): Promise<void> {
    transaction?.end(failure === undefined ? undefined : new Error(failure));
    await transaction?.over.catch((error: unknown) => {
      if (failure === undefined) throw error;
    });
  },
  exists: webDatabaseExists,
  erase: eraseWebDatabase,
};
export type DatabaseFunctions = typeof functions;

serveFunctions(functions);

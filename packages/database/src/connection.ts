/* oxlint-disable no-underscore-dangle -- the C functions of SQLite carry it */
import type { SqlRow, SqlValue } from "@pli/engine/ports";
import { SQLITE, errorFromResult } from "./code.ts";
import { copyIn, copyText, pointerAt, textAt } from "./memory.ts";
import type { SqliteModule } from "./sqlite.ts";
import type { Pointer } from "./vfs.ts";
import { bindAll, rowFrom } from "./values.ts";

const OPEN_FLAGS = 0x02 | 0x04 | 0x0200_0000; // read-write, create, extended result codes
const PREPARE_PERSISTENT = 1;
const encoder = new TextEncoder();

/** A prepared statement. `columns` are its names, read once. */
interface Statement {
  readonly at: Pointer;
  readonly columns: string[];
}

/** One connection, synchronous. Failures throw `DatabaseError`. */
export interface Connection {
  /** Runs one statement, prepared once per text. */
  all(sql: string, parameters?: SqlValue[]): SqlRow[];
  /**
   * Runs one statement from bytes, which are wiped here and in the WebAssembly memory; nothing of
   * it is in an error.
   */
  runSecret(sql: Uint8Array): void;
  inTransaction(): boolean;
  close(): void;
}

/** After these, columns remembered may no longer be right. */
const CHANGES_SCHEMA = /^\s*(?:create|alter|drop)\b/i;

/** Most statements kept prepared. */
const MAX_STATEMENTS = 256;

export function openConnection(module: SqliteModule, vfs: string, name: string): Connection {
  const db = openHandle(module, vfs, name);
  const cache = new Map<string, Statement>();

  const statementFor = (sql: string): Statement => {
    const known = cache.get(sql);
    if (known !== undefined) return known;
    const made = prepare(module, db, sql);
    if (cache.size >= MAX_STATEMENTS) finalizeOldest(module, cache);
    cache.set(sql, made);
    return made;
  };

  return {
    all: (sql, parameters = []) => {
      const statement = statementFor(sql);
      try {
        bindAll(module, statement.at, parameters);
        return rows(module, statement);
      } finally {
        module._sqlite3_reset(statement.at);
        module._sqlite3_clear_bindings(statement.at);
        if (CHANGES_SCHEMA.test(sql)) finalizeAll(module, cache);
      }
    },
    runSecret: (sql) => {
      const at = copyIn(module, sql);
      try {
        const result = stepOnce(module, db, at, sql.length);
        if (result !== SQLITE.row && result !== SQLITE.done) throw errorFromResult(result);
      } finally {
        module.HEAPU8.fill(0, at, at + sql.length);
        module._sqlite3_free(at);
        sql.fill(0);
      }
    },
    inTransaction: () => module._sqlite3_get_autocommit(db) === 0,
    close: () => {
      finalizeAll(module, cache);
      const result = module._sqlite3_close(db);
      if (result !== SQLITE.ok) throw errorFromResult(result);
    },
  };
}

function openHandle(module: SqliteModule, vfs: string, name: string): Pointer {
  const zName = copyText(module, name);
  const zVfs = copyText(module, vfs);
  const out = module._sqlite3_malloc(8);
  try {
    const result = module._sqlite3_open_v2(zName, out, OPEN_FLAGS, zVfs);
    const db = pointerAt(module, out);
    if (result === SQLITE.ok) return db;
    module._sqlite3_close(db);
    throw errorFromResult(result);
  } finally {
    for (const at of [zName, zVfs, out]) module._sqlite3_free(at);
  }
}

function prepare(module: SqliteModule, db: Pointer, sql: string): Statement {
  const bytes = encoder.encode(sql);
  const at = copyIn(module, bytes);
  const out = module._sqlite3_malloc(8);
  try {
    const result = module._sqlite3_prepare_v3(db, at, bytes.length, PREPARE_PERSISTENT, out, 0);
    if (result !== SQLITE.ok) throw errorFromResult(result, messageFrom(module, db, result));
    return described(module, pointerAt(module, out));
  } finally {
    module._sqlite3_free(at);
    module._sqlite3_free(out);
  }
}

/** A message speaks of the constant text of a statement only while it is being prepared. */
const messageFrom = (module: SqliteModule, db: Pointer, result: number): string =>
  (result & 0xff) === SQLITE.error ? textAt(module, module._sqlite3_errmsg(db)) : "";

function described(module: SqliteModule, at: Pointer): Statement {
  const columns = Array.from({ length: module._sqlite3_column_count(at) }, (_, column) =>
    textAt(module, module._sqlite3_column_name(at, column)),
  );
  return { at, columns };
}

function stepOnce(module: SqliteModule, db: Pointer, sql: Pointer, bytes: number): number {
  const out = module._sqlite3_malloc(8);
  const prepared = module._sqlite3_prepare_v3(db, sql, bytes, 0, out, 0);
  const statement = pointerAt(module, out);
  module._sqlite3_free(out);
  if (prepared !== SQLITE.ok) return prepared;
  const result = module._sqlite3_step(statement);
  module._sqlite3_finalize(statement);
  return result;
}

function finalizeAll(module: SqliteModule, cache: Map<string, Statement>): void {
  for (const statement of cache.values()) module._sqlite3_finalize(statement.at);
  cache.clear();
}

function finalizeOldest(module: SqliteModule, cache: Map<string, Statement>): void {
  for (const [sql, statement] of cache) {
    module._sqlite3_finalize(statement.at);
    cache.delete(sql);
    return;
  }
}

function rows(module: SqliteModule, statement: Statement): SqlRow[] {
  const found: SqlRow[] = [];
  for (;;) {
    const result = module._sqlite3_step(statement.at);
    if (result === SQLITE.done) return found;
    if (result !== SQLITE.row) throw errorFromResult(result);
    found.push(rowFrom(module, statement.at, statement.columns));
  }
}

/* oxlint-disable no-underscore-dangle -- the C functions of SQLite carry it */
import type { SqlRow, SqlValue } from "@pli/engine/ports";
import { SQLITE, errorFromResult } from "./code.ts";
import { copyIn } from "./memory.ts";
import type { SqliteModule } from "./sqlite.ts";
import type { Pointer } from "./vfs.ts";

const COPY = -1; // SQLITE_TRANSIENT
const TYPE = { integer: 1, double: 2, text: 3, blob: 4 } as const;
const TWO_32 = 2 ** 32;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Binds every parameter of a statement, in order. */
export function bindAll(module: SqliteModule, at: Pointer, parameters: readonly SqlValue[]): void {
  if (parameters.length !== module._sqlite3_bind_parameter_count(at))
    throw new RangeError("wrong number of parameters for a statement");
  for (const [index, value] of parameters.entries()) {
    const result = bind(module, at, index + 1, value);
    if (result !== SQLITE.ok) throw errorFromResult(result);
  }
}

function bind(module: SqliteModule, at: Pointer, index: number, value: SqlValue): number {
  if (value === null) return module._sqlite3_bind_null(at, index);
  if (typeof value === "number") return bindNumber(module, at, index, value);
  const bytes = typeof value === "string" ? encoder.encode(value) : value;
  const copy = copyIn(module, bytes);
  try {
    return typeof value === "string"
      ? module._sqlite3_bind_text(at, index, copy, bytes.length, COPY)
      : module._sqlite3_bind_blob(at, index, copy, bytes.length, COPY);
  } finally {
    module._sqlite3_free(copy);
  }
}

function bindNumber(module: SqliteModule, at: Pointer, index: number, value: number): number {
  if (!Number.isInteger(value)) return module._sqlite3_bind_double(at, index, value);
  if (!Number.isSafeInteger(value)) throw new RangeError("an integer beyond 2^53 cannot be stored");
  return module._sqlite3_bind_int64(at, index, (value % TWO_32) | 0, Math.floor(value / TWO_32));
}

/** The row a statement stands on. */
export function rowFrom(module: SqliteModule, at: Pointer, columns: readonly string[]): SqlRow {
  const row: SqlRow = {};
  for (const [column, name] of columns.entries()) row[name] = valueFrom(module, at, column);
  return row;
}

function valueFrom(module: SqliteModule, at: Pointer, column: number): SqlValue {
  switch (module._sqlite3_column_type(at, column)) {
    case TYPE.integer:
      return integerFrom(module, at, column);
    case TYPE.double:
      return module._sqlite3_column_double(at, column);
    case TYPE.text:
      return decoder.decode(copyOut(module, module._sqlite3_column_text(at, column), at, column));
    case TYPE.blob:
      return copyOut(module, module._sqlite3_column_blob(at, column), at, column);
    default:
      return null;
  }
}

function integerFrom(module: SqliteModule, at: Pointer, column: number): number {
  const low = module._sqlite3_column_int64(at, column) >>> 0;
  return module.getTempRet0() * TWO_32 + low;
}

function copyOut(module: SqliteModule, from: Pointer, at: Pointer, column: number): Uint8Array<ArrayBuffer> {
  return module.HEAPU8.slice(from, from + module._sqlite3_column_bytes(at, column));
}

import { DatabaseError, type SqlRow } from "../ports.ts";

/**
 * Typed reading of a row: a column that is not what the schema says is a damaged database, never a
 * default.
 */
export function textIn(row: SqlRow, column: string): string {
  const value = row[column];
  return typeof value === "string" ? value : damaged(column);
}

export function numberIn(row: SqlRow, column: string): number {
  const value = row[column];
  return typeof value === "number" ? value : damaged(column);
}

export function maybeNumberIn(row: SqlRow, column: string): number | undefined {
  return row[column] === null ? undefined : numberIn(row, column);
}

export function bytesIn(row: SqlRow, column: string): Uint8Array {
  const value = row[column];
  return value instanceof Uint8Array ? value : damaged(column);
}

export function maybeBytesIn(row: SqlRow, column: string): Uint8Array | undefined {
  return row[column] === null ? undefined : bytesIn(row, column);
}

export function damaged(what: string): never {
  throw new DatabaseError("database_damaged", what);
}

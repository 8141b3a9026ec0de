import { DatabaseError, type DatabaseErrorCode } from "@pli/engine/ports";

/** The result codes of SQLite that we name (sqlite.org/rescode.html). */
export const SQLITE = {
  ok: 0,
  error: 1,
  busy: 5,
  notFound: 12,
  full: 13,
  cantOpen: 14,
  corrupt: 11,
  readOnly: 8,
  protocol: 15,
  notADatabase: 26,
  row: 100,
  done: 101,
  ioError: 10,
  ioErrorRead: 266,
  ioErrorShortRead: 522,
  ioErrorWrite: 778,
} as const;

const CODES = new Map<number, DatabaseErrorCode>([
  [SQLITE.busy, "database_locked"],
  [SQLITE.protocol, "database_locked"],
  [SQLITE.full, "disk_full"],
  [SQLITE.readOnly, "disk_read_only"],
  [SQLITE.corrupt, "database_damaged"],
  [SQLITE.notADatabase, "database_damaged"],
]);

/** A page that is cut short or not authentic reads as this. */
const DAMAGED: ReadonlySet<number> = new Set<number>([SQLITE.ioErrorShortRead]);

/**
 * The error for a result code. Its detail is the number alone: messages of SQLite can quote values.
 */
export function errorFromResult(result: number, detail = ""): DatabaseError {
  const code = DAMAGED.has(result) ? "database_damaged" : (CODES.get(result & 0xff) ?? "database_failed");
  return new DatabaseError(code, detail === "" ? `sqlite ${result}` : `sqlite ${result}: ${detail}`);
}

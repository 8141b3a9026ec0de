/// <reference types="@journeyapps/wa-sqlite" />
import createModule from "@journeyapps/wa-sqlite/dist/mc-wa-sqlite.mjs";
import type { Pointer, SqliteVfs } from "./vfs.ts";

/**
 * What we use of the SQLite3MultipleCiphers module. 64-bit integers cross as a low and a high half.
 */
export interface SqliteModule {
  readonly HEAPU8: Uint8Array;
  vfs_register(vfs: SqliteVfs, makeDefault: boolean): number;
  getTempRet0(): number;
  _sqlite3_malloc(bytes: number): Pointer;
  _sqlite3_free(at: Pointer): void;
  _sqlite3mc_vfs_create(name: Pointer, makeDefault: number): number;
  _sqlite3_open_v2(name: Pointer, out: Pointer, flags: number, vfs: Pointer): number;
  _sqlite3_close(db: Pointer): number;
  _sqlite3_errmsg(db: Pointer): Pointer;
  _sqlite3_get_autocommit(db: Pointer): number;
  _sqlite3_prepare_v3(db: Pointer, sql: Pointer, bytes: number, flags: number, out: Pointer, tail: Pointer): number;
  _sqlite3_step(statement: Pointer): number;
  _sqlite3_reset(statement: Pointer): number;
  _sqlite3_clear_bindings(statement: Pointer): number;
  _sqlite3_finalize(statement: Pointer): number;
  _sqlite3_bind_parameter_count(statement: Pointer): number;
  _sqlite3_bind_null(statement: Pointer, index: number): number;
  _sqlite3_bind_double(statement: Pointer, index: number, value: number): number;
  _sqlite3_bind_int64(statement: Pointer, index: number, low: number, high: number): number;
  _sqlite3_bind_text(statement: Pointer, index: number, at: Pointer, bytes: number, release: number): number;
  _sqlite3_bind_blob(statement: Pointer, index: number, at: Pointer, bytes: number, release: number): number;
  _sqlite3_column_count(statement: Pointer): number;
  _sqlite3_column_name(statement: Pointer, column: number): Pointer;
  _sqlite3_column_type(statement: Pointer, column: number): number;
  _sqlite3_column_int64(statement: Pointer, column: number): number;
  _sqlite3_column_double(statement: Pointer, column: number): number;
  _sqlite3_column_text(statement: Pointer, column: number): Pointer;
  _sqlite3_column_blob(statement: Pointer, column: number): Pointer;
  _sqlite3_column_bytes(statement: Pointer, column: number): number;
}

/**
 * Instantiates SQLite. In a browser or worker it fetches its `.wasm` from beside the script, or
 * from where `locate` says; elsewhere the platform reads `dist/mc-wa-sqlite.wasm` of
 * `@journeyapps/wa-sqlite` itself and gives the bytes.
 */
export function createSqlite(
  deps: { wasm?: Uint8Array; locate?: (file: string) => string } = {},
): Promise<SqliteModule> {
  const options = {
    ...(deps.wasm === undefined ? {} : { wasmBinary: deps.wasm }),
    ...(deps.locate === undefined ? {} : { locateFile: deps.locate }),
  };
  return createModule(options) as Promise<SqliteModule>;
}

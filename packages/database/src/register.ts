/* oxlint-disable no-underscore-dangle -- the C functions of SQLite carry it */
import { SQLITE, errorFromResult } from "./code.ts";
import { copyText } from "./memory.ts";
import type { SqliteModule } from "./sqlite.ts";
import type { SqliteVfs } from "./vfs.ts";

const registrations = new WeakMap<SqliteModule, Map<string, SqliteVfs>>();

/** Registers a VFS with its module once, and the enciphering VFS above it, whose name this is. */
export function registered(module: SqliteModule, vfs: SqliteVfs): string {
  const names = registrations.get(module) ?? new Map<string, SqliteVfs>();
  registrations.set(module, names);
  const other = names.get(vfs.name);
  if (other !== undefined && other !== vfs) throw new RangeError("another VFS of this name is registered");
  if (other === undefined) register(module, vfs);
  names.set(vfs.name, vfs);
  return `multipleciphers-${vfs.name}`;
}

/**
 * SQLite3MultipleCiphers takes a journal header of exactly one page for a page and enciphers it,
 * after which a roll-back, or a recovery after a crash, silently restores nothing (docs/adr/0002).
 * Headers are as long as a sector, so no VFS of ours may have sectors of a page. 512 is what SQLite
 * itself uses wherever a write cannot harm its neighbours.
 */
const SECTOR_BYTES = 512;

function register(module: SqliteModule, vfs: SqliteVfs): void {
  vfs.xSectorSize = () => SECTOR_BYTES;
  const result = module.vfs_register(vfs, false);
  if (result !== SQLITE.ok) throw errorFromResult(result);
  const at = copyText(module, vfs.name);
  const created = module._sqlite3mc_vfs_create(at, 0);
  module._sqlite3_free(at);
  if (created !== SQLITE.ok) throw errorFromResult(created);
}

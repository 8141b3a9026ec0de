/* oxlint-disable no-underscore-dangle -- the C functions of SQLite carry it */
import { errorFromResult } from "./code.ts";
import type { SqliteModule } from "./sqlite.ts";
import type { Pointer } from "./vfs.ts";

const NO_MEMORY = 7;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * A copy in WebAssembly memory; at least one byte, so that an empty value is not mistaken for NULL.
 */
export function copyIn(module: SqliteModule, bytes: Uint8Array): Pointer {
  const at = module._sqlite3_malloc(bytes.length + 1);
  if (at === 0) throw errorFromResult(NO_MEMORY);
  module.HEAPU8.set(bytes, at);
  return at;
}

export const pointerAt = (module: SqliteModule, at: Pointer): Pointer =>
  new DataView(module.HEAPU8.buffer).getUint32(at, true);

export const textAt = (module: SqliteModule, at: Pointer): string =>
  decoder.decode(module.HEAPU8.slice(at, module.HEAPU8.indexOf(0, at)));

/** A text with its closing zero; the caller frees it. */
export const copyText = (module: SqliteModule, text: string): Pointer => copyIn(module, encoder.encode(`${text}\0`));

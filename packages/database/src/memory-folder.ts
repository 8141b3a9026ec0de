import { NoSpace, type SyncFile, type SyncFolder } from "./vfs.ts";

/** A folder in memory, for tests: what it holds can be looked at, damaged and limited. */
export interface MemoryFolder extends SyncFolder {
  readonly files: Map<string, Uint8Array>;
  /** Bytes all files together may take; writes beyond fail as a full disk does. */
  limit: number;
}

export function createMemoryFolder(): MemoryFolder {
  const files = new Map<string, Uint8Array>();
  const folder: MemoryFolder = {
    files,
    limit: Number.MAX_SAFE_INTEGER,
    open: (name, create) => {
      if (!files.has(name) && !create) return undefined;
      if (!files.has(name)) files.set(name, new Uint8Array(0));
      return memoryFile(folder, name);
    },
    exists: (name) => files.has(name),
    remove: (name) => {
      files.delete(name);
    },
  };
  return folder;
}

function memoryFile(folder: MemoryFolder, name: string): SyncFile {
  const content = (): Uint8Array => folder.files.get(name) ?? new Uint8Array(0);
  const resize = (size: number): void => {
    const grown = size - content().length;
    if (grown > 0 && used(folder) + grown > folder.limit) throw new NoSpace();
    const next = new Uint8Array(grownBuffer(content(), size), 0, size);
    folder.files.set(name, next);
  };
  return {
    read: (into, position) => {
      const part = content().subarray(position, position + into.length);
      into.set(part);
      return part.length;
    },
    write: (bytes, position) => {
      if (position + bytes.length > content().length) resize(position + bytes.length);
      content().set(bytes, position);
    },
    truncate: (size) => {
      if (size < content().length) folder.files.set(name, content().subarray(0, size));
    },
    sync: () => undefined,
    size: () => content().length,
    close: () => undefined,
  };
}

/**
 * The same bytes with room for `size`, doubling so that many small writes stay cheap; what is
 * beyond the old end is zero.
 */
function grownBuffer(old: Uint8Array, size: number): ArrayBuffer {
  const buffer = old.buffer as ArrayBuffer;
  if (buffer.byteLength >= size && old.byteOffset === 0) {
    new Uint8Array(buffer).fill(0, old.length, size);
    return buffer;
  }
  const next = new ArrayBuffer(Math.max(size, 2 * old.length));
  new Uint8Array(next).set(old);
  return next;
}

function used(folder: MemoryFolder): number {
  let total = 0;
  for (const file of folder.files.values()) total += file.length;
  return total;
}

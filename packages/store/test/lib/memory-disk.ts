import { basename, dirname } from "node:path";
import type { Disk, DiskFile } from "../../src/engines/log/disk.ts";

/**
 * A disk in memory that keeps synced and unsynced data apart, can lose power, and can be made to
 * fail. A sync that fails drops what it was to sync: the data can still be read, but no later sync
 * brings it to the disk.
 */
export interface MemoryDisk extends Disk {
  /** Called before every operation. An error code makes the operation fail. */
  failing: (operation: string, path: string) => string | undefined;
  /**
   * The disk after a power loss: what was synced and, of the rest of every file, a part chosen by
   * `random` (0 to below 1). This disk cannot be used after that.
   */
  powerLoss(random: () => number): MemoryDisk;
  /**
   * The disk as the next process finds it after a kill. This disk cannot be used after that.
   */
  kill(): MemoryDisk;
  /** The bytes of a file. To change them is damage, not a write. */
  bytesOf(path: string): Buffer;
  setBytes(path: string, bytes: Buffer): void;
  /** Every file there is. */
  paths(): string[];
}

interface FileNode {
  bytes: Buffer;
  synced: Buffer;
  changes: Change[];
}
type Change = { readonly at: number; readonly bytes: Buffer } | { readonly size: number };
interface FolderNode {
  names: Map<string, Node>;
  synced: Map<string, Node>;
}
type Node = FileNode | FolderNode;

const isFolder = (node: Node | undefined): node is FolderNode => node !== undefined && "names" in node;
const emptyFolder = (): FolderNode => ({ names: new Map(), synced: new Map() });
const systemError = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code });

export const createMemoryDisk = (root: FolderNode = emptyFolder()): MemoryDisk => {
  let dead = false;
  const check = (operation: string, path: string): void => {
    const code = dead ? "EIO" : disk.failing(operation, path);
    if (code !== undefined) throw systemError(code, path);
  };
  const nodeAt = (path: string): Node | undefined =>
    path === dirname(path) ? root : childOf(nodeAt(dirname(path)), basename(path));
  const childOf = (folder: Node | undefined, name: string): Node | undefined =>
    isFolder(folder) ? folder.names.get(name) : undefined;
  const folderAt = (path: string): FolderNode => {
    const node = nodeAt(path);
    if (!isFolder(node)) throw systemError("ENOENT", path);
    return node;
  };
  const fileAt = (path: string): FileNode => {
    const node = nodeAt(path);
    if (node === undefined || isFolder(node)) throw systemError("ENOENT", path);
    return node;
  };
  const makeFolders = (path: string): void => {
    if (nodeAt(path) !== undefined) return;
    makeFolders(dirname(path));
    folderAt(dirname(path)).names.set(basename(path), emptyFolder());
  };
  const openFile = (path: string, mode: string): FileNode => {
    if (mode !== "create") return fileAt(path);
    const made: FileNode = { bytes: Buffer.alloc(0), synced: Buffer.alloc(0), changes: [] };
    folderAt(dirname(path)).names.set(basename(path), made);
    return made;
  };
  const fileOn = (path: string, node: FileNode): DiskFile => ({
    write: async (pieces, at) => {
      check("write", path);
      change(node, { at, bytes: Buffer.concat(pieces) });
    },
    read: async (into, at) => {
      check("read", path);
      return node.bytes.copy(into, 0, at);
    },
    sync: async () => {
      const changes = node.changes.splice(0);
      check("sync", path);
      node.synced = changes.reduce(changed, node.synced);
    },
    size: async () => {
      check("size", path);
      return node.bytes.length;
    },
    truncate: async (size) => {
      check("truncate", path);
      change(node, { size });
    },
    setTimes: async () => check("setTimes", path),
    close: async () => {},
  });
  const disk: MemoryDisk = {
    failing: () => undefined,
    open: async (path, mode) => {
      check("open", path);
      return fileOn(path, openFile(path, mode));
    },
    readAll: async (path) => {
      check("read", path);
      return nodeAt(path) === undefined ? undefined : Buffer.from(fileAt(path).bytes);
    },
    names: async (folder) => {
      const node = nodeAt(folder);
      return isFolder(node) ? [...node.names.keys()] : [];
    },
    makeFolder: async (path) => {
      check("makeFolder", path);
      makeFolders(path);
    },
    rename: async (from, to) => {
      check("rename", from);
      const node = nodeAt(from);
      if (node === undefined) throw systemError("ENOENT", from);
      folderAt(dirname(from)).names.delete(basename(from));
      folderAt(dirname(to)).names.set(basename(to), node);
    },
    remove: async (path) => {
      check("remove", path);
      const parent = nodeAt(dirname(path));
      if (isFolder(parent)) parent.names.delete(basename(path));
    },
    syncFolder: async (path) => {
      check("syncFolder", path);
      const folder = folderAt(path);
      folder.synced = new Map(folder.names);
    },
    setTimes: async (path) => check("setTimes", path),
    powerLoss: (random) => {
      dead = true;
      return createMemoryDisk(survivor(root, random) as FolderNode);
    },
    kill: () => {
      dead = true;
      return createMemoryDisk(root);
    },
    bytesOf: (path) => fileAt(path).bytes,
    setBytes: (path, bytes) => {
      fileAt(path).bytes = bytes;
    },
    paths: () => pathsIn(root, ""),
  };
  return disk;
};

const pathsIn = (folder: FolderNode, path: string): string[] =>
  Array.from(folder.names, ([name, node]) =>
    isFolder(node) ? pathsIn(node, `${path}/${name}`) : [`${path}/${name}`],
  ).flat();

const change = (node: FileNode, one: Change): void => {
  node.bytes = changed(node.bytes, one);
  node.changes.push(one);
};

const changed = (bytes: Buffer, one: Change): Buffer => {
  const result = Buffer.alloc("size" in one ? one.size : Math.max(bytes.length, one.at + one.bytes.length));
  bytes.copy(result);
  if ("bytes" in one) one.bytes.copy(result, one.at);
  return result;
};

/**
 * Synced names are kept, others perhaps. The last write that reached the disk may have reached it
 * in part.
 */
const survivor = (node: Node, random: () => number): Node => {
  if (isFolder(node)) {
    const late = [...node.names].filter(([name]) => !node.synced.has(name) && random() < 0.5);
    const names = new Map([...node.synced, ...late].map(([name, child]) => [name, survivor(child, random)]));
    return { names, synced: new Map(names) };
  }
  let bytes = node.synced;
  for (const one of node.changes.slice(0, Math.floor(random() * (node.changes.length + 1)))) {
    const partly = "bytes" in one && random() < 0.5;
    bytes = changed(bytes, partly ? { ...one, bytes: one.bytes.subarray(0, random() * one.bytes.length) } : one);
    if (partly) break;
  }
  return { bytes, synced: bytes, changes: [] };
};

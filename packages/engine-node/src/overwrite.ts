/** Writes over what a file has, in the place where it stands, so that no older copy of it stays. */
import { randomFillSync } from "node:crypto";
import { closeSync, existsSync, fstatSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { syncFolder } from "./folder.ts";
import { writeWhole } from "./whole-file.ts";

/** Puts bytes there and waits until the disk says that it has them. */
export function writeInPlace(path: string, bytes: Uint8Array, at: number): void {
  const file = openSync(path, "r+");
  try {
    writeSync(file, bytes, 0, bytes.length, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Puts random bytes in the place of all that a file has. Does nothing where there is no file. */
export function overwrite(path: string): void {
  if (!existsSync(path)) return;
  const file = openSync(path, "r+");
  try {
    fill(file);
  } finally {
    closeSync(file);
  }
}

/** Overwrites a file, then removes it. */
export function removeSecret(folder: string, name: string): void {
  overwrite(join(folder, name));
  rmSync(join(folder, name), { force: true });
  syncFolder(folder);
}

/**
 * Replaces a file by another of this name. A crash leaves the whole of one of them; what the former
 * had is overwritten once the other one is there.
 */
export async function replaceSecret(folder: string, name: string, content: string | Uint8Array): Promise<void> {
  const path = join(folder, name);
  const former = existsSync(path) ? openSync(path, "r+") : undefined;
  try {
    await writeWhole(folder, name, content);
    if (former !== undefined) fill(former);
  } finally {
    if (former !== undefined) closeSync(former);
  }
}

function fill(file: number): void {
  writeSync(file, randomFillSync(Buffer.alloc(fstatSync(file).size)), 0, undefined, 0);
  fsyncSync(file);
}

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const BLOCK = 512;

/** Bytes of disk that a folder's files take. */
export const folderBytes = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).blocks * BLOCK, 0);

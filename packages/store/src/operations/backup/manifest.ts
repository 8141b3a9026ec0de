import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Result } from "@pli/protocol/wire";
import { syncFolder } from "../../engines/embedded/sync-folder.ts";
import { isArray, isCount, isObject, isStoreId, parseJson } from "./json.ts";

/**
 * `backup.json`: written last, so that a back-up with it is whole. What the data beside it holds at
 * least: each feed up to its position in `next`, of which `lost` cells were lost to the store
 * already.
 */
export interface Manifest {
  readonly format: 1;
  readonly storeId: string;
  readonly next: readonly number[];
  readonly blocks: number;
  readonly lost: number;
}

const NAME = "backup.json";

export const parseManifest = (text: string): Result<Manifest, "damaged"> => parseJson(text, isManifest);

const isManifest = (value: unknown): value is Manifest => {
  if (!isObject(value) || value["format"] !== 1 || !isStoreId(value["storeId"])) return false;
  const { next, blocks, lost } = value;
  return isArray(next) && next.length > 0 && next.every(isCount) && isCount(blocks) && isCount(lost);
};

/** The manifest of a folder, nothing when it has none or one that cannot be read. */
export const readManifest = (folder: string): Manifest | undefined => {
  try {
    const parsed = parseManifest(readFileSync(join(folder, NAME), "utf8"));
    return parsed.ok ? parsed.value : undefined;
  } catch {
    return undefined;
  }
};

/** Takes the place of the one before at once, durably. */
export const writeManifest = (folder: string, manifest: Manifest): void => {
  const part = join(folder, `${NAME}.part`);
  writeFileSync(part, `${JSON.stringify(manifest)}\n`, { mode: 0o600 });
  const file = openSync(part, "r+");
  fsyncSync(file);
  closeSync(file);
  renameSync(part, join(folder, NAME));
  syncFolder(folder);
};

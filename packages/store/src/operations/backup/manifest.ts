import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Result } from "@pli/protocol/wire";
import { syncFolder } from "../../engines/embedded/sync-folder.ts";
import { isArray, isCount, isObject, isStoreId, parseJson } from "./json.ts";

/**
 * `backup.json` is written last, so a back-up that has it is whole. The data beside it holds at
 * least each feed up to its position in `next`. The store had lost `lost` of these cells already.
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

/** The manifest of a folder; undefined when there is none, or none that can be read. */
export const readManifest = (folder: string): Manifest | undefined => {
  try {
    const parsed = parseManifest(readFileSync(join(folder, NAME), "utf8"));
    return parsed.ok ? parsed.value : undefined;
  } catch {
    return undefined;
  }
};

/** Replaces the manifest before it at once, durably. */
export const writeManifest = (folder: string, manifest: Manifest): void => {
  const part = join(folder, `${NAME}.part`);
  writeFileSync(part, `${JSON.stringify(manifest)}\n`, { mode: 0o600 });
  const file = openSync(part, "r+");
  fsyncSync(file);
  closeSync(file);
  renameSync(part, join(folder, NAME));
  syncFolder(folder);
};

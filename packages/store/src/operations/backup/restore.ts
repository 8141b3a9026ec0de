import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, renameSync, rmdirSync } from "node:fs";
import { dirname } from "node:path";
import { compareData } from "../copy/compare-data.ts";
import { copyData } from "../copy/copy-data.ts";
import { beginningOf, type Copied, type Progress } from "../copy/source.ts";
import type { Log } from "../../base/event-log.ts";
import { openStorage, type EngineName } from "../../engines/open-storage.ts";
import { syncFolder } from "../../engines/embedded/sync-folder.ts";
import { whileOpen } from "../while-open.ts";
import type { Storage } from "../../storage/storage.ts";
import { dataOf, manifestOf } from "./backup.ts";
import { BackupError } from "./backup-error.ts";
import { keepFree } from "./keep-free.ts";
import type { Manifest } from "./manifest.ts";

/**
 * Restores the back-up in `folder` to `data`, which must be missing or empty. It builds the data in
 * a folder beside it, named with `.restoring` behind, reads everything again from both disks,
 * compares, and only then renames the folder. When it is interrupted, call it again: it continues.
 *
 * The restored store has a new id. What was accepted after the back-up is lost, and its positions
 * are given to other cells. The new id tells the clients so: they read the feed from its start, and
 * send again what is missing. Rejects with a BackupError, a CopyError or a StorageError.
 */
export const restore = async (options: {
  readonly folder: string;
  readonly data: string;
  readonly minFreeBytes: number;
  readonly engine?: EngineName | undefined;
  readonly progress?: Progress;
  readonly log: Log;
}): Promise<Copied> => {
  const { folder, data, log } = options;
  const manifest = manifestOf(folder);
  if (existsSync(data) && readdirSync(data).length > 0) {
    throw new BackupError("data_exists", `${data} is not empty: move it away first`);
  }
  const feeds = manifest.next.length;
  const restored = await whileOpen(openStorage({ folder: dataOf(folder), feeds, engine: "log", log }), (from) => {
    checkPositions(from, manifest, folder);
    return copyInto(`${data}.restoring`, from, manifest, options);
  });
  takePlace(data);
  return restored;
};

const checkPositions = (from: Storage, { storeId, next }: Manifest, folder: string): void => {
  const isWhole = next.every((position, feed) => from.range(feed).next >= position);
  if (!isWhole || Buffer.from(from.storeId).toString("hex") !== storeId) {
    throw new BackupError("backup_damaged", `${folder} holds less than was backed up`);
  }
};

const copyInto = async (
  unfinished: string,
  from: Storage,
  manifest: Manifest,
  options: Parameters<typeof restore>[0],
): Promise<Copied> => {
  const { engine, minFreeBytes, progress, log } = options;
  const feeds = manifest.next.length;
  const begin = { ...beginningOf(from, feeds), storeId: randomBytes(16) };
  const open = () => openStorage({ folder: unfinished, feeds, engine, begin, log });
  const blocks = await whileOpen(open(), (written) =>
    copyData(from, keepFree(written, minFreeBytes, unfinished), feeds, progress),
  );
  const restored = await whileOpen(open(), (read) => compareData(from, read, feeds, { blocks, progress }));
  if (restored.lost > manifest.lost) {
    throw new BackupError("backup_damaged", `${restored.lost - manifest.lost} cells of the back-up cannot be read`);
  }
  return restored;
};

const takePlace = (data: string): void => {
  if (existsSync(data)) rmdirSync(data);
  renameSync(`${data}.restoring`, data);
  syncFolder(dirname(data));
};

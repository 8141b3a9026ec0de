import { join } from "node:path";
import type { CopiedBlocks } from "../copy/blocks.ts";
import { compareData } from "../copy/compare-data.ts";
import { copyData } from "../copy/copy-data.ts";
import { beginningOf, type Copied, type Progress } from "../copy/source.ts";
import type { Log } from "../../base/event-log.ts";
import { openStorage } from "../../engines/open-storage.ts";
import { whileOpen } from "../while-open.ts";
import { BackupError } from "./backup-error.ts";
import { keepFree } from "./keep-free.ts";
import { readManifest, writeManifest } from "./manifest.ts";
import { openRunningSource, type RunningSource } from "./running-source.ts";

/**
 * The folder of a back-up's data. It is kept by the log engine, whose records have sums, whatever
 * the store's engine is.
 */
export const dataOf = (folder: string): string => join(folder, "data");

/**
 * Backs up the store that listens at `socket` into `folder`, which is new or holds a back-up of the
 * same store. The back-up then has everything that the store had acknowledged at the start, and no
 * later cells. Days that expired in the store expire in the back-up. At the end it reads all of
 * both from their disks and compares, and only then writes `backup.json`, which marks the back-up
 * as whole. When it is interrupted, call it again: it continues, and what was whole stays whole.
 * Rejects with a BackupError, a CopyError or a StorageError.
 */
export const backUp = async (options: {
  readonly socket: string;
  readonly folder: string;
  /** This many bytes of the back-up's disk stay free. */
  readonly minFreeBytes: number;
  readonly progress?: Progress;
  readonly log: Log;
}): Promise<Copied> => {
  const { folder } = options;
  const source = await openRunningSource(options.socket);
  const blocks = await copyTo(source, options);
  const copied = await compareWith(source, blocks, options);
  writeManifest(folder, {
    format: 1,
    storeId: Buffer.from(source.storeId).toString("hex"),
    next: Array.from({ length: source.feeds }, (_, feed) => source.range(feed).next),
    blocks: copied.blocks,
    lost: copied.lost,
  });
  return copied;
};

interface Target {
  readonly folder: string;
  readonly minFreeBytes: number;
  readonly progress?: Progress;
  readonly log: Log;
}

const openData = ({ folder, log }: Target, source: RunningSource) =>
  openStorage({
    folder: dataOf(folder),
    feeds: source.feeds,
    engine: "log",
    begin: beginningOf(source, source.feeds),
    log,
  });

const copyTo = (source: RunningSource, target: Target): Promise<CopiedBlocks> =>
  whileOpen(openData(target, source), (data) => {
    if (Buffer.compare(source.storeId, data.storeId) !== 0) {
      throw new BackupError("backup_of_another", `${target.folder} holds the back-up of another store`);
    }
    const limited = keepFree(data, target.minFreeBytes, target.folder);
    return copyData(source, limited, source.feeds, target.progress);
  });

/** Opens the data again, so that it compares what is on the disk and not what is in memory. */
const compareWith = (source: RunningSource, blocks: CopiedBlocks, target: Target): Promise<Copied> =>
  whileOpen(openData(target, source), async (data) => {
    const [oldest] = source.days();
    if (oldest !== undefined) await data.expire(oldest);
    return compareData(source, data, source.feeds, { blocks, progress: target.progress });
  });

/** The manifest of the back-up in a folder. Throws `backup_unfinished`. */
export const manifestOf = (folder: string) => {
  const manifest = readManifest(folder);
  if (manifest !== undefined) return manifest;
  throw new BackupError("backup_unfinished", `${folder} holds no back-up that was finished`);
};

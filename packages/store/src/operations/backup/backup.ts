import { join } from "node:path";
import type { CopiedBlocks } from "../copy/blocks.ts";
import { compareData } from "../copy/compare-data.ts";
import { copyData } from "../copy/copy-data.ts";
import { beginningOf, type Copied, type Progress } from "../copy/source.ts";
import type { Log } from "../../base/event-log.ts";
import { openStorage } from "../../engines/open-storage.ts";
import { whileOpen } from "../while-open.ts";
import { BackupError } from "./backup-error.ts";
import { leaveRoom } from "./leave-room.ts";
import { readManifest, writeManifest } from "./manifest.ts";
import { openRunningSource, type RunningSource } from "./running-source.ts";

/**
 * Where a back-up keeps its data: a folder of the log engine, every record with its sum, whichever
 * engine the store has.
 */
export const dataOf = (folder: string): string => join(folder, "data");

/**
 * Brings the back-up in `folder`, new or of the same store, up to where the store that listens at
 * `socket` stands now: all that it had acknowledged is in it, cells up to that moment only. Days
 * that expired in the store expire in the back-up. Then reads all of both from their disks and
 * compares; only then `backup.json` says that it is whole. Broken off, it goes on when it is called
 * again, and what was whole before stays so. Rejects with a BackupError, a CopyError or a
 * StorageError.
 */
export const backUp = async (options: {
  readonly socket: string;
  readonly folder: string;
  /** The disk of the back-up is filled up to here, no further. */
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
    const roomy = leaveRoom(data, target.minFreeBytes, target.folder);
    return copyData(source, roomy, source.feeds, target.progress);
  });

/** Opened anew: what is compared comes from the disk, not from the memory of who wrote it. */
const compareWith = (source: RunningSource, blocks: CopiedBlocks, target: Target): Promise<Copied> =>
  whileOpen(openData(target, source), async (data) => {
    const [oldest] = source.days();
    if (oldest !== undefined) await data.expire(oldest);
    return compareData(source, data, source.feeds, { blocks, progress: target.progress });
  });

/** What a folder's back-up is said to hold. */
export const manifestOf = (folder: string) => {
  const manifest = readManifest(folder);
  if (manifest !== undefined) return manifest;
  throw new BackupError("backup_unfinished", `${folder} holds no back-up that was finished`);
};

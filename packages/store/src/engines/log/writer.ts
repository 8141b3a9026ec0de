import type { Log } from "../../base/event-log.ts";
import { storageError } from "../../storage/storage-error.ts";
import type { Put, PutResult } from "../../storage/storage.ts";
import { createBatch, type Batch, type BatchDeps } from "./batch.ts";
import type { Catalog } from "./catalog.ts";
import type { DiskFile } from "./disk.ts";
import { diskError } from "./disk-error.ts";
import type { Segment } from "./segment.ts";
import { MAX_SLOTS, offsetOf } from "./slots.ts";

/** Appends commits to the newest segment, one at a time. */
export interface Writer {
  /**
   * As Storage promises it. After a failure that leaves in doubt what the disk holds, every later
   * commit is refused.
   */
  commit(puts: readonly Put[], day: number): Promise<readonly PutResult[]>;
  /** Throws `data_unusable` once commits are refused. */
  check(): void;
}

/** The disk takes this many records in little more time than one. */
const FEW = 128;

export const createWriter = (
  deps: BatchDeps & { readonly catalog: Catalog; readonly segmentSlots: number; readonly log: Log },
): Writer => {
  const { catalog, blocks, hot, segmentSlots, log } = deps;
  let broken: string | undefined;

  const check = (): void => {
    if (broken !== undefined) throw storageError("data_unusable", broken);
  };
  const segmentFor = async (day: number, puts: number): Promise<Segment> => {
    if (puts > MAX_SLOTS) throw new RangeError(`a commit is of at most ${MAX_SLOTS} puts`);
    const newest = catalog.newest();
    const fits = newest !== undefined && newest.folder.day >= day && newest.staged + puts <= segmentSlots;
    return fits ? newest : catalog.begin(Math.max(day, newest?.folder.day ?? day), hot.appended());
  };
  const store = async (
    batch: Batch,
    segment: Segment,
    file: DiskFile,
    puts: readonly Put[],
  ): Promise<readonly PutResult[]> => {
    const { day } = segment.folder;
    const results: PutResult[] = [];
    for (const put of puts) {
      const result = batch.put(put);
      results.push(result instanceof Promise ? await result : result);
    }
    await blocks.prepare(batch.blocks(), day);
    await batch.flush();
    if (batch.staged() > 0) await surely(file.sync(batch.staged() <= FEW));
    await surely(blocks.publish(batch.blocks(), day));
    segment.count = segment.staged;
    return results;
  };
  /**
   * Takes the whole batch back. Stops all writing when that fails, or when the failure leaves
   * doubt.
   */
  const takeBack = async (batch: Batch, segment: Segment, file: DiskFile, error: unknown): Promise<void> => {
    batch.forget();
    const end = offsetOf(segment.count);
    try {
      await blocks.discard(batch.blocks(), segment.folder.day);
      if ((await file.size()) > end) {
        await file.truncate(end);
        await file.sync();
      }
      if (!leavesDoubt(error)) return;
    } catch {
      // The first failure is reported already.
    }
    broken = catalog.pathOf(segment);
    log("error", "writing_stopped", { file: broken, code: diskError(error, broken).code });
  };
  return {
    check,
    commit: async (puts, day) => {
      check();
      const segment = await segmentFor(day, puts.length);
      return catalog.files.use(segment, async (file) => {
        const batch = createBatch(deps, segment, file);
        try {
          return await store(batch, segment, file, puts);
        } catch (error) {
          await takeBack(batch, segment, file, error);
          if (leavesDoubt(error)) throw storageError("internal", catalog.pathOf(segment), error);
          throw diskError(error, catalog.pathOf(segment));
        }
      });
    },
  };
};

/**
 * A failure after which it is not known what the disk holds: the system may have dropped what it
 * could not write.
 */
class InDoubt extends Error {
  override readonly name = "InDoubt";
}

const surely = async (work: Promise<void>): Promise<void> => {
  try {
    await work;
  } catch (error) {
    throw new InDoubt("not known to be on the disk", { cause: error });
  }
};

const leavesDoubt = (error: unknown): boolean =>
  error instanceof InDoubt || !["store_full", "data_unusable"].includes(diskError(error, "").code);

import { feedOf, labelKey } from "@pli/protocol/wire";
import type { Log } from "../../base/event-log.ts";
import { sameOutcome } from "../embedded/same-outcome.ts";
import type { Put, PutResult } from "../../storage/storage.ts";
import { storageError } from "../../storage/storage-error.ts";
import type { Blocks, NewBlock } from "./blocks.ts";
import type { Catalog } from "./catalog.ts";
import type { DiskFile } from "./disk.ts";
import { diskError } from "./disk-error.ts";
import { HOT_RECORDS, type HotTail } from "./hot-tail.ts";
import { cellSum, encodeRecord } from "./record.ts";
import type { Records } from "./records.ts";
import type { Segment } from "./segment.ts";
import { MAX_SLOTS, offsetOf } from "./slots.ts";

/** Appends commits to the newest segment, one at a time. */
export interface Writer {
  /**
   * As Storage promises it. After a failure that leaves in doubt what the disk holds, every later
   * one is refused.
   */
  commit(puts: readonly Put[], day: number): Promise<readonly PutResult[]>;
  /** Throws `data_unusable` once commits are refused. */
  check(): void;
}

/** What one commit is made of while it runs. */
interface Batch {
  readonly segment: Segment;
  readonly first: number;
  readonly day: number;
  readonly blocks: Map<string, NewBlock>;
  readonly unmark: () => void;
  written: number;
}

/** So many records are on the disk in little more time than one. */
const FEW = 128;

type CellPut = Put & { readonly kind: "cell" };
type BlockPut = Put & { readonly kind: "block" };

export const createWriter = (parts: {
  readonly catalog: Catalog;
  readonly records: Records;
  readonly blocks: Blocks;
  readonly hot: HotTail;
  readonly segmentSlots: number;
  readonly log: Log;
}): Writer => {
  const { catalog, records, blocks, hot, segmentSlots, log } = parts;
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
  const begin = async (puts: readonly Put[], day: number): Promise<Batch> => {
    const segment = await segmentFor(day, puts.length);
    const unmark = segment.positions.mark();
    return {
      segment,
      first: segment.count,
      day: segment.folder.day,
      blocks: new Map(),
      unmark,
      written: segment.count,
    };
  };
  const putOne = (batch: Batch, file: DiskFile, put: Put): PutResult | Promise<PutResult> =>
    put.kind === "cell" ? putCell(batch, file, put) : putBlock(batch, put);
  const putCell = (batch: Batch, file: DiskFile, put: CellPut): PutResult | Promise<PutResult> =>
    catalog.find(put.label).length === 0 ? append(batch, file, put) : putFoundCell(batch, file, put);
  /**
   * A damaged record is stored anew by the same bytes: its sum, covered by the sum of its head,
   * says whether they are.
   */
  const putFoundCell = async (batch: Batch, file: DiskFile, put: CellPut): Promise<PutResult> => {
    const found = await records.withLabel(put.label);
    const intact = found.find(({ cell }) => cell !== undefined)?.cell;
    if (intact !== undefined) return sameOutcome(intact, put.bytes);
    const isFree = found.every(({ head }) => head?.cellSum === cellSum(put.bytes));
    return isFree ? append(batch, file, put) : { outcome: "taken" };
  };
  const append = (batch: Batch, file: DiskFile, put: CellPut): PutResult | Promise<PutResult> => {
    const { segment } = batch;
    const position = stage(batch, put);
    const result: PutResult = { outcome: "created", position };
    return segment.staged - batch.written < HOT_RECORDS ? result : flush(batch, file).then(() => result);
  };
  const stage = ({ segment, first }: Batch, { label, bytes: cell }: CellPut): number => {
    const [slot, feed] = [segment.staged, feedOf(label)];
    const position = segment.positions.end(feed);
    segment.positions.add(feed, position, slot);
    segment.image?.set(slot, { position, label });
    encodeRecord(hot.memory, hot.reserve(), { commit: first, position, label, cell });
    segment.staged += 1;
    catalog.note(label, segment, slot);
    return position;
  };
  const putBlock = async (batch: Batch, put: BlockPut): Promise<PutResult> => {
    const kept = batch.blocks.get(labelKey(put.label))?.bytes ?? (await blocks.get(put.label));
    if (kept !== undefined) return sameOutcome(kept, put.bytes);
    batch.blocks.set(labelKey(put.label), put);
    return { outcome: "created" };
  };
  /** Writes what is staged and not yet written. */
  const flush = async (batch: Batch, file: DiskFile): Promise<void> => {
    const { segment, written } = batch;
    if (segment.staged === written) return;
    await file.write(hot.pieces(segment.base + written), offsetOf(written));
    batch.written = segment.staged;
  };
  const store = async (batch: Batch, file: DiskFile, puts: readonly Put[]): Promise<readonly PutResult[]> => {
    const { segment, first, day } = batch;
    const results: PutResult[] = [];
    for (const put of puts) {
      const result = putOne(batch, file, put);
      results.push(result instanceof Promise ? await result : result);
    }
    await blocks.prepare([...batch.blocks.values()], day);
    await flush(batch, file);
    if (segment.staged > first) await surely(file.sync(segment.staged - first <= FEW));
    await surely(blocks.publish([...batch.blocks.values()], day));
    segment.count = segment.staged;
    return results;
  };
  /**
   * Nothing of the batch stays; when that cannot be had, or the failure leaves doubt, nothing more
   * is written.
   */
  const takeBack = async (batch: Batch, file: DiskFile, error: unknown): Promise<void> => {
    const { segment, first } = batch;
    segment.staged = first;
    batch.unmark();
    hot.rewind(segment.base + first);
    try {
      await blocks.discard([...batch.blocks.values()], batch.day);
      if ((await file.size()) > offsetOf(first)) {
        await file.truncate(offsetOf(first));
        await file.sync();
      }
      if (!leavesDoubt(error)) return;
    } catch {
      // What the first failure was is told already.
    }
    broken = catalog.pathOf(segment);
    log("error", "writing_stopped", { file: broken, code: diskError(error, broken).code });
  };
  return {
    check,
    commit: async (puts, day) => {
      check();
      const batch = await begin(puts, day);
      return catalog.files.use(batch.segment, async (file) => {
        try {
          return await store(batch, file, puts);
        } catch (error) {
          await takeBack(batch, file, error);
          if (leavesDoubt(error)) throw storageError("internal", catalog.pathOf(batch.segment), error);
          throw diskError(error, catalog.pathOf(batch.segment));
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

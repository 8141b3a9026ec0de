import { feedOf, labelKey } from "@pli/protocol/wire";
import type { Put, PutResult } from "../../storage/storage.ts";
import { sameOutcome } from "../embedded/same-outcome.ts";
import type { Blocks, NewBlock } from "./blocks.ts";
import type { Catalog } from "./catalog.ts";
import type { DiskFile } from "./disk.ts";
import { HOT_RECORDS, type HotTail } from "./hot-tail.ts";
import { cellSum, encodeRecord } from "./record.ts";
import type { Records } from "./records.ts";
import type { Segment } from "./segment.ts";
import { offsetOf } from "./slots.ts";

/** The puts of one commit while it runs, staged behind what its segment has committed. */
export interface Batch {
  /** Stages one put. Writes what is staged when the hot tail is full of it. */
  put(put: Put): PutResult | Promise<PutResult>;
  /** New blocks of the batch. */
  blocks(): readonly NewBlock[];
  /** Records staged so far. */
  staged(): number;
  /** Writes what is staged and not yet written. */
  flush(): Promise<void>;
  /** Forgets the staged records, in memory. */
  forget(): void;
}

export interface BatchDeps {
  readonly catalog: Pick<Catalog, "find" | "note">;
  readonly records: Records;
  readonly blocks: Blocks;
  readonly hot: HotTail;
}

type CellPut = Put & { readonly kind: "cell" };
type BlockPut = Put & { readonly kind: "block" };

export const createBatch = (deps: BatchDeps, segment: Segment, file: DiskFile): Batch => {
  const { catalog, records, blocks, hot } = deps;
  const first = segment.count;
  const unmark = segment.positions.mark();
  const newBlocks = new Map<string, NewBlock>();
  let written = first;

  const putCell = (put: CellPut): PutResult | Promise<PutResult> =>
    catalog.find(put.label).length === 0 ? append(put) : putFoundCell(put);
  /**
   * The same bytes replace a damaged record: its sum, which the sum of its head covers, says
   * whether they are the same.
   */
  const putFoundCell = async (put: CellPut): Promise<PutResult> => {
    const found = await records.withLabel(put.label);
    const intact = found.find(({ cell }) => cell !== undefined)?.cell;
    if (intact !== undefined) return sameOutcome(intact, put.bytes);
    const isFree = found.every(({ head }) => head?.cellSum === cellSum(put.bytes));
    return isFree ? append(put) : { outcome: "taken" };
  };
  const append = (put: CellPut): PutResult | Promise<PutResult> => {
    const result: PutResult = { outcome: "created", position: stage(put) };
    return segment.staged - written < HOT_RECORDS ? result : flush().then(() => result);
  };
  const stage = ({ label, bytes: cell }: CellPut): number => {
    const [slot, feed] = [segment.staged, feedOf(label)];
    const position = segment.positions.end(feed);
    segment.positions.add(feed, position, slot);
    segment.image?.set(slot, { position, label });
    encodeRecord(hot.memory, hot.reserve(), { commit: first, position, label, cell });
    segment.staged += 1;
    catalog.note(label, segment, slot);
    return position;
  };
  const putBlock = async (put: BlockPut): Promise<PutResult> => {
    const kept = newBlocks.get(labelKey(put.label))?.bytes ?? (await blocks.get(put.label));
    if (kept !== undefined) return sameOutcome(kept, put.bytes);
    newBlocks.set(labelKey(put.label), put);
    return { outcome: "created" };
  };
  const flush = async (): Promise<void> => {
    if (segment.staged === written) return;
    await file.write(hot.pieces(segment.base + written), offsetOf(written));
    written = segment.staged;
  };
  return {
    put: (put) => (put.kind === "cell" ? putCell(put) : putBlock(put)),
    blocks: () => [...newBlocks.values()],
    staged: () => segment.staged - first,
    flush,
    forget: () => {
      segment.staged = first;
      unmark();
      hot.rewind(segment.base + first);
    },
  };
};

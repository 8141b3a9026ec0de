import type { Beginning, Storage } from "../../storage/storage.ts";

/** What a copy reads: a Storage, or a running store behind its socket. */
export type Source = Pick<Storage, "storeId" | "range" | "read" | "days" | "firstOn" | "blocksOn"> & {
  /** Cells to read at once. Default 128. */
  readonly cellsAtOnce?: number;
};

/**
 * What was copied and compared. The source had lost `lost` of the cells already; the entries that
 * replace them are copied.
 */
export interface Copied {
  readonly days: number;
  readonly cells: number;
  readonly blocks: number;
  readonly lost: number;
}

/** Cells copied or compared so far, of all there are. */
export type Progress = (step: "copied" | "compared", cells: number, of: number) => void;

/**
 * A copy that failed. The message says where, without labels.
 *
 * - `copy_differs`: the copy is not, or cannot become, the same as its source
 * - `source_moved_on`: days expired meanwhile. Call again to continue
 */
export class CopyError extends Error {
  override readonly name = "CopyError";
  readonly code: "copy_differs" | "source_moved_on";

  constructor(message: string, code: CopyError["code"] = "copy_differs") {
    super(message);
    this.code = code;
  }
}

/** How data must begin that is to become a copy of `from`. */
export const beginningOf = (from: Source, feeds: number): Beginning => ({
  storeId: from.storeId,
  firsts: Array.from({ length: feeds }, (_, feed) => from.range(feed).oldest),
});

/** The default of a source. */
export const CELLS_AT_ONCE = 128;

/** The number of cells in all feeds of a source. */
export const cellsIn = (from: Source, feeds: number): number =>
  Array.from({ length: feeds }, (_, feed) => from.range(feed)).reduce(
    (sum, { oldest, next }) => sum + next - oldest,
    0,
  );

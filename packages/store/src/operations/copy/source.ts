import type { Beginning, Storage } from "../../storage/storage.ts";

/** What a copy is made of: a Storage that is only read, or a running store behind its socket. */
export type Source = Pick<Storage, "storeId" | "range" | "read" | "days" | "firstOn" | "blocksOn"> & {
  /** How many cells are best asked for at once, unless 128. */
  readonly cellsAtOnce?: number;
};

/**
 * What was copied and compared. `lost` of the cells were lost to the source already: what stands in
 * their place is copied.
 */
export interface Copied {
  readonly days: number;
  readonly cells: number;
  readonly blocks: number;
  readonly lost: number;
}

/** Cells copied or compared so far, of all there are. */
export type Progress = (step: "copied" | "compared", cells: number, of: number) => void;

/** The sentence says where it failed, without labels.
 *
 * - `copy_differs` the copy is not, or cannot become, the same as what it is a copy of
 * - `source_moved_on` days expired meanwhile: calling again goes on */
export class CopyError extends Error {
  override readonly name = "CopyError";
  readonly code: "copy_differs" | "source_moved_on";

  constructor(message: string, code: CopyError["code"] = "copy_differs") {
    super(message);
    this.code = code;
  }
}

/** What data that is to become a copy of `from` must begin with. */
export const beginningOf = (from: Source, feeds: number): Beginning => ({
  storeId: from.storeId,
  firsts: Array.from({ length: feeds }, (_, feed) => from.range(feed).oldest),
});

/** Unless the source says otherwise. */
export const CELLS_AT_ONCE = 128;

/** How many cells all feeds of a source hold. */
export const cellsIn = (from: Source, feeds: number): number =>
  Array.from({ length: feeds }, (_, feed) => from.range(feed)).reduce(
    (sum, { oldest, next }) => sum + next - oldest,
    0,
  );

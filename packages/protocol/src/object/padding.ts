import { concat } from "../crypto/index.ts";
import { isZero, u32, u32From } from "./bytes.ts";
import { BLOCK_PLAINTEXT_BYTES, CELL_PLAINTEXT_BYTES } from "./cell.ts";
import { FIRST_BYTES, MAX_OBJECT_BYTES } from "./object.ts";

const LENGTH_BYTES = 4;
/**
 * As many chunks as an object is padded to: 8 cells, 16 cells, then a cell with 1, 2, 4 … blocks.
 */
const SIZES: readonly number[] = [
  FIRST_BYTES + 7 * CELL_PLAINTEXT_BYTES,
  FIRST_BYTES + 15 * CELL_PLAINTEXT_BYTES,
  ...[1, 2, 4, 8, 16, 32].map((blocks) => FIRST_BYTES + blocks * BLOCK_PLAINTEXT_BYTES),
  MAX_OBJECT_BYTES,
];

/** Where the sizes begin that are a cell and blocks: a feed carries one cell of such an object. */
const FIRST_OF_BLOCKS = 2;
const sizesFrom = (least: LeastSize): readonly number[] => (least === "cells" ? SIZES : SIZES.slice(FIRST_OF_BLOCKS));

/** What an object has at least: eight cells, or a cell and a block. */
export type LeastSize = "cells" | "block";

/**
 * Bytes of an object whose length would say something of a group: its length u32, itself, zeros up
 * to one of a few sizes, so that the store sees the same number of chunks for most groups, and the
 * next power of two for the largest. Throws RangeError above 16 MiB less the length.
 */
export function padObject(bytes: Uint8Array, least: LeastSize = "cells"): Uint8Array {
  const size = sizesFrom(least).find((fits) => bytes.length + LENGTH_BYTES <= fits);
  if (size === undefined) throw new RangeError("too long for an object");
  return concat(u32(bytes.length), bytes, new Uint8Array(size - LENGTH_BYTES - bytes.length));
}

/** What `padObject` padded; undefined for anything it would not have written. */
export function unpadObject(padded: Uint8Array, least: LeastSize = "cells"): Uint8Array | undefined {
  const sizes = sizesFrom(least);
  if (!sizes.includes(padded.length)) return undefined;
  const length = u32From(padded);
  const end = LENGTH_BYTES + length;
  const isLeast = sizes.find((fits) => end <= fits) === padded.length;
  return isLeast && isZero(padded.subarray(end)) ? padded.slice(LENGTH_BYTES, end) : undefined;
}

import { concat, kdf, type Crypto } from "../crypto/index.ts";
import { err, labelKey, ok, parseBlock, parseCell } from "../wire/index.ts";
import type { Block, Cell, Label, Result } from "../wire/index.ts";
import { isZero, u32, u32From } from "./bytes.ts";
import { BLOCK_PLAINTEXT_BYTES, CELL_PLAINTEXT_BYTES, labelFrom, openPadded, sealPadded } from "./cell.ts";

export type ChunkKind = "cell" | "block";
/** One thing to put into the store. */
export type Put =
  | { readonly kind: "cell"; readonly label: Label; readonly cell: Cell }
  | { readonly kind: "block"; readonly label: Label; readonly block: Block };
/** One thing to get from the store. */
export type ChunkName = { readonly kind: ChunkKind; readonly label: Label };
/** What to fetch next (nothing new when empty), or the whole object. */
export type ObjectProgress = { readonly wanted: readonly ChunkName[] } | { readonly done: Uint8Array };
export type ObjectError = "object_malformed" | "object_too_large" | "object_unexpected";

export interface ObjectReader {
  /** The chunk to get or to follow first; it says how many others there are. */
  readonly first: ChunkName;
  /**
   * Takes what the store answered for one chunk, in any order after the first, repeats allowed.
   * `wanted` names the chunks that are known to exist since this one. `object_unexpected`: not a
   * chunk this reader asked for; `object_malformed`: not what the writer sealed;
   * `object_too_large`: longer than `maxBytes`. After an error the reader is as it was before.
   */
  accept(kind: ChunkKind, label: Label, bytes: Uint8Array): Result<ObjectProgress, ObjectError>;
}

/** 16 MiB. */
export const MAX_OBJECT_BYTES = 16 * 1024 * 1024;
/** Up to here an object is made of cells alone; above, blocks follow its first cell. */
export const MAX_CELLS_OBJECT_BYTES = 64 * 1024;
const TOTAL_BYTES = 4;
/** What the first chunk holds beside the length of the whole. */
export const FIRST_BYTES = CELL_PLAINTEXT_BYTES - TOTAL_BYTES;

/**
 * Any bytes up to 16 MiB as chunks under labels that only who knows `seed` (32 bytes) can compute.
 * Repeatable: the same seed and bytes give the same puts. **One seed seals one object, ever**: its
 * keys have a fixed nonce. Section 4.
 */
export function sealObject(crypto: Crypto, seed: Uint8Array, feed: number, bytes: Uint8Array): Put[] {
  if (bytes.length > MAX_OBJECT_BYTES) throw new RangeError("an object holds at most 16 MiB");
  const first = concat(u32(bytes.length), bytes.subarray(0, FIRST_BYTES));
  const { kind, size, count } = layoutOf(bytes.length);
  const rest = Array.from({ length: count - 1 }, (_, i) =>
    bytes.subarray(FIRST_BYTES + i * size, FIRST_BYTES + (i + 1) * size),
  );
  return [sealChunk(crypto, seed, feed, 0, "cell", first), ...rest.map(sealRest)];

  function sealRest(chunk: Uint8Array, i: number): Put {
    return sealChunk(crypto, seed, feed, i + 1, kind, chunk);
  }
}

/**
 * Reads back what `sealObject` made, from chunks in whatever order the store gives them; bounded by
 * `maxBytes`.
 */
export function objectReader(crypto: Crypto, seed: Uint8Array, feed: number, maxBytes: number): ObjectReader {
  const firstName = chunkName(crypto, seed, feed, 0, "cell");
  const indexes = new Map<string, number>([[labelKey(firstName.label), 0]]);
  let chunks: (Uint8Array | undefined)[] = [undefined];
  let total = 0;
  let missing = 1;

  function accept(kind: ChunkKind, label: Label, bytes: Uint8Array): Result<ObjectProgress, ObjectError> {
    const index = indexes.get(labelKey(label));
    if (index === undefined || kind !== (index === 0 ? "cell" : layoutOf(total).kind)) return err("object_unexpected");
    if (chunks[index] !== undefined) return progress([]);
    const plaintext = openChunk(crypto, seed, index, kind, bytes);
    if (plaintext === undefined) return err("object_malformed");
    return index === 0 ? acceptFirst(plaintext) : acceptRest(index, plaintext);
  }

  function acceptFirst(plaintext: Uint8Array): Result<ObjectProgress, ObjectError> {
    const length = u32From(plaintext);
    if (length > Math.min(maxBytes, MAX_OBJECT_BYTES)) return err("object_too_large");
    const data = trimmed(plaintext.subarray(TOTAL_BYTES), length);
    if (data === undefined) return err("object_malformed");
    const { kind, count } = layoutOf(length);
    total = length;
    missing = count - 1;
    chunks = [data, ...Array.from({ length: missing }, () => undefined)];
    const names = Array.from({ length: missing }, (_, i) => chunkName(crypto, seed, feed, i + 1, kind));
    for (const [i, name] of names.entries()) indexes.set(labelKey(name.label), i + 1);
    return progress(names);
  }

  function acceptRest(index: number, plaintext: Uint8Array): Result<ObjectProgress, ObjectError> {
    const data = trimmed(plaintext, total - FIRST_BYTES - (index - 1) * layoutOf(total).size);
    if (data === undefined) return err("object_malformed");
    chunks[index] = data;
    missing -= 1;
    return progress([]);
  }

  function progress(wanted: readonly ChunkName[]): Result<ObjectProgress, ObjectError> {
    return missing === 0 ? ok({ done: concat(...chunks.filter((chunk) => chunk !== undefined)) }) : ok({ wanted });
  }

  return { first: firstName, accept };
}

/** How an object of this length is cut after its first chunk. */
function layoutOf(length: number): { kind: ChunkKind; size: number; count: number } {
  const kind = length > MAX_CELLS_OBJECT_BYTES ? "block" : "cell";
  const size = kind === "block" ? BLOCK_PLAINTEXT_BYTES : CELL_PLAINTEXT_BYTES;
  return { kind, size, count: 1 + Math.ceil(Math.max(0, length - FIRST_BYTES) / size) };
}

function chunkName(crypto: Crypto, seed: Uint8Array, feed: number, index: number, kind: ChunkKind): ChunkName {
  return { kind, label: labelFrom(feed, kdf(crypto, seed, "object label", u32(index))) };
}

function sealChunk(
  crypto: Crypto,
  seed: Uint8Array,
  feed: number,
  index: number,
  kind: ChunkKind,
  data: Uint8Array,
): Put {
  const { label } = chunkName(crypto, seed, feed, index, kind);
  const key = kdf(crypto, seed, "object key", u32(index));
  return kind === "cell"
    ? { kind, label, cell: sealPadded(crypto, key, data, CELL_PLAINTEXT_BYTES) as Cell }
    : { kind, label, block: sealPadded(crypto, key, data, BLOCK_PLAINTEXT_BYTES) as Block };
}

function openChunk(crypto: Crypto, seed: Uint8Array, index: number, kind: ChunkKind, bytes: Uint8Array) {
  const sized = kind === "cell" ? parseCell(bytes) : parseBlock(bytes);
  return sized.ok ? openPadded(crypto, kdf(crypto, seed, "object key", u32(index)), sized.value) : undefined;
}

/** The first `length` bytes (or all of them) when nothing but zeros follows. */
function trimmed(plaintext: Uint8Array, length: number): Uint8Array | undefined {
  return isZero(plaintext.subarray(length)) ? plaintext.slice(0, length) : undefined;
}

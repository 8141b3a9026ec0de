import { err, ok, type Result } from "./result.ts";

export const LABEL_BYTES = 32;
export const CELL_BYTES = 4096;
export const BLOCK_BYTES = 262_144;
export const TAG_BYTES = 4;

declare const brand: unique symbol;

/** The one-time name of a cell or a block: 32 bytes, the first two are its feed (section 3). */
export type Label = Uint8Array & { readonly [brand]: "Label" };
/** Exactly 4,096 bytes, random to all but those who talk (section 3). */
export type Cell = Uint8Array & { readonly [brand]: "Cell" };
/** Exactly 262,144 bytes of a large object; never appears in a feed (section 3). */
export type Block = Uint8Array & { readonly [brand]: "Block" };

/** The same bytes, now known to be a label; anything but 32 bytes is `wrong_size`. */
export const parseLabel = (bytes: Uint8Array): Result<Label, "wrong_size"> => sized<Label>(bytes, LABEL_BYTES);

/** The same bytes, now known to be a cell; anything but 4,096 bytes is `wrong_size`. */
export const parseCell = (bytes: Uint8Array): Result<Cell, "wrong_size"> => sized<Cell>(bytes, CELL_BYTES);

/** The same bytes, now known to be a block; anything but 262,144 bytes is `wrong_size`. */
export const parseBlock = (bytes: Uint8Array): Result<Block, "wrong_size"> => sized<Block>(bytes, BLOCK_BYTES);

/** The feed a label belongs to: its first two bytes, big endian. */
export const feedOf = (label: Label): number => ((label[0] ?? 0) << 8) | (label[1] ?? 0);

/**
 * What stands for a label in a feed in tag form: the 4 bytes after the feed number, as a u32.
 * Several labels may share one.
 */
export const tagOf = (label: Label): number =>
  (((label[2] ?? 0) << 24) | ((label[3] ?? 0) << 16) | ((label[4] ?? 0) << 8) | (label[5] ?? 0)) >>> 0;

/** A label as a Map key: 32 characters, one per byte. Not for logs. */
export function labelKey(label: Label): string {
  let key = "";
  for (let i = 0; i < label.length; i++) key += String.fromCharCode(label[i] ?? 0);
  return key;
}

const sized = <T extends Uint8Array>(bytes: Uint8Array, size: number): Result<T, "wrong_size"> =>
  bytes.length === size ? ok(bytes as T) : err("wrong_size");

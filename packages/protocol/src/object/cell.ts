import { concat, type Crypto } from "../crypto/index.ts";
import { BLOCK_BYTES, CELL_BYTES, err, ok, type Block, type Cell, type Label, type Result } from "../wire/index.ts";
import { isZero, padded } from "./bytes.ts";

/**
 * What a cell of a conversation holds: nothing, a message, a part of one, or where a long one is
 * (section 4).
 */
export type CellKind = "decoy" | "whole" | "fragment" | "pointer";
export type OpenedCell = { readonly kind: CellKind; readonly body: Uint8Array };

const VERSION = 1;
const SEAL_BYTES = 17;
const HEAD_BYTES = 3;
/** Plaintext of a cell and of a block: all but the version byte and the tag. */
export const CELL_PLAINTEXT_BYTES = CELL_BYTES - SEAL_BYTES;
export const BLOCK_PLAINTEXT_BYTES = BLOCK_BYTES - SEAL_BYTES;
/** The longest body of one cell: 4,076 bytes. */
export const MAX_CELL_BODY = CELL_PLAINTEXT_BYTES - HEAD_BYTES;

const KINDS: readonly CellKind[] = ["decoy", "whole", "fragment", "pointer"];
const NONCE = new Uint8Array(12);
const AAD = Uint8Array.of(VERSION);

/** The label that a feed and 32 pseudo-random bytes make: feed, then the first 30 of them. */
export function labelFrom(feed: number, secret: Uint8Array): Label {
  if (!Number.isInteger(feed) || feed < 0 || feed > 0xffff) throw new RangeError("a feed is a number of 16 bits");
  if (secret.length !== 32) throw new RangeError("a label is made from 32 bytes");
  return concat(Uint8Array.of(feed >> 8, feed & 255), secret.subarray(0, 30)) as Label;
}

/**
 * One cell: 0x01 ‖ ChaCha20-Poly1305(key, nonce 0, aad 0x01, kind u8 ‖ length u16 ‖ body ‖ zeros).
 * The key is 32 bytes and is used for this one cell, ever: the nonce is fixed. Section 4.
 */
export function sealCell(crypto: Crypto, key: Uint8Array, kind: CellKind, body: Uint8Array): Cell {
  if (body.length > MAX_CELL_BODY) throw new RangeError("a cell holds at most 4,076 bytes");
  const head = Uint8Array.of(KINDS.indexOf(kind), body.length >> 8, body.length & 255);
  return sealPadded(crypto, key, concat(head, body), CELL_PLAINTEXT_BYTES) as Cell;
}

/**
 * What `sealCell` sealed. `cell_not_opened`: not sealed with this key, or of another version,
 * whatever the reason; `cell_malformed`: its author wrote something no `sealCell` writes.
 */
export function openCell(
  crypto: Crypto,
  key: Uint8Array,
  cell: Cell,
): Result<OpenedCell, "cell_not_opened" | "cell_malformed"> {
  const plaintext = openPadded(crypto, key, cell);
  if (plaintext === undefined) return err("cell_not_opened");
  const kind = KINDS[plaintext[0] ?? KINDS.length];
  const end = HEAD_BYTES + (plaintext[1] ?? 0) * 256 + (plaintext[2] ?? 0);
  if (kind === undefined || end > plaintext.length || !isZero(plaintext.subarray(end))) return err("cell_malformed");
  return ok({ kind, body: plaintext.slice(HEAD_BYTES, end) });
}

/** 0x01 and the sealed plaintext, padded with zeros to `length`. A key seals once. */
export function sealPadded(crypto: Crypto, key: Uint8Array, plaintext: Uint8Array, length: number): Cell | Block {
  const sealed = crypto.aeadSeal(key, NONCE, padded(plaintext, length), AAD);
  return concat(AAD, sealed) as Cell | Block;
}

/** The padded plaintext, or undefined when it was not sealed with this key. */
export function openPadded(crypto: Crypto, key: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  return sealed[0] === VERSION ? crypto.aeadOpen(key, NONCE, sealed.subarray(1), AAD) : undefined;
}

/**
 * The copy of a person's messages that the store holds for them, if they want one: parts with
 * slices of conversations, each under a random seed, and a list that names them, which only the
 * recovery secret finds. docs/protocol.md, section 8.3.
 */
import { kdf, type Crypto } from "../crypto/index.ts";
import { parsePastSlice, type PastSlice } from "../devices/index.ts";
import {
  allShaped,
  bytesOf,
  bytesUpTo,
  decodeCbor,
  encodeCbor,
  exactly,
  isAny,
  isUint,
  listOf,
  parseMap,
  shapedFrom,
  type LeastSize,
} from "../object/index.ts";
import { err, ok, type Result } from "../wire/index.ts";

/** Where one part stands, and how many messages it holds. */
export type CopyPart = { readonly seed: Uint8Array; readonly length: number; readonly count: number };

/** The whole copy of one moment: its parts, the newest messages first. Times in ms. */
export type CopyList = {
  readonly madeAt: number;
  readonly profile: Uint8Array;
  readonly generation: number;
  /** Messages that are in no part because there are too many newer ones. */
  readonly older: number;
  readonly parts: readonly CopyPart[];
};

/** All objects of a copy are a cell and blocks, most of them one: a feed carries the cell alone. */
export const COPY_OBJECT_LEAST: LeastSize = "block";
export const MAX_COPY_PARTS = 512;
/** What all parts of a list may have together. */
export const MAX_COPY_BYTES = 64 * 1024 * 1024;
/** The longest message is alone in its part. */
export const MAX_PART_OBJECT_BYTES = 4 * 1024 * 1024;
export const MAX_PART_SLICES = 1_024;
const MAX_PART_MESSAGES = 4_096;
const MAX_LIST_BYTES = 131_072;
const VERSION = 1;

const PART = { seed: bytesOf(32), length: isUint, count: isUint };
const LIST = {
  v: exactly(VERSION),
  madeAt: isUint,
  profile: bytesOf(32),
  generation: isUint,
  older: isUint,
  parts: listOf(isAny, MAX_COPY_PARTS),
};
const SLICES = { v: exactly(VERSION), slices: listOf(bytesUpTo(MAX_PART_OBJECT_BYTES), MAX_PART_SLICES) };

/** What the places and seals of lists follow from, in the way of a backup's. */
export const copySecretFrom = (crypto: Crypto, backupSecret: Uint8Array): Uint8Array =>
  kdf(crypto, backupSecret, "message copy");

export const encodeCopyList = (list: CopyList): Uint8Array => encodeCbor({ v: VERSION, ...list });

export function parseCopyList(bytes: Uint8Array): Result<CopyList, "copy_malformed" | "copy_newer"> {
  const decoded = decodeCbor(bytes, MAX_LIST_BYTES);
  const version: unknown = decoded instanceof Map ? decoded.get("v") : undefined;
  if (isUint(version) && version > VERSION) return err("copy_newer");
  const fields = shapedFrom(decoded, LIST);
  const parts = fields && allShaped(fields.parts, PART);
  if (fields === undefined || parts === undefined || !areBounded(parts)) return err("copy_malformed");
  const { madeAt, profile, generation, older } = fields;
  return ok({ madeAt, profile, generation, older, parts });
}

const areBounded = (parts: readonly CopyPart[]): boolean =>
  parts.every(({ length, count }) => length <= MAX_PART_OBJECT_BYTES && count >= 1 && count <= MAX_PART_MESSAGES) &&
  parts.reduce((sum, { length }) => sum + length, 0) <= MAX_COPY_BYTES;

/** `slices`: as `encodePastSlice` made them. */
export const encodeCopyPart = (slices: readonly Uint8Array[]): Uint8Array => encodeCbor({ v: VERSION, slices });

/** Undefined for anything that is not slices alone, all of them well-formed. */
export function parseCopyPart(bytes: Uint8Array): readonly PastSlice[] | undefined {
  const fields = parseMap(bytes, MAX_PART_OBJECT_BYTES, SLICES);
  const slices = fields?.slices.flatMap((slice) => parsePastSlice(slice) ?? []);
  return slices?.length === fields?.slices.length ? slices : undefined;
}

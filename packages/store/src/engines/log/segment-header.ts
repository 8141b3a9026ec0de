import { err, ok, type Result } from "@pli/protocol/wire";
import { crc32 } from "node:zlib";
import { readU64, writeU64 } from "./u64.ts";

/**
 * The first 4,096 bytes of a segment, all numbers little endian:
 *
 *     "PLIS" ‖ version u32 ‖ feeds u32 ‖ feeds × the position the feed starts at u64 ‖ zeros ‖ sum
 *     (CRC-32) of all before it u32
 */
export const HEADER_BYTES = 4096;
const MAGIC = 0x53494c50;
const VERSION = 1;
const STARTS = 12;
const SUM = HEADER_BYTES - 4;
export const MAX_FEEDS = Math.floor((SUM - STARTS) / 8);

export const encodeSegmentHeader = (starts: readonly number[]): Buffer => {
  if (starts.length > MAX_FEEDS) throw new RangeError(`a segment has at most ${MAX_FEEDS} feeds`);
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt32LE(MAGIC);
  bytes.writeUInt32LE(VERSION, 4);
  bytes.writeUInt32LE(starts.length, 8);
  for (const [feed, start] of starts.entries()) writeU64(bytes, start, STARTS + 8 * feed);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, SUM)), SUM);
  return bytes;
};

/** The start of each feed. `newer` when a later version wrote the header. */
export const parseSegmentHeader = (bytes: Buffer): Result<readonly number[], "damaged" | "newer"> => {
  if (bytes.length !== HEADER_BYTES || bytes.readUInt32LE() !== MAGIC) return err("damaged");
  if (bytes.readUInt32LE(4) > VERSION) return err("newer");
  const feeds = bytes.readUInt32LE(8);
  if (feeds > MAX_FEEDS || crc32(bytes.subarray(0, SUM)) !== bytes.readUInt32LE(SUM)) return err("damaged");
  return ok(Array.from({ length: feeds }, (_, feed) => readU64(bytes, STARTS + 8 * feed) ?? 0));
};

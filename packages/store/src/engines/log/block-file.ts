import { BLOCK_BYTES, type Block, type Label } from "@pli/protocol/wire";
import { crc32 } from "node:zlib";
import { view } from "../../base/view.ts";

/**
 * A block in a file of its own, named by its label: block 262,144 ‖ sum (CRC-32) of label and block
 * u32, little endian.
 */
export const encodeBlockFile = (label: Label, block: Block): Uint8Array => {
  const bytes = Buffer.allocUnsafe(BLOCK_BYTES + 4);
  bytes.set(block);
  bytes.writeUInt32LE(sum(label, block), BLOCK_BYTES);
  return bytes;
};

/** The block, a view into `bytes`; undefined when it is not the one stored under `label`. */
export const parseBlockFile = (label: Label, bytes: Buffer): Block | undefined => {
  if (bytes.length !== BLOCK_BYTES + 4) return undefined;
  const block = view(bytes, 0, BLOCK_BYTES) as Block;
  return bytes.readUInt32LE(BLOCK_BYTES) === sum(label, block) ? block : undefined;
};

const sum = (label: Label, block: Block): number => crc32(block, crc32(label));

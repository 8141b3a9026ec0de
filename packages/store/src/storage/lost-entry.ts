import { CELL_BYTES, LABEL_BYTES, type Cell, type Entry, type Label } from "@pli/protocol/wire";

/**
 * The entry that replaces a cell that can no longer be read: a label that nobody made (the feed,
 * zeros, the position) and a cell of zeros. So positions stay consecutive, and readers pass over
 * it. It is the same every time.
 */
export const lostEntry = (feed: number, position: number): Entry => {
  const label = Buffer.alloc(LABEL_BYTES);
  label.writeUInt16BE(feed);
  label.writeBigUInt64BE(BigInt(position), LABEL_BYTES - 8);
  return { label: new Uint8Array(label) as Label, cell: new Uint8Array(CELL_BYTES) as Cell };
};

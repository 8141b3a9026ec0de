import {
  BLOCK_BYTES,
  CELL_BYTES,
  err,
  LABEL_BYTES,
  ok,
  type Block,
  type Cell,
  type Entry,
  type Label,
  type Result,
} from "@pli/protocol/wire";
import { view } from "../../base/view.ts";
import type { BlockPage } from "../../storage/storage.ts";

/**
 * An answer of a store to a back-up, all numbers big endian:
 *
 *     cursor u64 ‖ n × (label 32 ‖ body)
 *
 * The cursor of cells is the position of the first one, and their body has 4,096 bytes. The cursor
 * of blocks is the one behind the last block, and their body has 262,144 bytes.
 */
interface Page {
  readonly cursor: number;
  readonly items: readonly (readonly [Label, Uint8Array])[];
}

const HEAD = 8;

const encodePage = ({ cursor, items }: Page): Buffer => {
  const head = Buffer.alloc(HEAD);
  head.writeBigUInt64BE(BigInt(cursor));
  return Buffer.concat([head, ...items.flat()]);
};

const parsePage = (bytes: Buffer, body: number): Result<Page, "damaged"> => {
  const size = LABEL_BYTES + body;
  if (bytes.length < HEAD || (bytes.length - HEAD) % size !== 0) return err("damaged");
  const cursor = Number(bytes.readBigUInt64BE());
  if (!Number.isSafeInteger(cursor)) return err("damaged");
  const items = Array.from({ length: (bytes.length - HEAD) / size }, (_, i): [Label, Uint8Array] => {
    const at = HEAD + i * size;
    return [view(bytes, at, LABEL_BYTES) as Label, view(bytes, at + LABEL_BYTES, body)];
  });
  return ok({ cursor, items });
};

/** Consecutive cells of a feed from `first`. */
export interface CellPage {
  readonly first: number;
  readonly entries: readonly Entry[];
}

export const encodeCellPage = ({ first, entries }: CellPage): Buffer =>
  encodePage({ cursor: first, items: entries.map(({ label, cell }) => [label, cell] as const) });

export const parseCellPage = (bytes: Buffer): Result<CellPage, "damaged"> => {
  const page = parsePage(bytes, CELL_BYTES);
  if (!page.ok) return page;
  const { cursor, items } = page.value;
  return ok({ first: cursor, entries: items.map(([label, cell]) => ({ label, cell: cell as Cell })) });
};

export const encodeBlockPage = ({ blocks, last }: BlockPage): Buffer =>
  encodePage({ cursor: last, items: blocks.map(({ label, block }) => [label, block] as const) });

export const parseBlockPage = (bytes: Buffer): Result<BlockPage, "damaged"> => {
  const page = parsePage(bytes, BLOCK_BYTES);
  if (!page.ok) return page;
  const { cursor, items } = page.value;
  return ok({ last: cursor, blocks: items.map(([label, block]) => ({ label, block: block as Block })) });
};

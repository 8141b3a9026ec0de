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
import type { BlockPage } from "../../storage/storage.ts";

/**
 * What a store says to a back-up, all numbers big endian:
 *
 *     place u64 ‖ n × (label 32 ‖ body)
 *
 * Of cells, the place is the position of the first and the body 4,096 bytes; of blocks, the place
 * is that of the last and the body 262,144.
 */
interface Page {
  readonly place: number;
  readonly items: readonly (readonly [Label, Uint8Array])[];
}

const HEAD = 8;

const encodePage = ({ place, items }: Page): Buffer => {
  const head = Buffer.alloc(HEAD);
  head.writeBigUInt64BE(BigInt(place));
  return Buffer.concat([head, ...items.flat()]);
};

const parsePage = (bytes: Buffer, body: number): Result<Page, "damaged"> => {
  const size = LABEL_BYTES + body;
  if (bytes.length < HEAD || (bytes.length - HEAD) % size !== 0) return err("damaged");
  const place = Number(bytes.readBigUInt64BE());
  if (!Number.isSafeInteger(place)) return err("damaged");
  const items = Array.from({ length: (bytes.length - HEAD) / size }, (_, i): [Label, Uint8Array] => {
    const at = HEAD + i * size;
    return [viewOf(bytes, at, LABEL_BYTES) as Label, viewOf(bytes, at + LABEL_BYTES, body)];
  });
  return ok({ place, items });
};

const viewOf = (bytes: Buffer, at: number, length: number): Uint8Array =>
  new Uint8Array(bytes.buffer, bytes.byteOffset + at, length);

/** Consecutive cells of a feed from `first`. */
export interface CellPage {
  readonly first: number;
  readonly entries: readonly Entry[];
}

export const encodeCellPage = ({ first, entries }: CellPage): Buffer =>
  encodePage({ place: first, items: entries.map(({ label, cell }) => [label, cell] as const) });

export const parseCellPage = (bytes: Buffer): Result<CellPage, "damaged"> => {
  const page = parsePage(bytes, CELL_BYTES);
  if (!page.ok) return page;
  const { place, items } = page.value;
  return ok({ first: place, entries: items.map(([label, cell]) => ({ label, cell: cell as Cell })) });
};

export const encodeBlockPage = ({ blocks, last }: BlockPage): Buffer =>
  encodePage({ place: last, items: blocks.map(({ label, block }) => [label, block] as const) });

export const parseBlockPage = (bytes: Buffer): Result<BlockPage, "damaged"> => {
  const page = parsePage(bytes, BLOCK_BYTES);
  if (!page.ok) return page;
  const { place, items } = page.value;
  return ok({ last: place, blocks: items.map(([label, block]) => ({ label, block: block as Block })) });
};

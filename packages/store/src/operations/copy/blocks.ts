import { createHash } from "node:crypto";
import type { BlockPage } from "../../storage/storage.ts";
import type { Source } from "./source.ts";

/** The digests of label and block of some blocks. */
export type Digests = ReadonlySet<string>;

/** The blocks of each day that were copied, by the digests of label and block. */
export type CopiedBlocks = ReadonlyMap<number, Digests>;

const BLOCKS_AT_ONCE = 8;

/** The blocks of a day, page by page. */
export async function* pagesOf(storage: Source, day: number): AsyncGenerator<BlockPage["blocks"]> {
  for (let after = 0; ;) {
    const { blocks, last } = await storage.blocksOn(day, after, BLOCKS_AT_ONCE);
    if (blocks.length === 0) return;
    yield blocks;
    after = last;
  }
}

export const digestOf = ({ label, block }: BlockPage["blocks"][number]): string =>
  createHash("sha256").update(label).update(block).digest("base64");

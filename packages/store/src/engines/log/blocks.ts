import { join } from "node:path";
import { parseLabel, type Block, type Label } from "@pli/protocol/wire";
import { DAY_SECONDS } from "../../base/clock.ts";
import type { BlockPage } from "../../storage/storage.ts";
import { storageError } from "../../storage/storage-error.ts";
import { encodeBlockFile, parseBlockFile } from "./block-file.ts";
import type { Disk } from "./disk.ts";
import { diskError } from "./disk-error.ts";

/**
 * Blocks, each in a file of its own in the folder of its day. They are looked up in the folders;
 * nothing is kept in memory.
 */
export interface Blocks {
  /** The block, on any day. Rejects with `data_damaged` when it is not what was stored. */
  get(label: Label): Promise<Block | undefined>;
  /**
   * As Storage's `blocksOn`. A cursor is an index into the sorted names of the day's folder, which
   * are read again at the first page.
   */
  on(day: number, after: number, max: number): Promise<BlockPage>;
  /** Writes blocks, durably, where nobody looks for them. */
  prepare(blocks: readonly NewBlock[], day: number): Promise<void>;
  /** Moves prepared blocks, durably, to where they are looked for. */
  publish(blocks: readonly NewBlock[], day: number): Promise<void>;
  /** Undoes what `prepare` and `publish` did. */
  discard(blocks: readonly NewBlock[], day: number): Promise<void>;
}

export interface NewBlock {
  readonly label: Label;
  readonly bytes: Block;
}

const FOLDER = "blocks";
const UNFINISHED = "unfinished";

/**
 * Removes what an earlier process did not finish, and makes durable what it finished. `days` are
 * the days kept, oldest first.
 */
export const openBlocks = async (options: {
  readonly disk: Disk;
  readonly folder: string;
  readonly folderOf: (day: number) => string;
  readonly days: () => readonly number[];
}): Promise<Blocks> => {
  const { disk, folderOf, days } = options;
  const unfinished = join(options.folder, UNFINISHED);
  await disk.remove(unfinished);
  const newest = days().at(-1);
  if (newest !== undefined) await syncIfThere(disk, folderOf(newest));

  const pathOf = (label: Label, day: number): string => join(folderOf(day), FOLDER, nameOf(label));
  const partOf = (label: Label): string => join(unfinished, nameOf(label));
  const read = async (label: Label, day: number): Promise<Block | undefined> => {
    const path = pathOf(label, day);
    const bytes = await disk.readAll(path).catch((error: unknown) => {
      throw diskError(error, path);
    });
    if (bytes === undefined) return undefined;
    const block = parseBlockFile(label, bytes);
    if (block === undefined) throw storageError("data_damaged", path);
    return block;
  };
  let listed: { readonly day: number; readonly labels: readonly Label[] } | undefined;
  const labelsOn = async (day: number, reread: boolean): Promise<readonly Label[]> => {
    if (reread || listed?.day !== day) {
      const names = await disk.names(join(folderOf(day), FOLDER));
      listed = { day, labels: names.toSorted().flatMap(labelsFromName) };
    }
    return listed.labels;
  };
  const listedBlock = async (label: Label, day: number): Promise<{ label: Label; block: Block }> => {
    const block = await read(label, day);
    if (block === undefined) throw storageError("data_damaged", pathOf(label, day));
    return { label, block };
  };
  const writePart = async ({ label, bytes }: NewBlock, day: number): Promise<void> => {
    const file = await disk.open(partOf(label), "create");
    try {
      await file.write([encodeBlockFile(label, bytes)], 0);
      await file.setTimes(day * DAY_SECONDS);
      await file.sync();
    } finally {
      await file.close();
    }
  };
  return {
    get: async (label) => {
      for (const day of days().toReversed()) {
        const block = await read(label, day);
        if (block !== undefined) return block;
      }
      return undefined;
    },
    on: async (day, after, max) => {
      const labels = (await labelsOn(day, after === 0)).slice(after, after + max);
      return { blocks: await Promise.all(labels.map((label) => listedBlock(label, day))), last: after + labels.length };
    },
    prepare: async (blocks, day) => {
      if (blocks.length === 0) return;
      await disk.makeFolder(unfinished);
      await disk.makeFolder(join(folderOf(day), FOLDER));
      await Promise.all(blocks.map((block) => writePart(block, day)));
    },
    publish: async (blocks, day) => {
      if (blocks.length === 0) return;
      for (const { label } of blocks) await disk.rename(partOf(label), pathOf(label, day));
      await disk.syncFolder(join(folderOf(day), FOLDER));
      await disk.syncFolder(folderOf(day));
    },
    discard: async (blocks, day) => {
      for (const { label } of blocks) await disk.remove(pathOf(label, day));
      for (const { label } of blocks) await disk.remove(partOf(label));
    },
  };
};

const syncIfThere = async (disk: Disk, dayFolder: string): Promise<void> => {
  if ((await disk.names(dayFolder)).includes(FOLDER)) await disk.syncFolder(join(dayFolder, FOLDER));
};

const labelsFromName = (name: string): Label[] => {
  const label = parseLabel(new Uint8Array(Buffer.from(name, "hex")));
  return label.ok && nameOf(label.value) === name ? [label.value] : [];
};

const nameOf = (label: Label): string => Buffer.from(label).toString("hex");

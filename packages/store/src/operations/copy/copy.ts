import type { Storage } from "../../storage/storage.ts";
import { compareData } from "./compare-data.ts";
import { copyData } from "./copy-data.ts";
import { CopyError, type Copied, type Source } from "./source.ts";

/**
 * Copies everything that `from` keeps to `to`, which was made with `beginningOf(from)`: every cell
 * at its position, and every cell and block on its day. Then it reads both and compares. It may be
 * interrupted anywhere, and continues when it is called again. Nobody else may write either
 * meanwhile. Rejects with a CopyError, or a StorageError of either side.
 */
export const copyStorage = async (from: Source, to: Storage, feeds: number): Promise<Copied> => {
  if (Buffer.compare(from.storeId, to.storeId) !== 0) throw new CopyError("the target holds another store's data");
  const blocks = await copyData(from, to, feeds);
  return compareData(from, to, feeds, { blocks });
};

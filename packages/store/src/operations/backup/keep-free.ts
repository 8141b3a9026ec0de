import { storageError } from "../../storage/storage-error.ts";
import type { Storage } from "../../storage/storage.ts";

/**
 * The same storage, which refuses commits as `store_full` below `minFreeBytes`: a back-up beside
 * the data must not take the disk space that the store needs.
 */
export const keepFree = (storage: Storage, minFreeBytes: number, folder: string): Storage => ({
  ...storage,
  commit: async (puts, day) => {
    if ((await storage.freeBytes()) < minFreeBytes) throw storageError("store_full", folder);
    return storage.commit(puts, day);
  },
});

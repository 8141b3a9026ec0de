import { storageError } from "../../storage/storage-error.ts";
import type { Storage } from "../../storage/storage.ts";

/**
 * The same storage, whose commits are refused as `store_full` below so many free bytes: a back-up
 * beside the data must not take the room that the store itself needs.
 */
export const leaveRoom = (storage: Storage, minFreeBytes: number, folder: string): Storage => ({
  ...storage,
  commit: async (puts, day) => {
    if ((await storage.freeBytes()) < minFreeBytes) throw storageError("store_full", folder);
    return storage.commit(puts, day);
  },
});

import type { Storage } from "../storage/storage.ts";

/** Does some work on a storage, and closes it also when the work fails. */
export const whileOpen = async <T>(opening: Promise<Storage>, work: (storage: Storage) => Promise<T>): Promise<T> => {
  const storage = await opening;
  try {
    return await work(storage);
  } finally {
    await storage.close();
  }
};

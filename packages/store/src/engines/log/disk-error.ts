/** Turns errors of the file system into those of the Storage port. */
import { StorageError, type StorageCode } from "../../storage/storage.ts";
import { storageError } from "../../storage/storage-error.ts";

const CODES: Readonly<Record<string, StorageCode>> = {
  ENOSPC: "store_full",
  EDQUOT: "store_full",
  EFBIG: "store_full",
  EROFS: "data_unusable",
  EACCES: "data_unusable",
  EPERM: "data_unusable",
  ENOENT: "data_unusable",
  ENOTDIR: "data_unusable",
  EMFILE: "data_unusable",
  EIO: "data_damaged",
};

/** Turns what the file system threw into a StorageError. */
export const diskError = (error: unknown, file: string): StorageError => {
  if (error instanceof StorageError) return error;
  return storageError(CODES[(error as NodeJS.ErrnoException).code ?? ""] ?? "internal", file, error);
};

/** Runs `work`, and names `file` in what it throws. */
export const naming = async <T>(file: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw diskError(error, file);
  }
};

/** Turns errors of SQLite into those of the Storage port. */
import { storageError } from "../../storage/storage-error.ts";
import { StorageError, type StorageCode } from "../../storage/storage.ts";

const CODES: Readonly<Record<number, StorageCode>> = {
  5: "data_locked",
  6: "data_locked",
  8: "data_unusable",
  11: "data_damaged",
  13: "store_full",
  14: "data_unusable",
  26: "data_damaged",
  // A disk mounted read-only refuses the lock.
  3850: "data_unusable",
};

/** Turns what SQLite threw into a StorageError. */
export const storageErrorFrom = (error: unknown, file: string): StorageError => {
  if (error instanceof StorageError) return error;
  const number = (error as { errcode?: unknown }).errcode;
  const code = typeof number === "number" ? (CODES[number] ?? CODES[number & 0xff] ?? "internal") : "internal";
  return storageError(code, file, error);
};

/** Runs `action`, and names `file` in what it throws. */
export const naming = <T>(file: string, action: () => T): T => {
  try {
    return action();
  } catch (error) {
    throw storageErrorFrom(error, file);
  }
};

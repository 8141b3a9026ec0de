import { StorageError, type StorageCode } from "../storage/storage.ts";

const CODES: Readonly<Record<number, StorageCode>> = {
  5: "data_locked",
  6: "data_locked",
  8: "data_unusable",
  11: "data_damaged",
  13: "store_full",
  14: "data_unusable",
  26: "data_damaged",
};

const SENTENCES: Readonly<Record<StorageCode, string>> = {
  store_full: "the disk is full",
  data_newer: "was written by a newer version of this program",
  data_damaged: "is damaged",
  data_locked: "is in use by another process",
  data_unusable: "cannot be opened or written",
  store_busy: "is busy",
  internal: "failed",
};

export const storageError = (code: StorageCode, file: string, cause?: unknown): StorageError =>
  new StorageError(code, `${file} ${SENTENCES[code]}`, { file, cause });

/** What SQLite threw, as the one error of the Storage port. */
export const storageErrorFrom = (error: unknown, file: string): StorageError => {
  if (error instanceof StorageError) return error;
  const number = (error as { errcode?: unknown }).errcode;
  const code = typeof number === "number" ? (CODES[number & 0xff] ?? "internal") : "internal";
  return storageError(code, file, error);
};

/** Runs `action`, naming `file` in whatever goes wrong. */
export const naming = <T>(file: string, action: () => T): T => {
  try {
    return action();
  } catch (error) {
    throw storageErrorFrom(error, file);
  }
};

/** The sentences of storage errors. */
import { StorageError, type StorageCode } from "./storage.ts";

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

/**
 * A store is started with fewer feeds than it has. The cells of the others would be out of reach.
 */
export const tooFewFeeds = (place: string, has: number, asked: number): StorageError =>
  new StorageError("data_unusable", `${place} has ${has} feeds, not ${asked}: their number may grow, never shrink`, {
    file: place,
  });

import { mkdirSync, utimesSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { storageError } from "../../storage/storage-error.ts";

/** Makes the folder of the data, readable by its owner alone. Throws `data_unusable`. */
export const makeDataFolder = (folder: string): void => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw storageError("data_unusable", folder, error);
  }
};

/** Bytes free for new data on the disk of the folder. */
export const freeBytesIn = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/**
 * A file's times are set to its day's midnight, so that the folder says no finer time than the
 * names in it.
 */
export const forgetTimes = (path: string, day: number): void => utimesSync(path, day * 86_400, day * 86_400);

import { mkdirSync, utimesSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { DAY_SECONDS } from "../../base/clock.ts";
import { storageError } from "../../storage/storage-error.ts";

/** Makes the data folder, which only its owner can read. Throws `data_unusable`. */
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

/** Sets a file's times to the midnight of its day. The names in the folder say as much. */
export const forgetTimes = (path: string, day: number): void => utimesSync(path, day * DAY_SECONDS, day * DAY_SECONDS);

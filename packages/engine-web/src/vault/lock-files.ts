/** The two small files of a vault. */
import { overwriteOpfsFile, readOpfsFile, removeOpfsFile, writeOpfsFile } from "../storage/opfs-file.ts";
import type { LockFiles, Which } from "./record.ts";

const fileName = (name: string, which: Which): string => `${name}.lock${which}`;

export const lockFileNames = (name: string): string[] => [fileName(name, 0), fileName(name, 1)];

/** Only a worker can write them. */
export function createLockFiles(name: string): LockFiles {
  const fileOf = (which: Which): string => fileName(name, which);
  const overwrite = (which: Which): Promise<void> => overwriteOpfsFile(fileOf(which));
  return {
    read: (which) => readOpfsFile(fileOf(which)),
    write: (which, bytes, at) => writeOpfsFile(fileOf(which), bytes, at),
    overwrite,
    async remove() {
      for (const which of [0, 1] as const) {
        await overwrite(which);
        await removeOpfsFile(fileOf(which));
      }
    },
  };
}

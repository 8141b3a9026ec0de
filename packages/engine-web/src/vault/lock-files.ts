/** The two small files of a vault. */
import { overwriteOpfsFile, readOpfsFile, removeOpfsFile, writeOpfsFile } from "../storage/opfs-file.ts";
import type { LockFiles, Which } from "./record.ts";

/** Only a worker can write them. */
export function createLockFiles(name: string): LockFiles {
  const fileName = (which: Which): string => `${name}.lock${which}`;
  const overwrite = (which: Which): Promise<void> => overwriteOpfsFile(fileName(which));
  return {
    read: (which) => readOpfsFile(fileName(which)),
    write: (which, bytes, at) => writeOpfsFile(fileName(which), bytes, at),
    overwrite,
    async remove() {
      for (const which of [0, 1] as const) {
        await overwrite(which);
        await removeOpfsFile(fileName(which));
      }
    },
  };
}

/** Small files that are there whole, whenever somebody looks. */
import { constants } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "./folder.ts";

/** Writes a file so that a crash leaves the whole of it, or what was there before. */
export async function writeWhole(folder: string, name: string, content: string | Uint8Array): Promise<void> {
  const draft = join(folder, `${name}.new`);
  await rm(draft, { force: true });
  const file = await open(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, join(folder, name));
  syncFolder(folder);
}

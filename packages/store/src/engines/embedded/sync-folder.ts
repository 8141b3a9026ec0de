import { closeSync, fsyncSync, openSync } from "node:fs";

/** Makes a created, renamed or deleted file's name durable. */
export const syncFolder = (folder: string): void => {
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  fsyncSync(handle);
  closeSync(handle);
};

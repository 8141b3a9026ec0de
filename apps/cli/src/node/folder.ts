/** The folder of a profile on this machine. */
import { mkdir, readdir, readFile, rename, rm, stat, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { HomeReport } from "../world.ts";

const STORE_FILE = "store";
const OFFERED_FILE = "lock-offered";

export async function inspectHome(home: string): Promise<HomeReport> {
  const { mode } = await stat(home);
  const { bavail, bsize } = await statfs(home);
  const bytes = await bytesIn(home);
  return { mode: process.platform === "win32" ? undefined : mode & 0o777, bytes, freeBytes: bavail * bsize };
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map((file) => bytesOf(join(file.parentPath, file.name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** 0 for a file that has been deleted meanwhile. */
const bytesOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

export async function homeStore(home: string): Promise<string | undefined> {
  try {
    return (await readFile(join(home, STORE_FILE), "utf8")).trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Writes only what has changed. A crash leaves the old file or the new one. */
export async function rememberStore(home: string, store: string): Promise<void> {
  if ((await homeStore(home)) === store) return;
  await mkdir(home, { recursive: true, mode: 0o700 });
  const draft = join(home, `${STORE_FILE}.new`);
  await rm(draft, { force: true });
  await writeFile(draft, `${store}\n`, { mode: 0o600, flush: true });
  await rename(draft, join(home, STORE_FILE));
}

/** True once. Where the folder cannot be written, never: an offer that comes back is no offer. */
export function offersLock(home: string): Promise<boolean> {
  return writeFile(join(home, OFFERED_FILE), "", { flag: "wx", mode: 0o600 }).then(
    () => true,
    () => false,
  );
}

import { createKeyRecord, removeRecords } from "../vault/key-record.ts";
import { lockFileNames } from "../vault/lock-files.ts";
import { parseVaultRecord } from "../vault/record.ts";
import { leaderName } from "../worker/lifetime.ts";
import { removeOpfsFile } from "./opfs-file.ts";
import { rootDirectory } from "./root.ts";
import { eraseWebDatabase, webDatabaseExists } from "./web-database.ts";

/** How long a tab may take to end. */
const PATIENCE_MS = 10_000;

/** As `connectPli` names the data of a profile, and the files of their locks. */
const NAME = /^pli-([0-9a-f]{8})(?:\.lock[01])?$/u;

/**
 * Removes what a tab left that ended while it erased a profile for good, or that made the first
 * files of one just removed. The data of the profiles that are named stay, and so do all that were
 * ever used. Never rejects.
 */
export async function removeLeftovers(profiles: readonly string[]): Promise<void> {
  const found = await namesFound().catch(() => []);
  const ids = new Set(found.flatMap((name) => NAME.exec(name)?.[1] ?? []));
  for (const id of profiles) ids.delete(id);
  await Promise.all([...ids].map((id) => removeUnused(`pli-${id}`).catch(() => undefined)));
}

async function namesFound(): Promise<string[]> {
  const root = await rootDirectory();
  const names = (await indexedDB.databases()).map(({ name = "" }) => name);
  for await (const name of root.keys()) names.push(name);
  return names;
}

/** Holds the lock of those who run an engine on it, so that nothing is made meanwhile. */
function removeUnused(name: string): Promise<void> {
  return navigator.locks.request(leaderName(name), { signal: AbortSignal.timeout(PATIENCE_MS) }, async () => {
    if (await isUsed(name)) return;
    await eraseWebDatabase(name);
    for (const file of lockFileNames(name)) await removeOpfsFile(file);
    await removeRecords(name);
  });
}

async function isUsed(name: string): Promise<boolean> {
  const value = await createKeyRecord(name).read();
  const record = value === undefined ? undefined : parseVaultRecord(value);
  if (record?.ok === false) return true;
  if (record?.value.kind === "erasing") return false;
  return record?.value.used === true || webDatabaseExists(name);
}

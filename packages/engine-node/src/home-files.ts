/** What stands in a home, and what it says of the home. */
import { existsSync } from "node:fs";
import { join } from "node:path";

export type HomeStatus = "absent" | "keyfile" | "passphrase";

/** The name of the database in a home. Its journal and its key file stand beside it. */
export const DATABASE_NAME = "pli.db";
export const KEY_FILE = "key";
export const SEALED_FILE = "key.sealed";
/** A home that has this file is being erased. */
export const ERASING_FILE = "erasing";

/** Whether a folder is the home of a profile, and how it is protected. */
export function homeStatus(home: string): HomeStatus {
  if (existsSync(join(home, ERASING_FILE))) return "absent";
  if (existsSync(join(home, SEALED_FILE))) return "passphrase";
  return existsSync(join(home, KEY_FILE)) ? "keyfile" : "absent";
}

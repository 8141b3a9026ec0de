/** Folders that only the user of this process may look into. */
import { chmodSync, existsSync, lstatSync, mkdirSync, realpathSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { PliError } from "@pli/engine/errors";

/**
 * The real path of a home. Makes its folder where it is missing and `create` is set. Follows a
 * symbolic link once, so that the folder that is checked is the one that is used. Throws
 * `profile_missing` or `home_unsafe`.
 */
export function prepareHome(named: string, create: boolean): string {
  if (create && !existsSync(named)) {
    mkdirSync(named, { recursive: true, mode: 0o700 });
    chmodSync(named, 0o700);
  }
  if (!existsSync(named)) throw new PliError("profile_missing");
  const home = realpathSync(named);
  if (process.platform !== "win32") refuseUnsafe(home);
  return home;
}

/** A folder outside the home, for a home whose path is too long for a socket. */
export function socketFolder(): string {
  const folder = join(process.env["XDG_RUNTIME_DIR"] ?? tmpdir(), `pli-${userInfo().uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  refuseUnsafe(folder);
  return folder;
}

/** Somebody else can have made the folder. */
function refuseUnsafe(folder: string): void {
  const found = lstatSync(folder);
  const isOurs = found.isDirectory() && found.uid === process.getuid?.();
  if (!isOurs || (found.mode & 0o077) !== 0) throw new PliError("home_unsafe");
}

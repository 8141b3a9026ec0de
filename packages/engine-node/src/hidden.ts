/** Makes the room of a home for hidden profiles, and profiles in it. */
import { join, resolve } from "node:path";
import { PliError } from "@pli/engine/errors";
import { freshlyNamed, openLock, spareSlot, type Duress } from "@pli/engine/lock-record";
import { DatabaseError } from "@pli/engine/ports";
import { createCrypto, type Crypto } from "@pli/protocol/crypto";
import { namedByDisk } from "./folder.ts";
import { homeStatus } from "./home-files.ts";
import { readKey, readLock } from "./key.ts";
import { takeLock } from "./lock.ts";
import { prepareHome } from "./private-folder.ts";
import { chooseSpare, evenTimes, hasRoom, makeRoom, readSpares, removeRoom, sparePath, writeSpare } from "./spares.ts";
import { emptyVeil } from "./veil.ts";

/**
 * Makes room for hidden profiles, `mib` MiB for each; without `mib`, removes it with all that is
 * in it. Rejects as `openHome`, and with `lock_missing`, `room_there` and `room_missing`, and with
 * `database_locked` while a process runs on the home.
 */
export function setRoom(p: { home: string; passphrase: string; mib?: number }): Promise<void> {
  return onHome(p, async (_crypto, home) => (p.mib === undefined ? removeRoom(home) : makeRoom(home, p.mib)));
}

/**
 * Makes a hidden profile of this name, which its passphrase opens. It takes a spare by chance that
 * none of the passphrases of `keep` opens: what a spare had is lost, and nobody can tell whether it
 * had anything. Rejects as `setRoom`, and with `name_…`, `passphrase_too_short`,
 * `passphrase_in_use`, `room_full`, and `passphrase_wrong` for one of `keep`.
 */
export function hideProfile(p: {
  home: string;
  passphrase: string;
  hidden: Duress;
  keep: readonly string[];
}): Promise<void> {
  const { hidden, keep } = p;
  return onHome(p, async (crypto, home, present) => {
    if (!hasRoom(home)) throw new PliError("room_missing");
    const kept = new Set(present === undefined ? [] : [present]);
    for (const passphrase of keep) {
      const spare = await spareOf(crypto, home, passphrase);
      if (spare !== undefined) kept.add(spare);
    }
    const all = { lock: await readLock(home), spares: readSpares(home) };
    const taken = openLock(crypto, all.lock, hidden.passphrase, all.spares);
    if (taken !== undefined) {
      crypto.wipe(taken.key);
      throw new PliError("passphrase_in_use");
    }
    const spare = chooseSpare(kept);
    const fresh = freshlyNamed(crypto, hidden.name);
    try {
      const slot = spareSlot(crypto, all, spare, fresh, hidden.passphrase);
      emptyVeil(sparePath(home, spare), fresh.key);
      writeSpare(home, spare, slot);
    } finally {
      crypto.wipe(fresh.key);
    }
  });
}

/** Works on a home that this passphrase opens and no process runs on. */
async function onHome(
  { home: named, passphrase }: { home: string; passphrase: string },
  work: (crypto: Crypto, home: string, present: number | undefined) => Promise<void>,
): Promise<void> {
  try {
    const home = prepareHome(resolve(named), false);
    if (homeStatus(home) === "keyfile") throw new PliError("lock_missing");
    const crypto = await createCrypto();
    const present = await spareOf(crypto, home, passphrase);
    const lock = takeLock(join(home, "lock"));
    if (lock === undefined) throw new DatabaseError("database_locked");
    try {
      if (lock.readOnly) throw new DatabaseError("disk_read_only");
      await work(crypto, home, present);
      evenTimes(home);
    } finally {
      lock.release();
    }
  } catch (error) {
    throw namedByDisk(error);
  }
}

/** The spare that a passphrase opens; undefined where it opens the profile of the home. */
async function spareOf(crypto: Crypto, home: string, passphrase: string): Promise<number | undefined> {
  const { key, spare } = await readKey(crypto, home, { passphrase });
  crypto.wipe(key);
  return spare;
}

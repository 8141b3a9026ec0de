/** The key of a home: in a file that only its user can read, or sealed by a passphrase. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PliError } from "@pli/engine/errors";
import {
  changeLock,
  createLock,
  FIRST_SLOT,
  openLock,
  parseLock,
  SECOND_SLOT,
  setDuress,
  spareSlot,
  withoutDuress,
  type Duress,
  type Kept,
  type OpenedLock,
} from "@pli/engine/lock-record";
import { fromHex, toHex, type Crypto } from "@pli/protocol/crypto";
import { eraseDatabase } from "./erase.ts";
import { isFull, isUnwritable } from "./folder.ts";
import { homeStatus, KEY_FILE, SEALED_FILE } from "./home-files.ts";
import { removeSecret, replaceSecret, writeInPlace } from "./overwrite.ts";
import { hasRoom, readSpares, writeSpare } from "./spares.ts";
import { openSealedV1, parseSealedV1 } from "./sealed-v1.ts";
import { countedTry } from "./tries.ts";
import { writeWhole } from "./whole-file.ts";

/** What opens a home. */
export type Unlock = { passphrase: string } | { keyFile: true };

/** The key of a profile, and the spare where it lies if it is a hidden one. */
export interface OpenedKey extends Kept {
  readonly spare?: number;
}

const KEY_BYTES = 32;

/**
 * The database key of a home, 32 bytes, and the name of the profile to make in a database that has
 * none. A duress passphrase erases what was there first. Rejects with `passphrase_wrong`, with
 * `passphrase_paused` after several of these, with `locked` when the home is protected in the other
 * way, and with `database_damaged` when its file holds no key.
 */
export async function readKey(crypto: Crypto, home: string, unlock: Unlock): Promise<OpenedKey> {
  const status = homeStatus(home);
  if (status === "absent") throw new PliError("profile_missing");
  if ((status === "passphrase") !== "passphrase" in unlock) throw new PliError("locked");
  if (!("passphrase" in unlock)) return { key: await readKeyFile(home), name: "" };
  const { isDuress, ...opened } = await tryPassphrase(crypto, home, unlock.passphrase);
  // An interrupted change left it beside the sealed one.
  if (existsSync(join(home, KEY_FILE))) unlessUnwritable(() => removeSecret(home, KEY_FILE));
  if (isDuress) await finishDuress(crypto, home);
  return opened;
}

/**
 * The first slot is written each time, whichever slot opens. With a duress passphrase this is the
 * moment at which the key that it had is gone.
 */
async function tryPassphrase(crypto: Crypto, home: string, passphrase: string): Promise<Omit<OpenedLock, "firstSlot">> {
  const path = join(home, SEALED_FILE);
  const lock = await readFile(path);
  const old = parseSealedV1(lock.toString("utf8"));
  if (old === undefined) {
    const header = parseLock(lock);
    if (!header.ok) throw new PliError(header.error);
  }
  const opened = await countedTry(home, () => {
    if (old !== undefined) return { key: openedOr(openSealedV1(crypto, old, passphrase)), name: "", isDuress: false };
    const { firstSlot, ...kept } = openedOr(openLock(crypto, lock, passphrase, readSpares(home)));
    if (kept.isDuress) writeInPlace(path, firstSlot, FIRST_SLOT);
    else unlessUnwritable(() => writeInPlace(path, firstSlot, FIRST_SLOT));
    return kept;
  });
  if (old !== undefined)
    await replaceSecret(home, SEALED_FILE, createLock(crypto, opened, passphrase)).catch(onlyUnwritable);
  return opened;
}

function openedOr<T>(opened: T | undefined): T {
  if (opened === undefined) throw new PliError("passphrase_wrong");
  return opened;
}

/** What is left to do after the key is gone. Until the end the same passphrase does it again. */
async function finishDuress(crypto: Crypto, home: string): Promise<void> {
  await eraseDatabase(home);
  writeInPlace(join(home, SEALED_FILE), secondSlotOf(withoutDuress(crypto, await readLock(home))), SECOND_SLOT);
}

/**
 * Makes the key of a new home: 32 random bytes, in a file as they are or sealed. The file is
 * durable before this resolves.
 */
export async function createKey(crypto: Crypto, home: string, unlock: Unlock): Promise<Kept> {
  const kept = { key: crypto.random(KEY_BYTES), name: "" };
  if ("passphrase" in unlock) await writeWhole(home, SEALED_FILE, createLock(crypto, kept, unlock.passphrase));
  else await writeWhole(home, KEY_FILE, toHex(kept.key));
  return kept;
}

/**
 * Changes what opens a home: another passphrase, a passphrase instead of a key file, or a key file
 * instead of a passphrase. The key stays the same, so that processes on the home continue; so does
 * a duress passphrase while there is a passphrase. An interrupted change leaves a home that opens
 * as before or as asked. Rejects as `readKey` does, and with `passphrase_too_short`,
 * `passphrase_in_use`, and `room_there` for a key file in a home that has room for hidden profiles.
 */
export async function changeKey(
  crypto: Crypto,
  home: string,
  { from, to }: { from: Unlock; to: Unlock },
): Promise<void> {
  const kept = await readKey(crypto, home, from);
  try {
    if (!("passphrase" in to)) {
      if (hasRoom(home)) throw new PliError("room_there");
      if ("passphrase" in from) await replaceSecret(home, KEY_FILE, toHex(kept.key));
      return removeSecret(home, SEALED_FILE);
    }
    const spares = readSpares(home);
    if (kept.spare !== undefined) {
      const all = { lock: await readLock(home), spares };
      return writeSpare(home, kept.spare, spareSlot(crypto, all, kept.spare, kept, to.passphrase));
    }
    const next =
      "passphrase" in from
        ? changeLock(crypto, await readLock(home), kept, to.passphrase, spares)
        : createLock(crypto, kept, to.passphrase);
    await replaceSecret(home, SEALED_FILE, next);
    removeSecret(home, KEY_FILE);
  } finally {
    crypto.wipe(kept.key);
  }
}

/**
 * Gives a home that a passphrase opens a duress passphrase, another one, or none. Whether there was
 * one cannot be told. Rejects as `changeKey` does, and with `lock_missing` without a passphrase.
 */
export async function changeDuress(
  crypto: Crypto,
  home: string,
  { passphrase, duress }: { passphrase: string; duress: Duress | undefined },
): Promise<void> {
  if (homeStatus(home) === "keyfile") throw new PliError("lock_missing");
  const { key } = await readKey(crypto, home, { passphrase });
  crypto.wipe(key);
  const lock = await readLock(home);
  const next = duress === undefined ? withoutDuress(crypto, lock) : setDuress(crypto, lock, duress, readSpares(home));
  writeInPlace(join(home, SEALED_FILE), secondSlotOf(next), SECOND_SLOT);
}

/** The record of the lock of a home. */
export const readLock = (home: string): Promise<Uint8Array> => readFile(join(home, SEALED_FILE));
const secondSlotOf = (lock: Uint8Array): Uint8Array => lock.subarray(SECOND_SLOT);

async function readKeyFile(home: string): Promise<Uint8Array> {
  const key = fromHex((await readFile(join(home, KEY_FILE), "utf8")).trim());
  if (key?.length !== KEY_BYTES) throw new PliError("database_damaged");
  return key;
}

/** Where the disk takes no write, a home opens all the same. */
function unlessUnwritable(work: () => void): void {
  try {
    work();
  } catch (error) {
    onlyUnwritable(error);
  }
}

function onlyUnwritable(error: unknown): void {
  if (!isFull(error) && !isUnwritable(error)) throw error;
}

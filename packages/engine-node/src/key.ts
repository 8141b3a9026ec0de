/** The key of a home: in a file that only its user can read, or sealed by a passphrase. */
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { PliError } from "@pli/engine/errors";
import { fromHex, toHex, utf8, type Crypto } from "@pli/protocol/crypto";
import { syncFolder } from "./folder.ts";
import { homeStatus, KEY_FILE, SEALED_FILE } from "./home-files.ts";
import { SHORTEST_PASSPHRASE } from "./platform.ts";
import { countedTry } from "./tries.ts";
import { writeWhole } from "./whole-file.ts";

/** What opens a home. */
export type Unlock = { passphrase: string } | { keyFile: true };
const COST = { memoryKiB: 65_536, passes: 3 };
/** The most that a sealed key may ask for, so that a changed file cannot exhaust the machine. */
const MOST = { memoryKiB: 1_048_576, passes: 20 };
const AAD = utf8("pli home key v1");
const KEY_BYTES = 32;

/** A sealed key as its file has it, read. */
interface SealedKey {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly salt: Uint8Array;
  readonly nonce: Uint8Array;
  readonly sealed: Uint8Array;
}

/**
 * The database key of a home, 32 bytes. Rejects with `passphrase_wrong`, with `passphrase_paused`
 * after several of these, with `locked` when the home is protected in the other way, and with
 * `database_damaged` when its file holds no key.
 */
export async function readKey(crypto: Crypto, home: string, unlock: Unlock): Promise<Uint8Array> {
  const status = homeStatus(home);
  if (status === "absent") throw new PliError("profile_missing");
  if ((status === "passphrase") !== "passphrase" in unlock) throw new PliError("locked");
  if (!("passphrase" in unlock)) return readKeyFile(home);
  const sealed = parseSealed(await readFile(join(home, SEALED_FILE), "utf8"));
  const key = await countedTry(home, () => unseal(crypto, sealed, unlock.passphrase));
  await forgetKeyFile(home);
  return key;
}

/** Removes the unsealed key that an interrupted `changeKey` left beside the sealed one. */
async function forgetKeyFile(home: string): Promise<void> {
  if (existsSync(join(home, KEY_FILE))) await removeFile(home, KEY_FILE).catch(() => undefined);
}

/**
 * Makes the key of a new home: 32 random bytes, in a file as they are or sealed. The file is
 * durable before this resolves.
 */
export async function createKey(crypto: Crypto, home: string, unlock: Unlock): Promise<Uint8Array> {
  const key = crypto.random(KEY_BYTES);
  await writeKey(crypto, home, key, unlock);
  return key;
}

/**
 * Changes what opens a home: another passphrase, a passphrase instead of a key file, or a key file
 * instead of a passphrase. The key stays the same, so that processes on the home continue. An
 * interrupted change leaves a home that opens as before or as asked. Rejects as `readKey` does, and
 * with `passphrase_too_short`.
 */
export async function changeKey(
  crypto: Crypto,
  home: string,
  { from, to }: { from: Unlock; to: Unlock },
): Promise<void> {
  const key = await readKey(crypto, home, from);
  try {
    await writeKey(crypto, home, key, to);
    await removeFile(home, "passphrase" in to ? KEY_FILE : SEALED_FILE);
  } finally {
    crypto.wipe(key);
  }
}

async function writeKey(crypto: Crypto, home: string, key: Uint8Array, unlock: Unlock): Promise<void> {
  if ("passphrase" in unlock) await writeWhole(home, SEALED_FILE, seal(crypto, key, unlock.passphrase));
  else await writeWhole(home, KEY_FILE, toHex(key));
}

async function removeFile(home: string, name: string): Promise<void> {
  await rm(join(home, name), { force: true });
  syncFolder(home);
}

async function readKeyFile(home: string): Promise<Uint8Array> {
  const key = fromHex((await readFile(join(home, KEY_FILE), "utf8")).trim());
  if (key?.length !== KEY_BYTES) throw new PliError("database_damaged");
  return key;
}

/** The text of the file of a sealed key. */
function seal(crypto: Crypto, key: Uint8Array, passphrase: string): string {
  if (Array.from(passphrase).length < SHORTEST_PASSPHRASE) throw new PliError("passphrase_too_short");
  const [salt, nonce] = [crypto.random(16), crypto.random(12)];
  const wrapping = crypto.argon2id(utf8(passphrase.normalize("NFKC")), salt, COST);
  const sealed = crypto.aeadSeal(wrapping, nonce, key, AAD);
  crypto.wipe(wrapping);
  return JSON.stringify({ v: 1, ...COST, salt: toHex(salt), nonce: toHex(nonce), sealed: toHex(sealed) });
}

function unseal(crypto: Crypto, { salt, nonce, sealed, ...cost }: SealedKey, passphrase: string): Uint8Array {
  const wrapping = crypto.argon2id(utf8(passphrase.normalize("NFKC")), salt, cost);
  const key = crypto.aeadOpen(wrapping, nonce, sealed, AAD);
  crypto.wipe(wrapping);
  if (key === undefined) throw new PliError("passphrase_wrong");
  return key;
}

function parseSealed(text: string): SealedKey {
  try {
    const record = JSON.parse(text) as Record<"v" | "memoryKiB" | "passes" | "salt" | "nonce" | "sealed", unknown>;
    const { v, memoryKiB, passes } = record;
    const bounded = isWithin(memoryKiB, 8, MOST.memoryKiB) && isWithin(passes, 1, MOST.passes);
    const [salt, nonce, sealed] = [bytesIn(record.salt), bytesIn(record.nonce), bytesIn(record.sealed)];
    if (v === 1 && bounded && salt?.length === 16 && nonce?.length === 12 && sealed !== undefined)
      return { memoryKiB, passes, salt, nonce, sealed };
  } catch {
    // What is not JSON is not a key either.
  }
  throw new PliError("database_damaged");
}

const bytesIn = (value: unknown): Uint8Array | undefined => (typeof value === "string" ? fromHex(value) : undefined);
const isWithin = (value: unknown, least: number, most: number): value is number =>
  typeof value === "number" && value >= least && value <= most;

import { err, ok } from "@pli/protocol/wire";
import type { Result } from "@pli/protocol/wire";

/** The database key, sealed with AES-256-GCM under a key that depends on the lock. */
export interface Sealed {
  iv: Uint8Array;
  ciphertext: Uint8Array;
}

/** `used`: a database was made with this key, and an absent one is a lost one. */
interface Used {
  used?: true;
}

/**
 * What IndexedDB holds of this device's key. `none`: sealed under a WebCrypto key that no script
 * can export. `erasing`: an erasure has begun and must be finished before anything else.
 */
export type VaultRecord =
  | (Used & { version: 1; kind: "none"; sealed: Sealed; deviceKey: CryptoKey })
  | (Used & { version: 1; kind: "passphrase"; sealed: Sealed; salt: Uint8Array; memoryKiB: number; passes: number })
  | (Used & { version: 1; kind: "passkey"; sealed: Sealed; salt: Uint8Array; credential: Uint8Array })
  | { version: 1; kind: "erasing" };

export type LockKind = "none" | "passphrase" | "passkey";

/** Bounds on what a passphrase may cost, so that a damaged record cannot hang the app. */
const MAX_MEMORY_KIB = 1024 * 1024;
const MAX_PASSES = 16;

export function parseVaultRecord(value: unknown): Result<VaultRecord, "database_damaged" | "database_newer"> {
  if (!isObject(value) || !isCount(value["version"])) return err("database_damaged");
  if (value["version"] > 1) return err("database_newer");
  const record = value as unknown as VaultRecord;
  return isWhole(record) ? ok(record) : err("database_damaged");
}

function isWhole(record: VaultRecord): boolean {
  switch (record.kind) {
    case "erasing":
      return true;
    case "none":
      return isSealed(record.sealed) && record.deviceKey instanceof CryptoKey;
    case "passphrase":
      return isSealed(record.sealed) && isBytes(record.salt, 16) && isAffordable(record);
    case "passkey":
      return isSealed(record.sealed) && isBytes(record.salt, 32) && record.credential instanceof Uint8Array;
    default:
      return false;
  }
}

function isAffordable({ memoryKiB, passes }: { memoryKiB: number; passes: number }): boolean {
  return isCount(memoryKiB) && memoryKiB >= 8 && memoryKiB <= MAX_MEMORY_KIB && isCount(passes) && passes <= MAX_PASSES;
}

function isSealed(value: unknown): boolean {
  return isObject(value) && isBytes(value["iv"], 12) && isBytes(value["ciphertext"], 48);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;
const isBytes = (value: unknown, length: number): boolean => value instanceof Uint8Array && value.length === length;

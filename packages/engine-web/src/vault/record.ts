import { isAffordable } from "@pli/engine/lock-record";
import { err, ok } from "@pli/protocol/wire";
import type { Result } from "@pli/protocol/wire";

export type Which = 0 | 1;

/**
 * The two small files of a vault, written in place: IndexedDB would keep former values. One of them
 * counts, as the record in IndexedDB says; a change of lock writes the other one first.
 */
export interface LockFiles {
  /** What the file has; nothing where it is not there. */
  read(which: Which): Promise<Uint8Array>;
  /** Replaces all of it, or with `at` the bytes there. Durable when it resolves. */
  write(which: Which, bytes: Uint8Array, at?: number): Promise<void>;
  /** Random bytes in the place of all that it has. */
  overwrite(which: Which): Promise<void>;
  /** Overwrites and removes both. */
  remove(): Promise<void>;
}

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
 * What IndexedDB holds of this device's key: how it is locked, and which file has it sealed.
 * `none`: under a WebCrypto key that no script can export. `passphrase`: the file is a record of
 * `@pli/engine/lock-record`.
 */
export type FiledRecord = Used & { version: 2; file: Which } & Lock;
type Lock =
  | { kind: "none"; deviceKey: CryptoKey }
  | { kind: "passphrase" }
  | { kind: "passkey"; salt: Uint8Array; credential: Uint8Array };

/** As it was before the sealed key had a file: it stands in the record. */
export type InlineRecord = Used & { version: 1; sealed: Sealed } & (
    | { kind: "none"; deviceKey: CryptoKey }
    | { kind: "passphrase"; salt: Uint8Array; memoryKiB: number; passes: number }
    | { kind: "passkey"; salt: Uint8Array; credential: Uint8Array }
  );

/**
 * `erasing`: an erasure has begun and must be finished before anything else; with `forGood` nothing
 * begins again then.
 */
export type ErasingRecord = { version: 1; kind: "erasing"; forGood?: true };

export type VaultRecord = FiledRecord | InlineRecord | ErasingRecord;

export type LockKind = "none" | "passphrase" | "passkey";

const NEWEST = 2;

export function parseVaultRecord(value: unknown): Result<VaultRecord, "database_damaged" | "database_newer"> {
  if (!isObject(value) || !isCount(value["version"])) return err("database_damaged");
  if (value["version"] > NEWEST) return err("database_newer");
  const record = value as unknown as VaultRecord;
  return isWhole(record) ? ok(record) : err("database_damaged");
}

function isWhole(record: VaultRecord): boolean {
  if (record.kind === "erasing") return record.version === 1;
  if (record.version === 1 ? !isSealed(record.sealed) : record.file !== 0 && record.file !== 1) return false;
  switch (record.kind) {
    case "none":
      return record.deviceKey instanceof CryptoKey;
    case "passphrase":
      return record.version === NEWEST || (isBytes(record.salt, 16) && isAffordable(record));
    case "passkey":
      return isBytes(record.salt, 32) && record.credential instanceof Uint8Array;
    default:
      return false;
  }
}

function isSealed(value: unknown): boolean {
  return isObject(value) && isBytes(value["iv"], 12) && isBytes(value["ciphertext"], 48);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;
const isBytes = (value: unknown, length: number): boolean => value instanceof Uint8Array && value.length === length;

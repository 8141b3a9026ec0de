import { PliError } from "@pli/engine/errors";
import { kdf, utf8 } from "@pli/protocol/crypto";
import type { Crypto } from "@pli/protocol/crypto";
import { parseVaultRecord } from "./record.ts";
import type { LockKind, VaultRecord } from "./record.ts";
import { createDeviceKey, openKey, sealKey, wrappingKey } from "./seal.ts";
import type { KeyRecord } from "./key-record.ts";
import type { TriesRecord } from "./tries.ts";

/**
 * What opens a locked vault: what the person typed, or the 32 bytes their passkey gave (WebAuthn
 * PRF).
 */
export type VaultSecret = { passphrase: string } | { passkeySecret: Uint8Array };

/** How to lock from now on; for a passkey, its id, the salt of its secret and the secret. */
export type VaultLock =
  | { kind: "none" }
  | { kind: "passphrase"; passphrase: string }
  | { kind: "passkey"; credential: Uint8Array; salt: Uint8Array; secret: Uint8Array };

/** What the page needs to ask a passkey for its secret. */
export interface PasskeyHint {
  credential: Uint8Array;
  salt: Uint8Array;
}

/** `used`: a database was made with its key. `waitMs`: until the next passphrase may be tried. */
export interface VaultLook {
  lock: LockKind;
  used: boolean;
  passkey?: PasskeyHint;
  waitMs?: number;
}

/**
 * Where the database key of this device lies, sealed. The key is 32 random bytes made once; a
 * change of lock seals the same key again. Failures reject with `PliError`.
 */
export interface Vault {
  /** How it is locked; undefined when there is none yet. */
  look(): Promise<VaultLook | "erasing" | undefined>;
  /** Makes a first key, without a lock. */
  create(): Promise<Uint8Array>;
  /**
   * The key; `passphrase_wrong` or `passkey_unavailable` when the secret does not open it, `locked`
   * without one, `passphrase_paused` after several wrong ones.
   */
  open(secret?: VaultSecret): Promise<Uint8Array>;
  /** Takes this many ms off the pause after wrong passphrases, and gives what is left of it. */
  pass(ms: number): Promise<number>;
  /** Remembers that a database was made with the key. */
  markUsed(): Promise<void>;
  /** For a key in use. `passphrase_too_short` under 8 characters. */
  relock(key: Uint8Array, lock: VaultLock): Promise<void>;
  /** After this nothing opens the database any more, whatever happens next. */
  beginErasing(): Promise<void>;
  finishErasing(): Promise<void>;
}

const COST = { memoryKiB: 64 * 1024, passes: 3 };
const MIN_PASSPHRASE = 8;

export function createVault(keyRecord: KeyRecord, tries: TriesRecord, crypto: Crypto): Vault {
  async function read(): Promise<VaultRecord | undefined> {
    const value = await keyRecord.read();
    if (value === undefined) return undefined;
    const record = parseVaultRecord(value);
    if (!record.ok) throw new PliError(record.error);
    return record.value;
  }

  return {
    async look() {
      const record = await read();
      if (record === undefined || record.kind === "erasing") return record?.kind;
      const used = record.used === true;
      if (record.kind === "none") return { lock: "none", used };
      if (record.kind === "passphrase") {
        const waitMs = await tries.waitMs();
        return { lock: "passphrase", used, ...(waitMs > 0 && { waitMs }) };
      }
      return { lock: "passkey", used, passkey: { credential: record.credential, salt: record.salt } };
    },
    async create() {
      const key = crypto.random(32);
      await keyRecord.write(await lockedRecord(crypto, key, { kind: "none" }));
      return key;
    },
    async open(secret) {
      const record = await read();
      if (record === undefined || record.kind === "erasing") throw new PliError("database_damaged");
      if (record.kind !== "none" && secret === undefined) throw new PliError("locked");
      if (record.kind === "passphrase") await tries.take();
      const key = await openKey(await wrappingKeyOf(crypto, record, secret), record.kind, record.sealed);
      if (key === undefined) throw new PliError(REFUSALS[record.kind]);
      if (record.kind === "passphrase") await tries.clear();
      return key;
    },
    pass: (ms) => tries.pass(ms),
    async markUsed() {
      const record = await read();
      if (record === undefined || record.kind === "erasing" || record.used) return;
      await keyRecord.write({ ...record, used: true } satisfies VaultRecord);
    },
    async relock(key, lock) {
      const record = await lockedRecord(crypto, key, lock);
      await keyRecord.write({ ...record, used: true } satisfies VaultRecord);
      await tries.clear();
    },
    beginErasing: () => keyRecord.write({ version: 1, kind: "erasing" } satisfies VaultRecord),
    async finishErasing() {
      await tries.clear();
      await keyRecord.remove();
    },
  };
}

type LockedRecord = Exclude<VaultRecord, { kind: "erasing" }>;

const REFUSALS = { none: "database_damaged", passphrase: "passphrase_wrong", passkey: "passkey_unavailable" } as const;

async function wrappingKeyOf(
  crypto: Crypto,
  record: LockedRecord,
  secret: VaultSecret | undefined,
): Promise<CryptoKey> {
  if (record.kind === "none") return record.deviceKey;
  if (record.kind === "passphrase" && secret !== undefined && "passphrase" in secret)
    return keyFromPassphrase(crypto, secret.passphrase, record);
  if (record.kind === "passkey" && secret !== undefined && "passkeySecret" in secret)
    return keyFromPasskey(crypto, secret.passkeySecret);
  throw new PliError(REFUSALS[record.kind]);
}

async function lockedRecord(crypto: Crypto, key: Uint8Array, lock: VaultLock): Promise<LockedRecord> {
  switch (lock.kind) {
    case "none": {
      const deviceKey = await createDeviceKey();
      return { version: 1, kind: "none", deviceKey, sealed: await sealKey(deviceKey, "none", key) };
    }
    case "passphrase": {
      const cost = { salt: crypto.random(16), ...COST };
      const wrapping = await keyFromPassphrase(crypto, checked(lock.passphrase), cost);
      return { version: 1, kind: "passphrase", ...cost, sealed: await sealKey(wrapping, "passphrase", key) };
    }
    case "passkey": {
      const { credential, salt, secret } = lock;
      const wrapping = await keyFromPasskey(crypto, secret);
      return { version: 1, kind: "passkey", credential, salt, sealed: await sealKey(wrapping, "passkey", key) };
    }
  }
}

function checked(passphrase: string): string {
  if ([...passphrase].length < MIN_PASSPHRASE) throw new PliError("passphrase_too_short");
  return passphrase;
}

async function keyFromPassphrase(
  crypto: Crypto,
  passphrase: string,
  cost: { salt: Uint8Array; memoryKiB: number; passes: number },
): Promise<CryptoKey> {
  const secret = crypto.argon2id(utf8(passphrase.normalize("NFKC")), cost.salt, cost);
  const wrapping = await wrappingKey(secret);
  crypto.wipe(secret);
  return wrapping;
}

async function keyFromPasskey(crypto: Crypto, passkeySecret: Uint8Array): Promise<CryptoKey> {
  if (passkeySecret.length !== 32) throw new PliError("passkey_unavailable");
  const secret = kdf(crypto, passkeySecret, "vault passkey");
  const wrapping = await wrappingKey(secret);
  crypto.wipe(secret);
  return wrapping;
}

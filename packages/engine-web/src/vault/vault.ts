import { PliError } from "@pli/engine/errors";
import {
  changeLock,
  createLock,
  FIRST_SLOT,
  LOCK_BYTES,
  openLock,
  SECOND_SLOT,
  setDuress,
  stretched,
  withoutDuress,
} from "@pli/engine/lock-record";
import type { Duress, Kept } from "@pli/engine/lock-record";
import { kdf } from "@pli/protocol/crypto";
import type { Crypto } from "@pli/protocol/crypto";
import type { KeyRecord } from "./key-record.ts";
import { parseVaultRecord } from "./record.ts";
import type { FiledRecord, InlineRecord, LockFiles, LockKind, Sealed, VaultRecord, Which } from "./record.ts";
import { bytesFromSealed, createDeviceKey, openKey, sealedFromBytes, sealKey, wrappingKey } from "./seal.ts";
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

export type Erasing = "erasing" | "erasing for good";

/** What a secret opened. */
export interface OpenedVault extends Kept {
  /**
   * It was the duress passphrase: no secret leads to the key of the data there any more. They are
   * to be erased before the key is used, and `endDuress` called.
   */
  isDuress: boolean;
}

/**
 * Where the database key of this device lies, sealed. The key is 32 random bytes made once; a
 * change of lock seals the same key again. Failures reject with `PliError`.
 */
export interface Vault {
  /** How it is locked, or that an erasure has begun; undefined when there is none yet. */
  look(): Promise<VaultLook | Erasing | undefined>;
  /** Makes a first key, without a lock. */
  create(): Promise<Uint8Array>;
  /**
   * The key; `passphrase_wrong` or `passkey_unavailable` when the secret does not open it, `locked`
   * without one, `passphrase_paused` after several wrong ones.
   */
  open(secret?: VaultSecret): Promise<OpenedVault>;
  /** After the data of the key that is gone were erased: the passphrase is as any other now. */
  endDuress(): Promise<void>;
  /** Takes this many ms off the pause after wrong passphrases, and gives what is left of it. */
  pass(ms: number): Promise<number>;
  /** Remembers that a database was made with the key. */
  markUsed(): Promise<void>;
  /** For a key in use. `passphrase_too_short` under 8 characters, `passphrase_in_use`. */
  relock(key: Uint8Array, lock: VaultLock): Promise<void>;
  /**
   * Sets the duress passphrase, or removes it: nobody can tell whether there was one.
   * `lock_missing` unless a passphrase locks; rejects as `relock` does, and with `name_…`.
   */
  setDuress(duress: Duress | undefined): Promise<void>;
  /**
   * After this nothing opens the database any more, whatever happens next. `forGood`: nothing is to
   * begin again in its place.
   */
  beginErasing(how?: { forGood: boolean }): Promise<void>;
  finishErasing(): Promise<void>;
}

export interface VaultParts {
  record: KeyRecord;
  files: LockFiles;
  tries: TriesRecord;
  crypto: Crypto;
}

export function createVault({ record: keyRecord, files, tries, crypto }: VaultParts): Vault {
  async function read(): Promise<VaultRecord | undefined> {
    const value = await keyRecord.read();
    if (value === undefined) return undefined;
    const record = parseVaultRecord(value);
    if (!record.ok) throw new PliError(record.error);
    return record.value;
  }

  async function readLocked(): Promise<FiledRecord | InlineRecord> {
    const record = await read();
    if (record === undefined || record.kind === "erasing") throw new PliError("database_damaged");
    return record;
  }

  /** Writes the file that does not count, lets it count, and overwrites the other one. */
  async function replace(former: FiledRecord | InlineRecord | undefined, next: Locked, used: boolean): Promise<void> {
    const file: Which = former?.version === 2 && former.file === 0 ? 1 : 0;
    await files.write(file, next.bytes);
    await keyRecord.write({ ...next.lock, version: 2, file, ...(used && { used }) } satisfies VaultRecord);
    await files.overwrite(file === 0 ? 1 : 0);
  }

  async function openPassphrase(record: PassphraseRecord, passphrase: string): Promise<OpenedVault> {
    await tries.take();
    const opened =
      record.version === 1
        ? await openInline(crypto, record, passphrase)
        : await openFiled(record.file, await files.read(record.file), passphrase);
    if (opened === undefined) throw new PliError("passphrase_wrong");
    if (opened.isDuress) await forgetUse();
    await tries.clear();
    return opened;
  }

  /**
   * The first slot is written each time. With the duress passphrase this is the moment at which the
   * key that it had is gone.
   */
  async function openFiled(file: Which, lock: Uint8Array, passphrase: string): Promise<OpenedVault | undefined> {
    const opened = openLock(crypto, lock, passphrase);
    if (opened === undefined) return undefined;
    const { firstSlot, ...kept } = opened;
    const written = files.write(file, firstSlot, FIRST_SLOT);
    // Where the browser has no room, an ordinary unlock opens all the same.
    await (kept.isDuress ? written : written.catch(() => undefined));
    if (kept.isDuress) await files.overwrite(file === 0 ? 1 : 0);
    return kept;
  }

  /** The data may be gone before others are made. */
  const forgetUse = (): Promise<void> =>
    keyRecord.update((value) => {
      const { used: _, ...rest } = Object(value) as { used?: true };
      return rest;
    });

  return {
    async look() {
      const record = await read();
      if (record === undefined) return undefined;
      if (record.kind === "erasing") return record.forGood === true ? "erasing for good" : "erasing";
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
      await replace(undefined, await lockedWith(crypto, { key, name: "" }, { kind: "none" }), false);
      return key;
    },
    async open(secret) {
      const record = await readLocked();
      if (record.kind !== "none" && secret === undefined) throw new PliError("locked");
      if (record.kind === "passphrase") {
        if (secret === undefined || !("passphrase" in secret)) throw new PliError(REFUSALS[record.kind]);
        const opened = await openPassphrase(record, secret.passphrase);
        if (record.version === 1)
          await replace(record, passphraseLock(createLock(crypto, opened, secret.passphrase)), record.used === true);
        return opened;
      }
      const sealed = record.version === 1 ? record.sealed : sealedFromBytes(await files.read(record.file));
      const wrapping = await wrappingKeyOf(crypto, record, secret);
      const key = await openKey(wrapping, record.kind, sealed);
      if (key === undefined) throw new PliError(REFUSALS[record.kind]);
      if (record.version === 1) await replace(record, filed(crypto, record, sealed), record.used === true);
      return { key, name: "", isDuress: false };
    },
    async endDuress() {
      const record = await readLocked();
      if (record.version === 1 || record.kind !== "passphrase") throw new PliError("lock_missing");
      await files.write(record.file, secondSlotOf(withoutDuress(crypto, await files.read(record.file))), SECOND_SLOT);
    },
    pass: (ms) => tries.pass(ms),
    async markUsed() {
      const record = await read();
      if (record === undefined || record.kind === "erasing" || record.used) return;
      await keyRecord.write({ ...record, used: true } satisfies VaultRecord);
    },
    async relock(key, lock) {
      const former = await readLocked();
      const kept = { key, name: "" };
      const isChange = lock.kind === "passphrase" && former.version === 2 && former.kind === "passphrase";
      const next = isChange
        ? passphraseLock(changeLock(crypto, await files.read(former.file), kept, lock.passphrase))
        : await lockedWith(crypto, kept, lock);
      await replace(former, next, true);
      await tries.clear();
    },
    async setDuress(duress) {
      const record = await readLocked();
      if (record.version === 1 || record.kind !== "passphrase") throw new PliError("lock_missing");
      const lock = await files.read(record.file);
      const next = duress === undefined ? withoutDuress(crypto, lock) : setDuress(crypto, lock, duress);
      await files.write(record.file, secondSlotOf(next), SECOND_SLOT);
    },
    async beginErasing({ forGood } = { forGood: false }) {
      for (const file of [0, 1] as const) await files.overwrite(file);
      await keyRecord.write({ version: 1, kind: "erasing", ...(forGood && { forGood }) } satisfies VaultRecord);
    },
    async finishErasing() {
      await tries.clear();
      await files.remove();
      await keyRecord.remove();
    },
  };
}

type PassphraseRecord = Extract<FiledRecord | InlineRecord, { kind: "passphrase" }>;

/** How the key is locked, and the bytes of the file that has it sealed. */
interface Locked {
  lock: LockOf<FiledRecord>;
  bytes: Uint8Array;
}

type LockOf<R> = R extends FiledRecord ? Omit<R, "version" | "file" | "used"> : never;

const REFUSALS = { none: "database_damaged", passphrase: "passphrase_wrong", passkey: "passkey_unavailable" } as const;

const secondSlotOf = (lock: Uint8Array): Uint8Array => lock.slice(SECOND_SLOT);

const passphraseLock = (bytes: Uint8Array): Locked => ({ lock: { kind: "passphrase" }, bytes });

/** A sealed key in a file as long as any other. */
function bytesOf(crypto: Crypto, sealed: Sealed): Uint8Array {
  const bytes = crypto.random(LOCK_BYTES);
  bytes.set(bytesFromSealed(sealed));
  return bytes;
}

/** What a record of the older form has, for a file. */
function filed(crypto: Crypto, record: Exclude<InlineRecord, { kind: "passphrase" }>, sealed: Sealed): Locked {
  const bytes = bytesOf(crypto, sealed);
  if (record.kind === "none") return { lock: { kind: "none", deviceKey: record.deviceKey }, bytes };
  return { lock: { kind: "passkey", salt: record.salt, credential: record.credential }, bytes };
}

async function openInline(
  crypto: Crypto,
  { salt, memoryKiB, passes, sealed }: Extract<InlineRecord, { kind: "passphrase" }>,
  passphrase: string,
): Promise<OpenedVault | undefined> {
  const secret = stretched(crypto, passphrase, salt, { memoryKiB, passes });
  const wrapping = await wrappingKey(secret);
  crypto.wipe(secret);
  const key = await openKey(wrapping, "passphrase", sealed);
  return key && { key, name: "", isDuress: false };
}

async function wrappingKeyOf(
  crypto: Crypto,
  record: Exclude<FiledRecord | InlineRecord, { kind: "passphrase" }>,
  secret: VaultSecret | undefined,
): Promise<CryptoKey> {
  if (record.kind === "none") return record.deviceKey;
  if (secret !== undefined && "passkeySecret" in secret) return keyFromPasskey(crypto, secret.passkeySecret);
  throw new PliError(REFUSALS[record.kind]);
}

async function lockedWith(crypto: Crypto, kept: Kept, lock: VaultLock): Promise<Locked> {
  switch (lock.kind) {
    case "none": {
      const deviceKey = await createDeviceKey();
      const bytes = bytesOf(crypto, await sealKey(deviceKey, "none", kept.key));
      return { lock: { kind: "none", deviceKey }, bytes };
    }
    case "passphrase":
      return passphraseLock(createLock(crypto, kept, lock.passphrase));
    case "passkey": {
      const { credential, salt, secret } = lock;
      const wrapping = await keyFromPasskey(crypto, secret);
      const bytes = bytesOf(crypto, await sealKey(wrapping, "passkey", kept.key));
      return { lock: { kind: "passkey", credential, salt }, bytes };
    }
  }
}

async function keyFromPasskey(crypto: Crypto, passkeySecret: Uint8Array): Promise<CryptoKey> {
  if (passkeySecret.length !== 32) throw new PliError("passkey_unavailable");
  const secret = kdf(crypto, passkeySecret, "vault passkey");
  const wrapping = await wrappingKey(secret);
  crypto.wipe(secret);
  return wrapping;
}

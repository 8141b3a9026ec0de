import { createCrypto, kdf, utf8 } from "@pli/protocol/crypto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { createKeyRecord, removeRecords } from "../src/vault/key-record.ts";
import type { KeyRecord } from "../src/vault/key-record.ts";
import type { LockFiles } from "../src/vault/record.ts";
import { createDeviceKey, sealKey, wrappingKey } from "../src/vault/seal.ts";
import { createTriesRecord, type TriesRecord } from "../src/vault/tries.ts";
import { createVault } from "../src/vault/vault.ts";
import type { Vault, VaultLock } from "../src/vault/vault.ts";

const ourCrypto = await createCrypto();
const passkey = (): Extract<VaultLock, { kind: "passkey" }> => ({
  kind: "passkey",
  credential: ourCrypto.random(16),
  salt: ourCrypto.random(32),
  secret: ourCrypto.random(32),
});

interface MemoryLockFiles extends LockFiles {
  /** What each has. */
  readonly bytes: [Uint8Array, Uint8Array];
}

/** In the place of private files, which only a worker can write. */
function memoryLockFiles(): MemoryLockFiles {
  const bytes: MemoryLockFiles["bytes"] = [new Uint8Array(), new Uint8Array()];
  const overwrite: LockFiles["overwrite"] = async (which) =>
    void (bytes[which] = ourCrypto.random(bytes[which].length));
  return {
    bytes,
    read: async (which) => bytes[which].slice(),
    async write(which, next, at) {
      if (at === undefined) bytes[which] = next.slice();
      else bytes[which].set(next, at);
    },
    overwrite,
    async remove() {
      for (const which of [0, 1] as const) bytes[which] = new Uint8Array();
    },
  };
}

describe("the vault", () => {
  let name: string;
  let keyRecord: KeyRecord;
  let files: MemoryLockFiles;
  let tries: TriesRecord;
  let vault: Vault;
  beforeEach(() => {
    name = `test-${crypto.randomUUID()}`;
    keyRecord = createKeyRecord(name);
    files = memoryLockFiles();
    tries = createTriesRecord(createKeyRecord(name, "tries"));
    vault = createVault({ record: keyRecord, files, tries, crypto: ourCrypto });
    return () => void indexedDB.deleteDatabase(name);
  });

  test("is not there on a new device", async () => {
    expect(await vault.look()).toBeUndefined();
    await expect(vault.open()).rejects.toMatchObject({ code: "database_damaged" });
  });

  test("that is looked for makes nothing: a tab that looks last leaves no record of a removed profile", async () => {
    const isThere = async () => (await indexedDB.databases()).some((one) => one.name === name);
    expect(await vault.look()).toBeUndefined();
    expect(await tries.waitMs()).toBe(0);
    expect(await isThere()).toBe(false);
    await vault.create();
    expect(await isThere()).toBe(true);
    await removeRecords(name);
    expect(await vault.look()).toBeUndefined();
    expect(await isThere()).toBe(false);
  });

  test("without a lock gives the same key each time it is opened", async () => {
    const key = await vault.create();
    expect(key).toHaveLength(32);
    expect(await createVault({ record: keyRecord, files, tries, crypto: ourCrypto }).open()).toMatchObject({ key });
    expect(await vault.look()).toEqual({ lock: "none", used: false });
  });

  test("remembers that its key was used, and opens with it as before", async () => {
    const key = await vault.create();
    await vault.markUsed();
    expect(await vault.look()).toEqual({ lock: "none", used: true });
    expect(await vault.open()).toMatchObject({ key });
  });

  test("without a lock seals the key under one that no script can export", async () => {
    await vault.create();
    const { deviceKey } = (await keyRecord.read()) as { deviceKey: CryptoKey };
    expect(deviceKey.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("raw", deviceKey)).rejects.toThrow();
  });

  test("with a passphrase opens with it alone, however it was typed", async () => {
    const key = await vault.create();
    await vault.relock(key, { kind: "passphrase", passphrase: "cinq pe\u0301toles" });
    expect(await vault.look()).toEqual({ lock: "passphrase", used: true });
    await expect(vault.open()).rejects.toMatchObject({ code: "locked" });
    await expect(vault.open({ passphrase: "cinq pétales" })).rejects.toMatchObject({ code: "passphrase_wrong" });
    await expect(vault.open({ passkeySecret: ourCrypto.random(32) })).rejects.toMatchObject({
      code: "passphrase_wrong",
    });
    expect(await vault.open({ passphrase: "cinq p\u00e9toles" })).toMatchObject({ key });
  });

  test("keeps nothing of the former lock", async () => {
    const key = await vault.create();
    await vault.relock(key, { kind: "passphrase", passphrase: "a former passphrase" });
    await vault.relock(key, { kind: "passphrase", passphrase: "a newer passphrase" });
    await expect(vault.open({ passphrase: "a former passphrase" })).rejects.toMatchObject({ code: "passphrase_wrong" });
    expect(await keyRecord.read()).not.toHaveProperty("deviceKey");
  });

  test("refuses a passphrase of fewer than eight characters and stays as it was", async () => {
    const key = await vault.create();
    const short = vault.relock(key, { kind: "passphrase", passphrase: "🙂🙂🙂🙂🙂🙂🙂" });
    await expect(short).rejects.toMatchObject({ code: "passphrase_too_short" });
    expect(await vault.open()).toMatchObject({ key });
  });

  test("with a passkey opens with its secret alone, and says what to ask it", async () => {
    const key = await vault.create();
    const lock = passkey();
    await vault.relock(key, lock);
    const { credential, salt } = lock;
    expect(await vault.look()).toEqual({ lock: "passkey", used: true, passkey: { credential, salt } });
    expect(await vault.open({ passkeySecret: lock.secret })).toMatchObject({ key });
    for (const passkeySecret of [ourCrypto.random(32), lock.secret.slice(1)])
      await expect(vault.open({ passkeySecret })).rejects.toMatchObject({ code: "passkey_unavailable" });
  });

  test("opens with nothing any more once erasing has begun", async () => {
    await vault.create();
    await vault.beginErasing();
    expect(await vault.look()).toBe("erasing");
    expect(Object.keys((await keyRecord.read()) as object).toSorted()).toEqual(["kind", "version"]);
    await vault.finishErasing();
    expect(await vault.look()).toBeUndefined();
  });

  test("calls a record it cannot read damaged, or newer, never absent", async () => {
    for (const [record, code] of [
      [{ version: 3, kind: "stars" }, "database_newer"],
      [{ version: 2, kind: "passphrase" }, "database_damaged"],
      [{ version: 1, kind: "stars" }, "database_damaged"],
      [{ version: 1, kind: "none" }, "database_damaged"],
      ["text", "database_damaged"],
      [null, "database_damaged"],
    ] as const) {
      await keyRecord.write(record);
      await expect(vault.look()).rejects.toMatchObject({ code });
    }
  });

  test("refuses a record that asks for a derivation nobody could afford", async () => {
    const key = await vault.create();
    await vault.relock(key, { kind: "passphrase", passphrase: "long enough" });
    const { file } = (await keyRecord.read()) as { file: 0 | 1 };
    for (const [at, byte] of [
      [9, 0x40],
      [15, 0x40],
      [16, 0],
    ] as const) {
      const lock = files.bytes[file].slice();
      files.bytes[file][at] = byte;
      await expect(vault.open({ passphrase: "long enough" })).rejects.toMatchObject({ code: "database_damaged" });
      files.bytes[file] = lock;
      await tries.clear();
    }
  });

  test("notices a single changed bit", async () => {
    await vault.create();
    files.bytes[0][20] = (files.bytes[0][20] ?? 0) ^ 1;
    await expect(vault.open()).rejects.toMatchObject({ code: "database_damaged" });
  });

  test("keeps no sealed key in IndexedDB, and overwrites the one of a former lock in its file", async () => {
    const key = await vault.create();
    const former = files.bytes[0].slice();
    await vault.relock(key, { kind: "passphrase", passphrase: "long enough" });
    expect(Object.keys((await keyRecord.read()) as object).toSorted()).toEqual(["file", "kind", "used", "version"]);
    expect([files.bytes[0].length, files.bytes[1].length]).toEqual([1536, 1536]);
    expect(files.bytes[0].slice(0, 60)).not.toEqual(former.slice(0, 60));
  });

  test.each(["none", "passphrase", "passkey"] as const)(
    "of an older form, %s, opens and gets the newer one",
    async (kind) => {
      const key = ourCrypto.random(32);
      const { salt, secret, credential } = passkey();
      const cost = { salt: ourCrypto.random(16), memoryKiB: 64, passes: 1 };
      const deviceKey = await createDeviceKey();
      const [stretched, derived] = [
        ourCrypto.argon2id(utf8("long enough"), cost.salt, cost),
        kdf(ourCrypto, secret, "vault passkey"),
      ];
      const older = {
        none: { deviceKey, sealed: await sealKey(deviceKey, kind, key) },
        passphrase: { ...cost, sealed: await sealKey(await wrappingKey(stretched), kind, key) },
        passkey: { salt, credential, sealed: await sealKey(await wrappingKey(derived), kind, key) },
      }[kind];
      await keyRecord.write({ version: 1, kind, used: true, ...older });
      const given = { none: undefined, passphrase: { passphrase: "long enough" }, passkey: { passkeySecret: secret } }[
        kind
      ];
      for (const _ of [1, 2]) expect(await vault.open(given)).toMatchObject({ key });
      expect(await keyRecord.read()).toMatchObject({ version: 2, kind, used: true });
      expect(await keyRecord.read()).not.toHaveProperty("sealed");
    },
  );

  describe("with a duress passphrase", () => {
    const OWN = { passphrase: "long enough" };
    const DURESS = { name: "Camille", passphrase: "lorem ipsum" };
    const by = { passphrase: DURESS.passphrase };
    let key: Uint8Array;
    beforeEach(async () => {
      key = await vault.create();
      await vault.relock(key, { kind: "passphrase", ...OWN });
      await vault.setDuress(DURESS);
    });
    const wrong = { code: "passphrase_wrong" };

    test("opens as before with the other one, and loses its key to this one before anything else", async () => {
      expect(await vault.open(OWN)).toEqual({ key, name: "", isDuress: false });
      const before = files.bytes.map((bytes) => bytes.slice());
      const opened = await vault.open(by);
      expect(opened).toMatchObject({ name: "Camille", isDuress: true });
      expect(opened.key).not.toEqual(key);
      await expect(vault.open(OWN)).rejects.toMatchObject(wrong);
      expect(await vault.look()).toEqual({ lock: "passphrase", used: false });
      expect(
        files.bytes.map((bytes, which) => bytes.slice(512, 544).join() === before[which]?.slice(512, 544).join()),
      ).toEqual([false, false]);
      expect(await vault.open(by)).toMatchObject({ key: opened.key, isDuress: true });
      await vault.endDuress();
      expect(await vault.open(by)).toMatchObject({ key: opened.key, name: "Camille", isDuress: false });
    });

    test("does not say so: the record is the same, the file as long, and wrong ones count for both", async () => {
      const record = await keyRecord.read();
      await vault.setDuress(undefined);
      expect(await keyRecord.read()).toEqual(record);
      await expect(vault.open(by)).rejects.toMatchObject(wrong);
      await vault.setDuress(DURESS);
      expect(files.bytes.map(({ length }) => length)).toEqual([1536, 1536]);
      await tries.clear();
      for (let time = 0; time < 5; time++)
        await expect(vault.open({ passphrase: `wrong one ${time}` })).rejects.toMatchObject(wrong);
      for (const secret of [OWN, by])
        await expect(vault.open(secret)).rejects.toMatchObject({ code: "passphrase_paused" });
    });

    test("keeps it when the other one changes, and gives no passphrase two things to do", async () => {
      await expect(vault.setDuress({ ...DURESS, ...OWN })).rejects.toMatchObject({ code: "passphrase_in_use" });
      const taken = vault.relock(key, { kind: "passphrase", ...by });
      await expect(taken).rejects.toMatchObject({ code: "passphrase_in_use" });
      await vault.relock(key, { kind: "passphrase", passphrase: "another one" });
      expect(await vault.open({ passphrase: "another one" })).toMatchObject({ key });
      expect(await vault.open(by)).toMatchObject({ isDuress: true });
    });

    test("has none any more without a passphrase, and takes none", async () => {
      await vault.relock(key, { kind: "none" });
      await expect(vault.setDuress(DURESS)).rejects.toMatchObject({ code: "lock_missing" });
      await vault.relock(key, { kind: "passphrase", ...OWN });
      await expect(vault.open(by)).rejects.toMatchObject(wrong);
    });
  });

  describe("after wrong passphrases", () => {
    const LONG = "long enough";
    const RIGHT = { passphrase: LONG };
    const WRONG = { passphrase: "long but wrong" };
    const paused = (waitMs: number) => ({ code: "passphrase_paused", waitMs });
    let key: Uint8Array;
    beforeEach(async () => {
      key = await vault.create();
      await vault.relock(key, { kind: "passphrase", passphrase: LONG });
    });
    const beWrong = async (times: number, at = vault) => {
      for (let time = 0; time < times; time++)
        await expect(at.open(WRONG)).rejects.toMatchObject({ code: "passphrase_wrong" });
    };

    test("tries none for a while, not even the right one; then the key is there as before", async () => {
      await beWrong(5);
      await expect(vault.open(RIGHT)).rejects.toMatchObject(paused(30_000));
      expect(await vault.look()).toEqual({ lock: "passphrase", used: true, waitMs: 30_000 });
      expect(await vault.pass(29_999)).toBe(1);
      await expect(vault.open(RIGHT)).rejects.toMatchObject(paused(1));
      expect(await vault.pass(1)).toBe(0);
      expect(await vault.open(RIGHT)).toMatchObject({ key });
      await beWrong(4);
      expect(await vault.open(RIGHT)).toMatchObject({ key });
    });

    test("waits longer after each more, also after a reload and with any time of day", async () => {
      await beWrong(5);
      await vault.pass(30_000);
      await beWrong(1);
      const reloaded = createVault({ record: keyRecord, files, tries, crypto: ourCrypto });
      vi.setSystemTime(Date.now() + 365 * 86_400_000);
      await expect(reloaded.open(RIGHT)).rejects.toMatchObject(paused(60_000));
      vi.setSystemTime(0);
      await expect(reloaded.open(RIGHT)).rejects.toMatchObject(paused(60_000));
      vi.useRealTimers();
    });

    test("counts those of all tabs, also at the same moment", async () => {
      const tabs = Array.from({ length: 8 }, () => createVault({ record: keyRecord, files, tries, crypto: ourCrypto }));
      const ends = await Promise.all(tabs.map((tab) => tab.open(WRONG).catch(({ code }: { code: string }) => code)));
      expect(ends.filter((code) => code === "passphrase_wrong")).toHaveLength(5);
      expect(ends.filter((code) => code === "passphrase_paused")).toHaveLength(3);
    });

    test("counts a try that was ended in the middle", async () => {
      for (let time = 0; time < 5; time++) await tries.take();
      await expect(vault.open(RIGHT)).rejects.toMatchObject(paused(30_000));
    });

    test("counts in the tab where the browser has no room to write, and keeps nobody out", async () => {
      const full = () => Promise.reject(new DOMException("no room", "QuotaExceededError"));
      const record = createKeyRecord(`test-${crypto.randomUUID()}`, "tries");
      const counting = createTriesRecord({ ...record, update: full });
      const tab = createVault({ record: keyRecord, files, tries: counting, crypto: ourCrypto });
      await beWrong(5, tab);
      await expect(tab.open(RIGHT)).rejects.toMatchObject(paused(30_000));
      await tab.pass(30_000);
      expect(await tab.open(RIGHT)).toMatchObject({ key });
    });

    test("has no pause after another lock was set by somebody who was in", async () => {
      await beWrong(5);
      await vault.relock(key, { kind: "passphrase", passphrase: "another one" });
      expect(await vault.open({ passphrase: "another one" })).toMatchObject({ key });
    });
  });
});

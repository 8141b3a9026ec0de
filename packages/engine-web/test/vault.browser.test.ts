import { createCrypto } from "@pli/protocol/crypto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { createKeyRecord, removeRecords } from "../src/vault/key-record.ts";
import type { KeyRecord } from "../src/vault/key-record.ts";
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

describe("the vault", () => {
  let name: string;
  let keyRecord: KeyRecord;
  let tries: TriesRecord;
  let vault: Vault;
  beforeEach(() => {
    name = `test-${crypto.randomUUID()}`;
    keyRecord = createKeyRecord(name);
    tries = createTriesRecord(createKeyRecord(name, "tries"));
    vault = createVault(keyRecord, tries, ourCrypto);
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
    expect(await createVault(keyRecord, tries, ourCrypto).open()).toEqual(key);
    expect(await vault.look()).toEqual({ lock: "none", used: false });
  });

  test("remembers that its key was used, and opens with it as before", async () => {
    const key = await vault.create();
    await vault.markUsed();
    expect(await vault.look()).toEqual({ lock: "none", used: true });
    expect(await vault.open()).toEqual(key);
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
    expect(await vault.open({ passphrase: "cinq p\u00e9toles" })).toEqual(key);
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
    expect(await vault.open()).toEqual(key);
  });

  test("with a passkey opens with its secret alone, and says what to ask it", async () => {
    const key = await vault.create();
    const lock = passkey();
    await vault.relock(key, lock);
    const { credential, salt } = lock;
    expect(await vault.look()).toEqual({ lock: "passkey", used: true, passkey: { credential, salt } });
    expect(await vault.open({ passkeySecret: lock.secret })).toEqual(key);
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
      [{ version: 2, kind: "stars" }, "database_newer"],
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
    const record = (await keyRecord.read()) as object;
    for (const cost of [{ memoryKiB: 2 ** 40 }, { passes: 1000 }, { passes: 0 }]) {
      await keyRecord.write({ ...record, ...cost });
      await expect(vault.open({ passphrase: "long enough" })).rejects.toMatchObject({ code: "database_damaged" });
    }
  });

  test("notices a single changed bit", async () => {
    await vault.create();
    const record = (await keyRecord.read()) as { sealed: { ciphertext: Uint8Array } };
    record.sealed.ciphertext[5] = (record.sealed.ciphertext[5] ?? 0) ^ 1;
    await keyRecord.write(record);
    await expect(vault.open()).rejects.toMatchObject({ code: "database_damaged" });
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
      expect(await vault.open(RIGHT)).toEqual(key);
      await beWrong(4);
      expect(await vault.open(RIGHT)).toEqual(key);
    });

    test("waits longer after each more, also after a reload and with any time of day", async () => {
      await beWrong(5);
      await vault.pass(30_000);
      await beWrong(1);
      const reloaded = createVault(keyRecord, tries, ourCrypto);
      vi.setSystemTime(Date.now() + 365 * 86_400_000);
      await expect(reloaded.open(RIGHT)).rejects.toMatchObject(paused(60_000));
      vi.setSystemTime(0);
      await expect(reloaded.open(RIGHT)).rejects.toMatchObject(paused(60_000));
      vi.useRealTimers();
    });

    test("counts those of all tabs, also at the same moment", async () => {
      const tabs = Array.from({ length: 8 }, () => createVault(keyRecord, tries, ourCrypto));
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
      const tab = createVault(keyRecord, createTriesRecord({ ...record, update: full }), ourCrypto);
      await beWrong(5, tab);
      await expect(tab.open(RIGHT)).rejects.toMatchObject(paused(30_000));
      await tab.pass(30_000);
      expect(await tab.open(RIGHT)).toEqual(key);
    });

    test("has no pause after another lock was set by somebody who was in", async () => {
      await beWrong(5);
      await vault.relock(key, { kind: "passphrase", passphrase: "another one" });
      expect(await vault.open({ passphrase: "another one" })).toEqual(key);
    });
  });
});

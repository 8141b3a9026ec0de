import {
  changeLock,
  createLock,
  FIRST_SLOT,
  LOCK_BYTES,
  openLock,
  parseLock,
  SECOND_SLOT,
  setDuress,
  SLOT_BYTES,
  spareSlot,
  withoutDuress,
} from "@pli/engine/lock-record";
import { createCrypto, createSeededCrypto, toHex, utf8 } from "@pli/protocol/crypto";
import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const crypto = await createCrypto();
const COST = { memoryKiB: 8, passes: 1 };
const OWN = "correct horse";
const DURESS = "battery staple";
const key = crypto.random(32);
const kept = { key, name: "" };
const plain = createLock(crypto, kept, OWN, COST);
const both = setDuress(crypto, plain, { name: "Camille", passphrase: DURESS });
const slot = (lock: Uint8Array, at: number): string => toHex(lock.subarray(at, at + SLOT_BYTES));
const open = (lock: Uint8Array, passphrase: string) => openLock(crypto, lock, passphrase);

/** The record after what opening with a duress passphrase writes, in the order in which it does. */
function replaced(lock: Uint8Array): Uint8Array {
  const next = lock.slice();
  next.set(open(lock, DURESS)?.firstSlot ?? [], FIRST_SLOT);
  return next;
}

describe("the record of a lock", () => {
  test("opens with its passphrase, however it was typed, and with no other", () => {
    const lock = createLock(crypto, kept, "cinq pe\u0301toles", COST);
    expect(open(lock, "cinq p\u00e9toles")).toMatchObject({ key, name: "", isDuress: false });
    expect(open(lock, "cinq pétales")).toBeUndefined();
  });

  test("has one size and one form, with a duress passphrase or without: nothing but its second slot differs", () => {
    expect([plain.length, both.length]).toEqual([LOCK_BYTES, LOCK_BYTES]);
    expect(toHex(both.subarray(0, SECOND_SLOT))).toBe(toHex(plain.subarray(0, SECOND_SLOT)));
    for (const lock of [plain, both, withoutDuress(crypto, both)]) {
      // Bytes of any value come about as often as those of chance do.
      const ones = lock
        .subarray(SECOND_SLOT)
        .reduce((sum, byte) => sum + byte.toString(2).replaceAll("0", "").length, 0);
      expect(Math.abs(ones / (8 * SLOT_BYTES) - 0.5)).toBeLessThan(0.06);
    }
  });

  test("opens its first slot as before while there is a duress passphrase, and writes what is there", () => {
    const opened = open(both, OWN);
    expect(opened).toMatchObject({ key, isDuress: false });
    expect(toHex(opened?.firstSlot ?? new Uint8Array())).toBe(slot(both, FIRST_SLOT));
  });

  test("has nothing of its key left once the duress passphrase was written over it", () => {
    const duress = open(both, DURESS);
    expect(duress).toMatchObject({ name: "Camille", isDuress: true });
    expect(toHex(duress?.key ?? key)).not.toBe(toHex(key));
    const after = replaced(both);
    expect(open(after, OWN)).toBeUndefined();
    expect(open(after, DURESS)).toMatchObject({ key: duress?.key, name: "Camille", isDuress: true });
    expect(open(withoutDuress(crypto, after), DURESS)).toMatchObject({ key: duress?.key, isDuress: false });
  });

  test("whose first slot was written half has lost its key, and the duress passphrase opens as before", () => {
    const torn = both.slice();
    torn.set(replaced(both).subarray(FIRST_SLOT, FIRST_SLOT + 200), FIRST_SLOT);
    expect(open(torn, OWN)).toBeUndefined();
    expect(open(torn, DURESS)).toMatchObject({ isDuress: true });
  });

  test("keeps its duress passphrase when the other one changes, and the other way round", () => {
    const changed = changeLock(crypto, both, kept, "another one");
    expect(open(changed, OWN)).toBeUndefined();
    expect(open(changed, "another one")).toMatchObject({ key, isDuress: false });
    expect(open(changed, DURESS)).toMatchObject({ isDuress: true });
    const other = setDuress(crypto, both, { name: "Alix", passphrase: "a later one" });
    expect(open(other, DURESS)).toBeUndefined();
    expect(open(other, "a later one")).toMatchObject({ name: "Alix", isDuress: true });
    expect(open(withoutDuress(crypto, other), "a later one")).toBeUndefined();
    expect(open(other, OWN)).toMatchObject({ key });
  });

  test("takes no passphrase for two things, none that is too short, and no name that nobody can have", () => {
    const refused = [
      [() => setDuress(crypto, plain, { name: "Alix", passphrase: OWN }), "passphrase_in_use"],
      [() => changeLock(crypto, both, kept, DURESS), "passphrase_in_use"],
      [() => setDuress(crypto, plain, { name: "Alix", passphrase: "🙂🙂🙂🙂🙂🙂🙂" }), "passphrase_too_short"],
      [() => createLock(crypto, kept, "short", COST), "passphrase_too_short"],
      [() => setDuress(crypto, plain, { name: " ", passphrase: DURESS }), "name_empty"],
      [() => setDuress(crypto, plain, { name: "a\u202eb", passphrase: DURESS }), "name_not_allowed"],
    ] as const;
    for (const [act, code] of refused) expect(act).toThrow(expect.objectContaining({ code }) as Error);
  });

  test("takes the longest name", () => {
    const lock = setDuress(crypto, plain, { name: "𝕏".repeat(64), passphrase: DURESS });
    expect(open(lock, DURESS)?.name).toBe("𝕏".repeat(64));
  });

  test("whose slots were exchanged opens with neither passphrase", () => {
    const exchanged = both.slice();
    exchanged.set(both.subarray(SECOND_SLOT), FIRST_SLOT);
    exchanged.set(both.subarray(FIRST_SLOT, SECOND_SLOT), SECOND_SLOT);
    expect([open(exchanged, OWN), open(exchanged, DURESS)]).toEqual([undefined, undefined]);
  });

  test("cut anywhere is damaged; of a later version newer; too costly refused before it is tried", () => {
    for (let length = 0; length < LOCK_BYTES; length++) expect(parseLock(both.subarray(0, length)).ok).toBe(false);
    expect(parseLock(Uint8Array.of(...both, 0))).toEqual({ ok: false, error: "database_damaged" });
    const changed = (at: number, ...bytes: number[]) => {
      const lock = both.slice();
      lock.set(bytes, at);
      return parseLock(lock);
    };
    expect(changed(8, 3)).toEqual({ ok: false, error: "database_newer" });
    for (const costly of [changed(9, 255), changed(9, 0, 0, 0, 7), changed(13, 0, 0, 0, 21), changed(13, 0, 0, 0, 0)])
      expect(costly).toEqual({ ok: false, error: "database_damaged" });
  });

  test("of any bytes is read or refused, and never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.nat(60), (bytes, at) => {
        parseLock(bytes);
        const lock = both.slice();
        lock.set(bytes.subarray(0, LOCK_BYTES - at), at);
        parseLock(lock);
      }),
      { numRuns: propertyRuns(200) },
    );
  });

  test("is the same bytes on every platform", () => {
    const seeded = createSeededCrypto(crypto, utf8("lock"));
    const lock = setDuress(seeded, createLock(seeded, { key: new Uint8Array(32).fill(1), name: "" }, OWN, COST), {
      name: "Camille",
      passphrase: DURESS,
    });
    expect(toHex(crypto.sha256(lock))).toMatchInlineSnapshot(
      `"6262f6716b25898a7cdd4ad9c39d391b0cdd66bae5cd976a1d7f013d982212c2"`,
    );
  });
});

describe("the slots of spares beside a lock", () => {
  const [empty, other] = [crypto.random(SLOT_BYTES), crypto.random(SLOT_BYTES)];
  const hidden = { key: crypto.random(32), name: "Hélène" };
  const sealed = spareSlot(crypto, { lock: both, spares: [empty, other] }, 1, hidden, "lorem ipsum");

  test("are opened by their passphrase, and change nothing of the record", () => {
    const opened = openLock(crypto, both, "lorem ipsum", [empty, sealed]);
    expect(opened).toMatchObject({ ...hidden, spare: 1, isDuress: false });
    expect(toHex(opened?.firstSlot ?? empty)).toBe(slot(both, FIRST_SLOT));
    expect(openLock(crypto, both, OWN, [empty, sealed])).not.toHaveProperty("spare");
    expect(openLock(crypto, both, DURESS, [empty, sealed])).toMatchObject({ isDuress: true });
  });

  test("open nothing in another place, under another record, cut short or changed", () => {
    const changed = sealed.slice();
    changed[200] = (changed[200] ?? 0) ^ 1;
    for (const spares of [[sealed, empty], [empty, sealed.subarray(0, 511)], [empty, changed], [empty], []])
      expect(openLock(crypto, both, "lorem ipsum", spares)).toBeUndefined();
    expect(openLock(crypto, createLock(crypto, kept, OWN, COST), "lorem ipsum", [empty, sealed])).toBeUndefined();
  });

  test("take no passphrase of another slot, nor does the record take theirs", () => {
    const spares = [empty, sealed];
    const inUse = expect.objectContaining({ code: "passphrase_in_use" });
    for (const passphrase of [OWN, DURESS, "lorem ipsum"])
      expect(() => spareSlot(crypto, { lock: both, spares }, 0, hidden, passphrase)).toThrow(inUse);
    expect(() => changeLock(crypto, both, kept, "lorem ipsum", spares)).toThrow(inUse);
    expect(() => setDuress(crypto, both, { name: "Ada", passphrase: "lorem ipsum" }, spares)).toThrow(inUse);
  });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { createCrypto } from "@pli/protocol/crypto";
import {
  BACKUPS_A_WEEK,
  backupSeed,
  encodeBackup,
  openBackup,
  parseBackup,
  sealBackup,
  type Backup,
} from "@pli/protocol/recovery";

const crypto = await createCrypto();
const secret = crypto.random(32);
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const uint = fc.nat();
const name = fc.string({ maxLength: 100 });
const pairwise = fc.record({ secret: bytes(32), own: fc.nat(15), peer: fc.nat(15) });
const place = { shared: bytes(32), store: name, feed: uint, muted: fc.boolean() };
const contact = fc.record({
  card: fc.uint8Array({ maxLength: 200 }),
  generation: fc.nat(15),
  pairwise,
  former: fc.option(pairwise),
  role: fc.constantFrom("inviter" as const, "responder" as const),
  level: fc.integer({ min: 1, max: 3 }),
  givenName: name,
  blocked: fc.boolean(),
  pairedAt: uint,
  ...place,
});
const member = fc.record({
  profile: bytes(32),
  role: fc.constantFrom("owner" as const, "admin" as const, "member" as const, "reader" as const),
  devices: uint,
});
const backups: fc.Arbitrary<Backup> = fc.record({
  madeAt: uint,
  profile: bytes(32),
  name,
  issuedAt: uint,
  createdAt: uint,
  generation: fc.nat(15),
  devices: fc.array(fc.record({ id: bytes(16), key: bytes(32) }), { maxLength: 8 }),
  removed: fc.array(bytes(16), { maxLength: 5 }),
  contacts: fc.array(contact, { maxLength: 4 }),
  groups: fc.array(fc.record({ name, members: fc.array(member, { maxLength: 4 }), ...place }), { maxLength: 3 }),
  settings: fc.array(name, { maxLength: 3 }),
});

test("a backup comes back whole, from its place and by its secret alone", () => {
  fc.assert(
    fc.property(backups, fc.nat(10_000), fc.nat(BACKUPS_A_WEEK - 1), (backup, week, n) => {
      const content = encodeBackup(backup);
      expect(parseBackup(content)).toEqual({ ok: true, value: backup });
      const object = sealBackup(crypto, secret, { week, n }, content);
      expect(openBackup(crypto, secret, { week, n }, object)).toEqual({ ok: true, value: content });
      const sealed = { ok: false, error: "backup_sealed" };
      expect(openBackup(crypto, secret, { week: week + 1, n }, object)).toEqual(sealed);
      expect(openBackup(crypto, crypto.random(32), { week, n }, object)).toEqual(sealed);
    }),
  );
});

test("every truncation and every flipped byte is refused", () => {
  const [backup] = fc.sample(backups, { numRuns: 1, seed: 5 });
  if (backup === undefined) throw new Error("a sample");
  const content = encodeBackup(backup);
  for (let length = 0; length < content.length; length += 1 + Math.floor(content.length / 60))
    expect(parseBackup(content.subarray(0, length)).ok).toBe(false);
  expect(parseBackup(Uint8Array.of(...content, 0)).ok).toBe(false);
  const object = sealBackup(crypto, secret, { week: 1, n: 0 }, content);
  for (const length of [0, 1, 5, 100, object.length - 1])
    expect(openBackup(crypto, secret, { week: 1, n: 0 }, object.subarray(0, length)).ok).toBe(false);
  for (let at = 0; at < object.length; at += 1 + Math.floor(object.length / 60))
    expect(openBackup(crypto, secret, { week: 1, n: 0 }, object.with(at, (object[at] ?? 0) ^ 8)).ok).toBe(false);
});

test("any bytes are answered", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (some) => {
      expect(parseBackup(some).ok).toBe(false);
      expect(openBackup(crypto, secret, { week: 1, n: 0 }, some).ok).toBe(false);
    }),
  );
});

test("two backups of one content at one place are other bytes, and a place beyond the last throws", () => {
  const content = crypto.random(50);
  const at = { week: 1, n: 0 };
  expect(sealBackup(crypto, secret, at, content)).not.toEqual(sealBackup(crypto, secret, at, content));
  for (const wrong of [
    { week: 1, n: BACKUPS_A_WEEK },
    { week: -1, n: 0 },
    { week: 2 ** 32, n: 0 },
  ])
    expect(() => backupSeed(crypto, secret, wrong)).toThrow(RangeError);
});

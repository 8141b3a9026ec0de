import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCrypto } from "@pli/protocol/crypto";
import { createRecoverySecret, recoverySecretFrom } from "@pli/protocol/identity";
import {
  createPasskeyCopy,
  encodePasskeyCopy,
  openPasskeyCopy,
  parsePasskeyCopy,
  passkeyPlace,
  type PasskeyCopy,
} from "@pli/protocol/recovery";
import { load, type Bytes } from "./vector-files.ts";

const crypto = await createCrypto();
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const time = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const sealed = { ok: false, error: "passkey_copy_sealed" };

const someCopy = (passkey: Uint8Array) =>
  createPasskeyCopy(crypto, { passkey, secret: createRecoverySecret(crypto), madeAt: 1_790_000_000_000 });

test("a copy comes back whole by its own passkey, and by no other", () => {
  fc.assert(
    fc.property(bytes(32), fc.nat(255), bytes(24), time, (passkey, bit, random, madeAt) => {
      const other = passkey.with(bit >> 3, (passkey[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
      const secret = recoverySecretFrom(random) ?? createRecoverySecret(crypto);
      const copy = createPasskeyCopy(crypto, { passkey, secret, madeAt });
      expect(copy.place).toEqual(passkeyPlace(crypto, passkey));
      expect(parsePasskeyCopy(encodePasskeyCopy(copy))).toEqual({ ok: true, value: copy });
      expect(openPasskeyCopy(crypto, passkey, copy.sealed)).toEqual({ ok: true, value: { secret, copy } });
      expect(openPasskeyCopy(crypto, other, copy.sealed)).toEqual(sealed);
    }),
  );
});

test("every truncation and every flipped byte is refused, and a later version is named", () => {
  const passkey = crypto.random(32);
  const copy = someCopy(passkey);
  const record = encodePasskeyCopy(copy);
  for (let length = 0; length < record.length; length++)
    expect(parsePasskeyCopy(record.subarray(0, length)).ok).toBe(false);
  expect(parsePasskeyCopy(Uint8Array.of(...record, 0)).ok).toBe(false);
  for (let length = 0; length < copy.sealed.length; length++)
    expect(openPasskeyCopy(crypto, passkey, copy.sealed.subarray(0, length))).toEqual(sealed);
  expect(openPasskeyCopy(crypto, passkey, Uint8Array.of(...copy.sealed, 0))).toEqual(sealed);
  for (let at = 1; at < copy.sealed.length; at++)
    expect(openPasskeyCopy(crypto, passkey, copy.sealed.with(at, (copy.sealed[at] ?? 0) ^ 16))).toEqual(sealed);
  expect(openPasskeyCopy(crypto, passkey, copy.sealed.with(0, 0))).toEqual(sealed);
  expect(openPasskeyCopy(crypto, passkey, copy.sealed.with(0, 2))).toEqual({ ok: false, error: "passkey_copy_newer" });
});

test("any bytes are answered", () => {
  const passkey = crypto.random(32);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1_500 }), (some) => {
      expect(parsePasskeyCopy(some).ok).toBe(false);
      expect(openPasskeyCopy(crypto, passkey, some).ok).toBe(false);
    }),
  );
});

test("what devices keep holds neither the secret nor what opens it, and two copies of one secret differ", () => {
  const passkey = crypto.random(32);
  const secret = createRecoverySecret(crypto);
  const [one, other] = [1, 1].map((madeAt) => createPasskeyCopy(crypto, { passkey, secret, madeAt }));
  expect(one?.sealed).not.toEqual(other?.sealed);
  const kept = Buffer.from(one === undefined ? [] : encodePasskeyCopy(one));
  for (const hidden of [secret, passkey]) expect(kept.includes(Buffer.from(hidden))).toBe(false);
});

test("a passkey that gives another number of bytes is a mistake of the caller", () => {
  for (const length of [0, 31, 33]) expect(() => passkeyPlace(crypto, new Uint8Array(length))).toThrow(RangeError);
});

describe("vectors", () => {
  type Vector = { passkey: Bytes; secret: Bytes; value: PasskeyCopy; sealed?: Bytes };
  const { valid, invalid } = load<Vector>("passkey-copy");
  test.each(valid)("$name", ({ passkey, secret, value, bytes }) => {
    expect(parsePasskeyCopy(bytes)).toEqual({ ok: true, value });
    expect(openPasskeyCopy(crypto, passkey, value.sealed)).toEqual({ ok: true, value: { secret, copy: value } });
  });
  test.each(invalid)("$name is refused", ({ passkey, sealed: sealedBytes, bytes, error }) => {
    const result = sealedBytes === undefined ? parsePasskeyCopy(bytes) : openPasskeyCopy(crypto, passkey, sealedBytes);
    expect(result).toEqual({ ok: false, error });
  });
});

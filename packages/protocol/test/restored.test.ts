/** How a device that the recovery words made tells the others of its person. Section 7.6. */
import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCrypto } from "../src/crypto/index.ts";
import {
  answerRestore,
  createRestoreRequest,
  createRestoreStatement,
  openRestoreAnswer,
  parseRestoreRequest,
  restoreSeeds,
  type RestorePlace,
} from "../src/devices/index.ts";
import {
  createRecoverySecret,
  identityFromRecovery,
  parseIdentity,
  type IdentitySecret,
} from "../src/identity/index.ts";
import { load } from "./vector-files.ts";

const crypto = await createCrypto();
type Bytes = Uint8Array;

interface Asked {
  readonly generation: number;
  readonly next: Bytes;
  readonly entropy: Bytes;
  readonly place: RestorePlace;
  readonly profile: Bytes;
  readonly statement: Bytes;
  readonly device: { readonly id: Bytes; readonly key: Bytes; readonly addedAt: number };
  readonly by: { readonly id: Bytes; readonly key: Bytes };
  readonly secret: Bytes;
  readonly seeds: { readonly request: Bytes; readonly answer: Bytes };
  readonly signKey: Bytes;
  readonly kemKey: Bytes;
  readonly kemSecret: Bytes;
  readonly bytes: Bytes;
  readonly answer: Bytes;
  readonly linking: Bytes;
}
const { valid, invalid } = load<Asked>("device-restore");
const first = valid[0] as Asked;

const read = (bytes: Bytes, of: Asked) => parseRestoreRequest(crypto, bytes, of);
const answered = (bytes: Bytes, of: Asked, devices = [of.by]) => openRestoreAnswer(crypto, bytes, { ...of, devices });

function identityIn(bytes: Bytes): IdentitySecret {
  const identity = parseIdentity(crypto, bytes);
  if (!identity.ok) throw new Error(identity.error);
  return identity.value;
}

test.each(valid)("$name: where, by which device, and the secret of the two", (asked) => {
  const told = { ...crypto, mlDsaSign: (key: Bytes, message: Bytes) => crypto.mlDsaSign(key, message, asked.entropy) };
  expect(createRestoreStatement(told, identityIn(asked.next), asked.device)).toEqual(asked.statement);
  expect(restoreSeeds(crypto, asked.secret, asked.place)).toEqual(asked.seeds);
  expect(createRestoreRequest(crypto, asked)).toEqual(asked.bytes);
  const { id, key, addedAt } = asked.device;
  expect(read(asked.bytes, asked)).toEqual({ device: { id, key, addedAt, addedBy: id }, kemKey: asked.kemKey });
  expect(answered(asked.answer, asked)).toEqual({ secret: asked.linking, by: asked.by });
});

test.each(invalid)("$name is refused", ({ bytes, name }) => {
  expect(name.startsWith("request") ? read(bytes, first) : answered(bytes, first)).toBeUndefined();
});

test("nothing cut short is taken, and no bytes make the parsers throw", () => {
  for (let length = 0; length < first.bytes.length; length += 61)
    expect(read(first.bytes.subarray(0, length), first)).toBeUndefined();
  for (let length = 0; length < first.answer.length; length += 7)
    expect(answered(first.answer.subarray(0, length), first)).toBeUndefined();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 8_000 }), (junk) => {
      expect(read(junk, first)).toBeUndefined();
      expect(answered(junk, first)).toBeUndefined();
    }),
    { numRuns: propertyRuns(50) },
  );
});

test("a request counts at its place, for its profile and generation, and unchanged, and nowhere else", () => {
  const { place } = first;
  for (const other of [
    { ...first, place: { ...place, index: 1 } },
    { ...first, place: { ...place, day: place.day + 1 } },
    { ...first, profile: new Uint8Array(32) },
    { ...first, generation: 1 },
    { ...first, generation: 15 },
  ])
    expect(read(first.bytes, other)).toBeUndefined();
  fc.assert(
    fc.property(fc.nat(first.bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const bad = first.bytes.slice();
      bad[at] = (bad[at] ?? 0) ^ by;
      expect(read(bad, first)).toBeUndefined();
    }),
    { numRuns: propertyRuns(25) },
  );
});

describe("somebody with all that a device of the generation has, and without the words", () => {
  const recovery = createRecoverySecret(crypto);
  const [stolen, next] = [identityFromRecovery(crypto, recovery, 0), identityFromRecovery(crypto, recovery, 1)];
  const thief = crypto.signKeyPair();
  const device = { id: crypto.random(16), key: thief.publicKey, addedAt: 1 };
  const place = { day: 1, index: 0 };
  const ask = (statement: Bytes) =>
    createRestoreRequest(crypto, {
      place,
      profile: next.id,
      statement,
      kemKey: crypto.kemKeyPair().publicKey,
      signKey: thief.secretKey,
    });
  const takenOf = (statement: Bytes) =>
    parseRestoreRequest(crypto, ask(statement), { place, profile: next.id, generation: 0 });

  test("cannot state that a device was restored: neither by the keys of the generation nor by others", () => {
    expect(takenOf(createRestoreStatement(crypto, next, device))).toBeDefined();
    const other = identityFromRecovery(crypto, createRecoverySecret(crypto), 1);
    expect(takenOf(createRestoreStatement(crypto, other, device))).toBeUndefined();
    expect(() => createRestoreStatement(crypto, stolen, device)).toThrow(RangeError);
    const forged = { ...stolen, generation: 1 };
    expect(takenOf(createRestoreStatement(crypto, forged, device))).toBeUndefined();
    expect(takenOf(createRestoreStatement(crypto, { ...forged, path: next.path }, device))).toBeUndefined();
  });

  test("cannot use the statement of a restored device for a device of theirs", () => {
    const honest = crypto.signKeyPair();
    const statement = createRestoreStatement(crypto, next, { ...device, key: honest.publicKey });
    expect(takenOf(statement)).toBeUndefined();
  });

  test("answers, but not as a device that the restored one knows", () => {
    const asked = { place: first.place, profile: first.profile, kemKey: first.kemKey };
    for (const id of [first.by.id, device.id]) {
      const made = answerRestore(crypto, { ...asked, device: id, signKey: thief.secretKey });
      expect(made && answered(made.bytes, first)).toBeUndefined();
    }
    expect(answered(first.answer, first, [])).toBeUndefined();
  });
});

test("a place is a day and one of 256", () => {
  for (const place of [
    { day: 1, index: 256 },
    { day: 1, index: -1 },
    { day: 2 ** 32, index: 0 },
    { day: 0.5, index: 0 },
  ])
    expect(() => restoreSeeds(crypto, first.secret, place)).toThrow(RangeError);
  expect(answerRestore(crypto, { ...first, device: first.by.id, kemKey: new Uint8Array(1_216).fill(255) })).toBe(
    undefined,
  );
});

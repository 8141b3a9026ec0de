import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { concat, createCrypto, toHex, utf8, type Crypto } from "@pli/protocol/crypto";
import {
  CLOCK_TOLERANCE_SECONDS,
  backupSecretFrom,
  checkCredential,
  createCard,
  createDeviceCertificate,
  createIdentity,
  createRecoverySecret,
  credentialFromCertificate,
  encodeIdentity,
  identityFromRecovery,
  isInTime,
  parseCard,
  parseCredential,
  parseDeviceCertificate,
  parseIdentity,
  parseName,
  recoverySecretFrom,
  type Card,
  type DeviceCertificate,
  type IdentitySecret,
} from "@pli/protocol/identity";
import { decodeCbor, encodeCbor, type CborValue } from "@pli/protocol/object";

const now = 1_790_000_000;
let crypto: Crypto;
let alice: IdentitySecret;
let mallory: IdentitySecret;
let card: Card;
let certificate: DeviceCertificate;
let deviceKey: Uint8Array;
let credential: Uint8Array;

beforeAll(async () => {
  crypto = await createCrypto();
  alice = createIdentity(crypto);
  mallory = createIdentity(crypto);
  card = createCard(crypto, alice, "Alice", now);
  deviceKey = crypto.signKeyPair().publicKey;
  certificate = createDeviceCertificate(crypto, alice, { deviceKey, notBefore: now, notAfter: now + 1000 });
  credential = credentialFromCertificate(crypto, certificate, card);
});

/** The same map with some fields replaced. */
function changed(bytes: Uint8Array, fields: Record<string, CborValue>): Uint8Array {
  const map = decodeCbor(bytes, bytes.length);
  if (!(map instanceof Map)) throw new Error("not a map");
  return encodeCbor(new Map([...(map as Map<CborValue, CborValue>), ...Object.entries(fields)]));
}

function refusesDamage(bytes: Uint8Array, parse: (bytes: Uint8Array) => { ok: boolean }): void {
  expect(parse(Uint8Array.of(...bytes, 0)).ok).toBe(false);
  const lengths = [...Array(40).keys(), ...[100, 500, 1000].filter((n) => n < bytes.length), bytes.length - 1];
  for (const length of lengths) expect(parse(bytes.subarray(0, length)).ok).toBe(false);
  for (let at = 0; at < bytes.length; at += 1 + Math.floor(bytes.length / 60)) {
    const flipped = bytes.slice();
    flipped[at] = (flipped[at] ?? 0) ^ 4;
    expect(parse(flipped).ok).toBe(false);
  }
}

describe("names", () => {
  test.each([
    ["Camille", "Camille"],
    ["  Camille  ", "Camille"],
    ["Zoe\u0308", "Zoë"],
    ["محمد", "محمد"],
    ["👩‍👩‍👧", "👩‍👩‍👧"],
    ["x".repeat(64), "x".repeat(64)],
    ["😀".repeat(64), "😀".repeat(64)],
  ])("%s is a name", (input, name) => {
    expect(parseName(input)).toEqual({ ok: true, value: name });
  });

  test.each([
    ["", "name_empty"],
    ["   ", "name_empty"],
    ["\u200d\u200d", "name_empty"],
    ["\u0301", "name_empty"],
    ["x".repeat(65), "name_too_long"],
    ["x".repeat(100_000), "name_too_long"],
    ["Ali\nce", "name_not_allowed"],
    ["Ali\u0000ce", "name_not_allowed"],
    ["Ali\u202ece", "name_not_allowed"],
    ["\u2066Alice", "name_not_allowed"],
    ["Ali\u200bce", "name_not_allowed"],
    ["\u3164", "name_not_allowed"],
    ["Ali\ud800", "name_not_allowed"],
    ["x\u2028y", "name_not_allowed"],
  ])("%j is refused: %s", (input, error) => {
    expect(parseName(input)).toEqual({ ok: false, error });
  });

  test("a name that is accepted is accepted again, unchanged", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (input) => {
        const name = parseName(input);
        expect(name.ok ? parseName(name.value) : name).toEqual(name);
      }),
    );
  });
});

describe("identity", () => {
  test("a secret comes back whole, with the same id and keys", () => {
    expect(parseIdentity(crypto, encodeIdentity(alice))).toEqual({ ok: true, value: alice });
  });

  test("a damaged secret is refused", () => {
    const bytes = encodeIdentity(alice);
    for (let length = 0; length < bytes.length; length += 1)
      expect(parseIdentity(crypto, bytes.subarray(0, length))).toEqual({ ok: false, error: "identity_malformed" });
    expect(parseIdentity(crypto, Uint8Array.of(...bytes, 0)).ok).toBe(false);
  });

  test("all sixteen generations have one id, and keys of their own", () => {
    const secret = createRecoverySecret(crypto);
    const all = [0, 1, 2, 7, 8, 15].map((generation) => identityFromRecovery(crypto, secret, generation));
    expect(new Set(all.map(({ id }) => toHex(id))).size).toBe(1);
    expect(new Set(all.map(({ sign }) => toHex(sign.publicKey))).size).toBe(all.length);
    expect(new Set(all.map(({ mlDsa }) => toHex(mlDsa.publicKey))).size).toBe(all.length);
    const backups = [0, 1, 15].map((generation) => toHex(backupSecretFrom(crypto, secret, generation)));
    expect(new Set(backups).size).toBe(3);
    for (const generation of [-1, 16, 1.5]) expect(() => identityFromRecovery(crypto, secret, generation)).toThrow();
  });

  test("the id is that of a tree of sixteen, whose leaves name their generation and their keys", () => {
    const secret = createRecoverySecret(crypto);
    const hash = (...parts: readonly Uint8Array[]): Uint8Array => crypto.sha256(concat(...parts));
    let level = Array.from({ length: 16 }, (_, generation) => {
      const { sign, mlDsa } = identityFromRecovery(crypto, secret, generation);
      const keys = [sign.publicKey, crypto.sha256(mlDsa.publicKey)];
      return hash(utf8("pli profile leaf v3"), Uint8Array.of(generation), ...keys);
    });
    while (level.length > 1)
      level = Array.from({ length: level.length / 2 }, (_, at) =>
        hash(utf8("pli profile node v3"), ...level.slice(2 * at, 2 * at + 2)),
      );
    const [root = new Uint8Array(0)] = level;
    expect(identityFromRecovery(crypto, secret, 5).id).toEqual(hash(utf8("pli profile v3"), root));
  });

  test("a recovery secret is 24 bytes", () => {
    const secret = createRecoverySecret(crypto);
    expect(recoverySecretFrom(secret)).toEqual(secret);
    for (const length of [0, 23, 25, 32]) expect(recoverySecretFrom(new Uint8Array(length))).toBeUndefined();
  });

  test("two identities share nothing", () => {
    expect(alice.id).not.toEqual(mallory.id);
    expect(alice.sign.publicKey).not.toEqual(mallory.sign.publicKey);
  });
});

describe("cards", () => {
  test("a card comes back whole and names the profile of its keys", () => {
    expect(parseCard(crypto, card.bytes)).toEqual({ ok: true, value: card });
    expect(card.id).toEqual(alice.id);
    expect(card.bytes.length).toBeLessThan(8192);
  });

  test("every truncation, trailing byte and flipped bit is refused", () => {
    refusesDamage(card.bytes, (bytes) => parseCard(crypto, bytes));
  });

  test("a card whose name another changed is not authentic", () => {
    expect(parseCard(crypto, changed(card.bytes, { name: "Mallory" }))).toEqual({
      ok: false,
      error: "card_not_authentic",
    });
  });

  test("each of the two signatures is needed", () => {
    const other = decodeCbor(createCard(crypto, mallory, "Alice", now).bytes, 8192) as Map<string, CborValue>;
    for (const field of ["edSignature", "mlDsaSignature"])
      expect(parseCard(crypto, changed(card.bytes, { [field]: other.get(field) ?? null }))).toEqual({
        ok: false,
        error: "card_not_authentic",
      });
  });

  test.each(["Ali\u202ece", " Alice", "Zoe\u0308", "x".repeat(65), ""])("a card named %j is refused", (name) => {
    expect(parseCard(crypto, changed(card.bytes, { name }))).toEqual({ ok: false, error: "card_malformed" });
  });

  test("a card of the next generation names the same profile, and nobody without the secret makes one", () => {
    const secret = createRecoverySecret(crypto);
    const [first, second] = [0, 1].map((generation) =>
      createCard(crypto, identityFromRecovery(crypto, secret, generation), "Alice", now),
    ) as [Card, Card];
    expect(second.id).toEqual(first.id);
    expect([first.generation, second.generation]).toEqual([0, 1]);
    // A thief has the keys of generation 0, and every hash that a card of it shows.
    const thief = identityFromRecovery(crypto, secret, 0);
    const forgeries = [
      { ...thief, generation: 1 },
      { ...thief, generation: 1, path: second.path },
      { ...mallory, id: thief.id, generation: 1, path: second.path },
      { ...mallory, id: thief.id, generation: 0, path: first.path },
    ].map((forged) => parseCard(crypto, createCard(crypto, forged, "Alice", now + 1).bytes));
    for (const forged of forgeries) expect(forged.ok && toHex(forged.value.id)).not.toBe(toHex(first.id));
  });

  test("an older, newer or larger card is refused", () => {
    for (const v of [1, 3])
      expect(parseCard(crypto, changed(card.bytes, { v }))).toEqual({ ok: false, error: "card_malformed" });
    expect(parseCard(crypto, changed(card.bytes, { more: new Uint8Array(3000) })).ok).toBe(false);
  });
});

describe("device certificates and credentials", () => {
  test("a certificate comes back whole", () => {
    expect(parseDeviceCertificate(crypto, certificate.bytes, card)).toEqual({ ok: true, value: certificate });
  });

  test("every truncation, trailing byte and flipped bit is refused", () => {
    refusesDamage(certificate.bytes, (bytes) => parseDeviceCertificate(crypto, bytes, card));
  });

  test("another profile cannot certify a device for Alice", () => {
    const forged = createDeviceCertificate(
      crypto,
      { ...mallory, id: alice.id },
      {
        deviceKey,
        notBefore: now,
        notAfter: now + 1,
      },
    );
    expect(parseDeviceCertificate(crypto, forged.bytes, card)).toEqual({
      ok: false,
      error: "certificate_not_authentic",
    });
    const own = createDeviceCertificate(crypto, mallory, { deviceKey, notBefore: now, notAfter: now + 1 });
    expect(parseDeviceCertificate(crypto, own.bytes, card).ok).toBe(false);
  });

  test("a certificate is of the card of its generation only", () => {
    const secret = createRecoverySecret(crypto);
    const [first, second] = [0, 1].map((generation) => identityFromRecovery(crypto, secret, generation)) as [
      IdentitySecret,
      IdentitySecret,
    ];
    const times = { notBefore: now, notAfter: now + 1 };
    const old = createDeviceCertificate(crypto, first, { deviceKey, ...times });
    const next = createCard(crypto, second, "Alice", now);
    expect(parseDeviceCertificate(crypto, old.bytes, next)).toEqual({ ok: false, error: "certificate_not_authentic" });
    const forged = createDeviceCertificate(crypto, { ...first, generation: 1 }, { deviceKey, ...times });
    expect(parseDeviceCertificate(crypto, forged.bytes, next).ok).toBe(false);
    expect(() => credentialFromCertificate(crypto, old, next)).toThrow(RangeError);
  });

  test("a certificate that ends before it begins is refused", () => {
    const times = { notBefore: now + 5, notAfter: now };
    expect(() => createDeviceCertificate(crypto, alice, { deviceKey, ...times })).toThrow(RangeError);
    expect(parseDeviceCertificate(crypto, changed(certificate.bytes, times), card)).toEqual({
      ok: false,
      error: "certificate_malformed",
    });
  });

  test("a card's signature is not a certificate's: purposes keep them apart", () => {
    const fields = decodeCbor(card.bytes, 8192) as Map<string, CborValue>;
    const borrowed = changed(certificate.bytes, {
      edSignature: fields.get("edSignature") ?? null,
      mlDsaSignature: fields.get("mlDsaSignature") ?? null,
    });
    expect(parseDeviceCertificate(crypto, borrowed, card).ok).toBe(false);
  });

  test("the leaf credential is small and holds by itself, with the key it certifies only", () => {
    expect(credential.length).toBe(322);
    const parsed = parseCredential(credential);
    expect(checkCredential(crypto, credential, deviceKey, now)).toEqual(parsed);
    expect(parsed).toMatchObject({ value: { profileId: alice.id, deviceId: certificate.deviceId } });
    for (const key of [crypto.signKeyPair().publicKey, deviceKey.subarray(1)])
      expect(checkCredential(crypto, credential, key, now)).toEqual({ ok: false, error: "credential_not_authentic" });
  });

  test("a credential is made of the keys that certified it only", () => {
    expect(() => credentialFromCertificate(crypto, certificate, createCard(crypto, mallory, "Alice", now))).toThrow(
      RangeError,
    );
  });

  test("nobody names another's profile in a credential of their own: the id is the hash of its keys", () => {
    const times = { notBefore: now, notAfter: now + 1000 };
    const forged = createDeviceCertificate(crypto, { ...mallory, id: alice.id }, { deviceKey, ...times });
    const [edKey, mlDsaHash] = [mallory.sign.publicKey, crypto.sha256(mallory.mlDsa.publicKey)];
    for (const forgery of [
      forgedFrom([162, edKey], [194, mlDsaHash], [258, forged.edSignature]),
      forgedFrom([162, edKey], [258, forged.edSignature]),
      forgedFrom([258, forged.edSignature]),
    ])
      expect(checkCredential(crypto, forgery, deviceKey, "any time")).toEqual({
        ok: false,
        error: "credential_not_authentic",
      });

    function forgedFrom(...parts: readonly (readonly [number, Uint8Array])[]): Uint8Array {
      const bytes = credential.slice();
      for (const [offset, part] of parts) bytes.set(part, offset);
      return bytes;
    }
  });

  test("times beyond what a number holds, or that end before they begin, and a seventeenth generation are refused", () => {
    for (const [at, byte] of [
      [242, 0x80],
      [250, 0x80],
      [242 + 4, 0xff],
      [33, 16],
    ] as const) {
      const wrong = credential.slice();
      wrong[at] = byte;
      expect(parseCredential(wrong)).toEqual({ ok: false, error: "credential_malformed" });
    }
  });

  test("every truncation, trailing byte and flipped bit of a credential is refused", () => {
    refusesDamage(credential, (bytes) => checkCredential(crypto, bytes, deviceKey, now));
  });

  test("a credential holds from a day before its time to a day after, and at any time where clocks do not count", () => {
    const { notBefore, notAfter } = certificate;
    const at = (time: number | "any time"): boolean => checkCredential(crypto, credential, deviceKey, time).ok;
    expect([notBefore - CLOCK_TOLERANCE_SECONDS, notAfter + CLOCK_TOLERANCE_SECONDS].map(at)).toEqual([true, true]);
    expect([notBefore - CLOCK_TOLERANCE_SECONDS - 1, notAfter + CLOCK_TOLERANCE_SECONDS + 1].map(at)).toEqual([
      false,
      false,
    ]);
    expect(at("any time")).toBe(true);
    expect(isInTime(certificate, notBefore)).toBe(true);
  });
});

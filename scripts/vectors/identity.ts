import type { Crypto } from "@pli/protocol/crypto";
import { createCard, createDeviceCertificate, createIdentity, credentialFromCertificate } from "@pli/protocol/identity";
import { decodeCbor, encodeCbor, type CborValue } from "@pli/protocol/object";
import { damaged, seededFor, type VectorFile } from "./json.ts";

const NOW = 1_790_000_000;

/**
 * The primitives, with the one draw of an ML-DSA signature told: what an implementation must be
 * given to sign alike.
 */
function telling(crypto: Crypto): { crypto: Crypto; entropy: Uint8Array } {
  const entropy = crypto.random(32);
  return { entropy, crypto: { ...crypto, mlDsaSign: (key, message) => crypto.mlDsaSign(key, message, entropy) } };
}

/** The same map with some fields replaced. */
export function changed(bytes: Uint8Array, fields: Record<string, CborValue>): Uint8Array {
  const map = decodeCbor(bytes, bytes.length);
  if (!(map instanceof Map)) throw new Error("not a map");
  return encodeCbor(new Map([...(map as Map<CborValue, CborValue>), ...Object.entries(fields)]));
}

/** Cards, section 6. */
export async function cardVectors(): Promise<VectorFile> {
  const crypto = await seededFor("card");
  const identity = createIdentity(crypto);
  const { signSeed, mlDsaSeed } = identity;
  const valid = ["Camille", "Zoë", "محمد", "👩‍👩‍👧", "x".repeat(64)].map((name) => {
    const { crypto: told, entropy } = telling(crypto);
    const { bytes, ...value } = createCard(told, identity, name, NOW);
    return { name, signSeed, mlDsaSeed, entropy, value, bytes };
  });
  const { bytes } = createCard(crypto, identity, "Camille", NOW);
  return {
    structure: "card",
    about:
      'Canonical CBOR { v, name, edKey, mlDsaKey, issuedAt, edSignature, mlDsaSignature }; both signatures over "pli card v1", 00 and the CBOR of the fields before them. id = SHA-256("pli profile v2", edKey, SHA-256(mlDsaKey)). `entropy` is the 32 bytes of the hedged ML-DSA-65 signature.',
    valid,
    invalid: [
      ...damaged(bytes, "card_malformed"),
      { name: "another name", bytes: changed(bytes, { name: "Mallory" }), error: "card_not_authentic" },
      { name: "another time", bytes: changed(bytes, { issuedAt: NOW + 1 }), error: "card_not_authentic" },
      {
        name: "an empty Ed25519 signature",
        bytes: changed(bytes, { edSignature: new Uint8Array(64) }),
        error: "card_not_authentic",
      },
      {
        name: "an empty ML-DSA signature",
        bytes: changed(bytes, { mlDsaSignature: new Uint8Array(3309) }),
        error: "card_not_authentic",
      },
      { name: "a name with spaces around it", bytes: changed(bytes, { name: " Camille" }), error: "card_malformed" },
      {
        name: "a name that turns text around",
        bytes: changed(bytes, { name: "Cam\u202eille" }),
        error: "card_malformed",
      },
      { name: "a newer version", bytes: changed(bytes, { v: 2 }), error: "card_malformed" },
      { name: "a field too many", bytes: changed(bytes, { more: 1 }), error: "card_malformed" },
    ],
  };
}

/** Device certificates and the leaf credentials made from them, section 6. */
export async function certificateVectors(): Promise<VectorFile> {
  const crypto = await seededFor("certificate");
  const identity = createIdentity(crypto);
  const shown = createCard(crypto, identity, "Camille", NOW);
  const card = shown.bytes;
  const { crypto: told, entropy } = telling(crypto);
  const device = { deviceId: crypto.random(16), deviceKey: crypto.signKeyPair().publicKey };
  const certificate = createDeviceCertificate(told, identity, {
    ...device,
    notBefore: NOW,
    notAfter: NOW + 31_536_000,
  });
  const { bytes, ...value } = certificate;
  const { signSeed, mlDsaSeed } = identity;
  const credential = credentialFromCertificate(crypto, certificate, shown);
  const refused = (name: string, wrong: Uint8Array, error: string) => ({ name, card, bytes: wrong, error });
  return {
    structure: "certificate",
    about:
      'Canonical CBOR { v, profileId, deviceId, deviceKey, notBefore, notAfter, edSignature, mlDsaSignature }; both signatures over "pli device certificate v1", 00 and the CBOR of the first six. The leaf credential is 02, profileId, edKey, SHA-256(mlDsaKey), deviceId, notBefore u64, notAfter u64, edSignature: it holds for `deviceKey` alone.',
    valid: [{ name: "a device for a year", signSeed, mlDsaSeed, card, entropy, value, bytes, credential }],
    invalid: [
      ...damaged(bytes, "certificate_malformed", { card }),
      refused("another device key", changed(bytes, { deviceKey: crypto.random(32) }), "certificate_not_authentic"),
      refused("another profile", changed(bytes, { profileId: crypto.random(32) }), "certificate_not_authentic"),
      refused("a longer time", changed(bytes, { notAfter: NOW + 31_536_001 }), "certificate_not_authentic"),
      refused("an end before its beginning", changed(bytes, { notAfter: NOW - 1 }), "certificate_malformed"),
      refused("the credential instead", credential, "certificate_malformed"),
    ],
  };
}

import type { Crypto } from "@pli/protocol/crypto";
import {
  GENERATIONS,
  backupSecretFrom,
  createCard,
  createDeviceCertificate,
  createRecoverySecret,
  credentialFromCertificate,
  encodeIdentity,
  identityFromRecovery,
} from "@pli/protocol/identity";
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

/** What follows from a recovery secret, section 6. */
export async function identityVectors(): Promise<VectorFile> {
  const crypto = await seededFor("identity");
  const recovery = createRecoverySecret(crypto);
  const of = (generation: number) => {
    const identity = identityFromRecovery(crypto, recovery, generation);
    const [edKey, mlDsaHash] = [identity.sign.publicKey, crypto.sha256(identity.mlDsa.publicKey)];
    const backup = backupSecretFrom(crypto, recovery, generation);
    const bytes = encodeIdentity(identity);
    return { name: `generation ${generation}`, recovery, generation, id: identity.id, edKey, mlDsaHash, backup, bytes };
  };
  const valid = Array.from({ length: GENERATIONS }, (_, generation) => of(generation));
  const { bytes } = of(0);
  const bad = (name: string, fields: Record<string, CborValue>) => ({
    name,
    bytes: changed(bytes, fields),
    error: "identity_malformed",
  });
  return {
    structure: "identity",
    about:
      'root = HKDF-Extract-SHA256("pli recovery v1", recovery); signSeed = kdf(root, "identity sign", g u8), mlDsaSeed = kdf(root, "identity ml-dsa", g u8), backup = kdf(root, "backup", g u8). `bytes` is canonical CBOR { v: 2, generation, path 128, signSeed, mlDsaSeed }; path: the hashes beside the way from leaf g to the root of the tree of sixteen, lowest first. Leaf: SHA-256("pli profile leaf v3", g u8, edKey, mlDsaHash); node: SHA-256("pli profile node v3", left, right); id = SHA-256("pli profile v3", root of the tree).',
    valid,
    invalid: [
      ...damaged(bytes, "identity_malformed"),
      bad("a generation beyond the sixteen", { generation: 16 }),
      bad("a short path", { path: new Uint8Array(96) }),
      bad("an older version", { v: 1 }),
      bad("a field too many", { more: 1 }),
    ],
  };
}

/** Cards, section 6. */
export async function cardVectors(): Promise<VectorFile> {
  const crypto = await seededFor("card");
  const recovery = createRecoverySecret(crypto);
  const identity = identityFromRecovery(crypto, recovery, 0);
  const later = identityFromRecovery(crypto, recovery, 11);
  const valid = ["Camille", "Zoë", "محمد", "👩‍👩‍👧", "x".repeat(64), "Later"].map((name) => {
    const { crypto: told, entropy } = telling(crypto);
    const { bytes, ...value } = createCard(told, name === "Later" ? later : identity, name, NOW);
    return { name, recovery, entropy, value, bytes };
  });
  const { bytes } = createCard(crypto, identity, "Camille", NOW);
  return {
    structure: "card",
    about:
      'Canonical CBOR { v: 2, generation, path, name, edKey, mlDsaKey, issuedAt, edSignature, mlDsaSignature }; both signatures over "pli card v2", 00 and the CBOR of the fields before them. The id follows from generation, path, edKey and SHA-256(mlDsaKey): identity.json has the keys of `recovery`. `entropy` is the 32 bytes of the hedged ML-DSA-65 signature.',
    valid,
    invalid: [
      ...damaged(bytes, "card_malformed"),
      { name: "another name", bytes: changed(bytes, { name: "Mallory" }), error: "card_not_authentic" },
      { name: "another time", bytes: changed(bytes, { issuedAt: NOW + 1 }), error: "card_not_authentic" },
      { name: "another generation", bytes: changed(bytes, { generation: 1 }), error: "card_not_authentic" },
      { name: "another path", bytes: changed(bytes, { path: crypto.random(128) }), error: "card_not_authentic" },
      { name: "a generation beyond the sixteen", bytes: changed(bytes, { generation: 16 }), error: "card_malformed" },
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
      { name: "an older version", bytes: changed(bytes, { v: 1 }), error: "card_malformed" },
      { name: "a newer version", bytes: changed(bytes, { v: 3 }), error: "card_malformed" },
      { name: "a field too many", bytes: changed(bytes, { more: 1 }), error: "card_malformed" },
    ],
  };
}

/** Device certificates and the leaf credentials made from them, section 6. */
export async function certificateVectors(): Promise<VectorFile> {
  const crypto = await seededFor("certificate");
  const recovery = createRecoverySecret(crypto);
  const identity = identityFromRecovery(crypto, recovery, 2);
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
  const credential = credentialFromCertificate(crypto, certificate, shown);
  const refused = (name: string, wrong: Uint8Array, error: string) => ({ name, card, bytes: wrong, error });
  return {
    structure: "certificate",
    about:
      'Canonical CBOR { v: 2, profileId, generation, deviceId, deviceKey, notBefore, notAfter, edSignature, mlDsaSignature }; both signatures over "pli device certificate v2", 00 and the CBOR of the fields before them. The leaf credential is 03, profileId, generation u8, path 128, edKey, SHA-256(mlDsaKey), deviceId, notBefore u64, notAfter u64, edSignature: it holds for `deviceKey` alone.',
    valid: [{ name: "a device for a year", recovery, card, entropy, value, bytes, credential }],
    invalid: [
      ...damaged(bytes, "certificate_malformed", { card }),
      refused("another device key", changed(bytes, { deviceKey: crypto.random(32) }), "certificate_not_authentic"),
      refused("another profile", changed(bytes, { profileId: crypto.random(32) }), "certificate_not_authentic"),
      refused("another generation", changed(bytes, { generation: 3 }), "certificate_not_authentic"),
      refused("a longer time", changed(bytes, { notAfter: NOW + 31_536_001 }), "certificate_not_authentic"),
      refused("an end before its beginning", changed(bytes, { notAfter: NOW - 1 }), "certificate_malformed"),
      refused("the credential instead", credential, "certificate_malformed"),
    ],
  };
}

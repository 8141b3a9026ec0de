import type { KeyPackage, PrivateKeyPackage } from "ts-mls";
import { generateKeyPackageWithKey } from "ts-mls/keyPackage.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import { concat } from "../../crypto/bytes.ts";
import { MAX_KEY_PACKAGE_BYTES } from "../group.ts";
import type { GroupError, KeyPackageRequest } from "../group.ts";
import type { Result } from "../../wire/result.ts";
import { err, ok } from "../../wire/result.ts";
import type { Suite } from "./ciphersuite.ts";
import { parseMlsMessage } from "./codec.ts";
import { capabilitiesFor } from "./config.ts";
import { consentExtensions } from "./rules.ts";

const SECRET_VERSION = 1;
const SECRET_BYTES = 1 + 32 + 32 + 64;

/** A key package for one Welcome, and the keys that open it. */
export async function createKeyPackage(
  suite: Suite,
  deps: KeyPackageRequest,
): Promise<{ keyPackage: Uint8Array; secret: Uint8Array }> {
  const { publicPackage, privatePackage } = await generateKeyPackageWithKey(
    { credentialType: "basic", identity: deps.credential },
    capabilitiesFor(suite.name),
    { notBefore: BigInt(deps.notBefore), notAfter: BigInt(deps.notAfter) },
    consentExtensions(deps.consent),
    { publicKey: deps.signKeys.publicKey, signKey: deps.signKeys.secretKey },
    suite.cs,
  );
  return { keyPackage: encodeKeyPackage(publicPackage), secret: encodeSecret(privatePackage) };
}

export function encodeKeyPackage(keyPackage: KeyPackage): Uint8Array {
  return encodeMlsMessage({ version: "mls10", wireformat: "mls_key_package", keyPackage });
}

export function parseKeyPackage(bytes: Uint8Array): Result<KeyPackage, GroupError> {
  const message = parseMlsMessage(bytes, "mls_key_package", MAX_KEY_PACKAGE_BYTES);
  return message.ok ? ok(message.value.keyPackage) : message;
}

export function parseSecret(bytes: Uint8Array): Result<PrivateKeyPackage, GroupError> {
  if (bytes.length !== SECRET_BYTES || bytes[0] !== SECRET_VERSION) return err("malformed");
  return ok({
    initPrivateKey: bytes.slice(1, 33),
    hpkePrivateKey: bytes.slice(33, 65),
    signaturePrivateKey: bytes.slice(65),
  });
}

function encodeSecret(keys: PrivateKeyPackage): Uint8Array {
  return concat(new Uint8Array([SECRET_VERSION]), keys.initPrivateKey, keys.hpkePrivateKey, keys.signaturePrivateKey);
}

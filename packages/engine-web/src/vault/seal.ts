import type { LockKind, Sealed } from "./record.ts";

const [IV_BYTES, SEALED_BYTES] = [12, 60];

/** A sealed key as its file has it, and from there. */
export const bytesFromSealed = ({ iv, ciphertext }: Sealed): Uint8Array => Uint8Array.of(...iv, ...ciphertext);
export const sealedFromBytes = (bytes: Uint8Array): Sealed => ({
  iv: bytes.slice(0, IV_BYTES),
  ciphertext: bytes.slice(IV_BYTES, SEALED_BYTES),
});

type Bytes = Uint8Array<ArrayBuffer>;

/** Seals a 32-byte key; the kind of lock is bound to it. */
export async function sealKey(wrapping: CryptoKey, kind: LockKind, key: Uint8Array): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const ciphertext = await crypto.subtle.encrypt(algorithm(iv, kind), wrapping, key as Bytes);
  return { iv, ciphertext: new Uint8Array(ciphertext) };
}

/** The key, or undefined when the wrapping key is not the one it was sealed with. */
export async function openKey(wrapping: CryptoKey, kind: LockKind, sealed: Sealed): Promise<Uint8Array | undefined> {
  try {
    const ciphertext = sealed.ciphertext as Bytes;
    return new Uint8Array(await crypto.subtle.decrypt(algorithm(sealed.iv, kind), wrapping, ciphertext));
  } catch (error) {
    if (error instanceof DOMException && error.name === "OperationError") return undefined;
    throw error;
  }
}

/** A key of this device that seals and opens, and that no script can read. */
export function createDeviceKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** A wrapping key from 32 secret bytes. */
export function wrappingKey(secret: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", secret as Bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

function algorithm(iv: Uint8Array, kind: LockKind): AesGcmParams {
  return { name: "AES-GCM", iv: iv as Bytes, additionalData: new TextEncoder().encode(`pli1 vault ${kind}`) };
}

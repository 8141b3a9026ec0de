import { concat } from "./bytes.ts";
import type { HashName, Primitives } from "./port.ts";

export const HASH_BYTES: Readonly<Record<HashName, number>> = { sha256: 32, sha512: 64 };

/** HMAC by the name of its hash. */
export function hmac(crypto: Primitives, hash: HashName, key: Uint8Array, data: Uint8Array): Uint8Array {
  return hash === "sha256" ? crypto.hmacSha256(key, data) : crypto.hmacSha512(key, data);
}

/** HKDF-Expand (RFC 5869, section 2.3). */
export function hkdfExpand(
  crypto: Primitives,
  hash: HashName,
  prk: Uint8Array,
  info: Uint8Array,
  length: number,
): Uint8Array {
  if (length > 255 * HASH_BYTES[hash]) throw new RangeError("HKDF output too long");
  let block: Uint8Array = new Uint8Array(0);
  let out: Uint8Array = block;
  for (let i = 1; out.length < length; i++) {
    block = hmac(crypto, hash, prk, concat(block, info, new Uint8Array([i])));
    out = out.length === 0 ? block : concat(out, block);
  }
  return out.length === length ? out : out.slice(0, length);
}

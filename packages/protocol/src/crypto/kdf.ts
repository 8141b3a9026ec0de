import { concat, utf8 } from "./bytes.ts";
import type { Crypto } from "./port.ts";

const NOTHING = new Uint8Array(0);

/**
 * The one key derivation of Pli: HKDF-Expand-SHA256(secret, "pli1 " name ‖ 0x00 ‖ context), 32
 * bytes. The secret is 32 uniformly random bytes; the name says what the result is for and holds no
 * zero byte. docs/protocol.md, section 4.
 */
export function kdf(crypto: Crypto, secret: Uint8Array, name: string, context: Uint8Array = NOTHING): Uint8Array {
  if (secret.length !== 32) throw new RangeError("kdf wants a secret of 32 bytes");
  if (name.includes("\0")) throw new RangeError("kdf wants a name without a zero byte");
  return crypto.hkdfExpand("sha256", secret, concat(utf8(`pli1 ${name}`), new Uint8Array(1), context), 32);
}

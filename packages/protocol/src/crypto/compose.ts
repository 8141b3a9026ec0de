import { hkdfExpand, hmac } from "./hkdf.ts";
import { setupOpener, setupSealer } from "./hpke.ts";
import type { HpkeSuite } from "./hpke.ts";
import { xWingKem } from "./kem.ts";
import type { Crypto, Primitives } from "./port.ts";

/** The whole port from its primitives. */
export function cryptoFrom(primitives: Primitives): Crypto {
  const suite: HpkeSuite = { kem: xWingKem(primitives), hash: "sha512" };
  return {
    ...primitives,
    hkdfExtract: (hash, salt, ikm) => hmac(primitives, hash, salt, ikm),
    hkdfExpand: (hash, prk, info, length) => hkdfExpand(primitives, hash, prk, info, length),
    hpkeSealer: (publicKey, info) => setupSealer(primitives, suite, publicKey, info),
    hpkeOpener: (secretKey, enc, info) => setupOpener(primitives, suite, secretKey, enc, info),
  };
}

export { concat, fromBase64Url, fromHex, text, toBase64Url, toHex, utf8 } from "./bytes.ts";
export { kdf } from "./kdf.ts";
export { createCrypto } from "./libsodium.ts";
export type { Crypto, Encapsulation, HashName, HpkeOpener, HpkeSealer, KeyPair } from "./port.ts";
export { createSeededCrypto } from "./seeded.ts";

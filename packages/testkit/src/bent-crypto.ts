import { concat, toHex, utf8, type Crypto } from "@pli/protocol/crypto";

/**
 * How a commit is wrong. `garbage`: what is sealed to a device opens for nobody. `another secret`:
 * it opens, and the keys that come of it are not those of the tree. `wrong tag`: the confirmation
 * tag, which no signature covers, is not the next epoch's.
 */
export type Bend = "garbage" | "another secret" | "wrong tag";

/** Derives the key of the confirmation tag (RFC 9420, section 8), in hexadecimal. */
const CONFIRM = toHex(utf8("MLS 1.0 confirm"));

/**
 * Makes commits that are wrong for the owners of these public keys. `used`: the keys they were bent
 * for, or the tag.
 */
export function bentCrypto(
  crypto: Crypto,
  how: Bend,
  isMeant: (publicKey: Uint8Array) => boolean,
): { readonly crypto: Crypto; readonly used: ReadonlySet<string> } {
  return how === "wrong tag" ? wrongTags(crypto) : wrongSecrets(crypto, how, isMeant);
}

function wrongSecrets(crypto: Crypto, how: Bend, isMeant: (publicKey: Uint8Array) => boolean) {
  const used = new Set<string>();
  let isPlanting = false;
  const encap: Crypto["encap"] = (publicKey, entropy) => {
    const sealed = crypto.encap(publicKey, entropy);
    if (sealed === undefined || !isMeant(publicKey)) return sealed;
    used.add(toHex(publicKey));
    if (how === "garbage") return { ...sealed, ciphertext: crypto.random(sealed.ciphertext.length) };
    isPlanting = true;
    return sealed;
  };
  const aeadSeal: Crypto["aeadSeal"] = (key, nonce, plaintext, aad) => {
    const said = isPlanting ? crypto.random(plaintext.length) : plaintext;
    isPlanting = false;
    return crypto.aeadSeal(key, nonce, said, aad);
  };
  return { crypto: { ...crypto, encap, aeadSeal }, used };
}

function wrongTags(crypto: Crypto) {
  const used = new Set<string>();
  let confirmationKey: Uint8Array | undefined;
  const hmacSha512: Crypto["hmacSha512"] = (key, data) => {
    const mac = crypto.hmacSha512(key, data);
    const isTag = confirmationKey !== undefined && crypto.equal(key, confirmationKey);
    if (toHex(data).includes(CONFIRM)) confirmationKey = mac.slice();
    if (!isTag) return mac;
    used.add("tag");
    return concat(Uint8Array.of((mac[0] ?? 0) ^ 1), mac.subarray(1));
  };
  return { crypto: { ...crypto, hmacSha512 }, used };
}

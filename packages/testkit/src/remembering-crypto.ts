import { concat, toHex, type Crypto, type KeyPair } from "@pli/protocol/crypto";

/**
 * The slow functions of the post-quantum signatures, each computed once for the same input: every
 * engine asks at its start.
 */
export function remembering(crypto: Crypto): Crypto {
  const verdicts = new Map<string, boolean>();
  const keyPairs = new Map<string, KeyPair>();
  const keyOf = (...parts: readonly Uint8Array[]): string => toHex(crypto.sha256(concat(...parts)));
  return {
    ...crypto,
    mlDsaVerify: (publicKey, message, signature) =>
      remembered(verdicts, keyOf(publicKey, signature, message), () =>
        crypto.mlDsaVerify(publicKey, message, signature),
      ),
    mlDsaKeyPair: (seed = crypto.random(32)) => {
      const { publicKey, secretKey } = remembered(keyPairs, keyOf(seed), () => crypto.mlDsaKeyPair(seed));
      return { publicKey: publicKey.slice(), secretKey: secretKey.slice() };
    },
  };
}

function remembered<T>(known: Map<string, T>, key: string, compute: () => T): T {
  const value = known.get(key) ?? compute();
  known.set(key, value);
  return value;
}

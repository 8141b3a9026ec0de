import type { Plugin } from "vite";

const PROVIDER = /ts-mls\/dist\/src\/crypto\/implementation\/(default|noble)\/provider\.js$/;

/**
 * ts-mls comes with two sets of cryptography; Pli gives it a third, on libsodium. The two stay out
 * of the build.
 */
export function ownCryptoOnly(): Plugin {
  return {
    name: "pli-own-crypto-only",
    enforce: "pre",
    load(id) {
      const provider = PROVIDER.exec(id.replaceAll("\\", "/"))?.[1];
      if (provider === undefined) return undefined;
      return `export const ${provider}CryptoProvider = { getCiphersuiteImpl() { throw new Error("left out"); } };`;
    },
  };
}

import type { ClientState } from "ts-mls";
import { directPath, leafToNodeIndex, leafWidth, toLeafIndex } from "ts-mls/treemath.js";
import type { Crypto } from "../../crypto/port.ts";
import { kemPublicKeyFrom } from "./ciphersuite.ts";
import { sameBytes } from "./codec.ts";

/**
 * The state with exactly the private keys its own path calls for, or undefined when one is missing or does not belong
 * to the public key in the tree. ts-mls does not compare them: an insider could plant public keys in an update path
 * and so break every later commit. Keys of nodes that are blank by now are dropped.
 */
export function withCheckedPath(crypto: Crypto, state: ClientState): ClientState | undefined {
  const own = toLeafIndex(state.privatePath.leafIndex);
  const privateKeys: Record<number, Uint8Array> = {};
  for (const index of [
    leafToNodeIndex(own),
    ...directPath(leafToNodeIndex(own), leafWidth(state.ratchetTree.length)),
  ]) {
    const publicKey = publicKeyWeShouldOwn(state, index);
    if (publicKey === undefined) continue;
    const privateKey = state.privatePath.privateKeys[index];
    if (
      privateKey === undefined ||
      !sameBytes(kemPublicKeyFrom(crypto, state.groupContext.cipherSuite, privateKey), publicKey)
    )
      return undefined;
    privateKeys[index] = privateKey;
  }
  return { ...state, privatePath: { ...state.privatePath, privateKeys } };
}

/** Blank nodes have no key; a parent that lists us as unmerged has one that we were never given. */
function publicKeyWeShouldOwn(state: ClientState, index: number): Uint8Array | undefined {
  const node = state.ratchetTree[index];
  if (node?.nodeType === "leaf") return node.leaf.hpkePublicKey;
  const unmerged = node?.parent.unmergedLeaves.includes(state.privatePath.leafIndex) ?? true;
  return unmerged ? undefined : node?.parent.hpkePublicKey;
}

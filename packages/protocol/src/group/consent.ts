import { concat, utf8, type Crypto } from "../crypto/index.ts";

/**
 * What a key package says about its use, 32 bytes: the profile id of the one person who may bring its owner into a group
 * with it, or, of an owner with several devices, the owner's own.
 */
export function consentToAdd(profileId: Uint8Array): Uint8Array {
  return profileId.slice();
}

/**
 * The same for coming back with a device that is in the group already. Another than `consentToAdd`, and for one conversation:
 * otherwise whoever holds a key package of an owner could put a fresh leaf in the place of theirs, and not tell them.
 */
export function consentToRejoin(crypto: Crypto, conversation: Uint8Array, profileId: Uint8Array): Uint8Array {
  return crypto.sha256(concat(utf8("pli rejoin v1\0"), conversation, profileId));
}

import { concat, utf8, type Crypto } from "../crypto/index.ts";

/**
 * What a key package says about its use, 32 bytes: the profile id of the one person who may bring
 * its owner into a group with it, or, of an owner with several devices, the owner's own.
 */
export function consentToAdd(profileId: Uint8Array): Uint8Array {
  return profileId.slice();
}

/**
 * What a device that comes back is put in the place of: its leaf in one MLS group, as its
 * encryption key names it.
 */
export type Replaced = {
  readonly conversation: Uint8Array;
  readonly groupId: Uint8Array;
  readonly encryptionKey: Uint8Array;
};

/**
 * The same for coming back with a device that is in the group already. It holds once: for one
 * helper, and for one leaf, whose encryption key is new with every update and every joining. Used,
 * it names a leaf that is gone. Another than `consentToAdd`: otherwise any holder of a key package
 * of an owner could put a fresh leaf in the place of theirs.
 */
export function consentToRejoin(crypto: Crypto, replaced: Replaced, helper: Uint8Array): Uint8Array {
  const { conversation, groupId, encryptionKey } = replaced;
  return crypto.sha256(concat(utf8("pli rejoin v2\0"), conversation, groupId, helper, encryptionKey));
}

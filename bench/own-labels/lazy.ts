/**
 * (c) Proof when it is needed: labels are put as today, without proof, one bit of them clear. A
 * sender that finds another's cell at its label puts the very cell it has sealed at the label of
 * its blinded key for that step, the bit set; there the store asks for the proof of (b). Readers
 * that find noise at a step expect that other label, for that step.
 */
import { concat, type Crypto } from "@pli/protocol/crypto";
import type { Label } from "@pli/protocol/wire";
import { blindedKey, blindedProof, blindingOf, isOwned, labelFromKey } from "./blinded.ts";
import type { Sodium } from "./sodium.ts";

/** Top bit of the first byte after the feed. */
const OWNED = 0x80;
const AT = 2;

export const isOwnedLabel = (label: Uint8Array): boolean => ((label[AT] ?? 0) & OWNED) !== 0;

export const ordinary = (label: Label): Label => withBit(label, 0);
const owned = (label: Label): Label => withBit(label, OWNED);

const withBit = (label: Label, bit: number): Label => {
  const copy = label.slice() as Label;
  copy[AT] = ((copy[AT] ?? 0) & ~OWNED) | bit;
  return copy;
};

/**
 * The label beside the ordinary one of a step, for who knows the chain's secret and the leaf's key:
 * all members.
 */
export const ownedLabelOf = (
  { crypto, sodium }: { crypto: Crypto; sodium: Sodium },
  feed: number,
  secret: Uint8Array,
  leafKey: Uint8Array,
): Label => owned(labelFromKey(crypto, feed, blindedKey(sodium, blindingOf(crypto, sodium, secret), leafKey)));

/** The proof for it: the sender's alone. */
export const ownedProof = (
  { crypto, sodium }: { crypto: Crypto; sodium: Sodium },
  secret: Uint8Array,
  leafSecret: Uint8Array,
  label: Uint8Array,
  cell: Uint8Array,
): Uint8Array => blindedProof(sodium, blindingOf(crypto, sodium, secret), leafSecret, concat(label, cell));

/**
 * The store's check: nothing for an ordinary label. The hash of the key gives all of the label but
 * the bit, which is set.
 */
export const mayPut = (label: Uint8Array, cell: Uint8Array, proof: Uint8Array | undefined): boolean => {
  if (!isOwnedLabel(label)) return true;
  if (proof === undefined) return false;
  const message = concat(label, cell);
  return [0, OWNED].some((bit) => isOwned(withBit(label as Label, bit), proof, message));
};

/**
 * The secrets of two people, from which the places where they find each other again are derived
 * (docs/protocol.md, section 8.1). They make another one when the keys of one of them have another
 * generation: a thief of earlier keys knows the one before.
 */
import { toHex } from "@pli/protocol/crypto";
import { bytesOf, encodeCbor, isUint, parseMap } from "@pli/protocol/object";
import type { Crypto } from "@pli/protocol/crypto";
import { damaged } from "../runtime/storage/row.ts";

export interface Pairwise {
  readonly secret: Uint8Array;
  /** The generations of this person's keys and of the contact's when the two made it. */
  readonly own: number;
  readonly peer: number;
}

const SHAPE = { secret: bytesOf(32), own: isUint, peer: isUint } as const;
const MAX_BYTES = 128;

export const encodePairwise = ({ secret, own, peer }: Pairwise): Uint8Array => encodeCbor({ secret, own, peer });

export const pairwiseFrom = (bytes: Uint8Array): Pairwise => parseMap(bytes, MAX_BYTES, SHAPE) ?? damaged("pairwise");

/** A short name of a secret, for this device alone. */
export const tagOf = (crypto: Crypto, { secret }: Pairwise): string => toHex(crypto.sha256(secret).subarray(0, 6));

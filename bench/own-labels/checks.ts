/**
 * What a store may check at a put. The proof rides in the first bytes of the cell, so that wire and
 * store are the real ones, unchanged.
 */
import type { Put } from "../../packages/store/src/storage/storage.ts";
import { BLINDED_PROOF_BYTES, isOwned, isOwnedAsync } from "./blinded.ts";
import { mayPut } from "./lazy.ts";
import { PRE_IMAGE_PROOF_BYTES, showsPreImage } from "./pre-image.ts";

export const CHECKS = ["none", "pre-image", "blinded", "blinded-threads", "lazy", "lazy-flood"] as const;
export type Check = (typeof CHECKS)[number];

type Checked = boolean | Promise<boolean>;

/** What the owner signs: the label and the rest of the cell. */
export const signedIn = (label: Uint8Array, cell: Uint8Array): Uint8Array =>
  Buffer.concat([label, cell.subarray(BLINDED_PROOF_BYTES)]);

const proofIn = (cell: Uint8Array): Uint8Array => cell.subarray(0, BLINDED_PROOF_BYTES);
const lazy = ({ label, bytes }: Put): boolean => mayPut(label, bytes.subarray(BLINDED_PROOF_BYTES), proofIn(bytes));

export const checkOf: Readonly<Record<Check, (put: Put) => Checked>> = {
  none: () => true,
  "pre-image": ({ label, bytes }) => showsPreImage(label, bytes.subarray(0, PRE_IMAGE_PROOF_BYTES)),
  blinded: ({ label, bytes }) => isOwned(label, proofIn(bytes), signedIn(label, bytes)),
  "blinded-threads": ({ label, bytes }) => isOwnedAsync(label, proofIn(bytes), signedIn(label, bytes)),
  lazy,
  "lazy-flood": lazy,
};

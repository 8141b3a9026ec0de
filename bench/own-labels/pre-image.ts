/**
 * (a) Pre-image labels: the sender announces c = H(x) inside signed messages; label = H(c ‖ z); a
 * put shows x and z.
 */
import { hash } from "node:crypto";
import { concat, kdf, type Crypto } from "@pli/protocol/crypto";
import { labelFrom } from "@pli/protocol/object";
import type { Label } from "@pli/protocol/wire";
import { step32 } from "./steps.ts";

/**
 * Each message announces those of this many steps ahead: as many as a reader expects, so that it
 * survives losing all but one of them.
 */
export const ANNOUNCED = 8;
export const ANNOUNCEMENT_BYTES = 4 + ANNOUNCED * 32;
/** x and z. */
export const PRE_IMAGE_PROOF_BYTES = 64;

/**
 * x of a step, the sender's alone: from a secret of the device, so that a device put back finds its
 * own cells.
 */
export const preImageAt = (crypto: Crypto, device: Uint8Array, step: number): Uint8Array =>
  kdf(crypto, device, "label pre-image", step32(step));

export const commitmentOf = (crypto: Crypto, x: Uint8Array): Uint8Array => crypto.sha256(x);

/** z of a step, known to all members; from the chain's secret, which is erased after use. */
export const blindOf = (crypto: Crypto, secret: Uint8Array): Uint8Array => kdf(crypto, secret, "label");

export const labelFromCommitment = (crypto: Crypto, feed: number, c: Uint8Array, z: Uint8Array): Label =>
  labelFrom(feed, crypto.sha256(concat(c, z)));

/** What a message says of the steps ahead: the first, and the commitment of each. */
export const announcementFrom = (crypto: Crypto, device: Uint8Array, first: number): Uint8Array =>
  concat(
    step32(first),
    ...Array.from({ length: ANNOUNCED }, (_, i) => commitmentOf(crypto, preImageAt(crypto, device, first + i))),
  );

/** The store's check. */
export const showsPreImage = (label: Uint8Array, proof: Uint8Array): boolean => {
  const c = hash("sha256", proof.subarray(0, 32), "buffer");
  return hash("sha256", concat(c, proof.subarray(32)), "buffer")
    .subarray(0, 30)
    .equals(label.subarray(2));
};

import { randomBytes } from "node:crypto";
import { LABEL_BYTES } from "@pli/protocol/wire";

const PRIME = 2 ** 31 - 1;
const WORDS = LABEL_BYTES / 2;

/** The hash of the label that begins at `at` in `bytes`. */
export type LabelHash = (bytes: Uint8Array, at: number) => number;

/**
 * A hash of labels to numbers below 2^31, from a universal family (Carter and Wegman: a random
 * linear form modulo a prime). Without its random keys, nobody can choose two labels that collide
 * more often than once in 2^31 tries. Not for secrets.
 */
export const createLabelHash = (): LabelHash => {
  const keys = Float64Array.from({ length: WORDS }, () => randomBytes(4).readUInt32LE() % PRIME);
  return (bytes, at) => {
    let sum = 0;
    for (let i = 0; i < WORDS; i += 1) {
      sum += (keys[i] as number) * ((bytes[at + 2 * i] as number) | ((bytes[at + 2 * i + 1] as number) << 8));
    }
    return sum % PRIME;
  };
};

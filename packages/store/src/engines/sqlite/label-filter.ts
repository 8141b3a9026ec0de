import type { Label } from "@pli/protocol/wire";

/**
 * A Bloom filter of labels, with 16 bits a label and 4 probes. It is wrong about one absent label
 * in 400. It is salted, so nobody can choose labels that it is wrong about.
 */
export interface LabelFilter {
  add(label: Label): void;
  mayHold(label: Label): boolean;
}

const BITS_PER_LABEL = 16;
const PROBES = 4;

export const createLabelFilter = (expected: number, salt: readonly [number, number]): LabelFilter => {
  const bits = 2 ** Math.min(31, Math.ceil(Math.log2(Math.max(64, expected * BITS_PER_LABEL))));
  const words = new Uint32Array(bits / 32);
  const probe = (label: Label, visit: (word: number, bit: number) => boolean): boolean => {
    const first = mix(label, salt[0]);
    const step = mix(label, salt[1]) | 1;
    for (let i = 0; i < PROBES; i += 1) {
      const at = (first + Math.imul(i, step)) & (bits - 1);
      if (!visit(at >>> 5, 1 << (at & 31))) return false;
    }
    return true;
  };
  return {
    add: (label) => {
      probe(label, (word, bit) => {
        words[word] = (words[word] ?? 0) | bit;
        return true;
      });
    },
    mayHold: (label) => probe(label, (word, bit) => ((words[word] ?? 0) & bit) !== 0),
  };
};

const mix = (label: Label, salt: number): number => {
  let hash = salt;
  for (let i = 0; i < label.length; i += 4) {
    const word =
      (label[i] ?? 0) | ((label[i + 1] ?? 0) << 8) | ((label[i + 2] ?? 0) << 16) | ((label[i + 3] ?? 0) << 24);
    hash = Math.imul(hash ^ Math.imul(word, 0x9e3779b1), 0x85ebca6b);
    hash ^= hash >>> 13;
  }
  return Math.imul(hash, 0xc2b2ae35) ^ (hash >>> 16);
};

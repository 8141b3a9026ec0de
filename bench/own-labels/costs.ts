/** What each way costs one put's sender, the store, and a newcomer to a group of a thousand. */
import { verify } from "node:crypto";
import { chainLabel, chainsFromExport, nextChain, type Chain } from "@pli/protocol/conversation";
import { concat } from "@pli/protocol/crypto";
import type { Figure } from "../store/work.ts";
import { blindedKey, blindedProof, blindingOf, isOwned, isOwnedAsync, keyFrom, labelFromKey } from "./blinded.ts";
import { isOwnedLabel, ownedLabelOf } from "./lazy.ts";
import * as preImage from "./pre-image.ts";
import type { Kit } from "./trial.ts";

const EACH = 300;
const FEED = 0;
const LEAVES = 1000;
/** Labels that a device expects of each member who is silent, in a large group (windows.ts). */
const SILENT = 2;
/** Checks under way at once, where threads make them. */
const AT_ONCE = 64;

/** One round of each, in µs of time: nothing else runs in this process. */
export const measureCosts = async (kit: Kit): Promise<Figure[]> => {
  const { crypto, sodium } = kit;
  const leaf = crypto.signKeyPair();
  const chain: Chain = { leaf: 0, index: 0, secret: crypto.random(32) };
  const b = blindingOf(crypto, sodium, chain.secret);
  const label = labelFromKey(crypto, FEED, blindedKey(sodium, b, leaf.publicKey));
  const message = concat(label, crypto.random(4096));
  const proof = blindedProof(sodium, b, leaf.secretKey, message);
  const [key, signature] = [keyFrom(proof), proof.subarray(32)];
  const [x, z] = [crypto.random(32), preImage.blindOf(crypto, chain.secret)];
  const shown = concat(x, z);
  const hashed = preImage.labelFromCommitment(crypto, FEED, preImage.commitmentOf(crypto, x), z);
  const works: Record<string, () => void> = {
    "label: today": () => void chainLabel(crypto, chain, FEED),
    "label: pre-image": () =>
      void preImage.labelFromCommitment(crypto, FEED, x, preImage.blindOf(crypto, chain.secret)),
    "label: blinded": () => void ownedLabelOf(kit, FEED, chain.secret, leaf.publicKey),
    "of it, the blinding (libsodium)": () => void blindedKey(sodium, b, leaf.publicKey),
    "proof: blinded, composed (libsodium)": () => void blindedProof(sodium, b, leaf.secretKey, message),
    "beside it, a plain signature (libsodium)": () => void crypto.sign(leaf.secretKey, message),
    "check: pre-image": () => void preImage.showsPreImage(hashed, shown),
    "check: blinded (node:crypto)": () => void isOwned(label, proof, message),
    "of it, a key known before (node:crypto)": () => void verify(null, message, key, signature),
    "the same in libsodium": () => void crypto.verify(proof.subarray(0, 32), message, signature),
    "check: lazy, ordinary label": () => void isOwnedLabel(label),
  };
  const times = Object.entries(works).map(([metric, work]) => ({ metric, value: microseconds(work), unit: "µs" }));
  const threads = await inThreads(() => isOwnedAsync(label, proof, message));
  return [...times, { metric: "check: blinded, Node's threads, 64 at once", value: threads, unit: "µs" }];
};

const microseconds = (work: () => void): number => {
  for (let i = 0; i < EACH / 10; i += 1) work();
  const started = performance.now();
  for (let i = 0; i < EACH; i += 1) work();
  return ((performance.now() - started) * 1000) / EACH;
};

const inThreads = async (check: () => Promise<boolean>): Promise<number> => {
  const started = performance.now();
  for (let i = 0; i < EACH; i += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, check));
  return ((performance.now() - started) * 1000) / (Math.ceil(EACH / AT_ONCE) * AT_ONCE);
};

/**
 * All labels that a device expects at the beginning of an epoch of a thousand: once joined, and
 * again at each commit of anybody.
 */
export const measureNewcomer = (kit: Kit): Figure[] => {
  const { crypto, sodium } = kit;
  const exported = crypto.random(32);
  const leaves = Array.from({ length: LEAVES }, (_, leaf) => leaf);
  const keys = leaves.map(() => crypto.signKeyPair().publicKey);
  const commitments = leaves.map(() => crypto.random(32));
  const labelsOf = (labelAt: (chain: Chain) => unknown): number => {
    const started = performance.now();
    for (const chain of chainsFromExport(crypto, exported, FEED, leaves).chains) {
      let at = chain;
      for (let i = 0; i < SILENT; i += 1, at = nextChain(crypto, at)) labelAt(at);
    }
    return performance.now() - started;
  };
  const blinded = ({ leaf, secret }: Chain): unknown => {
    const b = blindingOf(crypto, sodium, secret);
    return labelFromKey(crypto, FEED, blindedKey(sodium, b, keys[leaf] as Uint8Array));
  };
  const hashed = ({ leaf, secret }: Chain): unknown =>
    preImage.labelFromCommitment(crypto, FEED, commitments[leaf] as Uint8Array, preImage.blindOf(crypto, secret));
  return [
    {
      metric: "labels of 1,000 leaves: today, lazy",
      value: labelsOf((at) => chainLabel(crypto, at, FEED)),
      unit: "ms",
    },
    { metric: "labels of 1,000 leaves: pre-image", value: labelsOf(hashed), unit: "ms" },
    { metric: "labels of 1,000 leaves: blinded", value: labelsOf(blinded), unit: "ms" },
  ];
};

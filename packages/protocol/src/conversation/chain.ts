import { kdf, type Crypto } from "../crypto/index.ts";
import { u32 } from "../object/bytes.ts";
import { labelFrom } from "../object/index.ts";
import type { Label } from "../wire/index.ts";

/**
 * How many labels ahead of the last one read a reader expects of each sender (docs/protocol.md,
 * section 4).
 */
export const CHAIN_WINDOW = 8;
/**
 * Commit labels of one epoch: the first write at attempt 0 wins; an invalid winner passes the turn
 * to the next.
 */
export const COMMIT_ATTEMPTS = 16;

/** A sender's label chain at `index`: `secret` is S[leaf, index] of section 4, 32 bytes. */
export interface Chain {
  readonly leaf: number;
  readonly index: number;
  readonly secret: Uint8Array;
}

/** One place a cell can stand: its label and the key that seals the one cell there. */
export interface Slot {
  readonly label: Label;
  readonly key: Uint8Array;
}

/** A slot of a chain, with its index. */
export interface ChainSlot extends Slot {
  readonly index: number;
}

/**
 * The chains of every leaf and the commit slots, from an epoch's exported secret E (32 bytes),
 * which the caller wipes.
 */
export function chainsFromExport(
  crypto: Crypto,
  exported: Uint8Array,
  feed: number,
  leaves: readonly number[],
): { chains: Chain[]; commits: Slot[] } {
  const chains = leaves.map((leaf) => ({ leaf, index: 0, secret: kdf(crypto, exported, "sender", u32(leaf)) }));
  const commits = Array.from({ length: COMMIT_ATTEMPTS }, (_, attempt) => ({
    label: labelFrom(feed, kdf(crypto, exported, "commit", u32(attempt))),
    key: kdf(crypto, exported, "commit cell", u32(attempt)),
  }));
  return { chains, commits };
}

/** The slot the chain stands at. */
export function chainSlot(crypto: Crypto, chain: Chain, feed: number): ChainSlot {
  return { index: chain.index, label: chainLabel(crypto, chain, feed), key: chainKey(crypto, chain) };
}

/** Its label alone: what a reader looks out for, long before it needs the key. */
export function chainLabel(crypto: Crypto, chain: Chain, feed: number): Label {
  return labelFrom(feed, kdf(crypto, chain.secret, "label"));
}

/** The key of the one cell there. */
export function chainKey(crypto: Crypto, chain: Chain): Uint8Array {
  return kdf(crypto, chain.secret, "cell");
}

/** The chain one step on. The old secret is the caller's to erase once the step is saved. */
export function nextChain(crypto: Crypto, chain: Chain): Chain {
  return { leaf: chain.leaf, index: chain.index + 1, secret: kdf(crypto, chain.secret, "next") };
}

/** The next `count` slots of the chain, the one it stands at first. */
export function chainWindow(crypto: Crypto, chain: Chain, feed: number, count: number): ChainSlot[] {
  const slots: ChainSlot[] = [];
  for (let at = chain; slots.length < count; at = nextChain(crypto, at)) slots.push(chainSlot(crypto, at, feed));
  return slots;
}

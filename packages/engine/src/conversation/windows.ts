import { CHAIN_WINDOW, chainSlot, nextChain, type Chain, type ChainSlot } from "@pli/protocol/conversation";
import type { Crypto } from "@pli/protocol/crypto";

/** The slots each sender's chain comes to next, kept so that a step costs the one slot that is new. */
export interface Windows {
  /** The next `CHAIN_WINDOW` slots of a chain of an epoch, the one it stands at first. */
  of(epoch: number, chain: Chain, feed: number): readonly ChainSlot[];
  forget(epoch: number): void;
  clear(): void;
}

interface Window {
  readonly slots: readonly ChainSlot[];
  /** The chain behind the last slot. */
  readonly tip: Chain;
}

export function createWindows(crypto: Crypto): Windows {
  const byEpoch = new Map<number, Map<number, Window>>();

  function of(epoch: number, chain: Chain, feed: number): readonly ChainSlot[] {
    const leaves = byEpoch.get(epoch) ?? new Map<number, Window>();
    byEpoch.set(epoch, leaves);
    const window = moved(leaves.get(chain.leaf), chain, feed);
    leaves.set(chain.leaf, window);
    return window.slots;
  }

  function moved(known: Window | undefined, chain: Chain, feed: number): Window {
    const from = known?.slots.findIndex(({ index }) => index === chain.index) ?? -1;
    if (known === undefined || from < 0) return extended([], chain, feed);
    crypto.wipe(...known.slots.slice(0, from).map(({ key }) => key));
    return extended(known.slots.slice(from), known.tip, feed);
  }

  function extended(slots: readonly ChainSlot[], tip: Chain, feed: number): Window {
    const all = [...slots];
    let at = tip;
    for (; all.length < CHAIN_WINDOW; at = nextChain(crypto, at)) all.push(chainSlot(crypto, at, feed));
    return { slots: all, tip: at };
  }

  return { of, forget: (epoch) => void byEpoch.delete(epoch), clear: () => byEpoch.clear() };
}

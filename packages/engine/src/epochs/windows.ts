import { CHAIN_WINDOW, chainKey, chainLabel, nextChain, type Chain, type ChainSlot } from "@pli/protocol/conversation";
import type { Crypto } from "@pli/protocol/crypto";

/**
 * In a larger group few of the members write in one epoch: of a sender who has not yet, fewer
 * labels are expected.
 */
const LARGE_GROUP = 100;
const SILENT_WINDOW = 2;

/**
 * The slots each sender's chain comes to next, kept so that a step costs the one slot that is new.
 */
export interface Windows {
  /**
   * The next slots of a chain, the one it stands at first. `chains`: how many the epoch has. Keys
   * are derived when a caller reads them.
   */
  of(epoch: number, chain: Chain, feed: number, chains: number): readonly ChainSlot[];
  /**
   * A cell of this sender is here, perhaps the first of a message in several: all that may follow
   * is expected.
   */
  hear(epoch: number, leaf: number): void;
  forget(epoch: number): void;
  clear(): void;
}

interface Window {
  readonly places: readonly Place[];
  /** The chain behind the last place. */
  readonly tip: Chain;
}

interface Place {
  readonly chain: Chain;
  readonly slot: ChainSlot;
}

export function createWindows(crypto: Crypto): Windows {
  const byEpoch = new Map<number, Map<number, Window>>();
  const heard = new Map<number, Set<number>>();

  function of(epoch: number, chain: Chain, feed: number, chains: number): readonly ChainSlot[] {
    const leaves = byEpoch.get(epoch) ?? new Map<number, Window>();
    byEpoch.set(epoch, leaves);
    const isSilent = chain.index === 0 && heard.get(epoch)?.has(chain.leaf) !== true;
    const size = isSilent && chains > LARGE_GROUP ? SILENT_WINDOW : CHAIN_WINDOW;
    const window = moved(leaves.get(chain.leaf), chain, feed, size);
    leaves.set(chain.leaf, window);
    return window.places.map(({ slot }) => slot);
  }

  function moved(known: Window | undefined, chain: Chain, feed: number, size: number): Window {
    const from = known?.places.findIndex(({ slot }) => slot.index === chain.index) ?? -1;
    if (known === undefined || from < 0) return extended([], copyOf(chain), feed, size);
    crypto.wipe(...known.places.slice(0, from).map((passed) => passed.chain.secret));
    return extended(known.places.slice(from), known.tip, feed, size);
  }

  function extended(places: readonly Place[], tip: Chain, feed: number, size: number): Window {
    const all = [...places];
    let at = tip;
    for (; all.length < size; at = nextChain(crypto, at)) all.push({ chain: at, slot: lazySlot(at, feed) });
    return { places: all, tip: at };
  }

  function lazySlot(chain: Chain, feed: number): ChainSlot {
    const label = chainLabel(crypto, chain, feed);
    return {
      index: chain.index,
      label,
      get key() {
        return chainKey(crypto, chain);
      },
    };
  }

  /** What is erased here once it is passed is nobody else's. */
  function copyOf(chain: Chain): Chain {
    return { ...chain, secret: chain.secret.slice() };
  }

  return {
    of,
    hear: (epoch, leaf) => void heard.set(epoch, (heard.get(epoch) ?? new Set()).add(leaf)),
    forget: (epoch) => {
      byEpoch.delete(epoch);
      heard.delete(epoch);
    },
    clear: () => {
      byEpoch.clear();
      heard.clear();
    },
  };
}

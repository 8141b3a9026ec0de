import {
  chainSlot,
  chainsFromExport,
  createGroupEngine,
  LABELS_EXPORT,
  nextChain,
  putsFromCommit,
  type Chain,
  type GroupEngine,
  type GroupState,
} from "@pli/protocol/conversation";
import type { Crypto } from "@pli/protocol/crypto";
import { profileOf } from "@pli/protocol/group";
import { labelKey, type Cell } from "@pli/protocol/wire";
import type { Put } from "@pli/protocol/object";
import type { MemoryStore } from "@pli/testkit";

const FEED = 0;

/**
 * Somebody who does not keep to the rules: their MLS, and what it lets them do with the newest
 * epoch of a group.
 */
export interface Jammer {
  readonly groups: GroupEngine;
  /**
   * Occupies every label that the epoch has for its commit; with commits signed by this member, or
   * with noise.
   */
  jam(store: MemoryStore, kind: "signed" | "noise"): Promise<void>;
  /** Noise under the next labels of a member. */
  spoil(store: MemoryStore, profile: string, count: number): void;
  /** Noise under `count` of its own labels, but for the next one. */
  leaveHole(store: MemoryStore, count: number): void;
  /**
   * Writes a cell at the first of these labels that points at an object that is not there. Gives
   * what would write the object: a real change of keys.
   */
  pointAtNothing(store: MemoryStore): Promise<() => void>;
}

export function createJammer(crypto: Crypto): Jammer {
  const real = createGroupEngine(crypto);
  let newest: { state: GroupState; exported: Uint8Array } | undefined;

  const groups: GroupEngine = {
    ...real,
    exportSecret: async (state, label, context, length) => {
      const exported = await real.exportSecret(state, label, context, length);
      if (label === LABELS_EXPORT && real.rules(state) !== undefined)
        newest = { state: copyOf(state), exported: exported.slice() };
      return exported;
    },
  };

  /** The engine's own state erases what it has used. */
  function copyOf(state: GroupState): GroupState {
    const parts = Array.from({ length: real.leafParts(state) }, (_, part) => real.encodeLeafPart(state, part));
    const copy = real.parseState(real.encodeState(state), parts);
    if (!copy.ok) throw new Error(copy.error);
    return copy.value;
  }

  async function jam(store: MemoryStore, kind: "signed" | "noise"): Promise<void> {
    if (newest === undefined) throw new Error("the jammer is in no group");
    const { state, exported } = newest;
    const own = real.ownLeaf(state);
    const leaves = real.members(state).map(({ leaf }) => leaf);
    for (const slot of chainsFromExport(crypto, exported.slice(), FEED, leaves).commits) {
      if (kind === "noise") {
        store.put({ type: "put", id: 0, label: slot.label, cell: noise() });
        continue;
      }
      const made = await real.commit(state, {
        remove: leaves.filter((leaf) => leaf !== own),
        update: true,
        now: Math.floor(store.clock.now() / 1000),
        check: () => true,
        allows: () => true,
      });
      if (!made.ok) throw new Error(made.error);
      for (const put of putsFromCommit(crypto, slot, FEED, made.value.commit)) {
        store.put(put.kind === "cell" ? { type: "put", id: 0, ...put } : { type: "putBlock", id: 0, ...put });
      }
    }
  }

  async function pointAtNothing(store: MemoryStore): Promise<() => void> {
    if (newest === undefined) throw new Error("the jammer is in no group");
    const { state, exported } = newest;
    const leaves = real.members(state).map(({ leaf }) => leaf);
    const [slot] = chainsFromExport(crypto, exported.slice(), FEED, leaves).commits;
    const now = Math.floor(store.clock.now() / 1000);
    const made = await real.commit(state, { update: true, now, check: () => true, allows: () => true });
    if (slot === undefined || !made.ok) throw new Error("no commit");
    const puts = putsFromCommit(crypto, slot, FEED, made.value.commit);
    const write = (put: Put): unknown =>
      store.put(put.kind === "cell" ? { type: "put", id: 0, ...put } : { type: "putBlock", id: 0, ...put });
    puts.slice(-1).forEach(write);
    return () => puts.slice(0, -1).forEach(write);
  }

  function spoil(store: MemoryStore, profile: string, count: number): void {
    const leaf = real.members(stateNow()).find((member) => profileOf(member) === profile)?.leaf;
    writeNoise(store, chainOf(leaf), count);
  }

  function leaveHole(store: MemoryStore, count: number): void {
    let chain = chainOf(real.ownLeaf(stateNow()));
    while (chain !== undefined && isWritten(store, chain)) chain = nextChain(crypto, chain);
    writeNoise(store, chain && nextChain(crypto, chain), count);
  }

  const isWritten = (store: MemoryStore, chain: Chain): boolean =>
    store.table.cells.has(labelKey(chainSlot(crypto, chain, FEED).label));

  function stateNow(): GroupState {
    if (newest === undefined) throw new Error("the jammer is in no group");
    return newest.state;
  }

  function chainOf(leaf: number | undefined): Chain | undefined {
    const leaves = real.members(stateNow()).map((member) => member.leaf);
    const exported = newest?.exported.slice() ?? new Uint8Array(0);
    return chainsFromExport(crypto, exported, FEED, leaves).chains.find((one) => one.leaf === leaf);
  }

  function writeNoise(store: MemoryStore, first: Chain | undefined, count: number): void {
    let chain = first;
    for (let left = count; left > 0 && chain !== undefined; chain = nextChain(crypto, chain)) {
      const { label } = chainSlot(crypto, chain, FEED);
      if (store.put({ type: "put", id: 0, label, cell: noise() }) === "created") left -= 1;
    }
  }

  const noise = (): Cell => crypto.random(4096) as Cell;

  return { groups, jam, spoil, leaveHole, pointAtNothing };
}

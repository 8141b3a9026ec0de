import { createLabelHash } from "./label-hash.ts";
import type { Label } from "@pli/protocol/wire";

/**
 * Finds the records that may have a label. It is a hash table of 32 bits of hash and a 32-bit id
 * for each record, 10 to 13 bytes in all. The caller must look at the records it names: it may be
 * wrong about an absent label, once in 2^31 for each neighbour.
 *
 * It consists of 256 tables that grow one by one, so no put waits for all of it to be copied.
 */
export interface LabelTable {
  /** Adds the label that begins at `at` in `bytes`. */
  add(bytes: Uint8Array, at: number, id: number): void;
  /** Every live id that was added for this label, and perhaps others. */
  find(label: Label): readonly number[];
}

const SHARDS = 256;
const HASHES = 2 ** 31;
const FULL = 0.8;
const GROWTH = 1.6;
const SMALLEST = 16;

/**
 * `lives` says whether an id still names a record. Dead ids are skipped, and dropped when a table
 * is copied. Id 0 is never used. No table is copied before there are `expected` records.
 */
export const createLabelTable = (lives: (id: number) => boolean, expected = 0): LabelTable => {
  const shardHash = createLabelHash();
  const hash = createLabelHash();
  const shards = Array.from({ length: SHARDS }, () => createShard(lives, expected / SHARDS));
  const shardOf = (bytes: Uint8Array, at: number): Shard => shards[shardHash(bytes, at) % SHARDS] as Shard;
  return {
    add: (bytes, at, id) => shardOf(bytes, at).add(hash(bytes, at), id),
    find: (label) => shardOf(label, 0).find(hash(label, 0)),
  };
};

interface Shard {
  add(hash: number, id: number): void;
  find(hash: number): readonly number[];
}

const NONE: readonly number[] = [];

const capacityFor = (records: number): number => Math.max(SMALLEST, Math.ceil(records * GROWTH));

const createShard = (lives: (id: number) => boolean, expected: number): Shard => {
  let capacity = capacityFor(expected);
  let hashes = new Uint32Array(capacity);
  let ids = new Uint32Array(capacity);
  let used = 0;

  const home = (hash: number): number => Math.floor((hash / HASHES) * capacity);
  const next = (at: number): number => (at + 1 === capacity ? 0 : at + 1);
  const insert = (hash: number, id: number): void => {
    let at = home(hash);
    while (ids[at] !== 0) at = next(at);
    hashes[at] = hash;
    ids[at] = id;
    used += 1;
  };
  const copy = (): void => {
    const [oldHashes, oldIds] = [hashes, ids];
    const alive = oldIds.reduce((count, id) => count + (id !== 0 && lives(id) ? 1 : 0), 0);
    capacity = capacityFor(alive);
    hashes = new Uint32Array(capacity);
    ids = new Uint32Array(capacity);
    used = 0;
    for (const [at, id] of oldIds.entries()) {
      if (id !== 0 && lives(id)) insert(oldHashes[at] as number, id);
    }
  };
  return {
    add: (hash, id) => {
      if (used + 1 > capacity * FULL) copy();
      insert(hash, id);
    },
    find: (hash) => {
      let found = NONE;
      for (let at = home(hash); ids[at] !== 0; at = next(at)) {
        const id = ids[at] as number;
        if (hashes[at] === hash && lives(id)) found = found.concat(id);
      }
      return found;
    },
  };
};

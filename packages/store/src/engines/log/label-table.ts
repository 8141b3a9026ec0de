import { createLabelHash } from "./label-hash.ts";
import type { Label } from "@pli/protocol/wire";

/**
 * Where the record of a label may be: a hash table of 32 bits of hash and a 32-bit place for each
 * record, nothing else. What it names has to be looked at: it may be wrong about an absent label,
 * once in 2^31 for each neighbour. 10 to 13 bytes a record.
 *
 * It is 256 tables, each of which grows by itself: no put waits for all of it to be copied.
 */
export interface LabelTable {
  /** The label begins at `at` in `bytes`. */
  add(bytes: Uint8Array, at: number, place: number): void;
  /** Every live place given for this label, and perhaps others. */
  find(label: Label): readonly number[];
}

const SHARDS = 256;
const HASHES = 2 ** 31;
const FULL = 0.8;
const ROOM = 1.6;
const SMALLEST = 16;

/**
 * `lives` tells whether a place still holds a record: places that do not are passed over, and
 * dropped when a table is copied. Place 0 is never used. There is room for `expected` records
 * before any table is copied.
 */
export const createLabelTable = (lives: (place: number) => boolean, expected = 0): LabelTable => {
  const shardHash = createLabelHash();
  const hash = createLabelHash();
  const shards = Array.from({ length: SHARDS }, () => createShard(lives, expected / SHARDS));
  const shardOf = (bytes: Uint8Array, at: number): Shard => shards[shardHash(bytes, at) % SHARDS] as Shard;
  return {
    add: (bytes, at, place) => shardOf(bytes, at).add(hash(bytes, at), place),
    find: (label) => shardOf(label, 0).find(hash(label, 0)),
  };
};

interface Shard {
  add(hash: number, place: number): void;
  find(hash: number): readonly number[];
}

const NONE: readonly number[] = [];

const capacityFor = (records: number): number => Math.max(SMALLEST, Math.ceil(records * ROOM));

const createShard = (lives: (place: number) => boolean, expected: number): Shard => {
  let capacity = capacityFor(expected);
  let hashes = new Uint32Array(capacity);
  let places = new Uint32Array(capacity);
  let used = 0;

  const home = (hash: number): number => Math.floor((hash / HASHES) * capacity);
  const next = (at: number): number => (at + 1 === capacity ? 0 : at + 1);
  const insert = (hash: number, place: number): void => {
    let at = home(hash);
    while (places[at] !== 0) at = next(at);
    hashes[at] = hash;
    places[at] = place;
    used += 1;
  };
  const copy = (): void => {
    const [oldHashes, oldPlaces] = [hashes, places];
    const alive = oldPlaces.reduce((count, place) => count + (place !== 0 && lives(place) ? 1 : 0), 0);
    capacity = capacityFor(alive);
    hashes = new Uint32Array(capacity);
    places = new Uint32Array(capacity);
    used = 0;
    for (const [at, place] of oldPlaces.entries()) {
      if (place !== 0 && lives(place)) insert(oldHashes[at] as number, place);
    }
  };
  return {
    add: (hash, place) => {
      if (used + 1 > capacity * FULL) copy();
      insert(hash, place);
    },
    find: (hash) => {
      let found = NONE;
      for (let at = home(hash); places[at] !== 0; at = next(at)) {
        const place = places[at] as number;
        if (hashes[at] === hash && lives(place)) found = found.concat(place);
      }
      return found;
    },
  };
};

/**
 * The sixteen generations of keys that a profile id commits to: leaves of a Merkle tree whose root
 * the id is a hash of. Keys with their place and four hashes prove themselves against the id, and
 * nothing else. Section 6.1.
 */
import { concat, utf8, type Crypto } from "../crypto/index.ts";
import { isUint } from "../object/index.ts";

declare const brand: unique symbol;
/**
 * sha256("pli profile v3" ‖ root): 32 bytes that name a person's profile. `root` is that of the
 * tree of their keys of all generations.
 */
export type ProfileId = Uint8Array & { readonly [brand]: "ProfileId" };

export const GENERATIONS = 16;
const HASH_BYTES = 32;
const DEPTH = 4;
export const PATH_BYTES = DEPTH * HASH_BYTES;

/** Where keys stand in the tree: their generation, and the hashes beside the way up to the root. */
export type Place = { readonly generation: number; readonly path: Uint8Array };
/** What a leaf of the tree is the hash of, but for its place. */
export type LeafKeys = { readonly edKey: Uint8Array; readonly mlDsaHash: Uint8Array };

export const isGeneration = (value: unknown): value is number => isUint(value) && value < GENERATIONS;

/** The id that these keys prove themselves against, at this place. */
export function profileIdFrom(crypto: Crypto, keys: LeafKeys & Place): ProfileId {
  let node = leafHash(crypto, keys, keys.generation);
  for (let level = 0; level < DEPTH; level++) {
    const beside = keys.path.subarray(level * HASH_BYTES, (level + 1) * HASH_BYTES);
    const isRight = ((keys.generation >> level) & 1) === 1;
    node = isRight ? nodeHash(crypto, beside, node) : nodeHash(crypto, node, beside);
  }
  return crypto.sha256(concat(utf8("pli profile v3"), node)) as ProfileId;
}

/** The path of one generation, of the keys of all of them in order. */
export function pathFrom(crypto: Crypto, all: readonly LeafKeys[], generation: number): Uint8Array {
  if (all.length !== GENERATIONS || !isGeneration(generation)) throw new RangeError("sixteen generations");
  let level = all.map((keys, at) => leafHash(crypto, keys, at));
  const beside: Uint8Array[] = [];
  for (let at = generation; level.length > 1; at >>= 1) {
    beside.push(level[at ^ 1] ?? new Uint8Array(HASH_BYTES));
    level = pairsOf(level).map(([left, right]) => nodeHash(crypto, left, right));
  }
  return concat(...beside);
}

function pairsOf(level: readonly Uint8Array[]): (readonly [Uint8Array, Uint8Array])[] {
  return level.flatMap((left, at) => {
    const right = level[at + 1];
    return at % 2 === 0 && right !== undefined ? [[left, right] as const] : [];
  });
}

function leafHash(crypto: Crypto, { edKey, mlDsaHash }: LeafKeys, generation: number): Uint8Array {
  return crypto.sha256(concat(utf8("pli profile leaf v3"), Uint8Array.of(generation), edKey, mlDsaHash));
}

function nodeHash(crypto: Crypto, left: Uint8Array, right: Uint8Array): Uint8Array {
  return crypto.sha256(concat(utf8("pli profile node v3"), left, right));
}

import type { SecretTree as LibraryTree } from "ts-mls/secretTree.js";
import { concat, utf8 } from "../../crypto/bytes.ts";
import { LEAVES_PER_PART } from "../group.ts";
import type { Suite } from "./ciphersuite.ts";

/**
 * A secret that moves on with every message. Generation g made the key of message g, and cannot be
 * found again.
 */
export type Ratchet = { readonly secret: Uint8Array; readonly generation: number };
export type Ratchets = { readonly handshake: Ratchet; readonly application: Ratchet };

/**
 * The secrets of neighbouring leaves: one for all of them until the first is used, then each leaf's
 * own.
 */
type Part = { readonly root: Uint8Array } | { readonly leaves: readonly Ratchets[] };

/**
 * The secret tree (RFC 9420, section 9) of one epoch. It is derived as far down as the parts at
 * once, and a part when one of its leaves is first used, so that an epoch of a large group costs
 * little to begin and a message changes one part.
 */
export type SecretTree = { readonly width: number; readonly parts: readonly Part[] };

export type Used<T> = { readonly result: T; readonly tree: SecretTree; readonly spent: readonly Uint8Array[] };

const LEFT = utf8("left");
const RIGHT = utf8("right");
const UNTOUCHED = 0;
const DERIVED = 1;
const GENERATION_BYTES = 4;

/** `width` is the number of leaves of the ratchet tree, occupied or not: a power of two. */
export function createSecretTree(suite: Suite, width: number, encryptionSecret: Uint8Array): SecretTree {
  const roots = halved(suite, encryptionSecret.slice(), partCount(width));
  return { width, parts: roots.map((root) => ({ root })) };
}

export function partCount(width: number): number {
  return Math.ceil(width / LEAVES_PER_PART);
}

/**
 * The secrets of this many equal subtrees, from left to right. Erases the one they come from,
 * unless it is the only one.
 */
function halved(suite: Suite, secret: Uint8Array, count: number): Uint8Array[] {
  if (count === 1) return [secret];
  const [left, right] = [suite.expand(secret, "tree", LEFT), suite.expand(secret, "tree", RIGHT)];
  suite.crypto.wipe(secret);
  return [...halved(suite, left, count / 2), ...halved(suite, right, count / 2)];
}

/**
 * Lets the library work with the ratchets of one leaf. `spent` is what the leaf's part was derived
 * from, if this is its first use: with it every key of the part could be found again.
 */
export async function useLeaf<T extends { tree: LibraryTree }>(
  suite: Suite,
  tree: SecretTree,
  leaf: number,
  act: (library: LibraryTree) => Promise<T>,
): Promise<Used<T>> {
  const { index, part, leaves } = partOf(suite, tree, leaf);
  const offset = leaf % LEAVES_PER_PART;
  const result = await act(libraryTree(leaf, leaves[offset]));
  const next = leaves.with(offset, ratchetsFrom(result.tree, leaf));
  return {
    result,
    tree: { ...tree, parts: tree.parts.with(index, { leaves: next }) },
    spent: "root" in part ? [part.root] : [],
  };
}

/** The next generation of a leaf's ratchet. Undefined when there is no such leaf. */
export function generationAt(tree: SecretTree, leaf: number, ratchet: keyof Ratchets): number | undefined {
  const part = tree.parts[Math.floor(leaf / LEAVES_PER_PART)];
  if (part === undefined || leaf >= tree.width) return undefined;
  return "root" in part ? 0 : part.leaves[leaf % LEAVES_PER_PART]?.[ratchet].generation;
}

function partOf(suite: Suite, tree: SecretTree, leaf: number) {
  const index = Math.floor(leaf / LEAVES_PER_PART);
  const part = tree.parts[index];
  if (part === undefined) throw new RangeError("no such leaf in the secret tree");
  return { index, part, leaves: "leaves" in part ? part.leaves : derived(suite, part.root, leavesIn(tree)) };
}

const leavesIn = ({ width }: SecretTree): number => Math.min(width, LEAVES_PER_PART);

function derived(suite: Suite, root: Uint8Array, count: number): readonly Ratchets[] {
  return halved(suite, root.slice(), count).map((secret) => {
    const start = (label: string): Ratchet => ({ secret: suite.expand(secret, label), generation: 0 });
    const ratchets = { handshake: start("handshake"), application: start("application") };
    suite.crypto.wipe(secret);
    return ratchets;
  });
}

/** A tree in the form of ts-mls in which this leaf alone is there. */
function libraryTree(leaf: number, ratchets: Ratchets | undefined): LibraryTree {
  if (ratchets === undefined) throw new RangeError("no such leaf in the secret tree");
  const { handshake, application } = ratchets;
  const tree: LibraryTree = [];
  tree[2 * leaf] = {
    handshake: { ...handshake, unusedGenerations: {} },
    application: { ...application, unusedGenerations: {} },
  };
  return tree;
}

/** Back from ts-mls. Keys of skipped messages do not come with it: none are kept. */
function ratchetsFrom(tree: LibraryTree, leaf: number): Ratchets {
  const node = tree[2 * leaf];
  if (node === undefined) throw new RangeError("the library lost the leaf");
  const only = ({ secret, generation }: Ratchet): Ratchet => ({ secret, generation });
  return { handshake: only(node.handshake), application: only(node.application) };
}

/**
 * Kind, then the one secret or, leaf by leaf, generation and secret of handshake and application.
 */
export function encodePart(tree: SecretTree, index: number): Uint8Array {
  const part = tree.parts[index];
  if (part === undefined) throw new RangeError("no such part");
  if ("root" in part) return concat(new Uint8Array([UNTOUCHED]), part.root);
  const ratchets = part.leaves.flatMap(({ handshake, application }) => [handshake, application]);
  return concat(
    new Uint8Array([DERIVED]),
    ...ratchets.flatMap(({ generation, secret }) => [encodeGeneration(generation), secret]),
  );
}

/** Undefined when this is no part of a tree that wide. The result shares no memory with `bytes`. */
export function parsePart(suite: Suite, width: number, bytes: Uint8Array): Part | undefined {
  const size = suite.hashBytes;
  if (bytes[0] === UNTOUCHED && bytes.length === 1 + size) return { root: bytes.slice(1) };
  const count = Math.min(width, LEAVES_PER_PART);
  const one = GENERATION_BYTES + size;
  if (bytes[0] !== DERIVED || bytes.length !== 1 + 2 * count * one) return undefined;
  const ratchetAt = (index: number): Ratchet => {
    const start = 1 + index * one;
    const generation = new DataView(bytes.buffer, bytes.byteOffset + start).getUint32(0);
    return { generation, secret: bytes.slice(start + GENERATION_BYTES, start + one) };
  };
  const leaves = Array.from({ length: count }, (_, leaf) => ({
    handshake: ratchetAt(2 * leaf),
    application: ratchetAt(2 * leaf + 1),
  }));
  return { leaves };
}

function encodeGeneration(generation: number): Uint8Array {
  const bytes = new Uint8Array(GENERATION_BYTES);
  new DataView(bytes.buffer).setUint32(0, generation);
  return bytes;
}

import type { RatchetTree } from "ts-mls";
import type { LeafNode } from "ts-mls/leafNode.js";
import { encodeParentHashInput } from "ts-mls/parentHash.js";
import type { ParentNode } from "ts-mls/parentNode.js";
import { addLeafNode, removeLeafNode } from "ts-mls/ratchetTree.js";
import { encodeLeafNodeHashInput, encodeParentNodeHashInput } from "ts-mls/treeHash.js";
import { left, parent, right, root, toLeafIndex, toNodeIndex } from "ts-mls/treemath.js";
import type { Suite } from "./ciphersuite.ts";
import { widthOf } from "./state.ts";

/** The tree hash (RFC 9420, section 7.8) of every subtree, by the index of its root. */
export type Hashes = readonly Uint8Array[];

/** Trees are values, so their hashes are computed once. */
const known = new WeakMap<RatchetTree, Hashes>();

/** `before` is the tree this one was made from: what is the same in both is not hashed again. */
export function hashesOf(suite: Suite, tree: RatchetTree, before?: RatchetTree): Hashes {
  const got = known.get(tree);
  if (got !== undefined) return got;
  const hashes =
    before === undefined ? allHashes(suite, tree) : allHashes(suite, tree, before, hashesOf(suite, before));
  known.set(tree, hashes);
  return hashes;
}

export function rootHash(suite: Suite, tree: RatchetTree, before?: RatchetTree): Uint8Array {
  return found(hashesOf(suite, tree, before)[rootOf(tree)]);
}

function allHashes(suite: Suite, tree: RatchetTree, before: RatchetTree = [], knownHashes: Hashes = []): Hashes {
  const hashes: Uint8Array[] = Array.from(tree, () => NOTHING);
  const same = new Set<number>();
  for (const index of bottomUp(tree.length)) {
    const below = isLeaf(index) ? [] : childrenOf(index);
    const kept = index < before.length && tree[index] === before[index] && below.every((child) => same.has(child));
    if (kept) same.add(index);
    hashes[index] = kept ? found(knownHashes[index]) : nodeHash(suite, tree, index, (child) => found(hashes[child]));
  }
  return hashes;
}

function nodeHash(suite: Suite, tree: RatchetTree, index: number, hashAt: (child: number) => Uint8Array): Uint8Array {
  if (isLeaf(index)) return leafHash(suite, index, leafAt(tree, index / 2));
  const [below, beside] = childrenOf(index);
  return parentHash(suite, parentAt(tree, index), hashAt(below), hashAt(beside));
}

function leafHash(suite: Suite, index: number, leafNode: LeafNode | undefined): Uint8Array {
  return suite.digest(encodeLeafNodeHashInput({ nodeType: "leaf", leafIndex: index / 2, leafNode }));
}

function parentHash(
  suite: Suite,
  parentNode: ParentNode | undefined,
  leftHash: Uint8Array,
  rightHash: Uint8Array,
): Uint8Array {
  return suite.digest(encodeParentNodeHashInput({ nodeType: "parent", parentNode, leftHash, rightHash }));
}

/**
 * The parent hash (RFC 9420, section 7.9) that the node below `above` on the side away from
 * `sibling` must carry: it covers the sibling as it was when `above` got its key, before the leaves
 * that are unmerged there joined.
 */
export function parentHashFor(
  suite: Suite,
  tree: RatchetTree,
  hashes: Hashes,
  above: number,
  sibling: number,
): Uint8Array {
  const node = found(parentAt(tree, above));
  const originalSiblingTreeHash = hashWithout(suite, tree, hashes, sibling, node.unmergedLeaves);
  const { hpkePublicKey: encryptionKey, parentHash } = node;
  return suite.digest(encodeParentHashInput({ encryptionKey, parentHash, originalSiblingTreeHash }));
}

/** The hash that a subtree would have without these leaves. */
function hashWithout(
  suite: Suite,
  tree: RatchetTree,
  hashes: Hashes,
  index: number,
  without: readonly number[],
): Uint8Array {
  const gone = without.filter((leaf) => isBelow(2 * leaf, index));
  if (gone.length === 0) return found(hashes[index]);
  if (isLeaf(index)) return leafHash(suite, index, undefined);
  const [below, beside] = childrenOf(index);
  const node = parentAt(tree, index);
  const kept = node && { ...node, unmergedLeaves: node.unmergedLeaves.filter((leaf) => !gone.includes(leaf)) };
  const hashAt = (child: number): Uint8Array => hashWithout(suite, tree, hashes, child, gone);
  return parentHash(suite, kept, hashAt(below), hashAt(beside));
}

/**
 * Removals first, then each newcomer at the leftmost free leaf (RFC 9420, section 12.1). Gives the
 * newcomers' leaves too.
 */
export function withMembers(
  tree: RatchetTree,
  removed: readonly number[],
  added: readonly LeafNode[],
): { tree: RatchetTree; leaves: number[] } {
  let next = tree;
  for (const leaf of removed) next = removeLeafNode(next, toLeafIndex(leaf));
  const leaves: number[] = [];
  for (const leafNode of added) {
    const [grown, index] = addLeafNode(next, leafNode);
    leaves.push(index / 2);
    next = grown;
  }
  return { tree: next, leaves };
}

/**
 * Whether every node has an encryption key of its own and every leaf a signature key of its own
 * (RFC 9420, section 12.4.3.1). Keys count as the same when they begin with the same 32 bytes,
 * which those of honest members do not.
 */
export function keysAreDistinct(tree: RatchetTree): boolean {
  const encryption = new Set<string>();
  const signature = new Set<string>();
  for (const node of tree) {
    if (node === undefined) continue;
    if (!isNew(encryption, node.nodeType === "leaf" ? node.leaf.hpkePublicKey : node.parent.hpkePublicKey))
      return false;
    if (node.nodeType === "leaf" && !isNew(signature, node.leaf.signaturePublicKey)) return false;
  }
  return true;
}

function isNew(seen: Set<string>, key: Uint8Array): boolean {
  const before = seen.size;
  return seen.add(String.fromCharCode(...key.subarray(0, 32))).size > before;
}

export function leafAt(tree: RatchetTree, leaf: number): LeafNode | undefined {
  const node = tree[2 * leaf];
  return node?.nodeType === "leaf" ? node.leaf : undefined;
}

export function parentAt(tree: RatchetTree, index: number): ParentNode | undefined {
  const node = tree[index];
  return node?.nodeType === "parent" ? node.parent : undefined;
}

export const rootOf = (tree: RatchetTree): number => root(widthOf(tree));

export const isLeaf = (index: number): boolean => index % 2 === 0;

/** The nodes above this one, the nearest first. */
export function ancestorsOf(tree: RatchetTree, index: number): number[] {
  const ancestors: number[] = [];
  for (let at = index; at !== rootOf(tree);) {
    at = parent(toNodeIndex(at), widthOf(tree));
    ancestors.push(at);
  }
  return ancestors;
}

/** The child of `above` under which the node is not. */
export function siblingSide(above: number, node: number): number {
  const [below, beside] = childrenOf(above);
  return node < above ? beside : below;
}

export function childrenOf(index: number): [left: number, right: number] {
  return [left(toNodeIndex(index)), right(toNodeIndex(index))];
}

/** Whether the node is the other one, or stands below it. */
export function isBelow(node: number, other: number): boolean {
  const reach = (1 << levelOf(other)) - 1;
  return Math.abs(node - other) <= reach;
}

function levelOf(index: number): number {
  let level = 0;
  while (((index >> level) & 1) === 1) level++;
  return level;
}

/** All indices of a full tree of this many nodes, children before their parent. */
export function* bottomUp(nodes: number): Generator<number> {
  for (let half = 1; half <= nodes; half *= 2) for (let index = half - 1; index < nodes; index += 2 * half) yield index;
}

const NOTHING = new Uint8Array(0);

/** What must be there in a tree that was checked. */
function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("no such node");
  return value;
}

import type { GroupContext, RatchetTree } from "ts-mls";
import { verifyLeafNodeSignature } from "ts-mls/leafNode.js";
import type { LeafNode } from "ts-mls/leafNode.js";
import { MAX_MEMBERS } from "../group.ts";
import type { GroupError, LeafCheck } from "../group.ts";
import type { Suite } from "./ciphersuite.ts";
import { sameBytes } from "./codec.ts";
import { credentialProblem, leafProblem } from "./leaf.ts";
import {
  ancestorsOf,
  bottomUp,
  childrenOf,
  hashesOf,
  isBelow,
  isLeaf,
  keysAreDistinct,
  leafAt,
  parentAt,
  parentHashFor,
  rootHash,
  siblingSide,
} from "./tree.ts";
import type { Hashes } from "./tree.ts";

type Problem = GroupError | undefined;

/**
 * Everything RFC 9420 asks of the tree of a group one joins (section 12.4.3.1). Not the library's
 * check, which refuses valid trees in which ancestors list different unmerged leaves.
 */
export async function treeProblem(
  suite: Suite,
  tree: RatchetTree,
  context: GroupContext,
  check: LeafCheck,
): Promise<Problem> {
  const shape = shapeProblem(suite, tree, context.treeHash);
  if (shape !== undefined) return shape;
  for (let leaf = 0; 2 * leaf < tree.length; leaf++) {
    const node = leafAt(tree, leaf);
    const problem = node && (await memberProblem(suite, node, leaf, context, check));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** All of it but what each member says of itself. */
export function shapeProblem(suite: Suite, tree: RatchetTree, treeHash: Uint8Array): Problem {
  if (!isWellFormed(tree)) return "tree_refused";
  const leaves = [...tree.keys()].flatMap((index) => leafAt(tree, index) ?? []);
  if (leaves.length > MAX_MEMBERS) return "too_many_members";
  if (!keysAreDistinct(tree)) return "keys_refused";
  if (!sameBytes(rootHash(suite, tree), treeHash)) return "tree_refused";
  return parentHashesHold(suite, tree) ? undefined : "tree_refused";
}

async function memberProblem(
  suite: Suite,
  leaf: LeafNode,
  index: number,
  { groupId }: GroupContext,
  check: LeafCheck,
): Promise<Problem> {
  const problem = leafProblem(suite, leaf) ?? credentialProblem(leaf, check);
  if (problem !== undefined) return problem;
  return (await verifyLeafNodeSignature(leaf, groupId, index, suite.cs.signature)) ? undefined : "tree_refused";
}

/** Leaves where leaves stand, parents where parents do, and only sane lists of unmerged leaves. */
function isWellFormed(tree: RatchetTree): boolean {
  return tree.every((node, index) => {
    if (node === undefined) return true;
    if (node.nodeType === "leaf") return isLeaf(index);
    return (
      !isLeaf(index) &&
      node.parent.unmergedLeaves.every((leaf, i, all) => {
        const ascending = i === 0 || leaf > (all[i - 1] ?? leaf);
        return ascending && isUnmerged(tree, leaf, index);
      })
    );
  });
}

/** A member below the node, whom every node between the two lists as well. */
function isUnmerged(tree: RatchetTree, leaf: number, node: number): boolean {
  if (leafAt(tree, leaf) === undefined || !isBelow(2 * leaf, node)) return false;
  const between = ancestorsOf(tree, 2 * leaf).filter((index) => index !== node && isBelow(index, node));
  return between.every((index) => parentAt(tree, index)?.unmergedLeaves.includes(leaf) ?? true);
}

/**
 * Every parent got its key in a commit of a member below it (RFC 9420, section 7.9.2): from the
 * leaves up, each node carries the parent hash of the nearest one above that is not blank, and each
 * of these is named exactly once.
 */
function parentHashesHold(suite: Suite, tree: RatchetTree): boolean {
  const hashes = hashesOf(suite, tree);
  const named = new Set<number>();
  for (const index of bottomUp(tree.length)) {
    if (tree[index] === undefined || (!isLeaf(index) && !named.has(index))) continue;
    const above = ancestorsOf(tree, index).find((ancestor) => tree[ancestor] !== undefined);
    if (above === undefined || !isNamed(suite, tree, hashes, index, above)) continue;
    if (named.has(above)) return false;
    named.add(above);
  }
  return tree.every((node, index) => node?.nodeType !== "parent" || named.has(index));
}

/** Whether the node carries the hash of the one above, and was there when that one got its key. */
function isNamed(suite: Suite, tree: RatchetTree, hashes: Hashes, index: number, above: number): boolean {
  const carried = parentHashIn(tree, index);
  const expected = parentHashFor(suite, tree, hashes, above, siblingSide(above, index));
  return carried !== undefined && sameBytes(carried, expected) && isOriginal(tree, index, above);
}

/** All that has joined on this side since is unmerged above, and nothing else is. */
function isOriginal(tree: RatchetTree, index: number, above: number): boolean {
  const side = childrenOf(above).find((child) => isBelow(index, child)) ?? index;
  const joined = (parentAt(tree, above)?.unmergedLeaves ?? []).filter((leaf) => isBelow(2 * leaf, side));
  const beside = resolutionOf(tree, side).filter((node) => node !== index);
  return sameNumbers(
    joined.map((leaf) => 2 * leaf),
    beside,
  );
}

/** The nodes that together stand for all members below this one (RFC 9420, section 4.1.1). */
export function resolutionOf(tree: RatchetTree, index: number): number[] {
  const node = tree[index];
  if (node?.nodeType === "leaf") return [index];
  if (node !== undefined) return [index, ...node.parent.unmergedLeaves.map((leaf) => 2 * leaf)];
  return isLeaf(index) ? [] : childrenOf(index).flatMap((child) => resolutionOf(tree, child));
}

const sameNumbers = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

function parentHashIn(tree: RatchetTree, index: number): Uint8Array | undefined {
  const node = tree[index];
  if (node?.nodeType === "parent") return node.parent.parentHash;
  return node?.leaf.leafNodeSource === "commit" ? node.leaf.parentHash : undefined;
}

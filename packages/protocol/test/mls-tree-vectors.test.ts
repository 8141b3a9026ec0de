import type { RatchetTree } from "ts-mls";
import type { ParentNode } from "ts-mls/parentNode.js";
import { decodeProposal } from "ts-mls/proposal.js";
import { describe, expect, test } from "vitest";
import { toHex } from "../src/crypto/index.ts";
import { resolutionOf, shapeProblem, treeProblem } from "../src/conversation/mls/check-tree.ts";
import type { Suite } from "../src/conversation/mls/ciphersuite.ts";
import { decoded } from "../src/conversation/mls/codec.ts";
import { afterProposals, takenApart } from "../src/conversation/mls/commit.ts";
import { stepsFrom } from "../src/conversation/mls/path.ts";
import { encodeTree, parseTree } from "../src/conversation/mls/tree-codec.ts";
import { ancestorsOf, hashesOf, isBelow, leafAt, rootHash, siblingSide } from "../src/conversation/mls/tree.ts";
import { acceptEveryone, value } from "./group-people.ts";
import { altered, bothSuites, casesOf, contextOf, present, sum, WITH_SHA256, WITH_SHA512 } from "./mls-cases.ts";
import type { Suited } from "./mls-cases.ts";
import { hex } from "./hex.ts";
import { announce, vectorsPresent } from "./published-vectors.ts";

const expected = { "tree-validation": 84, "tree-operations": 5 };
/** Of the trees, those whose leaves are signed as ours are. */
const SIGNED = 28;
/** The trees made of these by changing one thing at one parent. */
const SPOILT = 2000;

/** Suites with our signatures and our hash: nothing in a tree is encrypted. */
const SIGNED_LIKE_OURS = new Set([1, 3]);

const { interopSuite, pliSuite } = await bothSuites();

if (!vectorsPresent) announce("MLS, our own trees", sum(expected));

describe.skipIf(!vectorsPresent)("MLS working group vectors against our own trees", () => {
  test("each tree is read, hashed and resolved as published and may be joined, but not with one thing changed", async () => {
    let [signed, spoilt] = [0, 0];
    for (const v of trees()) {
      const suite = WITH_SHA512.includes(v.cipher_suite) ? pliSuite : interopSuite;
      const tree = agreedTree(suite, v);
      expect(shapeProblem(suite, tree, rootHash(suite, tree))).toBeUndefined();
      if (!SIGNED_LIKE_OURS.has(v.cipher_suite)) continue;
      signed++;
      expect(await problem(suite, v, tree)).toBeUndefined();
      expect(await problem(suite, v, tree.with(0, otherSignature(tree)))).toBe("tree_refused");
      for (const other of otherParents(tree)) {
        expect(shapeProblem(suite, other, rootHash(suite, other))).toBe("tree_refused");
        spoilt++;
      }
    }
    expect([signed, spoilt]).toEqual([SIGNED, SPOILT]);
  });

  test("proposals change a tree as published; an update proposal is one that we refuse", () => {
    const cases = casesOf<Operation>("tree-operations", expected["tree-operations"], {
      suites: [1],
      how: "against our own trees (suite 1 has our hash); the one update proposal is refused: our code follows none",
    });
    const came = cases.map((v) => {
      const before = agreed(v.tree_before, v.tree_hash_before);
      agreed(v.tree_after, v.tree_hash_after);
      const proposal = present(decoded(decodeProposal, hex(v.proposal)));
      const proposed = takenApart([proposal]);
      if (!proposed.ok) return `${proposal.proposalType}: ${proposed.error}`;
      const state = { ratchetTree: before, groupContext: contextOf({}) };
      const { tree } = afterProposals(interopSuite, state, proposed.value);
      expect(toHex(encodeTree(tree))).toBe(v.tree_after);
      expect(toHex(rootHash(interopSuite, tree))).toBe(v.tree_hash_after);
      return proposal.proposalType;
    });
    expect(came).toEqual(["add", "add", "update: proposal_refused", "remove", "remove"]);
  });
});

const trees = (): Validation[] =>
  casesOf<Validation>("tree-validation", expected["tree-validation"], {
    suites: [...WITH_SHA256, ...WITH_SHA512],
    how: `against our own trees, ${SIGNED} in full (suites 1, 3), the others (2, 4, 5, 6) but for the leaves' signatures`,
    why: "of a suite with SHA-384, which we do not have",
  });

/** The tree of a case, once our code comes to the same hashes, resolutions and direct paths. */
function agreedTree(suite: Suite, v: Validation): RatchetTree {
  const tree = value(parseTree(hex(v.tree)));
  expect(toHex(encodeTree(tree))).toBe(v.tree);
  expect(hashesOf(suite, tree).map(toHex)).toEqual(v.tree_hashes);
  expect([...tree.keys()].map((index) => resolutionOf(tree, index))).toEqual(v.resolutions);
  for (let own = 0; own < tree.length; own += 2) {
    const steps = ancestorsOf(tree, own)
      .map((node) => ({ node, recipients: v.resolutions[siblingSide(node, own)] }))
      .filter(({ recipients }) => recipients?.length !== 0);
    expect(stepsFrom({ tree, newcomers: [] }, own / 2)).toEqual(steps);
  }
  return tree;
}

function agreed(bytes: string, treeHash: string): RatchetTree {
  const tree = value(parseTree(hex(bytes)));
  expect(toHex(encodeTree(tree))).toBe(bytes);
  expect(toHex(rootHash(interopSuite, tree))).toBe(treeHash);
  return tree;
}

/** By the whole check of a tree that one joins, had the group agreed on this one. */
function problem(suite: Suite, v: Validation, tree: RatchetTree): ReturnType<typeof treeProblem> {
  const context = contextOf({ groupId: hex(v.group_id), treeHash: rootHash(suite, tree) });
  return treeProblem(suite, tree, context, acceptEveryone);
}

/** The first leaf, with a signature that is not its own. */
function otherSignature(tree: RatchetTree): RatchetTree[number] {
  const leaf = present(leafAt(tree, 0));
  return { nodeType: "leaf", leaf: { ...leaf, signature: altered(leaf.signature) } };
}

/** The tree with one thing changed at one parent, in all ways. */
function* otherParents(tree: RatchetTree): Generator<RatchetTree> {
  for (const [index, node] of tree.entries()) {
    if (node?.nodeType !== "parent") continue;
    for (const change of changesOf(tree, index, node.parent))
      yield tree.with(index, { nodeType: "parent", parent: { ...node.parent, ...change } });
  }
}

function changesOf(tree: RatchetTree, index: number, parent: ParentNode): Partial<ParentNode>[] {
  const { hpkePublicKey, parentHash, unmergedLeaves } = parent;
  const below = [...tree.keys()].filter((leaf) => leafAt(tree, leaf) !== undefined && isBelow(2 * leaf, index));
  return [
    { hpkePublicKey: altered(hpkePublicKey) },
    { parentHash: altered(parentHash) },
    ...below.map((leaf) => ({ unmergedLeaves: toggled(unmergedLeaves, leaf) })),
  ];
}

/** With this leaf if it is not there, without it if it is. */
function toggled(leaves: readonly number[], leaf: number): number[] {
  const others = leaves.filter((one) => one !== leaf);
  return others.length < leaves.length ? others : [...leaves, leaf].toSorted((a, b) => a - b);
}

type Validation = Suited & {
  tree: string;
  group_id: string;
  tree_hashes: string[];
  resolutions: number[][];
};
type Operation = Suited & { proposal_sender: number } & Record<
    "tree_before" | "proposal" | "tree_after" | "tree_hash_before" | "tree_hash_after",
    string
  >;

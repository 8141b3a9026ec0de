import type { RatchetTree } from "ts-mls";
import { verifyLeafNodeSignature } from "ts-mls/leafNode.js";
import { decodeUpdatePath, encodeUpdatePath } from "ts-mls/updatePath.js";
import type { UpdatePath } from "ts-mls/updatePath.js";
import { beforeAll, describe, expect, test } from "vitest";
import { createCrypto, toHex } from "../src/crypto/index.ts";
import { shapeProblem, treeProblem } from "../src/conversation/mls/check-tree.ts";
import { createSuite, INTEROP_SUITE } from "../src/conversation/mls/ciphersuite.ts";
import type { Suite } from "../src/conversation/mls/ciphersuite.ts";
import { decoded, encodesTo } from "../src/conversation/mls/codec.ts";
import { checkedPath, keysFrom, makePath, openPath, placePath } from "../src/conversation/mls/path.ts";
import type { AfterPath, BeforePath } from "../src/conversation/mls/path.ts";
import { parseTree } from "../src/conversation/mls/tree-codec.ts";
import {
  ancestorsOf,
  hashesOf,
  leafAt,
  parentAt,
  parentHashFor,
  rootHash,
  rootOf,
  siblingSide,
} from "../src/conversation/mls/tree.ts";
import { acceptEveryone, value } from "./group-people.ts";
import { altered, casesOf, contextOf, present } from "./mls-cases.ts";
import type { Suited } from "./mls-cases.ts";
import { hex } from "./hex.ts";
import { announce, vectorsPresent } from "./published-vectors.ts";

const CASES = 11;
/** Update paths in them, and the times that one of these comes to another member. */
const PATHS = 62;
const FOLLOWED = 328;
/** Members listed as new at the root by a commit of ours: those who are, and those who are not. */
const VERDICTS = { new: 5, old: 24 };

type Keyholder = Parameters<typeof makePath>[1];

let suite: Suite;
beforeAll(async () => {
  suite = createSuite(await createCrypto(), INTEROP_SUITE);
});

if (!vectorsPresent) announce("MLS, our own paths", CASES);

describe.skipIf(!vectorsPresent)("MLS working group vectors against our own paths", () => {
  let cases: TreeKem[];
  beforeAll(() => {
    cases = casesOf<TreeKem>("treekem", CASES, { how: "against our own paths" });
  });

  test("each member follows each update path as published, and one that we make in its place", async () => {
    let [paths, followed] = [0, 0];
    for (const v of cases) {
      const before = beforeOf(v);
      expect(await treeProblem(suite, before.tree, before.context, acceptEveryone)).toBeUndefined();
      const members = v.leaves_private.map((leaf) => keyholder(before.tree, leaf));
      for (const one of v.update_paths) {
        paths++;
        const sender = present(members.find(({ privatePath }) => privatePath.leafIndex === one.sender));
        const theirs = present(decoded(decodeUpdatePath, hex(one.update_path)));
        expect(encodesTo(hex(one.update_path), () => encodeUpdatePath(theirs))).toBe(true);
        const made = await makePath(suite, sender, before);
        const ours = present(decoded(decodeUpdatePath, encodeUpdatePath(made.path)));
        for (const { leafNode } of [theirs, ours])
          expect(await verifyLeafNodeSignature(leafNode, hex(v.group_id), one.sender, suite.cs.signature)).toBe(true);
        for (const member of members) {
          if (member === sender) continue;
          const after = await followedPath(member, before, one.sender, theirs);
          const [secret] = after.secrets.values();
          expect(toHex(present(secret))).toBe(one.path_secrets[member.privatePath.leafIndex]);
          expect(outcome(after)).toEqual([one.tree_hash_after, one.commit_secret]);
          expect(outcome(await followedPath(member, before, one.sender, ours))).toEqual(outcome(made));
          followed++;
        }
      }
    }
    expect([paths, followed]).toEqual([PATHS, FOLLOWED]);
  });

  test("whom a commit lists as new at the root must be new at every node between as well", async () => {
    const verdicts = { new: 0, old: 0 };
    for (const v of cases) {
      const before = beforeOf(v);
      const { tree } = await makePath(suite, keyholder(before.tree, present(v.leaves_private[0])), before);
      for (const leaf of farFromFirst(tree)) {
        const isNew = between(tree, leaf).every(
          (index) => parentAt(tree, index)?.unmergedLeaves.includes(leaf) ?? true,
        );
        const crafted = withNewAtRoot(tree, leaf);
        expect(shapeProblem(suite, crafted, rootHash(suite, crafted))).toBe(isNew ? undefined : "tree_refused");
        verdicts[isNew ? "new" : "old"]++;
      }
    }
    expect(verdicts).toEqual(VERDICTS);
  });
});

/** Members under the root on the side where the first leaf is not. */
const farFromFirst = (tree: RatchetTree): number[] =>
  [...tree.keys()].filter((leaf) => leafAt(tree, leaf) !== undefined && 2 * leaf > rootOf(tree));

const between = (tree: RatchetTree, leaf: number): number[] =>
  ancestorsOf(tree, 2 * leaf).filter((index) => index !== rootOf(tree));

/**
 * What the first leaf could commit to: this one unmerged at the root, and all its parent hashes
 * right.
 */
function withNewAtRoot(tree: RatchetTree, unmerged: number): RatchetTree {
  const next = tree.slice();
  let parentHash: Uint8Array = new Uint8Array(0);
  for (const index of ancestorsOf(tree, 0).toReversed()) {
    const parent = parentAt(tree, index);
    if (parent === undefined) continue;
    const unmergedLeaves = index === rootOf(tree) ? [unmerged] : [];
    next[index] = { nodeType: "parent", parent: { ...parent, parentHash, unmergedLeaves } };
    parentHash = parentHashFor(suite, next, hashesOf(suite, tree), index, siblingSide(index, 0));
  }
  const leaf = present(leafAt(tree, 0));
  if (leaf.leafNodeSource !== "commit") throw new Error("not committed");
  next[0] = { nodeType: "leaf", leaf: { ...leaf, parentHash } };
  return next;
}

/** The published epoch is the one that the path leads to. */
function beforeOf(v: TreeKem): BeforePath {
  const tree = value(parseTree(hex(v.ratchet_tree)));
  const context = contextOf({
    groupId: hex(v.group_id),
    epoch: BigInt(v.epoch) - 1n,
    treeHash: rootHash(suite, tree),
    confirmedTranscriptHash: hex(v.confirmed_transcript_hash),
  });
  return { tree, context, newcomers: [] };
}

/** A member with all keys that its leaf calls for, each from its own path secret. */
function keyholder(tree: RatchetTree, leaf: TreeKem["leaves_private"][number]): Keyholder {
  const privateKeys: Record<number, Uint8Array> = { [2 * leaf.index]: hex(leaf.encryption_priv) };
  for (const { node, path_secret: secret } of leaf.path_secrets)
    privateKeys[node] = present(keysFrom(suite, tree, node, hex(secret))[node]);
  const privatePath = present(checkedPath(suite, tree, { leafIndex: leaf.index, privateKeys }));
  expect(Object.keys(privatePath.privateKeys)).toEqual(Object.keys(privateKeys));
  return { privatePath, signaturePrivateKey: hex(leaf.signature_priv) };
}

/** What the path gives this member: a tree and keys that hold. One changed gives nothing. */
async function followedPath(
  member: Keyholder,
  before: BeforePath,
  sender: number,
  path: UpdatePath,
): Promise<AfterPath> {
  const { leafNode, nodes } = path;
  const other = { ...path, leafNode: { ...leafNode, parentHash: altered(leafNode.parentHash) } };
  expect(await followPath(member, before, sender, other)).toBeUndefined();
  expect(await followPath(member, before, sender, { ...path, nodes: nodes.slice(1) })).toBeUndefined();
  const after = present(await followPath(member, before, sender, path));
  expect(shapeProblem(suite, after.tree, rootHash(suite, after.tree))).toBeUndefined();
  expect(checkedPath(suite, after.tree, after.privatePath)).toBeDefined();
  return after;
}

/** Its place in the tree, which all see alike, and what it seals to this member. */
async function followPath(
  member: Keyholder,
  before: BeforePath,
  sender: number,
  path: UpdatePath,
): Promise<AfterPath | undefined> {
  const placed = placePath(suite, before, sender, path);
  return placed && openPath(suite, member, placed);
}

const outcome = ({ tree, commitSecret }: AfterPath): string[] => [toHex(rootHash(suite, tree)), toHex(commitSecret)];

type TreeKem = Suited & { epoch: number } & Record<
    "group_id" | "confirmed_transcript_hash" | "ratchet_tree",
    string
  > & {
    leaves_private: {
      index: number;
      encryption_priv: string;
      signature_priv: string;
      path_secrets: { node: number; path_secret: string }[];
    }[];
    update_paths: {
      sender: number;
      update_path: string;
      path_secrets: (string | null)[];
      commit_secret: string;
      tree_hash_after: string;
    }[];
  };

import type { Credential, GroupContext, RatchetTree } from "ts-mls";
import { decryptWithLabel } from "ts-mls/crypto/hpke.js";
import { encodeGroupContext } from "ts-mls/groupContext.js";
import { signLeafNodeCommit } from "ts-mls/leafNode.js";
import type { LeafNodeCommit } from "ts-mls/leafNode.js";
import { filteredDirectPathAndCopathResolution, getHpkePublicKey } from "ts-mls/ratchetTree.js";
import { toLeafIndex } from "ts-mls/treemath.js";
import type { UpdatePath, UpdatePathNode } from "ts-mls/updatePath.js";
import type { PrivateKeyPath } from "ts-mls/privateKeyPath.js";
import type { KeyPair } from "../../crypto/port.ts";
import { kemPublicKeyFrom } from "./ciphersuite.ts";
import type { Suite } from "./ciphersuite.ts";
import { sameBytes } from "./codec.ts";
import type { Inside } from "./state.ts";
import { ancestorsOf, hashesOf, isBelow, leafAt, parentHashFor, rootHash, siblingSide } from "./tree.ts";

/**
 * A node of a filtered direct path, and the nodes whose keys its secret is sealed to (RFC 9420,
 * sections 4.1.2 and 7.5).
 */
type Step = { readonly node: number; readonly recipients: readonly number[] };

/** The keys of a path from some node up. */
type Keys = {
  readonly secrets: ReadonlyMap<number, Uint8Array>;
  readonly publicKeys: readonly Uint8Array[];
  readonly privateKeys: Readonly<Record<number, Uint8Array>>;
  readonly commitSecret: Uint8Array;
};

/** What of a member's state a path needs. */
type Keyholder = Pick<Inside, "privatePath">;
type Signer = Keyholder & Pick<Inside, "signaturePrivateKey">;

/** `tree` is the one after the proposals, `context` the old one with the extensions they leave. */
export type BeforePath = {
  readonly tree: RatchetTree;
  readonly context: GroupContext;
  /** Leaves that join with this very commit: they get their secrets in the welcome. */
  readonly newcomers: readonly number[];
};

export type AfterPath = {
  readonly tree: RatchetTree;
  readonly privatePath: PrivateKeyPath;
  /** By node, those that we know. */
  readonly secrets: ReadonlyMap<number, Uint8Array>;
  readonly commitSecret: Uint8Array;
};

const NOTHING = new Uint8Array(0);

/**
 * Fresh keys for our leaf and everything above it, sealed to all but the newcomers. Somebody left
 * alone seals to nobody; the commit secret is fresh nevertheless. `credential`: our leaf's from now
 * on, if it changes.
 */
export async function makePath(
  suite: Suite,
  state: Signer,
  before: BeforePath,
  credential?: Uint8Array,
): Promise<AfterPath & { readonly path: UpdatePath }> {
  const own = state.privatePath.leafIndex;
  const steps = stepsFrom(before, own);
  const start = suite.crypto.random(suite.hashBytes);
  const leafKeys = nodeKeys(suite, start);
  const keys = keysUp(suite, steps, suite.expand(start, "path"));
  suite.crypto.wipe(start);
  const { tree, parentHash } = withParents(suite, before.tree, own, steps, keys.publicKeys);
  const leafNode = await signedLeaf(suite, state, before, {
    hpkePublicKey: leafKeys.publicKey,
    parentHash,
    ...(credential && { credential: { credentialType: "basic", identity: credential } }),
  });
  const next = tree.with(2 * own, { nodeType: "leaf", leaf: leafNode });
  const seal = suite.sealer("UpdatePathNode", encodedContext(suite, before, next));
  const nodes = steps.map(({ node, recipients }, i) => ({
    hpkePublicKey: present(keys.publicKeys[i]),
    encryptedPathSecret: recipients.map((recipient) =>
      seal(getHpkePublicKey(present(before.tree[recipient])), present(keys.secrets.get(node))),
    ),
  }));
  const privatePath = withKeys(state, { ...keys.privateKeys, [2 * own]: leafKeys.secretKey });
  return { tree: next, path: { leafNode, nodes }, privatePath, secrets: keys.secrets, commitSecret: keys.commitSecret };
}

async function signedLeaf(
  suite: Suite,
  state: Signer,
  { tree, context }: BeforePath,
  fresh: { hpkePublicKey: Uint8Array; parentHash: Uint8Array; credential?: Credential },
): Promise<LeafNodeCommit> {
  const own = state.privatePath.leafIndex;
  const leaf = leafAt(tree, own);
  if (leaf === undefined) throw new Error("not a member");
  const { extensions, capabilities, credential, signaturePublicKey } = leaf;
  const kept = { extensions, capabilities, credential, signaturePublicKey };
  return signLeafNodeCommit(
    { leafNodeSource: "commit", ...kept, ...fresh, groupId: context.groupId, leafIndex: own },
    state.signaturePrivateKey,
    suite.cs.signature,
  );
}

/** Somebody else's update path in its place in the tree: what every member sees alike of it. */
export type PlacedPath = {
  readonly tree: RatchetTree;
  readonly steps: readonly Step[];
  readonly nodes: readonly UpdatePathNode[];
  /** The context its secrets are sealed under. */
  readonly sealedFor: Uint8Array;
};

/** Undefined when the path does not fit the tree, no matter who looks at it. */
export function placePath(
  suite: Suite,
  before: BeforePath,
  sender: number,
  { leafNode, nodes }: UpdatePath,
): PlacedPath | undefined {
  const steps = stepsFrom(before, sender);
  if (!fits(nodes, steps)) return undefined;
  const publicKeys = nodes.map(({ hpkePublicKey }) => hpkePublicKey);
  const { tree, parentHash } = withParents(suite, before.tree, sender, steps, publicKeys);
  if (!sameBytes(leafNode.parentHash, parentHash)) return undefined;
  const next = tree.with(2 * sender, { nodeType: "leaf", leaf: leafNode });
  return { tree: next, steps, nodes, sealedFor: encodedContext(suite, before, next) };
}

/** Our keys after somebody else's path. Undefined when what it seals to us does not open. */
export async function openPath(
  suite: Suite,
  state: Keyholder,
  { tree, steps, nodes, sealedFor }: PlacedPath,
): Promise<AfterPath | undefined> {
  const own = state.privatePath.leafIndex;
  const meeting = steps.findIndex(({ node }) => isBelow(2 * own, node));
  const secret = await openedSecret(suite, state, steps[meeting], nodes[meeting], sealedFor);
  if (secret === undefined) return undefined;
  const { secrets, privateKeys, commitSecret } = keysUp(suite, steps.slice(meeting), secret);
  return { tree, privatePath: withKeys(state, privateKeys), secrets, commitSecret };
}

/**
 * Whether the path has a key for each node that the tree calls for, and as many seals at each: no
 * key is looked at.
 */
export function fitsTree(before: BeforePath, sender: number, { nodes }: UpdatePath): boolean {
  return fits(nodes, stepsFrom(before, sender));
}

function fits(nodes: readonly UpdatePathNode[], steps: readonly Step[]): boolean {
  return (
    nodes.length === steps.length &&
    nodes.every(({ encryptedPathSecret }, i) => encryptedPathSecret.length === steps[i]?.recipients.length)
  );
}

async function openedSecret(
  suite: Suite,
  { privatePath }: Keyholder,
  step: Step | undefined,
  node: UpdatePathNode | undefined,
  context: Uint8Array,
): Promise<Uint8Array | undefined> {
  const index = step?.recipients.findIndex((recipient) => privatePath.privateKeys[recipient] !== undefined) ?? -1;
  const privateKey = privatePath.privateKeys[step?.recipients[index] ?? -1];
  const sealed = node?.encryptedPathSecret[index];
  if (privateKey === undefined || sealed === undefined) return undefined;
  const key = await suite.cs.hpke.importPrivateKey(privateKey);
  const { kemOutput, ciphertext } = sealed;
  return decryptWithLabel(key, "UpdatePathNode", context, kemOutput, ciphertext, suite.cs.hpke);
}

/** The filtered direct path of a leaf. */
export function stepsFrom({ tree, newcomers }: Pick<BeforePath, "tree" | "newcomers">, leaf: number): Step[] {
  const joining = new Set(newcomers.map((newcomer) => 2 * newcomer));
  return filteredDirectPathAndCopathResolution(toLeafIndex(leaf), tree).map(({ nodeIndex, resolution }) => ({
    node: nodeIndex,
    recipients: resolution.filter((recipient) => !joining.has(recipient)),
  }));
}

/** Each secret comes from the one below it; the one after the last is the commit secret. */
function keysUp(suite: Suite, steps: readonly Step[], first: Uint8Array): Keys {
  const secrets = new Map<number, Uint8Array>();
  const publicKeys: Uint8Array[] = [];
  const privateKeys: Record<number, Uint8Array> = {};
  let secret = first;
  for (const { node } of steps) {
    const { publicKey, secretKey } = nodeKeys(suite, secret);
    secrets.set(node, secret);
    publicKeys.push(publicKey);
    privateKeys[node] = secretKey;
    secret = suite.expand(secret, "path");
  }
  return { secrets, publicKeys, privateKeys, commitSecret: secret };
}

function nodeKeys(suite: Suite, secret: Uint8Array): KeyPair {
  const seed = suite.expand(secret, "node");
  const keys = suite.kem.deriveKeyPair(seed);
  suite.crypto.wipe(seed);
  return keys;
}

/**
 * What a newcomer's secret of one node gives: the keys there and at every node above that has one.
 * Erases the secret.
 */
export function keysFrom(suite: Suite, tree: RatchetTree, node: number, secret: Uint8Array): Keys["privateKeys"] {
  const steps = [node, ...ancestorsOf(tree, node)].filter((index) => tree[index] !== undefined);
  const keys = keysUp(
    suite,
    steps.map((index) => ({ node: index, recipients: [] })),
    secret,
  );
  suite.crypto.wipe(keys.commitSecret, ...keys.secrets.values());
  return keys.privateKeys;
}

/**
 * The tree with the new keys above this leaf, and the parent hash that its leaf must then carry.
 */
function withParents(
  suite: Suite,
  tree: RatchetTree,
  leaf: number,
  steps: readonly Step[],
  publicKeys: readonly Uint8Array[],
): { tree: RatchetTree; parentHash: Uint8Array } {
  const hashes = hashesOf(suite, tree);
  const next = tree.slice();
  for (const node of ancestorsOf(tree, 2 * leaf)) next[node] = undefined;
  let parentHash: Uint8Array = NOTHING;
  for (const [i, { node }] of [...steps.entries()].toReversed()) {
    const parent = { hpkePublicKey: present(publicKeys[i]), parentHash, unmergedLeaves: [] };
    next[node] = { nodeType: "parent", parent };
    parentHash = parentHashFor(suite, next, hashes, node, siblingSide(node, 2 * leaf));
  }
  return { tree: next, parentHash };
}

/**
 * The context that path secrets are sealed under: the next epoch's, before its transcript is known.
 */
function encodedContext(suite: Suite, { context, tree }: BeforePath, next: RatchetTree): Uint8Array {
  return encodeGroupContext({ ...context, epoch: context.epoch + 1n, treeHash: rootHash(suite, next, tree) });
}

function withKeys({ privatePath }: Keyholder, fresh: Readonly<Record<number, Uint8Array>>): PrivateKeyPath {
  return { ...privatePath, privateKeys: { ...privatePath.privateKeys, ...fresh } };
}

/**
 * The keys that the path of this leaf calls for and no others, or undefined when one is missing or
 * does not belong to the public key in the tree: an insider could plant public keys in an update
 * path and so break every later commit. Keys of nodes that are blank by now are dropped.
 */
export function checkedPath(suite: Suite, tree: RatchetTree, path: PrivateKeyPath): PrivateKeyPath | undefined {
  const own = 2 * path.leafIndex;
  const privateKeys: Record<number, Uint8Array> = {};
  for (const index of [own, ...ancestorsOf(tree, own)]) {
    const publicKey = publicKeyOwned(tree, index, path.leafIndex);
    if (publicKey === undefined) continue;
    const privateKey = path.privateKeys[index];
    if (privateKey === undefined || !sameBytes(kemPublicKeyFrom(suite.crypto, suite.name, privateKey), publicKey))
      return undefined;
    privateKeys[index] = privateKey;
  }
  return { ...path, privateKeys };
}

/** Blank nodes have no key; a parent that lists us as unmerged has one that we were never given. */
function publicKeyOwned(tree: RatchetTree, index: number, leaf: number): Uint8Array | undefined {
  const node = tree[index];
  if (node?.nodeType === "leaf") return node.leaf.hpkePublicKey;
  const unmerged = node?.parent.unmergedLeaves.includes(leaf) ?? true;
  return unmerged ? undefined : node?.parent.hpkePublicKey;
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("nothing there");
  return value;
}

import type { KeyPackage, PrivateKeyPackage, RatchetTree, Welcome } from "ts-mls";
import type { GroupInfo } from "ts-mls/groupInfo.js";
import { verifyGroupInfoConfirmationTag, verifyGroupInfoSignature } from "ts-mls/groupInfo.js";
import type { GroupSecrets } from "ts-mls/groupSecrets.js";
import { makeKeyPackageRef } from "ts-mls/keyPackage.js";
import { deriveKeySchedule } from "ts-mls/keySchedule.js";
import { encodeLeafNode } from "ts-mls/leafNode.js";
import type { LeafNode } from "ts-mls/leafNode.js";
import { decryptGroupInfo, decryptGroupSecrets } from "ts-mls/welcome.js";
import { err, ok } from "../../wire/result.ts";
import type { Result } from "../../wire/result.ts";
import type { GroupError, LeafCheck } from "../group.ts";
import { treeProblem } from "./check-tree.ts";
import { noPsk } from "./ciphersuite.ts";
import type { Suite } from "./ciphersuite.ts";
import { sameBytes } from "./codec.ts";
import { checkedPath, keysFrom } from "./path.ts";
import { contextProblem } from "./rules.ts";
import { createSecretTree } from "./secret-tree.ts";
import { widthOf } from "./state.ts";
import type { Inside } from "./state.ts";
import { parseTree } from "./tree-codec.ts";
import { ancestorsOf, isBelow, leafAt } from "./tree.ts";

export type Newcomer = { readonly keyPackage: KeyPackage; readonly keys: PrivateKeyPackage };
type Opened = { readonly info: GroupInfo; readonly secrets: GroupSecrets };

/**
 * The group that a welcome of this kind leads to (RFC 9420, section 12.4.3.1). Ours and not the
 * library's, which turns newcomers away from valid trees. May throw on garbage.
 */
export async function joinGroup(
  suite: Suite,
  welcome: Welcome,
  newcomer: Newcomer,
  p: { readonly tree?: Uint8Array; readonly check: LeafCheck },
): Promise<Result<Inside, GroupError>> {
  const opened = await openedWelcome(suite, welcome, newcomer);
  if (!opened.ok) return opened;
  const { info } = opened.value;
  const tree = treeFor(info, p.tree);
  if (!tree.ok) return tree;
  const problem = await treeProblem(suite, tree.value, info.groupContext, p.check);
  if (problem !== undefined) return err(problem);
  const signer = leafAt(tree.value, info.signer);
  if (signer === undefined) return err("tree_refused");
  if (!(await verifyGroupInfoSignature(info, signer.signaturePublicKey, suite.cs.signature))) return err("invalid");
  return stateFrom(suite, opened.value, tree.value, newcomer);
}

/** What is sealed to the newcomer, judged without the tree: its signature is not checked yet. */
export async function openedWelcome(
  suite: Suite,
  welcome: Welcome,
  { keyPackage, keys }: { keyPackage: KeyPackage; keys: Pick<PrivateKeyPackage, "initPrivateKey"> },
): Promise<Result<Opened, GroupError>> {
  const { cs } = suite;
  if (welcome.cipherSuite !== suite.name) return err("wrong_suite");
  const reference = await makeKeyPackageRef(keyPackage, cs.hash);
  if (!welcome.secrets.some(({ newMember }) => sameBytes(newMember, reference))) return err("not_for_us");
  const initKey = await cs.hpke.importPrivateKey(keys.initPrivateKey);
  const secrets = await decryptGroupSecrets(initKey, reference, welcome, cs.hpke);
  if (secrets === undefined) return err("invalid");
  if (secrets.psks.length > 0) return err("proposal_refused");
  const info = await decryptGroupInfo(welcome, secrets.joinerSecret, noPsk(suite), cs);
  if (info === undefined) return err("invalid");
  const problem = infoProblem(suite, info);
  return problem === undefined ? ok({ info, secrets }) : err(problem);
}

function infoProblem({ name }: Suite, { groupContext, extensions }: GroupInfo): GroupError | undefined {
  const { version, cipherSuite } = groupContext;
  if (version !== "mls10" || cipherSuite !== name) return "wrong_suite";
  const treeOnly = extensions.every(({ extensionType }) => extensionType === "ratchet_tree");
  return treeOnly && extensions.length <= 1 ? contextProblem(name, groupContext.extensions) : "extensions_refused";
}

/** The one inside, or the one that came apart. */
function treeFor({ extensions: [inside] }: GroupInfo, apart: Uint8Array | undefined): Result<RatchetTree, GroupError> {
  const bytes = inside?.extensionData ?? apart;
  return bytes === undefined ? err("tree_refused") : parseTree(bytes);
}

async function stateFrom(
  suite: Suite,
  { info, secrets }: Opened,
  tree: RatchetTree,
  { keyPackage, keys }: Newcomer,
): Promise<Result<Inside, GroupError>> {
  const { cs, crypto } = suite;
  const own = ownLeaf(tree, keyPackage.leafNode);
  if (own === undefined) return err("not_for_us");
  const privateKeys = {
    [2 * own]: keys.hpkePrivateKey,
    ...keysAbove(suite, tree, own, info.signer, secrets.pathSecret),
  };
  const privatePath = checkedPath(suite, tree, { leafIndex: own, privateKeys });
  if (privatePath === undefined) return err("path_keys_refused");
  const { groupContext, confirmationTag } = info;
  const psk = noPsk(suite);
  if (!(await verifyGroupInfoConfirmationTag(info, secrets.joinerSecret, psk, cs))) return err("invalid");
  const [keySchedule, encryptionSecret] = await deriveKeySchedule(secrets.joinerSecret, psk, groupContext, cs.kdf);
  const secretTree = createSecretTree(suite, widthOf(tree), encryptionSecret);
  crypto.wipe(encryptionSecret, secrets.joinerSecret);
  const { signaturePrivateKey } = keys;
  return ok({
    groupContext,
    keySchedule,
    confirmationTag,
    ratchetTree: tree,
    privatePath,
    secretTree,
    signaturePrivateKey,
    active: true,
  });
}

function ownLeaf(tree: RatchetTree, own: LeafNode): number | undefined {
  const index = tree.findIndex(
    (node) => node?.nodeType === "leaf" && sameBytes(node.leaf.signaturePublicKey, own.signaturePublicKey),
  );
  const leaf = index < 0 ? undefined : leafAt(tree, index / 2);
  return leaf !== undefined && sameBytes(encodeLeafNode(leaf), encodeLeafNode(own)) ? index / 2 : undefined;
}

/** What the path secret of the one who added us gives: where we meet, and above. */
function keysAbove(
  suite: Suite,
  tree: RatchetTree,
  own: number,
  signer: number,
  secret: Uint8Array | undefined,
): Readonly<Record<number, Uint8Array>> {
  const meeting = ancestorsOf(tree, 2 * own).find((index) => isBelow(2 * signer, index));
  return secret === undefined || meeting === undefined ? {} : keysFrom(suite, tree, meeting, secret);
}

import type { CiphersuiteImpl, ClientState, GroupContext, MLSMessage, Proposal, RatchetTree, Welcome } from "ts-mls";
import type { AuthenticatedContent } from "ts-mls/authenticatedContent.js";
import { applyProposals, nextEpochContext } from "ts-mls/clientState.js";
import { createGroupInfoWithRatchetTree } from "ts-mls/createCommit.js";
import type { Commit } from "ts-mls/commit.js";
import { createConfirmationTag, createContentCommitSignature } from "ts-mls/framedContent.js";
import { makeKeyPackageRef } from "ts-mls/keyPackage.js";
import type { KeyPackage } from "ts-mls/keyPackage.js";
import { initializeEpoch } from "ts-mls/keySchedule.js";
import type { EpochSecrets } from "ts-mls/keySchedule.js";
import { protect } from "ts-mls/messageProtection.js";
import { getCommitSecret, pathToPathSecrets } from "ts-mls/pathSecrets.js";
import { mergePrivateKeyPaths, toPrivateKeyPath, updateLeafKey } from "ts-mls/privateKeyPath.js";
import type { PrivateKeyPath } from "ts-mls/privateKeyPath.js";
import { emptyPskIndex } from "ts-mls/pskIndex.js";
import { createSecretTree } from "ts-mls/secretTree.js";
import { treeHashRoot } from "ts-mls/treeHash.js";
import { leafToNodeIndex, leafWidth, toLeafIndex, toNodeIndex } from "ts-mls/treemath.js";
import type { LeafIndex } from "ts-mls/treemath.js";
import { createUpdatePath, firstCommonAncestor } from "ts-mls/updatePath.js";
import type { PathSecret, UpdatePath } from "ts-mls/updatePath.js";
import { encryptGroupInfo, encryptGroupSecrets } from "ts-mls/welcome.js";
import type { Crypto } from "../../crypto/port.ts";
import { NO_PADDING } from "./config.ts";

type Added = [LeafIndex, KeyPackage][];
type Renewal = {
  tree: RatchetTree;
  path: UpdatePath | undefined;
  secrets: PathSecret[];
  privatePath: PrivateKeyPath;
  commitSecret: Uint8Array;
};
type Epoch = { context: GroupContext; secrets: EpochSecrets; tag: Uint8Array; content: AuthenticatedContent };

export type MadeCommit = {
  newState: ClientState;
  commit: MLSMessage;
  welcome: Welcome | undefined;
  consumed: Uint8Array[];
};

/**
 * A commit of these proposals by us (RFC 9420, section 12.4.1), out of the library's parts. Not its `createCommit`,
 * which compares lifetimes with the system's clock, cannot renew our keys while adding, and, when the committer is
 * left alone, takes zeros as commit secret: the one just removed would follow into the next epoch.
 */
export async function makeCommit(
  crypto: Crypto,
  cs: CiphersuiteImpl,
  state: ClientState,
  { proposals, renew, authenticatedData }: { proposals: Proposal[]; renew: boolean; authenticatedData: Uint8Array },
): Promise<MadeCommit> {
  const inline = proposals.map((proposal) => ({ proposalOrRefType: "proposal", proposal }) as const);
  const applied = await applyProposals(state, inline, ownLeaf(state), emptyPskIndex, false, cs);
  if (applied.additionalResult.kind !== "memberCommit") throw new Error("not a commit of a member");
  const added = applied.additionalResult.addedLeafNodes;
  const renewal = renew ? await renewed(crypto, cs, state, applied.tree, added) : unchanged(cs, state, applied.tree);
  const epoch = await nextEpoch(cs, state, { proposals: inline, path: renewal.path }, renewal, authenticatedData);
  const sealed = await sealCommit(cs, state, epoch.content);
  const newState = await stateAfter(cs, state, renewal, epoch);
  const welcome = added.length === 0 ? undefined : await welcomeFor(cs, newState, epoch, renewal, added);
  crypto.wipe(
    renewal.commitSecret,
    epoch.secrets.encryptionSecret,
    epoch.secrets.joinerSecret,
    epoch.secrets.welcomeSecret,
  );
  crypto.wipe(...renewal.secrets.map(({ secret }) => secret));
  return { newState, welcome, commit: sealed.message, consumed: [...sealed.consumed, state.keySchedule.initSecret] };
}

function unchanged(cs: CiphersuiteImpl, state: ClientState, tree: RatchetTree): Renewal {
  return {
    tree,
    path: undefined,
    secrets: [],
    privatePath: state.privatePath,
    commitSecret: new Uint8Array(cs.kdf.size),
  };
}

/** Fresh keys for our leaf and everything above it, sealed to all but those who join with this very commit. */
async function renewed(
  crypto: Crypto,
  cs: CiphersuiteImpl,
  state: ClientState,
  tree: RatchetTree,
  added: Added,
): Promise<Renewal> {
  const newcomers = added.map(([leaf]) => leafToNodeIndex(leaf));
  const made = await createUpdatePath(
    tree,
    ownLeaf(state),
    state.groupContext,
    state.signaturePrivateKey,
    cs,
    newcomers,
  );
  const [newTree, path, secrets, leafKey] = made;
  const withLeaf = updateLeafKey(state.privatePath, await cs.hpke.exportPrivateKey(leafKey));
  const above = await toPrivateKeyPath(pathToPathSecrets(secrets), ownLeaf(state), cs);
  const deepest = secrets.at(-1);
  const commitSecret =
    deepest === undefined
      ? crypto.random(cs.kdf.size)
      : await getCommitSecret(newTree, toNodeIndex(deepest.nodeIndex), deepest.secret, cs.kdf);
  return { tree: newTree, path, secrets, privatePath: mergePrivateKeyPaths(withLeaf, above), commitSecret };
}

async function nextEpoch(
  cs: CiphersuiteImpl,
  state: ClientState,
  commit: Commit,
  renewal: Renewal,
  aad: Uint8Array,
): Promise<Epoch> {
  const { groupContext, keySchedule, signaturePrivateKey } = state;
  const sender = { senderType: "member", leafIndex: ownLeaf(state) } as const;
  const wireformat = "mls_private_message";
  const signed = await createContentCommitSignature(
    groupContext,
    wireformat,
    commit,
    sender,
    aad,
    signaturePrivateKey,
    cs.signature,
  );
  const treeHash = await treeHashRoot(renewal.tree, cs.hash);
  const { framedContent, signature } = signed;
  const context = await nextEpochContext(
    groupContext,
    wireformat,
    framedContent,
    signature,
    treeHash,
    state.confirmationTag,
    cs.hash,
  );
  const noPsk = new Uint8Array(cs.kdf.size);
  const secrets = await initializeEpoch(keySchedule.initSecret, renewal.commitSecret, context, noPsk, cs.kdf);
  const tag = await createConfirmationTag(
    secrets.keySchedule.confirmationKey,
    context.confirmedTranscriptHash,
    cs.hash,
  );
  const auth = { contentType: "commit", signature, confirmationTag: tag } as const;
  return { context, secrets, tag, content: { wireformat, content: framedContent, auth } };
}

async function sealCommit(
  cs: CiphersuiteImpl,
  state: ClientState,
  { content, auth }: AuthenticatedContent,
): Promise<{ message: MLSMessage; consumed: Uint8Array[] }> {
  if (content.contentType !== "commit" || auth.contentType !== "commit") throw new Error("not a commit");
  const { senderDataSecret } = state.keySchedule;
  const { groupContext, secretTree } = state;
  const got = await protect(
    senderDataSecret,
    content.authenticatedData,
    groupContext,
    secretTree,
    { ...content, auth },
    ownLeaf(state),
    NO_PADDING,
    cs,
  );
  const message = { version: "mls10", wireformat: "mls_private_message", privateMessage: got.privateMessage } as const;
  return { message, consumed: got.consumed };
}

async function stateAfter(
  cs: CiphersuiteImpl,
  state: ClientState,
  renewal: Renewal,
  epoch: Epoch,
): Promise<ClientState> {
  return {
    ...state,
    groupContext: epoch.context,
    keySchedule: epoch.secrets.keySchedule,
    confirmationTag: epoch.tag,
    ratchetTree: renewal.tree,
    privatePath: renewal.privatePath,
    secretTree: await createSecretTree(leafWidth(renewal.tree.length), epoch.secrets.encryptionSecret, cs.kdf),
    unappliedProposals: {},
  };
}

/** RFC 9420, section 12.4.3.1. Each newcomer gets the joiner secret and, if there is a path, its secret where the two meet. */
async function welcomeFor(
  cs: CiphersuiteImpl,
  after: ClientState,
  epoch: Epoch,
  renewal: Renewal,
  added: Added,
): Promise<Welcome> {
  const info = await createGroupInfoWithRatchetTree(epoch.context, epoch.tag, after, renewal.tree, [], cs);
  const encryptedGroupInfo = await encryptGroupInfo(info, epoch.secrets.welcomeSecret, cs);
  const secrets = await Promise.all(
    added.map(async ([leaf, keyPackage]) => {
      const meeting = firstCommonAncestor(renewal.tree, leaf, ownLeaf(after));
      const pathSecret = renewal.secrets.find(({ nodeIndex }) => nodeIndex === meeting)?.secret;
      const initKey = await cs.hpke.importPublicKey(keyPackage.initKey);
      const groupSecrets = { joinerSecret: epoch.secrets.joinerSecret, pathSecret, psks: [] };
      const { enc, ct } = await encryptGroupSecrets(initKey, encryptedGroupInfo, groupSecrets, cs.hpke);
      return {
        newMember: await makeKeyPackageRef(keyPackage, cs.hash),
        encryptedGroupSecrets: { kemOutput: enc, ciphertext: ct },
      };
    }),
  );
  return { cipherSuite: epoch.context.cipherSuite, secrets, encryptedGroupInfo };
}

function ownLeaf(state: ClientState): LeafIndex {
  return toLeafIndex(state.privatePath.leafIndex);
}

import type { GroupContext, KeyPackage, MLSMessage, Proposal, Welcome } from "ts-mls";
import type { AuthenticatedContent } from "ts-mls/authenticatedContent.js";
import { nextEpochContext } from "ts-mls/clientState.js";
import type { Commit } from "ts-mls/commit.js";
import { createConfirmationTag, createContentCommitSignature } from "ts-mls/framedContent.js";
import { signGroupInfo } from "ts-mls/groupInfo.js";
import { encodeGroupSecrets } from "ts-mls/groupSecrets.js";
import { makeKeyPackageRef } from "ts-mls/keyPackage.js";
import { initializeEpoch } from "ts-mls/keySchedule.js";
import type { EpochSecrets } from "ts-mls/keySchedule.js";
import { protect } from "ts-mls/messageProtection.js";
import { encryptGroupInfo } from "ts-mls/welcome.js";
import { noPsk } from "./ciphersuite.ts";
import type { Suite } from "./ciphersuite.ts";
import { afterProposals } from "./commit.ts";
import type { Proposed } from "./commit.ts";
import { NO_PADDING } from "./config.ts";
import { makePath } from "./path.ts";
import type { AfterPath, BeforePath } from "./path.ts";
import { rulesIn } from "./rules.ts";
import { createSecretTree, useLeaf } from "./secret-tree.ts";
import { widthOf } from "./state.ts";
import type { Inside } from "./state.ts";
import { encodeTree } from "./tree-codec.ts";
import { ancestorsOf, isBelow, rootHash } from "./tree.ts";

type Epoch = { context: GroupContext; secrets: EpochSecrets; tag: Uint8Array; content: AuthenticatedContent };

export type MadeCommit = {
  readonly newState: Inside;
  readonly commit: MLSMessage;
  readonly welcome: Welcome | undefined;
  readonly consumed: readonly Uint8Array[];
};

/**
 * A commit of these proposals by us (RFC 9420, section 12.4.1), out of the library's parts. Not its
 * `createCommit`, which compares lifetimes with the system's clock, cannot renew our keys while
 * adding, and, when the committer is left alone, takes zeros as commit secret: the one just removed
 * would follow into the next epoch.
 */
export async function makeCommit(
  suite: Suite,
  state: Inside,
  p: {
    proposals: readonly Proposal[];
    proposed: Proposed;
    renew: boolean;
    credential: Uint8Array | undefined;
    authenticatedData: Uint8Array;
  },
): Promise<MadeCommit> {
  const before = afterProposals(suite, state, p.proposed);
  const made = p.renew
    ? await makePath(suite, state, before, p.credential)
    : { path: undefined, ...unchanged(suite, state, before) };
  const proposals = p.proposals.map((proposal) => ({ proposalOrRefType: "proposal", proposal }) as const);
  const epoch = await nextEpoch(suite, state, before, made, { proposals, path: made.path }, p.authenticatedData);
  const sealed = await sealCommit(suite, state, epoch.content);
  const newState = stateAfter(suite, state, made, epoch);
  const welcome = await welcomeFor(suite, newState, epoch, made, before.newcomers, p.proposed.added);
  const { encryptionSecret, joinerSecret, welcomeSecret } = epoch.secrets;
  suite.crypto.wipe(made.commitSecret, encryptionSecret, joinerSecret, welcomeSecret, ...made.secrets.values());
  return { newState, welcome, commit: sealed.message, consumed: [...sealed.consumed, state.keySchedule.initSecret] };
}

/** Without a path, the commit secret is zero. */
export function unchanged(suite: Suite, { privatePath }: Inside, { tree }: BeforePath): AfterPath {
  return { tree, privatePath, secrets: new Map(), commitSecret: new Uint8Array(suite.hashBytes) };
}

async function nextEpoch(
  suite: Suite,
  state: Inside,
  before: BeforePath,
  made: AfterPath,
  commit: Commit,
  aad: Uint8Array,
): Promise<Epoch> {
  const { cs } = suite;
  const { groupContext, keySchedule, signaturePrivateKey, privatePath } = state;
  const sender = { senderType: "member", leafIndex: privatePath.leafIndex } as const;
  const wireformat = "mls_private_message";
  const { framedContent, signature } = await createContentCommitSignature(
    groupContext,
    wireformat,
    commit,
    sender,
    aad,
    signaturePrivateKey,
    cs.signature,
  );
  const treeHash = rootHash(suite, made.tree, before.tree);
  const context = await nextEpochContext(
    before.context,
    wireformat,
    framedContent,
    signature,
    treeHash,
    state.confirmationTag,
    cs.hash,
  );
  const secrets = await initializeEpoch(keySchedule.initSecret, made.commitSecret, context, noPsk(suite), cs.kdf);
  const { confirmationKey } = secrets.keySchedule;
  const tag = await createConfirmationTag(confirmationKey, context.confirmedTranscriptHash, cs.hash);
  const auth = { contentType: "commit", signature, confirmationTag: tag } as const;
  return { context, secrets, tag, content: { wireformat, content: framedContent, auth } };
}

async function sealCommit(
  suite: Suite,
  state: Inside,
  { content, auth }: AuthenticatedContent,
): Promise<{ message: MLSMessage; consumed: readonly Uint8Array[] }> {
  if (content.contentType !== "commit" || auth.contentType !== "commit") throw new Error("not a commit");
  const { groupContext, keySchedule, privatePath } = state;
  const { result } = await useLeaf(suite, state.secretTree, privatePath.leafIndex, (library) =>
    protect(
      keySchedule.senderDataSecret,
      content.authenticatedData,
      groupContext,
      library,
      { ...content, auth },
      privatePath.leafIndex,
      NO_PADDING,
      suite.cs,
    ),
  );
  const { privateMessage, consumed } = result;
  return { message: { version: "mls10", wireformat: "mls_private_message", privateMessage }, consumed };
}

function stateAfter(suite: Suite, state: Inside, { tree, privatePath }: AfterPath, epoch: Epoch): Inside {
  return {
    ...state,
    groupContext: epoch.context,
    keySchedule: epoch.secrets.keySchedule,
    confirmationTag: epoch.tag,
    ratchetTree: tree,
    privatePath,
    secretTree: createSecretTree(suite, widthOf(tree), epoch.secrets.encryptionSecret),
  };
}

/**
 * RFC 9420, section 12.4.3.1. Each newcomer gets the joiner secret and, if there is a path, its
 * secret where the two meet. The tree of a group with rules travels apart.
 */
async function welcomeFor(
  suite: Suite,
  after: Inside,
  epoch: Epoch,
  made: AfterPath,
  newcomers: readonly number[],
  added: readonly KeyPackage[],
): Promise<Welcome | undefined> {
  if (added.length === 0) return undefined;
  const { cs } = suite;
  const own = after.privatePath.leafIndex;
  const tree = { extensionType: "ratchet_tree", extensionData: encodeTree(made.tree) } as const;
  const extensions = rulesIn(epoch.context.extensions) === undefined ? [tree] : [];
  const { context: groupContext, tag: confirmationTag } = epoch;
  const unsigned = { groupContext, extensions, confirmationTag, signer: own };
  const info = await signGroupInfo(unsigned, after.signaturePrivateKey, cs.signature);
  const encryptedGroupInfo = await encryptGroupInfo(info, epoch.secrets.welcomeSecret, cs);
  const seal = suite.sealer("Welcome", encryptedGroupInfo);
  const secrets = added.map(async (keyPackage, i) => {
    const meeting = ancestorsOf(made.tree, 2 * (newcomers[i] ?? own)).find((index) => isBelow(2 * own, index));
    const pathSecret = meeting === undefined ? undefined : made.secrets.get(meeting);
    const groupSecrets = encodeGroupSecrets({ joinerSecret: epoch.secrets.joinerSecret, pathSecret, psks: [] });
    const encryptedGroupSecrets = seal(keyPackage.initKey, groupSecrets);
    return { newMember: await makeKeyPackageRef(keyPackage, cs.hash), encryptedGroupSecrets };
  });
  return { cipherSuite: groupContext.cipherSuite, secrets: await Promise.all(secrets), encryptedGroupInfo };
}

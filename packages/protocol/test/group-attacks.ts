import type { ClientState, KeyPackage, MLSMessage, PrivateMessage, Proposal } from "ts-mls";
import { defaultClientConfig } from "ts-mls/clientConfig.js";
import { createContentCommitSignature } from "ts-mls/framedContent.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import { protect } from "ts-mls/messageProtection.js";
import { processPrivateMessage } from "ts-mls/processMessages.js";
import { emptyPskIndex } from "ts-mls/pskIndex.js";
import type { SecretTree as LibraryTree } from "ts-mls/secretTree.js";
import type { UpdatePath } from "ts-mls/updatePath.js";
import { createCiphersuite, createSuite } from "../src/conversation/mls/ciphersuite.ts";
import type { Suite } from "../src/conversation/mls/ciphersuite.ts";
import { parseMlsMessage } from "../src/conversation/mls/codec.ts";
import { afterProposals } from "../src/conversation/mls/commit.ts";
import { NO_PADDING } from "../src/conversation/mls/config.ts";
import { makeCommit } from "../src/conversation/mls/make-commit.ts";
import { makePath } from "../src/conversation/mls/path.ts";
import { useLeaf } from "../src/conversation/mls/secret-tree.ts";
import type { SecretTree } from "../src/conversation/mls/secret-tree.ts";
import { inside } from "../src/conversation/mls/state.ts";
import type { Inside } from "../src/conversation/mls/state.ts";
import { leafAt } from "../src/conversation/mls/tree.ts";
import type { GroupState } from "../src/conversation/group.ts";
import type { Crypto } from "../src/crypto/index.ts";
import { NOW, value } from "./group-people.ts";

/** The library as it is out of the box, on the same state: what it accepts, our guards refuse. */
export async function plain(crypto: Crypto, state: GroupState): Promise<ClientState> {
  const { secretTree, active, ...kept } = inside(state);
  return {
    ...kept,
    secretTree: await libraryTree(crypto, secretTree),
    unappliedProposals: {},
    historicalReceiverData: new Map(),
    groupActiveState: { kind: active ? "active" : "removedFromGroup" },
    clientConfig: defaultClientConfig,
  };
}

async function libraryTree(crypto: Crypto, tree: SecretTree): Promise<LibraryTree> {
  const whole: LibraryTree = [];
  for (let leaf = 0; leaf < tree.width; leaf++)
    await useLeaf(createSuite(crypto), tree, leaf, async (library) => {
      Object.assign(whole, library);
      return { tree: library };
    });
  return whole;
}

/** What plain ts-mls makes of a private message. */
export async function plainly(crypto: Crypto, state: GroupState | ClientState, bytes: Uint8Array) {
  const message = privateMessageIn(bytes);
  const client = "clientConfig" in state ? state : await plain(crypto, state);
  return processPrivateMessage(client, message, emptyPskIndex, createCiphersuite(crypto));
}

export function privateMessageIn(bytes: Uint8Array): PrivateMessage {
  return value(parseMlsMessage(bytes, "mls_private_message", 1 << 24)).privateMessage;
}

/**
 * A commit that breaks our rules and keeps the library's: by a member, with a suite or state bent
 * by the caller.
 */
export async function forgedCommit(
  crypto: Crypto,
  state: Inside,
  proposals: Proposal[],
  {
    suite = createSuite(crypto),
    renew = true,
    authenticatedData = time(NOW),
  }: { suite?: Suite; renew?: boolean; authenticatedData?: Uint8Array } = {},
): Promise<{ commit: Uint8Array; welcome: Uint8Array | undefined; newState: Inside }> {
  const proposed = {
    added: proposals.flatMap((proposal) => ("add" in proposal ? [proposal.add.keyPackage] : [])),
    removed: proposals.flatMap((proposal) => ("remove" in proposal ? [proposal.remove.removed] : [])),
    extensions: proposals.flatMap((proposal) =>
      "groupContextExtensions" in proposal ? [proposal.groupContextExtensions.extensions] : [],
    )[0],
  };
  const made = await makeCommit(suite, state, { proposals, proposed, renew, credential: undefined, authenticatedData });
  const welcome = made.welcome && wrapped({ version: "mls10", wireformat: "mls_welcome", welcome: made.welcome });
  return { commit: wrapped(made.commit), welcome, newState: made.newState };
}

/**
 * A commit of any content whatever, under its author's true signature, and with a tag that nobody
 * gets to check.
 */
export async function signedCommit(
  crypto: Crypto,
  state: Inside,
  { proposals, path }: { proposals: readonly Proposal[]; path?: UpdatePath },
): Promise<Uint8Array> {
  const suite = createSuite(crypto);
  const { leafIndex } = state.privatePath;
  const commit = {
    proposals: proposals.map((proposal) => ({ proposalOrRefType: "proposal", proposal }) as const),
    path,
  };
  const { framedContent, signature } = await createContentCommitSignature(
    state.groupContext,
    "mls_private_message",
    commit,
    { senderType: "member", leafIndex },
    time(NOW),
    state.signaturePrivateKey,
    suite.cs.signature,
  );
  const auth = { contentType: "commit", signature, confirmationTag: new Uint8Array(suite.hashBytes) } as const;
  const { result } = await useLeaf(suite, state.secretTree, leafIndex, (library) =>
    protect(
      state.keySchedule.senderDataSecret,
      framedContent.authenticatedData,
      state.groupContext,
      library,
      { ...framedContent, auth },
      leafIndex,
      NO_PADDING,
      suite.cs,
    ),
  );
  return wrapped({ version: "mls10", wireformat: "mls_private_message", privateMessage: result.privateMessage });
}

/** What a member's own path would be, of a commit that changes nothing else. */
export async function pathOf(crypto: Crypto, state: Inside): Promise<UpdatePath> {
  const suite = createSuite(crypto);
  const before = afterProposals(suite, state, { added: [], removed: [], extensions: undefined });
  return (await makePath(suite, state, before)).path;
}

export function wrapped(message: MLSMessage): Uint8Array {
  return encodeMlsMessage(message);
}

export function time(seconds: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(seconds));
  return bytes;
}

/**
 * The bytes with the one-byte length at `offset` written in two bytes: the same value, not minimal.
 */
export function stretched(bytes: Uint8Array, offset: number): Uint8Array {
  const length = bytes[offset];
  if (length === undefined || length >= 64) throw new Error("not a one-byte length");
  return new Uint8Array([...bytes.subarray(0, offset), 0x40, length, ...bytes.subarray(offset + 1)]);
}

/** Mallory's copy of the state in which her own leaf says something else. */
export function withOwnLeaf(state: Inside, change: Partial<KeyPackage["leafNode"]>): Inside {
  const { leafIndex } = state.privatePath;
  const leaf = { ...leafOf(state, leafIndex), ...change } as KeyPackage["leafNode"];
  return { ...state, ratchetTree: state.ratchetTree.with(2 * leafIndex, { nodeType: "leaf", leaf }) };
}

export function leafOf({ ratchetTree }: Inside, leaf: number) {
  const found = leafAt(ratchetTree, leaf);
  if (found === undefined) throw new Error("no leaf");
  return found;
}

/**
 * A suite that puts other public keys into an update path than its secrets give: -1 is the leaf, 0
 * the lowest parent.
 */
export function plantingSuite(crypto: Crypto, instead: (parent: number) => Uint8Array | undefined): Suite {
  const suite = createSuite(crypto);
  let derived = -1;
  const deriveKeyPair: Suite["kem"]["deriveKeyPair"] = (ikm) => {
    const pair = suite.kem.deriveKeyPair(ikm);
    const publicKey = instead(derived);
    derived++;
    return publicKey === undefined ? pair : { ...pair, publicKey };
  };
  return { ...suite, kem: { ...suite.kem, deriveKeyPair } };
}

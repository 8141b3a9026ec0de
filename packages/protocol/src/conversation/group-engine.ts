import type { KeyPackage, PrivateKeyPackage, Proposal } from "ts-mls";
import { createGroup } from "ts-mls/clientState.js";
import { mlsExporter } from "ts-mls/keySchedule.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import { protectApplicationData } from "ts-mls/messageProtection.js";
import type { Crypto } from "../crypto/port.ts";
import { err, ok } from "../wire/result.ts";
import type { Result } from "../wire/result.ts";
import { MAX_COMMIT_BYTES, MAX_MESSAGE_BYTES, MAX_WELCOME_BYTES } from "./group.ts";
import type { Committed, CommitRefusal, GroupEngine, GroupError, GroupState, LeafCheck } from "./group.ts";
import { createSuite, PLI_SUITE } from "./mls/ciphersuite.ts";
import type { Suite, SuiteName } from "./mls/ciphersuite.ts";
import { parseMlsMessage, sameBytes } from "./mls/codec.ts";
import { changeProblem, encodeAad, takenApart } from "./mls/commit.ts";
import { NO_PADDING } from "./mls/config.ts";
import { unprotect } from "./mls/content.ts";
import { followCommit } from "./mls/follow-commit.ts";
import { joinGroup } from "./mls/join.ts";
import { createKeyPackage, parseKeyPackage, parseSecret } from "./mls/key-package.ts";
import { keyPackageProblem, ownLifetimeProblem } from "./mls/leaf.ts";
import { makeCommit } from "./mls/make-commit.ts";
import { checkedPath } from "./mls/path.ts";
import { consentIn, rulesExtensions, rulesIn } from "./mls/rules.ts";
import { createSecretTree, useLeaf } from "./mls/secret-tree.ts";
import {
  closed,
  encodeLeafPart,
  encodeState,
  inside,
  isErased,
  leafParts,
  membersOf,
  parseState,
} from "./mls/state.ts";
import { readOnly, withoutExporter } from "./mls/state.ts";
import { encodeTree } from "./mls/tree-codec.ts";
import { keysAreDistinct } from "./mls/tree.ts";

type Outcome<T> = Promise<Result<T, GroupError>>;
type Commitment = Parameters<GroupEngine["commit"]>[1];

const NOTHING = new Uint8Array(0);

/**
 * The GroupEngine on ts-mls. Conversations have the suite of Pli; the other one is for tests of
 * interoperability.
 */
export function createGroupEngine(crypto: Crypto, suiteName: SuiteName = PLI_SUITE): GroupEngine {
  const suite = createSuite(crypto, suiteName);
  return {
    createKeyPackage: (request) => createKeyPackage(suite, request),
    checkKeyPackage: (bytes, now, check) => checkKeyPackage(suite, bytes, now, check),
    createGroup: (p) => createOwnGroup(suite, p),
    commit: (state, p) => commit(suite, state, p),
    join: (welcome, p) => join(suite, welcome, p),
    processCommit: (state, bytes, p) => processCommit(suite, state, bytes, p),
    encrypt: (state, content, aad) => encrypt(suite, state, content, aad),
    decrypt: (state, message, p) => decrypt(suite, state, message, p),
    members: (state) => membersOf(inside(state)),
    ownLeaf: (state) => inside(state).privatePath.leafIndex,
    epoch: (state) => inside(state).groupContext.epoch,
    groupId: (state) => inside(state).groupContext.groupId.slice(),
    rules: (state) => rulesIn(inside(state).groupContext.extensions)?.slice(),
    exportTree: (state) => encodeTree(inside(state).ratchetTree),
    epochAuthenticator: (state) => inside(state).keySchedule.epochAuthenticator.slice(),
    exportSecret: (state, label, context, length) => mlsExporter(exporterOf(state), label, context, length, suite.cs),
    withoutExporter,
    readOnly,
    encodeState,
    leafParts,
    encodeLeafPart,
    parseState: (bytes, parts) => parseState(suite, bytes, parts),
  };
}

async function checkKeyPackage(
  suite: Suite,
  bytes: Uint8Array,
  now: number,
  check: LeafCheck,
): ReturnType<GroupEngine["checkKeyPackage"]> {
  const keyPackage = parseKeyPackage(bytes);
  if (!keyPackage.ok) return keyPackage;
  const problem = await keyPackageProblem(suite, keyPackage.value, now, check);
  if (problem !== undefined) return err(problem);
  const { credential, signaturePublicKey } = keyPackage.value.leafNode;
  if (credential.credentialType !== "basic") return err("credential_refused");
  const consent = consentIn(keyPackage.value.extensions);
  return ok({ credential: credential.identity, signatureKey: signaturePublicKey, consent });
}

async function createOwnGroup(suite: Suite, deps: Parameters<GroupEngine["createGroup"]>[0]): Promise<GroupState> {
  const { keyPackage, keys } = ownPackage(deps);
  const founded = await createGroup(deps.groupId, keyPackage, keys, rulesExtensions(deps.rules), suite.cs);
  const { groupContext, keySchedule, ratchetTree, privatePath, signaturePrivateKey, confirmationTag } = founded;
  // Nobody else will ever be in this epoch, so that its messages need no secret in common.
  const secretTree = createSecretTree(suite, 1, suite.crypto.random(suite.hashBytes));
  return closed({
    groupContext,
    keySchedule,
    ratchetTree,
    privatePath,
    signaturePrivateKey,
    confirmationTag,
    secretTree,
    active: true,
  });
}

/** Our own package, made by us: a wrong one is our mistake. */
function ownPackage(p: { keyPackage: Uint8Array; secret: Uint8Array }): {
  keyPackage: KeyPackage;
  keys: PrivateKeyPackage;
} {
  const keyPackage = parseKeyPackage(p.keyPackage);
  const keys = parseSecret(p.secret);
  if (!keyPackage.ok || !keys.ok) throw new Error("not a key package and secret of ours");
  return { keyPackage: keyPackage.value, keys: keys.value };
}

async function commit(suite: Suite, state: GroupState, p: Commitment): Outcome<Committed> {
  const from = inside(state);
  if (!from.active) return err("removed");
  if (isErased(from.keySchedule.initSecret)) return err("wrong_epoch");
  const evidence = p.evidence ?? NOTHING;
  const authenticatedData = encodeAad(p.now, evidence);
  const proposals = proposalsFor(p);
  if (!proposals.ok) return proposals;
  const proposed = takenApart(proposals.value);
  if (!proposed.ok) return proposed;
  const { credential } = p;
  const author = { sender: from.privatePath.leafIndex, madeAt: p.now, evidence, credential };
  const problem = await changeProblem(suite, from, proposed.value, author, p);
  if (problem !== undefined) return err(problem);
  const renew =
    p.update === true || credential !== undefined || proposals.value.some(({ proposalType }) => proposalType !== "add");
  const content = { proposals: proposals.value, proposed: proposed.value, renew, credential, authenticatedData };
  return attempt(async () => {
    const { newState, commit: message, welcome, consumed } = await makeCommit(suite, from, content);
    if (!keysAreDistinct(newState.ratchetTree)) return err("keys_refused");
    const privatePath = checkedPath(suite, newState.ratchetTree, newState.privatePath);
    if (privatePath === undefined) return err("path_keys_refused");
    const next = closed({ ...newState, privatePath });
    const committed = { state: next, commit: encodeMlsMessage(message), wipe: () => suite.crypto.wipe(...consumed) };
    if (welcome === undefined) return ok(committed);
    return ok({ ...committed, welcome: encodeMlsMessage({ version: "mls10", wireformat: "mls_welcome", welcome }) });
  });
}

function proposalsFor(p: Commitment): Result<Proposal[], GroupError> {
  const { add = [], remove = [], rules, update = false } = p;
  if (add.length + remove.length === 0 && rules === undefined && !update && p.credential === undefined)
    throw new RangeError("a commit adds, removes, updates or changes the rules");
  const proposals: Proposal[] = remove.map((removed) => ({ proposalType: "remove", remove: { removed } }));
  if (rules !== undefined) {
    const groupContextExtensions = { extensions: rulesExtensions(rules) };
    proposals.unshift({ proposalType: "group_context_extensions", groupContextExtensions });
  }
  for (const bytes of add) {
    const keyPackage = parseKeyPackage(bytes);
    if (!keyPackage.ok) return keyPackage;
    proposals.push({ proposalType: "add", add: { keyPackage: keyPackage.value } });
  }
  return ok(proposals);
}

async function join(suite: Suite, bytes: Uint8Array, p: Parameters<GroupEngine["join"]>[1]): Outcome<GroupState> {
  const newcomer = ownPackage(p);
  const late = ownLifetimeProblem(newcomer.keyPackage.leafNode, p.now);
  if (late !== undefined) return err(late);
  const message = parseMlsMessage(bytes, "mls_welcome", MAX_WELCOME_BYTES);
  if (!message.ok) return message;
  const { welcome } = message.value;
  return attempt(async () => {
    const joined = await joinGroup(suite, welcome, newcomer, p);
    return joined.ok ? ok(closed(joined.value)) : joined;
  });
}

async function processCommit(
  suite: Suite,
  state: GroupState,
  bytes: Uint8Array,
  p: Parameters<GroupEngine["processCommit"]>[2],
): ReturnType<GroupEngine["processCommit"]> {
  const message = parseMlsMessage(bytes, "mls_private_message", MAX_COMMIT_BYTES);
  if (!message.ok) return refusal(message.error);
  const { privateMessage } = message.value;
  if (privateMessage.contentType !== "commit") return refusal("wrong_kind");
  const from = inside(state);
  if (isErased(from.keySchedule.initSecret)) return refusal("wrong_epoch");
  const got = await unprotect(suite, from, privateMessage, p.sender);
  if (!got.ok) return refusal(got.error);
  const { content, sender, consumed } = got.value;
  const followed = await followCommit(suite, from, content, sender, p).catch(() => err("invalid" as const));
  if (!followed.ok) return refusal(followed.error, "unsigned" in followed ? undefined : sender);
  const { state: next, removedSelf, change, consumed: spent } = followed.value;
  const wipe = (): void => suite.crypto.wipe(...consumed, ...spent);
  return ok({ state: closed(next), sender, madeAt: change.madeAt, removedSelf, change, wipe });
}

function refusal(code: GroupError, by?: number): { ok: false; error: CommitRefusal } {
  return { ok: false, error: by === undefined ? { code } : { code, by } };
}

async function encrypt(
  suite: Suite,
  state: GroupState,
  content: Uint8Array,
  aad: Uint8Array,
): ReturnType<GroupEngine["encrypt"]> {
  const from = inside(state);
  if (!from.active) throw new Error("not a member any more");
  const { leafIndex } = from.privatePath;
  const used = await useLeaf(suite, from.secretTree, leafIndex, async (library) => {
    const { newSecretTree, ...made } = await protectApplicationData(
      from.signaturePrivateKey,
      from.keySchedule.senderDataSecret,
      content,
      aad,
      from.groupContext,
      library,
      leafIndex,
      NO_PADDING,
      suite.cs,
    );
    return { ...made, tree: newSecretTree };
  });
  const { privateMessage, consumed } = used.result;
  const message = encodeMlsMessage({ version: "mls10", wireformat: "mls_private_message", privateMessage });
  if (message.length > MAX_MESSAGE_BYTES)
    throw new RangeError("content too large for a message: store it as an object");
  const wipe = (): void => suite.crypto.wipe(...consumed, ...used.spent);
  return { state: closed({ ...from, secretTree: used.tree }), message, wipe };
}

async function decrypt(
  suite: Suite,
  state: GroupState,
  bytes: Uint8Array,
  p: Parameters<GroupEngine["decrypt"]>[2],
): ReturnType<GroupEngine["decrypt"]> {
  const message = parseMlsMessage(bytes, "mls_private_message", MAX_MESSAGE_BYTES);
  if (!message.ok) return message;
  const { privateMessage } = message.value;
  if (privateMessage.contentType !== "application") return err("wrong_kind");
  if (p.aad !== undefined && !sameBytes(p.aad, privateMessage.authenticatedData)) return err("wrong_aad");
  const got = await unprotect(suite, inside(state), privateMessage, p.sender);
  if (!got.ok) return got;
  const { content, secretTree, consumed, spent } = got.value;
  if (content.content.contentType !== "application") return err("wrong_kind");
  return ok({
    state: closed({ ...inside(state), secretTree }),
    content: content.content.applicationData,
    aad: privateMessage.authenticatedData,
    wipe: () => suite.crypto.wipe(...consumed, ...spent),
  });
}

function exporterOf(state: GroupState): Uint8Array {
  const { exporterSecret } = inside(state).keySchedule;
  if (isErased(exporterSecret)) throw new Error("the exporter of this epoch is erased");
  return exporterSecret;
}

/** Whatever the library throws at somebody else's bytes is one outcome. */
async function attempt<T>(act: () => Outcome<T>): Outcome<T> {
  try {
    return await act();
  } catch {
    return err("invalid");
  }
}

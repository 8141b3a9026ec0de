import type { CiphersuiteImpl, ClientState, KeyPackage, PrivateKeyPackage, Proposal, PrivateMessage } from "ts-mls";
import { createGroup, joinGroup } from "ts-mls/clientState.js";
import { createApplicationMessage } from "ts-mls/createMessage.js";
import { mlsExporter } from "ts-mls/keySchedule.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import { processPrivateMessage } from "ts-mls/processMessages.js";
import { emptyPskIndex } from "ts-mls/pskIndex.js";
import type { Crypto } from "../crypto/port.ts";
import { err, ok } from "../wire/result.ts";
import type { Result } from "../wire/result.ts";
import { MAX_COMMIT_BYTES, MAX_MESSAGE_BYTES, MAX_WELCOME_BYTES } from "./group.ts";
import type { Committed, GroupEngine, GroupError, GroupState, LeafCheck, ProcessedCommit } from "./group.ts";
import { createCiphersuite } from "./mls/ciphersuite.ts";
import { parseMlsMessage, sameBytes } from "./mls/codec.ts";
import { commitProblem, sizeProblem } from "./mls/commit.ts";
import { clientConfig, REFUSE_ALL } from "./mls/config.ts";
import { unprotect } from "./mls/content.ts";
import { createKeyPackage, parseKeyPackage, parseSecret } from "./mls/key-package.ts";
import { makeCommit } from "./mls/make-commit.ts";
import { keyPackageProblem, lifetimeProblem } from "./mls/leaf.ts";
import { withCheckedPath } from "./mls/path.ts";
import { closed, encodeState, inside, isErased, membersOf, opened, parseState } from "./mls/state.ts";
import { readOnly, withoutExporter } from "./mls/state.ts";
import { welcomeProblem } from "./mls/welcome.ts";

type Outcome<T> = Promise<Result<T, GroupError>>;
type Commitment = Parameters<GroupEngine["commit"]>[1];

const TIME_BYTES = 8;

/** The GroupEngine on ts-mls, for the one suite of Pli. */
export function createGroupEngine(crypto: Crypto): GroupEngine {
  const cs = createCiphersuite(crypto);
  return {
    createKeyPackage: (request) => createKeyPackage(cs, request),
    checkKeyPackage: (bytes, now, check) => checkKeyPackage(crypto, cs, bytes, now, check),
    createGroup: (p) => createOwnGroup(cs, p),
    commit: (state, p) => commit(crypto, cs, state, p),
    join: (welcome, p) => join(crypto, cs, welcome, p),
    processCommit: (state, bytes, p) => processCommit(crypto, cs, state, bytes, p),
    encrypt: (state, content, aad) => encrypt(crypto, cs, state, content, aad),
    decrypt: (state, message, p) => decrypt(crypto, cs, state, message, p),
    members: membersOf,
    ownLeaf: (state) => inside(state).privatePath.leafIndex,
    epoch: (state) => inside(state).groupContext.epoch,
    groupId: (state) => inside(state).groupContext.groupId.slice(),
    epochAuthenticator: (state) => inside(state).keySchedule.epochAuthenticator.slice(),
    exportSecret: (state, label, context, length) => mlsExporter(exporterOf(state), label, context, length, cs),
    withoutExporter,
    readOnly,
    encodeState,
    parseState,
  };
}

async function checkKeyPackage(
  crypto: Crypto,
  cs: CiphersuiteImpl,
  bytes: Uint8Array,
  now: number,
  check: LeafCheck,
): ReturnType<GroupEngine["checkKeyPackage"]> {
  const keyPackage = await acceptableKeyPackage(crypto, cs, bytes, now, check);
  if (!keyPackage.ok) return keyPackage;
  const { credential, signaturePublicKey } = keyPackage.value.leafNode;
  if (credential.credentialType !== "basic") return err("credential_refused");
  return ok({ credential: credential.identity, signatureKey: signaturePublicKey });
}

async function acceptableKeyPackage(
  crypto: Crypto,
  cs: CiphersuiteImpl,
  bytes: Uint8Array,
  now: number,
  check: LeafCheck,
): Outcome<KeyPackage> {
  const keyPackage = parseKeyPackage(bytes);
  if (!keyPackage.ok) return keyPackage;
  const problem = await keyPackageProblem(crypto, cs, keyPackage.value, now, check);
  return problem === undefined ? keyPackage : err(problem);
}

async function createOwnGroup(cs: CiphersuiteImpl, p: Parameters<GroupEngine["createGroup"]>[0]): Promise<GroupState> {
  const { keyPackage, keys } = ownPackage(p);
  return closed(await createGroup(p.groupId, keyPackage, keys, [], cs, clientConfig(REFUSE_ALL)));
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

async function commit(crypto: Crypto, cs: CiphersuiteImpl, state: GroupState, p: Commitment): Outcome<Committed> {
  if (inside(state).groupActiveState.kind !== "active") return err("removed");
  if (isErased(inside(state).keySchedule.initSecret)) return err("wrong_epoch");
  const proposals = await proposalsFor(crypto, cs, p);
  if (!proposals.ok) return proposals;
  const problem = sizeProblem(inside(state), proposals.value) ?? removalProblem(state, p.remove ?? []);
  if (problem !== undefined) return err(problem);
  const content = {
    proposals: proposals.value,
    renew: p.update === true || proposals.value.some(({ proposalType }) => proposalType !== "add"),
    authenticatedData: encodeTime(p.now),
  };
  return attempt(() => made(crypto, cs, opened(state, clientConfig(p.check)), content));
}

async function proposalsFor(
  crypto: Crypto,
  cs: CiphersuiteImpl,
  { add = [], remove = [], update = false, now, check }: Commitment,
): Outcome<Proposal[]> {
  if (add.length + remove.length === 0 && !update) throw new Error("a commit adds, removes or updates");
  const proposals: Proposal[] = remove.map((removed) => ({ proposalType: "remove", remove: { removed } }));
  for (const bytes of add) {
    const keyPackage = await acceptableKeyPackage(crypto, cs, bytes, now, check);
    if (!keyPackage.ok) return keyPackage;
    proposals.push({ proposalType: "add", add: { keyPackage: keyPackage.value } });
  }
  return ok(proposals);
}

function removalProblem(state: GroupState, remove: readonly number[]): GroupError | undefined {
  const own = inside(state).privatePath.leafIndex;
  const present = new Set(membersOf(state).map(({ leaf }) => leaf));
  return remove.every((leaf) => leaf !== own && present.delete(leaf)) ? undefined : "proposal_refused";
}

async function made(
  crypto: Crypto,
  cs: CiphersuiteImpl,
  state: ClientState,
  content: { proposals: Proposal[]; renew: boolean; authenticatedData: Uint8Array },
): Outcome<Committed> {
  const { newState, commit, welcome, consumed } = await makeCommit(crypto, cs, state, content);
  const next = withCheckedPath(crypto, newState);
  if (next === undefined) return err("path_keys_refused");
  const committed = { state: closed(next), commit: encodeMlsMessage(commit), wipe: () => crypto.wipe(...consumed) };
  if (welcome === undefined) return ok(committed);
  return ok({ ...committed, welcome: encodeMlsMessage({ version: "mls10", wireformat: "mls_welcome", welcome }) });
}

async function join(
  crypto: Crypto,
  cs: CiphersuiteImpl,
  bytes: Uint8Array,
  p: Parameters<GroupEngine["join"]>[1],
): Outcome<GroupState> {
  const { keyPackage, keys } = ownPackage(p);
  const late = lifetimeProblem(keyPackage.leafNode, p.now);
  if (late !== undefined) return err(late);
  const message = parseMlsMessage(bytes, "mls_welcome", MAX_WELCOME_BYTES);
  if (!message.ok) return message;
  const { welcome } = message.value;
  return attempt(async () => {
    const problem = await welcomeProblem(cs, welcome, keyPackage, keys);
    if (problem !== undefined) return err(problem);
    const watch = watched(p.check);
    const joined = await joinGroup(
      welcome,
      keyPackage,
      keys,
      emptyPskIndex,
      cs,
      undefined,
      undefined,
      clientConfig(watch.check),
    ).catch(() => undefined);
    if (joined === undefined) return err(watch.refused() ? "credential_refused" : "invalid");
    const state = withCheckedPath(crypto, joined);
    return state === undefined ? err("path_keys_refused") : ok(closed(state));
  });
}

async function processCommit(
  crypto: Crypto,
  cs: CiphersuiteImpl,
  state: GroupState,
  bytes: Uint8Array,
  p: Parameters<GroupEngine["processCommit"]>[2],
): Outcome<ProcessedCommit> {
  const message = parseMlsMessage(bytes, "mls_private_message", MAX_COMMIT_BYTES);
  if (!message.ok) return message;
  const { privateMessage } = message.value;
  if (privateMessage.contentType !== "commit") return err("wrong_kind");
  if (isErased(inside(state).keySchedule.initSecret)) return err("wrong_epoch");
  const madeAt = parseTime(privateMessage.authenticatedData);
  if (madeAt === undefined) return err("wrong_aad");
  const got = await unprotect(cs, inside(state), privateMessage, p.sender);
  if (!got.ok) return got;
  const { content } = got.value.content;
  if (content.contentType !== "commit" || content.sender.senderType !== "member") return err("wrong_kind");
  const sender = content.sender.leafIndex;
  if (sender === inside(state).privatePath.leafIndex) return err("own_commit");
  return attempt(async () => {
    const problem = await commitProblem(crypto, cs, inside(state), { commit: content.commit, sender, madeAt }, p.check);
    if (problem !== undefined) return err(problem);
    const next = await applyCommit(crypto, cs, state, privateMessage, p.check);
    return next.ok ? ok({ ...next.value, sender, madeAt }) : next;
  });
}

async function applyCommit(
  crypto: Crypto,
  cs: CiphersuiteImpl,
  state: GroupState,
  message: PrivateMessage,
  check: LeafCheck,
): Outcome<Pick<ProcessedCommit, "state" | "removedSelf" | "wipe">> {
  const watch = watched(check);
  const result = await processPrivateMessage(
    opened(state, clientConfig(watch.check)),
    message,
    emptyPskIndex,
    cs,
  ).catch(() => undefined);
  if (result?.kind !== "newState") return err(watch.refused() ? "credential_refused" : "invalid");
  const wipe = (): void => crypto.wipe(...result.consumed);
  if (result.newState.groupActiveState.kind === "removedFromGroup")
    return ok({ state: closed(result.newState), removedSelf: true, wipe });
  const next = withCheckedPath(crypto, result.newState);
  return next === undefined ? err("path_keys_refused") : ok({ state: closed(next), removedSelf: false, wipe });
}

async function encrypt(
  crypto: Crypto,
  cs: CiphersuiteImpl,
  state: GroupState,
  content: Uint8Array,
  aad: Uint8Array,
): ReturnType<GroupEngine["encrypt"]> {
  const made = await createApplicationMessage(opened(state, clientConfig(REFUSE_ALL)), content, cs, aad);
  const message = encodeMlsMessage({
    version: "mls10",
    wireformat: "mls_private_message",
    privateMessage: made.privateMessage,
  });
  if (message.length > MAX_MESSAGE_BYTES)
    throw new RangeError("content too large for a message: store it as an object");
  return { state: closed(made.newState), message, wipe: () => crypto.wipe(...made.consumed) };
}

async function decrypt(
  crypto: Crypto,
  cs: CiphersuiteImpl,
  state: GroupState,
  bytes: Uint8Array,
  p: Parameters<GroupEngine["decrypt"]>[2],
): ReturnType<GroupEngine["decrypt"]> {
  const message = parseMlsMessage(bytes, "mls_private_message", MAX_MESSAGE_BYTES);
  if (!message.ok) return message;
  const { privateMessage } = message.value;
  if (privateMessage.contentType !== "application") return err("wrong_kind");
  if (p.aad !== undefined && !sameBytes(p.aad, privateMessage.authenticatedData)) return err("wrong_aad");
  const got = await unprotect(cs, inside(state), privateMessage, p.sender);
  if (!got.ok) return got;
  const { content } = got.value.content;
  if (content.contentType !== "application") return err("wrong_kind");
  const next = opened(state, clientConfig(REFUSE_ALL));
  return ok({
    state: closed({ ...next, secretTree: got.value.secretTree }),
    content: content.applicationData,
    aad: privateMessage.authenticatedData,
    wipe: () => crypto.wipe(...got.value.consumed),
  });
}

function exporterOf(state: GroupState): Uint8Array {
  const { exporterSecret } = inside(state).keySchedule;
  if (isErased(exporterSecret)) throw new Error("the exporter of this epoch is erased");
  return exporterSecret;
}

/** Remembers whether a leaf was turned down, since ts-mls only throws. */
function watched(check: LeafCheck): { check: LeafCheck; refused(): boolean } {
  let refused = false;
  return {
    check(credential, signatureKey) {
      const accepted = check(credential, signatureKey);
      refused ||= !accepted;
      return accepted;
    },
    refused: () => refused,
  };
}

/** Whatever the library throws at somebody else's bytes is one outcome. */
async function attempt<T>(act: () => Outcome<T>): Outcome<T> {
  try {
    return await act();
  } catch {
    return err("invalid");
  }
}

/** The commit's authenticated data: when it was made, u64 seconds. */
function encodeTime(seconds: number): Uint8Array {
  const bytes = new Uint8Array(TIME_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(seconds));
  return bytes;
}

function parseTime(bytes: Uint8Array): number | undefined {
  if (bytes.length !== TIME_BYTES) return undefined;
  const seconds = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0));
  return Number.isSafeInteger(seconds) ? seconds : undefined;
}

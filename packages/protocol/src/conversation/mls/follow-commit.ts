import type { AuthenticatedContent } from "ts-mls/authenticatedContent.js";
import { nextEpochContext } from "ts-mls/clientState.js";
import type { Commit } from "ts-mls/commit.js";
import { verifyConfirmationTag } from "ts-mls/framedContent.js";
import type { FramedContentCommit } from "ts-mls/framedContent.js";
import { initializeEpoch } from "ts-mls/keySchedule.js";
import { verifyLeafNodeSignature } from "ts-mls/leafNode.js";
import { err, ok } from "../../wire/result.ts";
import type { Result } from "../../wire/result.ts";
import type { CommitChange, CommitCheck, GroupError, LeafCheck } from "../group.ts";
import { noPsk } from "./ciphersuite.ts";
import type { Suite } from "./ciphersuite.ts";
import { additionsProblem, afterProposals, changeOf, parseAad, pathMissing, pathProblem } from "./commit.ts";
import { proposalsIn, renewalProblem, renewedBy, shapeProblem, takenApart } from "./commit.ts";
import type { Author, Proposed } from "./commit.ts";
import { unchanged } from "./make-commit.ts";
import { checkedPath, fitsTree, openPath, placePath } from "./path.ts";
import type { AfterPath, BeforePath, PlacedPath } from "./path.ts";
import { createSecretTree } from "./secret-tree.ts";
import { widthOf } from "./state.ts";
import type { Inside } from "./state.ts";
import { keysAreDistinct, rootHash } from "./tree.ts";

type Problem = GroupError | undefined;
type Checks = { readonly check: LeafCheck; readonly allows: CommitCheck };

export type Followed = {
  readonly state: Inside;
  readonly removedSelf: boolean;
  readonly change: CommitChange;
  readonly consumed: readonly Uint8Array[];
};

/**
 * `unsigned`: the author's signature does not cover what is wrong, so somebody else may have put it
 * there. The error `unopened` is the only one that another member may not find: everything else
 * depends on what all members see alike.
 */
type Refused = { readonly ok: false; readonly error: GroupError; readonly unsigned?: true };

/**
 * Group change path 7/10. The next epoch by a commit that its author has signed (RFC 9420, section
 * 12.4.2), if it may be.
 */
export async function followCommit(
  suite: Suite,
  state: Inside,
  { content, auth }: AuthenticatedContent,
  sender: number,
  checks: Checks,
): Promise<{ ok: true; value: Followed } | Refused> {
  if (content.contentType !== "commit" || auth.contentType !== "commit") return err("wrong_kind");
  const said = parseAad(content.authenticatedData);
  if (said === undefined) return err("wrong_aad");
  if (sender === state.privatePath.leafIndex) return err("own_commit");
  const author = { ...said, sender, credential: renewedBy(state, content.commit.path, sender) };
  const proposed = allowed(suite, state, content.commit, author, checks);
  if (!proposed.ok) return proposed;
  const before = afterProposals(suite, state, proposed.value);
  const problem = await keysProblem(suite, state, before, content.commit, { author, proposed: proposed.value, checks });
  if (problem !== undefined) return err(problem);
  const change = changeOf(proposed.value, author);
  const placed = pathAfter(suite, before, content.commit, sender);
  if (!placed.ok) return placed;
  if (proposed.value.removed.includes(state.privatePath.leafIndex))
    return ok({ state: putOut(state, before), removedSelf: true, change, consumed: [] });
  const followed = await opened(suite, state, before, placed.value);
  if (!followed.ok) return followed;
  const next = await nextEpoch(suite, state, before, followed.value, content, auth);
  if (next === undefined) return { ok: false, error: "invalid", unsigned: true };
  return ok({ state: next, removedSelf: false, change, consumed: [state.keySchedule.initSecret] });
}

/** What the commit asks for, if it may: nothing here looks at a key of a path or of a newcomer. */
function allowed(
  suite: Suite,
  state: Inside,
  commit: Commit,
  author: Author,
  { allows }: Checks,
): Result<Proposed, GroupError> {
  const proposals = proposalsIn(commit);
  if (!proposals.ok) return proposals;
  const missing = pathMissing(proposals.value, commit.path);
  if (missing !== undefined) return err(missing);
  const proposed = takenApart(proposals.value);
  if (!proposed.ok) return proposed;
  const problem = shapeProblem(suite, state, proposed.value, author, allows);
  return problem === undefined ? proposed : err(problem);
}

/**
 * The keys that it brings, once it is certain that there are no more of them than the tree calls
 * for.
 */
async function keysProblem(
  suite: Suite,
  state: Inside,
  before: BeforePath,
  commit: Commit,
  { author, proposed, checks }: { author: Author; proposed: Proposed; checks: Checks },
): Promise<Problem> {
  if (commit.path !== undefined && !fitsTree(before, author.sender, commit.path)) return "invalid";
  return (
    renewalProblem(state, author, checks.check) ??
    (await additionsProblem(suite, proposed.added, author.madeAt, checks.check)) ??
    (await updateProblem(suite, state, commit, author.sender))
  );
}

async function updateProblem(suite: Suite, state: Inside, { path }: Commit, sender: number): Promise<Problem> {
  if (path === undefined) return undefined;
  const problem = pathProblem(suite, state, path, sender);
  if (problem !== undefined) return problem;
  const { groupId } = state.groupContext;
  const signed = await verifyLeafNodeSignature(path.leafNode, groupId, sender, suite.cs.signature);
  return signed ? undefined : "invalid";
}

/** What a removed member keeps: nothing of the next epoch but who is in it. */
function putOut(state: Inside, { tree }: BeforePath): Inside {
  return { ...state, ratchetTree: tree, active: false };
}

/** The tree that the commit leads to, as everybody sees it; undefined without a path. */
function pathAfter(
  suite: Suite,
  before: BeforePath,
  { path }: Commit,
  sender: number,
): Result<PlacedPath | undefined, GroupError> {
  const placed = path && placePath(suite, before, sender, path);
  if (path !== undefined && placed === undefined) return err("invalid");
  return keysAreDistinct(placed?.tree ?? before.tree) ? ok(placed) : err("keys_refused");
}

/**
 * The path's secrets as they are sealed to us. What is sealed to others we cannot see: only we may
 * find it wrong.
 */
async function opened(
  suite: Suite,
  state: Inside,
  before: BeforePath,
  placed: PlacedPath | undefined,
): Promise<Result<AfterPath, GroupError>> {
  // The library throws at some of what may be sealed to us: to the others it is sealed otherwise.
  const after =
    placed === undefined
      ? unchanged(suite, state, before)
      : await openPath(suite, state, placed).catch(() => undefined);
  const privatePath = after && checkedPath(suite, after.tree, after.privatePath);
  return after === undefined || privatePath === undefined ? err("unopened") : ok({ ...after, privatePath });
}

/**
 * Undefined when the confirmation tag, which no signature covers, is not that of the epoch we come
 * to.
 */
async function nextEpoch(
  suite: Suite,
  state: Inside,
  before: BeforePath,
  { tree, privatePath, commitSecret, secrets: pathSecrets }: AfterPath,
  content: FramedContentCommit,
  { signature, confirmationTag }: { signature: Uint8Array; confirmationTag: Uint8Array },
): Promise<Inside | undefined> {
  const { cs, crypto } = suite;
  const groupContext = await nextEpochContext(
    before.context,
    "mls_private_message",
    content,
    signature,
    rootHash(suite, tree, before.tree),
    state.confirmationTag,
    cs.hash,
  );
  const { initSecret } = state.keySchedule;
  const secrets = await initializeEpoch(initSecret, commitSecret, groupContext, noPsk(suite), cs.kdf);
  const { keySchedule, encryptionSecret, joinerSecret, welcomeSecret } = secrets;
  const { confirmedTranscriptHash } = groupContext;
  const agreed = await verifyConfirmationTag(
    keySchedule.confirmationKey,
    confirmationTag,
    confirmedTranscriptHash,
    cs.hash,
  );
  const secretTree = createSecretTree(suite, widthOf(tree), encryptionSecret);
  crypto.wipe(commitSecret, encryptionSecret, joinerSecret, welcomeSecret, ...pathSecrets.values());
  if (!agreed) return undefined;
  return { ...state, groupContext, keySchedule, confirmationTag, ratchetTree: tree, privatePath, secretTree };
}

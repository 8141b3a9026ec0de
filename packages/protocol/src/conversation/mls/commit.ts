import type { GroupContext, KeyPackage, Proposal, RatchetTree } from "ts-mls";
import type { Commit } from "ts-mls/commit.js";
import type { UpdatePath } from "ts-mls/updatePath.js";
import type { Extension } from "ts-mls";
import { err, ok } from "../../wire/result.ts";
import type { Result } from "../../wire/result.ts";
import { MAX_ADDED, MAX_EVIDENCE_BYTES, MAX_MEMBERS } from "../group.ts";
import type { CommitChange, CommitCheck, GroupError, LeafCheck } from "../group.ts";
import type { Suite } from "./ciphersuite.ts";
import { sameBytes } from "./codec.ts";
import { encapProblem, keyPackageProblem, leafProblem } from "./leaf.ts";
import { changeOfRulesProblem, consentIn, rulesIn } from "./rules.ts";
import type { BeforePath } from "./path.ts";
import { membersOf } from "./state.ts";
import type { Inside } from "./state.ts";
import { hashesOf, leafAt, withMembers } from "./tree.ts";

type Problem = GroupError | undefined;

/** What the proposals of a commit ask for, taken apart. */
export type Proposed = {
  readonly added: readonly KeyPackage[];
  readonly removed: readonly number[];
  /** The group's extensions from now on, if they change. */
  readonly extensions: Extension[] | undefined;
};

/**
 * Who commits, when, and with what to show for it: what is said beside the proposals. `credential`:
 * what the author's leaf has from now on, where it changes.
 */
export type Author = {
  readonly sender: number;
  readonly madeAt: number;
  readonly evidence: Uint8Array;
  readonly credential?: Uint8Array | undefined;
};

const TIME_BYTES = 8;

/** The commit's authenticated data: when it was made, u64 seconds, then the evidence. */
export function encodeAad(madeAt: number, evidence: Uint8Array): Uint8Array {
  if (evidence.length > MAX_EVIDENCE_BYTES) throw new RangeError("evidence too large");
  const bytes = new Uint8Array(TIME_BYTES + evidence.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(madeAt));
  bytes.set(evidence, TIME_BYTES);
  return bytes;
}

export function parseAad(bytes: Uint8Array): Pick<Author, "madeAt" | "evidence"> | undefined {
  if (bytes.length < TIME_BYTES || bytes.length > TIME_BYTES + MAX_EVIDENCE_BYTES) return undefined;
  const madeAt = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0));
  return Number.isSafeInteger(madeAt) ? { madeAt, evidence: bytes.subarray(TIME_BYTES) } : undefined;
}

/** Proposals stand in the commit itself: one that refers to an earlier message is not for us. */
export function proposalsIn(commit: Commit): Result<Proposal[], GroupError> {
  const proposals: Proposal[] = [];
  for (const item of commit.proposals) {
    if (item.proposalOrRefType !== "proposal") return err("reference_refused");
    proposals.push(item.proposal);
  }
  return ok(proposals);
}

/**
 * Members add, remove and change the rules. No external joins, no re-initialisation, no pre-shared
 * keys.
 */
export function takenApart(proposals: readonly Proposal[]): Result<Proposed, GroupError> {
  const added: KeyPackage[] = [];
  const removed: number[] = [];
  let extensions: Extension[] | undefined;
  for (const proposal of proposals) {
    if (typeof proposal.proposalType === "number") return err("proposal_refused");
    if (proposal.proposalType === "add") added.push(proposal.add.keyPackage);
    else if (proposal.proposalType === "remove") removed.push(proposal.remove.removed);
    else if (proposal.proposalType === "group_context_extensions" && extensions === undefined)
      extensions = proposal.groupContextExtensions.extensions;
    else return err("proposal_refused");
  }
  return ok({ added, removed, extensions });
}

/**
 * RFC 9420 section 12.4: only additions may come without a path. ts-mls lets other proposals do so
 * too.
 */
export function pathMissing(proposals: readonly Proposal[], path: UpdatePath | undefined): Problem {
  const additionsOnly = proposals.length > 0 && proposals.every(({ proposalType }) => proposalType === "add");
  return path === undefined && !additionsOnly ? "path_missing" : undefined;
}

/**
 * Whether a commit may be, for every reader alike. A function of commit and state alone: the
 * reader's clock must not decide.
 */
export async function changeProblem(
  suite: Suite,
  state: Inside,
  proposed: Proposed,
  author: Author,
  { check, allows }: { check: LeafCheck; allows: CommitCheck },
): Promise<Problem> {
  return (
    shapeProblem(suite, state, proposed, author, allows) ??
    renewalProblem(state, author, check) ??
    (await additionsProblem(suite, proposed.added, author.madeAt, check))
  );
}

/** Whether the new credential of the author's leaf, if it has one, certifies the leaf's key. */
export function renewalProblem(state: Inside, { sender, credential }: Author, check: LeafCheck): Problem {
  if (credential === undefined) return undefined;
  const leaf = leafAt(state.ratchetTree, sender);
  return leaf !== undefined && check(credential, leaf.signaturePublicKey) ? undefined : "credential_refused";
}

/**
 * The same without a look at the keys of those who come in: a commit that may not be costs its
 * readers next to nothing.
 */
export function shapeProblem(
  suite: Suite,
  state: Inside,
  proposed: Proposed,
  author: Author,
  allows: CommitCheck,
): Problem {
  return (
    removalProblem(state, proposed.removed, author.sender) ??
    changeOfRulesProblem(suite.name, state.groupContext.extensions, proposed.extensions) ??
    sizeProblem(state.ratchetTree, proposed) ??
    (allows(changeOf(proposed, author), beforeOf(state)) ? undefined : "rules_refused")
  );
}

/** Those who are there, each once, and never the author. */
function removalProblem(state: Inside, removed: readonly number[], author: number): Problem {
  const distinct = new Set(removed).size === removed.length;
  const there = removed.every((leaf) => leaf !== author && leafAt(state.ratchetTree, leaf) !== undefined);
  return distinct && there ? undefined : "proposal_refused";
}

/**
 * The bounds of trees, commits and welcomes are for this many. The library's encoders overflow the
 * stack at some 4,000.
 */
export function sizeProblem(tree: RatchetTree, { added, removed }: Pick<Proposed, "added" | "removed">): Problem {
  if (added.length > MAX_ADDED) return "too_many_members";
  const members = tree.filter((node) => node?.nodeType === "leaf").length;
  return members + added.length - removed.length > MAX_MEMBERS ? "too_many_members" : undefined;
}

/**
 * Whether those who come in are who they say, by key packages that were valid when the commit was
 * made.
 */
export async function additionsProblem(
  suite: Suite,
  added: readonly KeyPackage[],
  madeAt: number,
  check: LeafCheck,
): Promise<Problem> {
  for (const keyPackage of added) {
    const problem = await keyPackageProblem(suite, keyPackage, madeAt, check);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What a commit would do, for those who decide whether it may. */
export function changeOf({ added, removed, extensions }: Proposed, author: Author): CommitChange {
  const { sender, madeAt, evidence, credential } = author;
  return {
    sender,
    madeAt,
    evidence,
    credential,
    added: added.flatMap(({ leafNode: { credential, signaturePublicKey }, extensions: own }) =>
      credential.credentialType === "basic"
        ? [{ credential: credential.identity, signatureKey: signaturePublicKey, consent: consentIn(own) }]
        : [],
    ),
    removed,
    rules: extensions && rulesIn(extensions),
  };
}

function beforeOf(state: Inside): Parameters<CommitCheck>[1] {
  const { groupId, extensions } = state.groupContext;
  return { groupId, rules: rulesIn(extensions), members: membersOf(state) };
}

/** The tree and the context after the proposals, before the path. */
export function afterProposals(
  suite: Suite,
  { ratchetTree, groupContext }: Pick<Inside, "ratchetTree" | "groupContext">,
  { added, removed, extensions }: Proposed,
): BeforePath {
  const { tree, leaves } = withMembers(
    ratchetTree,
    removed,
    added.map(({ leafNode }) => leafNode),
  );
  hashesOf(suite, tree, ratchetTree);
  const context: GroupContext = extensions === undefined ? groupContext : { ...groupContext, extensions };
  return { tree, context, newcomers: leaves };
}

/**
 * An update renews the encryption key of a device: the signature key is the device, and stays. The
 * credential may be another one where the rules allow it: they know whose it is.
 */
export function pathProblem(suite: Suite, state: Inside, path: UpdatePath, sender: number): Problem {
  const before = leafAt(state.ratchetTree, sender);
  const { leafNode, nodes } = path;
  if (before === undefined) return "wrong_sender";
  return (
    leafProblem(suite, leafNode) ??
    (sameBytes(before.signaturePublicKey, leafNode.signaturePublicKey) ? undefined : "signature_key_changed") ??
    (sameBytes(before.hpkePublicKey, leafNode.hpkePublicKey) ? "keys_refused" : undefined) ??
    (leafNode.credential.credentialType === "basic" ? undefined : "credential_refused") ??
    encapProblem(suite, [leafNode.hpkePublicKey, ...nodes.map((node) => node.hpkePublicKey)])
  );
}

/** The credential that a path brings to the leaf of its author, where it is another than it has. */
export function renewedBy(state: Inside, path: UpdatePath | undefined, sender: number): Uint8Array | undefined {
  const before = leafAt(state.ratchetTree, sender)?.credential;
  const after = path?.leafNode.credential;
  if (before?.credentialType !== "basic" || after?.credentialType !== "basic") return undefined;
  return sameBytes(before.identity, after.identity) ? undefined : after.identity;
}

import type { CiphersuiteImpl, GroupState as MlsState, Proposal } from "ts-mls";
import type { Commit } from "ts-mls/commit.js";
import type { UpdatePath } from "ts-mls/updatePath.js";
import type { Crypto } from "../../crypto/port.ts";
import { MAX_MEMBERS } from "../group.ts";
import type { GroupError, LeafCheck } from "../group.ts";
import { sameBytes } from "./codec.ts";
import { encapProblem, keyPackageProblem, leafProblem } from "./leaf.ts";

type Problem = GroupError | undefined;

/** Whether the rules let this commit be; ts-mls then checks what RFC 9420 says of it. A function of commit and state alone. */
export async function commitProblem(
  crypto: Crypto,
  cs: CiphersuiteImpl,
  state: MlsState,
  { commit, sender, madeAt }: { commit: Commit; sender: number; madeAt: number },
  check: LeafCheck,
): Promise<Problem> {
  const proposals: Proposal[] = [];
  for (const item of commit.proposals) {
    if (item.proposalOrRefType !== "proposal") return "reference_refused";
    proposals.push(item.proposal);
  }
  return (
    pathMissing(proposals, commit.path) ??
    proposalsProblem(proposals) ??
    sizeProblem(state, proposals) ??
    (await addsProblem(crypto, cs, proposals, madeAt, check)) ??
    (commit.path === undefined ? undefined : pathProblem(crypto, state, commit.path, sender))
  );
}

/** RFC 9420 section 12.4: only additions may come without a path. ts-mls lets other proposals do so too. */
export function pathMissing(proposals: readonly Proposal[], path: UpdatePath | undefined): Problem {
  const additionsOnly = proposals.length > 0 && proposals.every((proposal) => proposal.proposalType === "add");
  return path === undefined && !additionsOnly ? "path_missing" : undefined;
}

/** Members add and remove. No external joins, no re-initialisation, no pre-shared keys, no extensions (until groups have rules). */
export function proposalsProblem(proposals: readonly Proposal[]): Problem {
  return proposals.every(({ proposalType }) => proposalType === "add" || proposalType === "remove")
    ? undefined
    : "proposal_refused";
}

/** The library's encoder overflows the stack above about 4,000 leaves. */
export function sizeProblem(state: MlsState, proposals: readonly Proposal[]): Problem {
  const members = state.ratchetTree.filter((node) => node?.nodeType === "leaf").length;
  const added = proposals.filter(({ proposalType }) => proposalType === "add").length;
  return members + added > MAX_MEMBERS ? "too_many_members" : undefined;
}

/** Key packages must be valid at the time the commit says it was made: the reader's clock must not decide. */
async function addsProblem(
  crypto: Crypto,
  cs: CiphersuiteImpl,
  proposals: readonly Proposal[],
  madeAt: number,
  check: LeafCheck,
): Promise<Problem> {
  for (const proposal of proposals) {
    if (proposal.proposalType !== "add" || typeof proposal.proposalType === "number") continue;
    const problem = await keyPackageProblem(crypto, cs, proposal.add.keyPackage, madeAt, check);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function pathProblem(crypto: Crypto, state: MlsState, path: UpdatePath, sender: number): Problem {
  return (
    leafProblem(path.leafNode) ??
    signatureKeyProblem(state, path, sender) ??
    encapProblem(crypto, [path.leafNode.hpkePublicKey, ...path.nodes.map((node) => node.hpkePublicKey)])
  );
}

/** The signature key is the device: an update renews its encryption key and nothing else of it. */
function signatureKeyProblem(state: MlsState, path: UpdatePath, sender: number): Problem {
  const node = state.ratchetTree[2 * sender];
  const same = node?.nodeType === "leaf" && sameBytes(node.leaf.signaturePublicKey, path.leafNode.signaturePublicKey);
  return same ? undefined : "signature_key_changed";
}

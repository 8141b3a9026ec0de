import type { CiphersuiteImpl, KeyPackage, PrivateKeyPackage, Welcome } from "ts-mls";
import { ratchetTreeFromExtension } from "ts-mls/groupInfo.js";
import type { GroupInfo } from "ts-mls/groupInfo.js";
import { makeKeyPackageRef } from "ts-mls/keyPackage.js";
import { decryptGroupInfo, decryptGroupSecrets } from "ts-mls/welcome.js";
import { MAX_MEMBERS } from "../group.ts";
import type { GroupError } from "../group.ts";
import { PLI_SUITE } from "./ciphersuite.ts";
import { sameBytes } from "./codec.ts";
import { capabilitiesProblem } from "./leaf.ts";

type Problem = GroupError | undefined;

/** What is wrong with a Welcome beyond what ts-mls looks at. May throw on garbage. */
export async function welcomeProblem(
  cs: CiphersuiteImpl,
  welcome: Welcome,
  own: KeyPackage,
  keys: PrivateKeyPackage,
): Promise<Problem> {
  if (welcome.cipherSuite !== PLI_SUITE) return "wrong_suite";
  const reference = await makeKeyPackageRef(own, cs.hash);
  if (!welcome.secrets.some(({ newMember }) => sameBytes(newMember, reference))) return "not_for_us";
  const initKey = await cs.hpke.importPrivateKey(keys.initPrivateKey);
  const secrets = await decryptGroupSecrets(initKey, reference, welcome, cs.hpke);
  if (secrets === undefined) return "invalid";
  if (secrets.psks.length > 0) return "proposal_refused";
  const info = await decryptGroupInfo(welcome, secrets.joinerSecret, new Uint8Array(cs.kdf.size), cs);
  return info === undefined ? "invalid" : groupInfoProblem(info);
}

function groupInfoProblem(info: GroupInfo): Problem {
  if (info.groupContext.cipherSuite !== PLI_SUITE) return "wrong_suite";
  if (info.groupContext.extensions.length > 0) return "extensions_refused";
  const leaves = (ratchetTreeFromExtension(info) ?? []).filter((node) => node?.nodeType === "leaf");
  if (leaves.length > MAX_MEMBERS) return "too_many_members";
  return leaves.map(({ leaf }) => capabilitiesProblem(leaf)).find((problem) => problem !== undefined);
}

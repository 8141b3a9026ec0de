import type { CiphersuiteImpl, KeyPackage } from "ts-mls";
import { verifyKeyPackage } from "ts-mls/keyPackage.js";
import type { LeafNode } from "ts-mls/leafNode.js";
import { verifyLeafNodeSignatureKeyPackage } from "ts-mls/leafNode.js";
import type { Crypto } from "../../crypto/port.ts";
import { MAX_LIFETIME_SECONDS } from "../group.ts";
import type { GroupError, LeafCheck } from "../group.ts";
import { PLI_SUITE } from "./ciphersuite.ts";
import { sameBytes } from "./codec.ts";
import { credentialAccepted } from "./config.ts";

type Problem = GroupError | undefined;

const MAX_CAPABILITIES = 32;
const NO_ENTROPY = new Uint8Array(64);

/** Everything RFC 9420 section 10.1 asks of a key package, at the time given. */
export async function keyPackageProblem(
  crypto: Crypto,
  cs: CiphersuiteImpl,
  kp: KeyPackage,
  at: number,
  check: LeafCheck,
): Promise<Problem> {
  return (
    suiteProblem(kp) ??
    lifetimeProblem(kp.leafNode, at) ??
    leafProblem(kp.leafNode) ??
    (kp.extensions.length > 0 ? "extensions_refused" : undefined) ??
    (sameBytes(kp.initKey, kp.leafNode.hpkePublicKey) ? "keys_refused" : undefined) ??
    encapProblem(crypto, [kp.initKey, kp.leafNode.hpkePublicKey]) ??
    (credentialAccepted(kp.leafNode.credential, kp.leafNode.signaturePublicKey, check)
      ? undefined
      : "credential_refused") ??
    (await signatureProblem(kp, cs))
  );
}

/** Ours and no other: a package of another suite could not be sealed to. */
export function suiteProblem(kp: KeyPackage): Problem {
  return kp.version === "mls10" && kp.cipherSuite === PLI_SUITE ? undefined : "wrong_suite";
}

/** ts-mls enforces no lifetime on what it receives. `at` is in seconds; both ends count as inside. */
export function lifetimeProblem(leaf: LeafNode, at: number): Problem {
  if (leaf.leafNodeSource !== "key_package") return "lifetime_refused";
  const { notBefore, notAfter } = leaf.lifetime;
  const sane = notBefore <= notAfter && notAfter - notBefore <= BigInt(MAX_LIFETIME_SECONDS);
  return sane && notBefore <= BigInt(at) && BigInt(at) <= notAfter ? undefined : "lifetime_refused";
}

/** What any leaf must be, wherever it stands. */
export function leafProblem(leaf: LeafNode): Problem {
  return capabilitiesProblem(leaf) ?? (leaf.extensions.length > 0 ? "extensions_refused" : undefined);
}

/** A leaf must be able to follow the group; a later version may be able to do more. */
export function capabilitiesProblem({ capabilities }: LeafNode): Problem {
  const { versions, ciphersuites, credentials, extensions, proposals } = capabilities;
  const enough = versions.includes("mls10") && ciphersuites.includes(PLI_SUITE) && credentials.includes("basic");
  const bounded = [versions, ciphersuites, credentials, extensions, proposals].every(
    (list) => list.length <= MAX_CAPABILITIES,
  );
  return enough && bounded ? undefined : "capabilities_refused";
}

/** A key that nobody can seal to would make every later commit fail: each is tried once before it enters a tree. */
export function encapProblem(crypto: Crypto, publicKeys: readonly Uint8Array[]): Problem {
  return publicKeys.every((key) => crypto.encap(key, NO_ENTROPY) !== undefined) ? undefined : "keys_refused";
}

async function signatureProblem(kp: KeyPackage, cs: CiphersuiteImpl): Promise<Problem> {
  const valid =
    (await verifyLeafNodeSignatureKeyPackage(kp.leafNode, cs.signature)) && (await verifyKeyPackage(kp, cs.signature));
  return valid ? undefined : "invalid";
}

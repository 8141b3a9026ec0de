import type { KeyPackage } from "ts-mls";
import { verifyKeyPackage } from "ts-mls/keyPackage.js";
import type { LeafNode } from "ts-mls/leafNode.js";
import { verifyLeafNodeSignatureKeyPackage } from "ts-mls/leafNode.js";
import { MAX_LIFETIME_SECONDS } from "../group.ts";
import type { GroupError, LeafCheck } from "../group.ts";
import type { Suite } from "./ciphersuite.ts";
import { sameBytes } from "./codec.ts";
import { credentialAccepted, groupExtensions } from "./config.ts";
import { consentProblem } from "./rules.ts";

type Problem = GroupError | undefined;

const MAX_CAPABILITIES = 32;
const NO_ENTROPY = new Uint8Array(64);

/** Everything RFC 9420 section 10.1 asks of a key package, at the time given. */
export async function keyPackageProblem(suite: Suite, kp: KeyPackage, at: number, check: LeafCheck): Promise<Problem> {
  return (
    suiteProblem(suite, kp) ??
    lifetimeProblem(kp.leafNode, at) ??
    leafProblem(suite, kp.leafNode) ??
    consentProblem(kp.extensions) ??
    (sameBytes(kp.initKey, kp.leafNode.hpkePublicKey) ? "keys_refused" : undefined) ??
    encapProblem(suite, [kp.initKey, kp.leafNode.hpkePublicKey]) ??
    credentialProblem(kp.leafNode, check) ??
    (await signatureProblem(suite, kp))
  );
}

/** Ours and no other: a package of another suite could not be sealed to. */
function suiteProblem({ name }: Suite, kp: KeyPackage): Problem {
  return kp.version === "mls10" && kp.cipherSuite === name ? undefined : "wrong_suite";
}

/**
 * ts-mls enforces no lifetime on what it receives. `at` is in seconds; both ends count as inside.
 */
export function lifetimeProblem(leaf: LeafNode, at: number): Problem {
  if (leaf.leafNodeSource !== "key_package") return "lifetime_refused";
  const { notBefore, notAfter } = leaf.lifetime;
  const sane = notBefore <= notAfter && notAfter - notBefore <= BigInt(MAX_LIFETIME_SECONDS);
  return sane && notBefore <= BigInt(at) && BigInt(at) <= notAfter ? undefined : "lifetime_refused";
}

/**
 * The same of a leaf that this device made: by a clock set back since then it is not valid yet, and
 * serves all the same.
 */
export function ownLifetimeProblem(leaf: LeafNode, at: number): Problem {
  const made = leaf.leafNodeSource === "key_package" ? Number(leaf.lifetime.notBefore) : at;
  return lifetimeProblem(leaf, Math.max(at, made));
}

/** What any leaf must be, wherever it stands. */
export function leafProblem(suite: Suite, leaf: LeafNode): Problem {
  return capabilitiesProblem(suite, leaf) ?? (leaf.extensions.length > 0 ? "extensions_refused" : undefined);
}

/** A leaf must be able to follow the group; a later version may be able to do more. */
function capabilitiesProblem({ name }: Suite, { capabilities }: LeafNode): Problem {
  const { versions, ciphersuites, credentials, extensions, proposals } = capabilities;
  const enough =
    versions.includes("mls10") &&
    ciphersuites.includes(name) &&
    credentials.includes("basic") &&
    groupExtensions(name).every((extension) => extensions.includes(extension));
  const bounded = [versions, ciphersuites, credentials, extensions, proposals].every(
    (list) => list.length <= MAX_CAPABILITIES,
  );
  return enough && bounded ? undefined : "capabilities_refused";
}

/**
 * A key that nobody can seal to would make every later commit fail: each is tried once before it
 * enters a tree.
 */
export function encapProblem({ kem }: Suite, publicKeys: readonly Uint8Array[]): Problem {
  return publicKeys.every((key) => kem.encap(key, NO_ENTROPY) !== undefined) ? undefined : "keys_refused";
}

export function credentialProblem({ credential, signaturePublicKey }: LeafNode, check: LeafCheck): Problem {
  return credentialAccepted(credential, signaturePublicKey, check) ? undefined : "credential_refused";
}

async function signatureProblem({ cs }: Suite, kp: KeyPackage): Promise<Problem> {
  const valid =
    (await verifyLeafNodeSignatureKeyPackage(kp.leafNode, cs.signature)) && (await verifyKeyPackage(kp, cs.signature));
  return valid ? undefined : "invalid";
}

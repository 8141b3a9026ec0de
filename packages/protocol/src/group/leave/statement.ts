import type { Member } from "../../conversation/group.ts";
import { MAX_EVIDENCE_BYTES } from "../../conversation/group.ts";
import { concat, utf8, type Crypto } from "../../crypto/index.ts";
import { bytesOf, decodeCbor, encodeCbor, isUint } from "../../object/index.ts";
import { err, ok, type Result } from "../../wire/index.ts";

/** The group that a person leaves: the conversation, and the MLS group that it continues in. */
export type LeftGroup = { readonly conversation: Uint8Array; readonly groupId: Uint8Array };
/** Leaves, and the leave statement of each. */
export type Evidence = readonly { readonly leaf: number; readonly signature: Uint8Array }[];

const SIGNATURE_BYTES = 64;
const isSignature = bytesOf(SIGNATURE_BYTES);

/**
 * "I leave this group", signed by a leaf. It says so of the leaf's current encryption key: it dies
 * with the leaf, so it puts out nobody who was added again or renewed their keys.
 */
export function createLeaveStatement(
  crypto: Crypto,
  deps: LeftGroup & { readonly encryptionKey: Uint8Array; readonly signKey: Uint8Array },
): Uint8Array {
  return crypto.sign(deps.signKey, statementOf(deps, deps.encryptionKey));
}

export function verifyLeaveStatement(crypto: Crypto, group: LeftGroup, leaver: Member, signature: Uint8Array): boolean {
  return (
    isSignature(signature) && crypto.verify(leaver.signatureKey, statementOf(group, leaver.encryptionKey), signature)
  );
}

/**
 * What a commit that removes those who left brings along: CBOR [[leaf, signature] …] by rising
 * leaf; nothing for nobody.
 */
export function encodeEvidence(evidence: Evidence): Uint8Array {
  if (evidence.length === 0) return new Uint8Array(0);
  const sorted = evidence.toSorted((a, b) => a.leaf - b.leaf);
  const bytes = encodeCbor(sorted.map(({ leaf, signature }) => [leaf, signature]));
  if (!parseEvidence(bytes).ok) throw new RangeError("not evidence");
  return bytes;
}

/** The statements, unverified, each leaf once. */
export function parseEvidence(bytes: Uint8Array): Result<Evidence, "evidence_malformed"> {
  if (bytes.length === 0) return ok([]);
  const list = decodeCbor(bytes, MAX_EVIDENCE_BYTES);
  if (!Array.isArray(list) || list.length === 0 || !list.every(isEntry)) return err("evidence_malformed");
  const rising = list.every(([leaf], i) => i === 0 || (list[i - 1]?.[0] ?? leaf) < leaf);
  return rising ? ok(list.map(([leaf, signature]) => ({ leaf, signature }))) : err("evidence_malformed");
}

function isEntry(value: unknown): value is readonly [number, Uint8Array] {
  return Array.isArray(value) && value.length === 2 && isUint(value[0]) && isSignature(value[1]);
}

function statementOf({ conversation, groupId }: LeftGroup, encryptionKey: Uint8Array): Uint8Array {
  return concat(utf8("pli leave v1\0"), conversation, groupId, encryptionKey);
}

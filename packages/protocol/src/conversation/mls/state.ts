import type { GroupContext, RatchetTree } from "ts-mls";
import { decodeUint32, decodeUint8, uint32Encoder, uint8Encoder } from "ts-mls/codec/number.js";
import { mapDecoders } from "ts-mls/codec/tlsDecoder.js";
import { contramapBufferEncoders, encode } from "ts-mls/codec/tlsEncoder.js";
import type { BufferEncoder } from "ts-mls/codec/tlsEncoder.js";
import { decodeVarLenData, varLenDataEncoder } from "ts-mls/codec/variableLength.js";
import { decodeGroupContext, groupContextEncoder } from "ts-mls/groupContext.js";
import { decodeKeySchedule, keyScheduleEncoder } from "ts-mls/keySchedule.js";
import type { KeySchedule } from "ts-mls/keySchedule.js";
import type { LeafNode } from "ts-mls/leafNode.js";
import { decodePrivateKeyPath, privateKeyPathEncoder } from "ts-mls/privateKeyPath.js";
import type { PrivateKeyPath } from "ts-mls/privateKeyPath.js";
import { decodeRatchetTree } from "ts-mls/ratchetTree.js";
import { leafWidth } from "ts-mls/treemath.js";
import { concat } from "../../crypto/bytes.ts";
import { err, ok } from "../../wire/result.ts";
import type { Result } from "../../wire/result.ts";
import { MAX_STATE_BYTES } from "../group.ts";
import type { GroupError, GroupState, Member } from "../group.ts";
import type { Suite } from "./ciphersuite.ts";
import { decoded, encodesTo } from "./codec.ts";
import { encodePart, parsePart, partCount } from "./secret-tree.ts";
import type { SecretTree } from "./secret-tree.ts";
import { encodeTree } from "./tree-codec.ts";

const STATE_VERSION = 2;

/** What is behind a GroupState. */
export type Inside = {
  readonly groupContext: GroupContext;
  readonly keySchedule: KeySchedule;
  readonly ratchetTree: RatchetTree;
  readonly secretTree: SecretTree;
  readonly privatePath: PrivateKeyPath;
  readonly signaturePrivateKey: Uint8Array;
  readonly confirmationTag: Uint8Array;
  /** False once we were removed. */
  readonly active: boolean;
};

/** Ours around what is inside. */
export function closed(state: Inside): GroupState {
  return state as unknown as GroupState;
}

export function inside(state: GroupState): Inside {
  return state as unknown as Inside;
}

type Lasting = Omit<Inside, "secretTree"> & { width: number };

/** What is encoded already. */
const asEncoded: BufferEncoder<Uint8Array> = (bytes) => [
  bytes.length,
  (offset, buffer) => new Uint8Array(buffer).set(bytes, offset),
];

const encodeLasting = encode(
  contramapBufferEncoders(
    [
      groupContextEncoder,
      keyScheduleEncoder,
      asEncoded,
      privateKeyPathEncoder,
      varLenDataEncoder,
      varLenDataEncoder,
      uint8Encoder,
      uint32Encoder,
    ],
    (state: Lasting) =>
      [
        state.groupContext,
        state.keySchedule,
        encodeTree(state.ratchetTree),
        state.privatePath,
        state.signaturePrivateKey,
        state.confirmationTag,
        state.active ? 1 : 0,
        state.width,
      ] as const,
  ),
);

const decodeLasting = mapDecoders(
  [
    decodeGroupContext,
    decodeKeySchedule,
    decodeRatchetTree,
    decodePrivateKeyPath,
    decodeVarLenData,
    decodeVarLenData,
    decodeUint8,
    decodeUint32,
  ],
  (
    groupContext,
    keySchedule,
    ratchetTree,
    privatePath,
    signaturePrivateKey,
    confirmationTag,
    active,
    width,
  ): Lasting => ({
    groupContext,
    keySchedule,
    ratchetTree,
    privatePath,
    signaturePrivateKey,
    confirmationTag,
    active: active === 1,
    width,
  }),
);

/**
 * Version byte, then the library's encodings. Holds every secret of the epoch but those of the
 * secret tree.
 */
export function encodeState(state: GroupState): Uint8Array {
  const { secretTree, ...lasting } = inside(state);
  return concat(new Uint8Array([STATE_VERSION]), encodeLasting({ ...lasting, width: secretTree.width }));
}

export function leafParts(state: GroupState): number {
  return inside(state).secretTree.parts.length;
}

export function encodeLeafPart(state: GroupState, part: number): Uint8Array {
  return encodePart(inside(state).secretTree, part);
}

/** The result shares no memory with `bytes`: erasing one leaves the other. */
export function parseState(
  suite: Suite,
  bytes: Uint8Array,
  parts: readonly Uint8Array[],
): Result<GroupState, GroupError> {
  if (bytes.length > MAX_STATE_BYTES) return err("too_large");
  if (bytes[0] !== STATE_VERSION) return err("malformed");
  const body = bytes.slice(1);
  const lasting = decoded(decodeLasting, body);
  if (lasting === undefined) return err("malformed");
  if (!encodesTo(body, () => encodeLasting(lasting))) return err("not_canonical");
  if (lasting.groupContext.cipherSuite !== suite.name) return err("wrong_suite");
  const { width, ...rest } = lasting;
  const secretTree = parseParts(suite, width, parts);
  return secretTree === undefined ? err("malformed") : ok(closed({ ...rest, secretTree }));
}

function parseParts(suite: Suite, width: number, parts: readonly Uint8Array[]): SecretTree | undefined {
  if (parts.length !== partCount(width)) return undefined;
  const parsed = parts.map((part) => parsePart(suite, width, part));
  const whole = parsed.filter((part) => part !== undefined);
  return whole.length === parsed.length ? { width, parts: whole } : undefined;
}

/** Without the secret that exports come from, which is erased in the state given too. */
export function withoutExporter(state: GroupState): GroupState {
  inside(state).keySchedule.exporterSecret.fill(0);
  return closed({ ...inside(state) });
}

/**
 * What still opens late messages of this epoch, and nothing that leads to the next one: with the
 * init secret and a key of the path, anybody with the commit (the store has it) would have every
 * key of the next epoch, those of opened messages included. Of the tree, who the members are.
 */
export function readOnly(state: GroupState): GroupState {
  const { keySchedule, privatePath, ratchetTree } = inside(state);
  const secrets = Object.entries(keySchedule).map(([name, secret]) => [
    name,
    name === "senderDataSecret" ? secret : erased(secret as Uint8Array),
  ]);
  return closed({
    ...inside(state),
    keySchedule: Object.fromEntries(secrets) as KeySchedule,
    privatePath: { ...privatePath, privateKeys: {} },
    signaturePrivateKey: new Uint8Array(0),
    ratchetTree: ratchetTree.map((node) =>
      node?.nodeType === "leaf" ? { nodeType: "leaf", leaf: identityOf(node.leaf) } : undefined,
    ),
  });
}

/** A leaf of which only the credential and the signature key remain. */
function identityOf({ credential, signaturePublicKey }: LeafNode): LeafNode {
  const nothing = new Uint8Array(0);
  return {
    credential,
    signaturePublicKey,
    hpkePublicKey: nothing,
    signature: nothing,
    capabilities: { versions: [], ciphersuites: [], extensions: [], proposals: [], credentials: [] },
    leafNodeSource: "update",
    extensions: [],
  };
}

const erased = (secret: Uint8Array): Uint8Array => new Uint8Array(secret.length);

/** What comes from an erased secret, anybody can compute: nothing may be derived from it. */
export const isErased = (secret: Uint8Array): boolean => secret.every((byte) => byte === 0);

/** The number of leaves, occupied or not. */
export const widthOf = (tree: RatchetTree): number => leafWidth(tree.length);

/** Occupied leaves, by leaf index. */
export function membersOf({ ratchetTree }: Inside): Member[] {
  const members: Member[] = [];
  for (const [index, node] of ratchetTree.entries()) {
    if (node?.nodeType !== "leaf" || node.leaf.credential.credentialType !== "basic") continue;
    members.push({
      leaf: index / 2,
      credential: node.leaf.credential.identity,
      signatureKey: node.leaf.signaturePublicKey,
      encryptionKey: node.leaf.hpkePublicKey,
    });
  }
  return members;
}

import type { ClientConfig, ClientState, GroupState as MlsState } from "ts-mls";
import { decodeGroupState, encodeGroupState } from "ts-mls/clientState.js";
import { concat } from "../../crypto/bytes.ts";
import { err, ok } from "../../wire/result.ts";
import type { Result } from "../../wire/result.ts";
import { MAX_STATE_BYTES } from "../group.ts";
import type { GroupError, GroupState, Member } from "../group.ts";
import { PLI_SUITE } from "./ciphersuite.ts";
import { decoded, encodesTo } from "./codec.ts";

const STATE_VERSION = 1;

/** The library's state behind ours, with the configuration of this call. */
export function opened(state: GroupState, clientConfig: ClientConfig): ClientState {
  return { ...inside(state), clientConfig };
}

/** Ours around the library's. Keeps this epoch only: old ones are states of their own. */
export function closed(state: ClientState): GroupState {
  const { clientConfig: _forThisCall, ...kept } = state;
  return { ...kept, historicalReceiverData: new Map() } as unknown as GroupState;
}

/** The library's state, to read from. */
export function inside(state: GroupState): MlsState {
  return state as unknown as MlsState;
}

/** Version byte, then the library's encoding. Holds every secret of the epoch. */
export function encodeState(state: GroupState): Uint8Array {
  return concat(new Uint8Array([STATE_VERSION]), encodeGroupState(inside(state)));
}

/** The result shares no memory with `bytes`: erasing one leaves the other. */
export function parseState(bytes: Uint8Array): Result<GroupState, GroupError> {
  if (bytes.length > MAX_STATE_BYTES) return err("too_large");
  if (bytes[0] !== STATE_VERSION) return err("malformed");
  const body = bytes.slice(1);
  const state = decoded(decodeGroupState, body);
  if (state === undefined) return err("malformed");
  if (!encodesTo(body, () => encodeGroupState(state))) return err("not_canonical");
  return state.groupContext.cipherSuite === PLI_SUITE ? ok(state as unknown as GroupState) : err("wrong_suite");
}

/** Without the secret that exports come from, which is erased in the state given too. */
export function withoutExporter(state: GroupState): GroupState {
  inside(state).keySchedule.exporterSecret.fill(0);
  return changed(state, {});
}

/**
 * What still opens late messages of this epoch, and nothing that leads to the next one: with the init secret and a key of
 * the path, whoever has the commit (the store does) has every key of the next epoch, those of opened messages included.
 */
export function readOnly(state: GroupState): GroupState {
  const { keySchedule, privatePath } = inside(state);
  const secrets = Object.entries(keySchedule).map(([name, secret]) => [
    name,
    name === "senderDataSecret" ? secret : erased(secret as Uint8Array),
  ]);
  return changed(state, {
    keySchedule: Object.fromEntries(secrets) as MlsState["keySchedule"],
    privatePath: { ...privatePath, privateKeys: {} },
    signaturePrivateKey: new Uint8Array(0),
  });
}

function changed(state: GroupState, change: Partial<MlsState>): GroupState {
  return { ...inside(state), ...change } as unknown as GroupState;
}

const erased = (secret: Uint8Array): Uint8Array => new Uint8Array(secret.length);

/** What comes from an erased secret, anybody can compute: nothing may be derived from it. */
export const isErased = (secret: Uint8Array): boolean => secret.every((byte) => byte === 0);

/** Occupied leaves, by leaf index. */
export function membersOf(state: GroupState): Member[] {
  const members: Member[] = [];
  for (const [index, node] of inside(state).ratchetTree.entries()) {
    if (node?.nodeType !== "leaf" || node.leaf.credential.credentialType !== "basic") continue;
    members.push({
      leaf: index / 2,
      credential: node.leaf.credential.identity,
      signatureKey: node.leaf.signaturePublicKey,
    });
  }
  return members;
}

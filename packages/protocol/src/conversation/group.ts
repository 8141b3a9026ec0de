import type { KeyPair } from "../crypto/port.ts";
import type { Result } from "../wire/result.ts";

declare const groupState: unique symbol;

/** One device's view of one epoch of a group. An immutable value until its own `wipe` is called. */
export type GroupState = { readonly [groupState]: true };

export type Member = { readonly leaf: number; readonly credential: Uint8Array; readonly signatureKey: Uint8Array };

/** Our authentication service: is this leaf one we accept? Must depend on nothing that two members could see differently. */
export type LeafCheck = (credential: Uint8Array, signatureKey: Uint8Array) => boolean;

/** Everything that can be wrong with somebody else's bytes. A cryptographic failure is always `invalid`. */
export type GroupError =
  | "too_large"
  | "malformed"
  | "not_canonical"
  | "wrong_kind"
  | "wrong_suite"
  | "wrong_group"
  | "wrong_epoch"
  | "wrong_sender"
  | "wrong_aad"
  | "out_of_order"
  | "own_commit"
  | "removed"
  | "credential_refused"
  | "signature_key_changed"
  | "capabilities_refused"
  | "extensions_refused"
  | "lifetime_refused"
  | "keys_refused"
  | "path_keys_refused"
  | "path_missing"
  | "proposal_refused"
  | "reference_refused"
  | "too_many_members"
  | "not_for_us"
  | "invalid";

/** Times are seconds since 1970; sizes are in bytes. */
export const MAX_KEY_PACKAGE_BYTES = 16 * 1024;
export const MAX_MESSAGE_BYTES = 256 * 1024;
export const MAX_COMMIT_BYTES = 6 * 1024 * 1024;
export const MAX_WELCOME_BYTES = 6 * 1024 * 1024;
export const MAX_STATE_BYTES = 16 * 1024 * 1024;
export const MAX_MEMBERS = 2000;
/** A key package lives at most this long. */
export const MAX_LIFETIME_SECONDS = 400 * 24 * 3600;

export type KeyPackageRequest = { credential: Uint8Array; signKeys: KeyPair; notBefore: number; notAfter: number };

export type Committed = {
  /** The new epoch; ours as soon as the store says that the commit won. */
  state: GroupState;
  /** MLSMessage with a PrivateMessage. */
  commit: Uint8Array;
  /** MLSMessage with the Welcome of those added, the tree inside. */
  welcome?: Uint8Array;
  /** Erases the old epoch's secrets that this used up. Only after the store said `created` and the new state is saved. */
  wipe: () => void;
};

export type ProcessedCommit = {
  state: GroupState;
  sender: number;
  /** When the committer says it was made. */
  madeAt: number;
  /** True when this commit put us out: the state then sends nothing and follows nothing. */
  removedSelf: boolean;
  wipe: () => void;
};

/**
 * A group under RFC 9420, with what the RFC and the library leave to the application (ADR, "What ts-mls leaves to
 * us"). Everything takes a state and gives the next one: nothing here changes the state it was given, except the
 * `wipe` of a result, which erases the secrets of the *old* state that are used up.
 */
export interface GroupEngine {
  /** `keyPackage` is public (an MLSMessage); `secret` holds the keys that open a Welcome made for it. */
  createKeyPackage(request: KeyPackageRequest): Promise<{ keyPackage: Uint8Array; secret: Uint8Array }>;
  checkKeyPackage(
    bytes: Uint8Array,
    now: number,
    check: LeafCheck,
  ): Promise<Result<{ credential: Uint8Array; signatureKey: Uint8Array }, GroupError>>;
  createGroup(p: { groupId: Uint8Array; keyPackage: Uint8Array; secret: Uint8Array }): Promise<GroupState>;
  /**
   * Adds, removes and updates our own keys, in one commit. One that removes always updates our keys too; one that only
   * adds does not unless asked. A commit of nothing throws.
   */
  commit(
    state: GroupState,
    p: { add?: readonly Uint8Array[]; remove?: readonly number[]; update?: boolean; now: number; check: LeafCheck },
  ): Promise<Result<Committed, GroupError>>;
  join(
    welcome: Uint8Array,
    p: { keyPackage: Uint8Array; secret: Uint8Array; now: number; check: LeafCheck },
  ): Promise<Result<GroupState, GroupError>>;
  /** Never looks at the clock: whether a commit counts must not depend on when somebody reads it. */
  processCommit(
    state: GroupState,
    bytes: Uint8Array,
    p: { check: LeafCheck; sender?: number },
  ): Promise<Result<ProcessedCommit, GroupError>>;
  encrypt(
    state: GroupState,
    content: Uint8Array,
    aad: Uint8Array,
  ): Promise<{ state: GroupState; message: Uint8Array; wipe: () => void }>;
  decrypt(
    state: GroupState,
    message: Uint8Array,
    p: { sender: number; aad?: Uint8Array },
  ): Promise<Result<{ state: GroupState; content: Uint8Array; aad: Uint8Array; wipe: () => void }, GroupError>>;
  members(state: GroupState): Member[];
  ownLeaf(state: GroupState): number;
  epoch(state: GroupState): bigint;
  groupId(state: GroupState): Uint8Array;
  epochAuthenticator(state: GroupState): Uint8Array;
  /** MLS-Exporter, RFC 9420 section 8.5. Throws when it is erased. */
  exportSecret(state: GroupState, label: string, context: Uint8Array, length: number): Promise<Uint8Array>;
  /** Erases the secret of `exportSecret`, in the state given too: call it once all has been exported. */
  withoutExporter(state: GroupState): GroupState;
  /** What is kept of a past epoch: it opens late messages. It does not send, and no commit leads on from it. */
  readOnly(state: GroupState): GroupState;
  encodeState(state: GroupState): Uint8Array;
  parseState(bytes: Uint8Array): Result<GroupState, GroupError>;
}

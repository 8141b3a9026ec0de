import type { KeyPair } from "../crypto/port.ts";
import type { Result } from "../wire/result.ts";

declare const groupState: unique symbol;

/** One device's view of one epoch of a group. An immutable value until its own `wipe` is called. */
export type GroupState = { readonly [groupState]: true };

export type Member = {
  readonly leaf: number;
  readonly credential: Uint8Array;
  readonly signatureKey: Uint8Array;
  /**
   * The leaf's current HPKE key: new with every update of its own, and with every joining. Empty in
   * a past epoch.
   */
  readonly encryptionKey: Uint8Array;
};

/** What a commit would change, before it is applied. Its sender is authenticated. */
export type CommitChange = {
  readonly sender: number;
  /** When the committer says it was made. */
  readonly madeAt: number;
  /**
   * What the commit brings to justify itself, beside its proposals: at most `MAX_EVIDENCE_BYTES`.
   */
  readonly evidence: Uint8Array;
  readonly added: readonly {
    readonly credential: Uint8Array;
    readonly signatureKey: Uint8Array;
    /** For whose use the key package was made: the consent extension, 32 bytes. */
    readonly consent: Uint8Array | undefined;
  }[];
  /** Leaves. */
  readonly removed: readonly number[];
  /** The new rules, when the commit changes them. */
  readonly rules: Uint8Array | undefined;
  /** The new credential of the sender's leaf, when the commit changes it. */
  readonly credential: Uint8Array | undefined;
};

/**
 * Do the rules of the group allow this commit? Given the members and rules of the epoch before it.
 * Must depend on nothing else: every member comes to the same verdict.
 */
export type CommitCheck = (
  change: CommitChange,
  before: { readonly groupId: Uint8Array; readonly rules: Uint8Array | undefined; readonly members: readonly Member[] },
) => boolean;

/**
 * Our authentication service: is this leaf one we accept? Must depend on nothing that two members
 * could see differently.
 */
export type LeafCheck = (credential: Uint8Array, signatureKey: Uint8Array) => boolean;

/**
 * Everything that can be wrong with somebody else's bytes. A cryptographic failure is always
 * `invalid`.
 */
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
  | "unopened"
  | "proposal_refused"
  | "reference_refused"
  | "too_many_members"
  | "not_for_us"
  | "rules_refused"
  | "tree_refused"
  | "invalid";

/**
 * Why a commit is not followed; `by` is the leaf of its author when its signature holds. All
 * members find the same but for `unopened`: everybody sees that it is signed and allowed, and what
 * it seals to this device does not open. Others may have followed it, so this device must not pass
 * over it by itself.
 */
export type CommitRefusal = { readonly code: GroupError; readonly by?: number };

/** Times are seconds since 1970; sizes are in bytes. */
export const MAX_KEY_PACKAGE_BYTES = 16 * 1024;
export const MAX_MESSAGE_BYTES = 256 * 1024;
export const MAX_COMMIT_BYTES = 6 * 1024 * 1024;
/** What a seal to one member takes in a path, and a node of it, with what stands around them. */
const MAX_SEAL_BYTES = 1_300;
/**
 * All of a commit whose size the group does not decide: who signs it, when, and the leaf they
 * renew.
 */
const MAX_FRAME_BYTES = 64 * 1024;
export const MAX_WELCOME_BYTES = 6 * 1024 * 1024;
export const MAX_STATE_BYTES = 16 * 1024 * 1024;
export const MAX_MEMBERS = 2000;
/** Leaves that one commit may add. */
export const MAX_ADDED = 200;
/** A key package lives at most this long. */
export const MAX_LIFETIME_SECONDS = 400 * 24 * 3600;

/**
 * The GroupContext extension of a group's rules, and the key package extension that says for whose
 * use it was made.
 */
export const RULES_EXTENSION = 0xf0f1;
export const CONSENT_EXTENSION = 0xf0f2;
export const MAX_RULES_BYTES = 128 * 1024;
export const MAX_EVIDENCE_BYTES = 64 * 1024;
/** A group's public tree on its own. */
export const MAX_TREE_BYTES = 6 * 1024 * 1024;
/**
 * The most bytes of a commit in a group of this many leaves. It seals to each of them once at most,
 * removes them, adds `MAX_ADDED`, and brings rules and evidence. Nobody fetches what is longer.
 */
export function longestCommit(members: number): number {
  const added = MAX_ADDED * (MAX_KEY_PACKAGE_BYTES + MAX_SEAL_BYTES);
  const rest = MAX_FRAME_BYTES + MAX_RULES_BYTES + MAX_EVIDENCE_BYTES;
  return Math.min(MAX_COMMIT_BYTES, rest + added + 2 * members * MAX_SEAL_BYTES);
}
/** Leaves whose secrets are kept together. */
export const LEAVES_PER_PART = 16;

export type KeyPackageRequest = {
  credential: Uint8Array;
  signKeys: KeyPair;
  notBefore: number;
  notAfter: number;
  /** For whose use it is: 32 bytes. None for a conversation of two. */
  consent?: Uint8Array;
};

export type Committed = {
  /** The new epoch; ours as soon as the store says that the commit won. */
  state: GroupState;
  /** MLSMessage with a PrivateMessage. */
  commit: Uint8Array;
  /**
   * MLSMessage with the Welcome of those added. The tree is inside in a group without rules, apart
   * (`exportTree`) in one with.
   */
  welcome?: Uint8Array;
  /**
   * Erases the old epoch's secrets that this used up. Only after the store said `created` and the
   * new state is saved.
   */
  wipe: () => void;
};

export type ProcessedCommit = {
  state: GroupState;
  sender: number;
  /** When the committer says it was made. */
  madeAt: number;
  /** True when this commit put us out: the state then sends nothing and follows nothing. */
  removedSelf: boolean;
  change: CommitChange;
  wipe: () => void;
};

/**
 * A group under RFC 9420, with what the RFC and the library leave to the application (ADR, "What
 * ts-mls leaves to us"). Everything takes a state and gives the next one: nothing here changes the
 * state it was given, except the `wipe` of a result, which erases the secrets of the *old* state
 * that are used up.
 */
export interface GroupEngine {
  /**
   * `keyPackage` is public (an MLSMessage); `secret` holds the keys that open a Welcome made for
   * it.
   */
  createKeyPackage(request: KeyPackageRequest): Promise<{ keyPackage: Uint8Array; secret: Uint8Array }>;
  checkKeyPackage(
    bytes: Uint8Array,
    now: number,
    check: LeafCheck,
  ): Promise<Result<{ credential: Uint8Array; signatureKey: Uint8Array; consent: Uint8Array | undefined }, GroupError>>;
  /** A group with rules is a group for life: it can change them, not lose them. */
  createGroup(p: {
    groupId: Uint8Array;
    keyPackage: Uint8Array;
    secret: Uint8Array;
    rules?: Uint8Array;
  }): Promise<GroupState>;
  /**
   * Adds, removes, changes the rules and updates our own keys, in one commit. One that does more
   * than add always updates our keys too; one that only adds does not unless asked. `credential`
   * takes the place of our leaf's, with an update. A commit of nothing throws. What `allows`
   * refuses is `rules_refused`: we make nothing that others would pass over.
   */
  commit(
    state: GroupState,
    p: {
      add?: readonly Uint8Array[];
      remove?: readonly number[];
      rules?: Uint8Array;
      evidence?: Uint8Array;
      update?: boolean;
      credential?: Uint8Array;
      now: number;
      check: LeafCheck;
      allows: CommitCheck;
    },
  ): Promise<Result<Committed, GroupError>>;
  /**
   * `tree`: the group's public tree, for a welcome that comes without. Every leaf and every hash of
   * it is checked.
   */
  join(
    welcome: Uint8Array,
    p: { keyPackage: Uint8Array; secret: Uint8Array; tree?: Uint8Array; now: number; check: LeafCheck },
  ): Promise<Result<GroupState, GroupError>>;
  /**
   * Never looks at the clock: whether a commit counts must not depend on when somebody reads it.
   */
  processCommit(
    state: GroupState,
    bytes: Uint8Array,
    p: { check: LeafCheck; allows: CommitCheck; sender?: number },
  ): Promise<
    { readonly ok: true; readonly value: ProcessedCommit } | { readonly ok: false; readonly error: CommitRefusal }
  >;
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
  /** The rules as every member has them; undefined in a group without. */
  rules(state: GroupState): Uint8Array | undefined;
  /** The public tree of this epoch, for those who join. */
  exportTree(state: GroupState): Uint8Array;
  epochAuthenticator(state: GroupState): Uint8Array;
  /** MLS-Exporter, RFC 9420 section 8.5. Throws when it is erased. */
  exportSecret(state: GroupState, label: string, context: Uint8Array, length: number): Promise<Uint8Array>;
  /**
   * Erases the secret of `exportSecret`, in the state given too: call it once all has been
   * exported.
   */
  withoutExporter(state: GroupState): GroupState;
  /**
   * What is kept of a past epoch: it opens late messages. It does not send, and no commit leads on
   * from it.
   */
  readOnly(state: GroupState): GroupState;
  /**
   * Everything but the secrets of the single leaves, which change with every message: saved once an
   * epoch.
   */
  encodeState(state: GroupState): Uint8Array;
  /**
   * How many parts the leaves' secrets are saved in: part n holds the leaves from n ×
   * `LEAVES_PER_PART` on.
   */
  leafParts(state: GroupState): number;
  /** The secrets of one part: what a message of a leaf in it changes. A few kilobytes at most. */
  encodeLeafPart(state: GroupState, part: number): Uint8Array;
  parseState(bytes: Uint8Array, parts: readonly Uint8Array[]): Result<GroupState, GroupError>;
}

import type { PairingObject, Role } from "./objects.ts";

/**
 * What happens to a pairing. Objects, absences and everything but `typed` may come twice or late:
 * the second changes nothing.
 */
export type PairingEvent =
  /** A watched object arrived whole. */
  | { readonly type: "object"; readonly name: PairingObject; readonly bytes: Uint8Array }
  /**
   * The store's answer is not what anyone who knows the seed sealed (`object_malformed`,
   * `object_too_large`).
   */
  | { readonly type: "brokenObject"; readonly name: PairingObject }
  /** The store has no such object now. Means something for the bundle only. */
  | { readonly type: "absentObject"; readonly name: PairingObject }
  /** The store says another has written where we put. */
  | { readonly type: "taken"; readonly name: PairingObject }
  /** The person typed what the other read out; spaces and dashes do not count. */
  | { readonly type: "typed"; readonly digits: string }
  | { readonly type: "tick"; readonly now: number }
  | { readonly type: "cancel" }
  /**
   * Answer to `needSelf`: our own card and device certificate; from the responder also a fresh key
   * package.
   */
  | {
      readonly type: "self";
      readonly card: Uint8Array;
      readonly certificate: Uint8Array;
      readonly keyPackage?: Uint8Array;
    }
  /** Answer to `needWelcome`. */
  | { readonly type: "welcome"; readonly bytes: Uint8Array }
  /** Answer to `join`: we are in the group, and that is saved with this step. */
  | { readonly type: "joined" }
  /**
   * Answer to `needWelcome` or `join`: the other's key package or welcome is not acceptable to MLS,
   * or not of their certificate.
   */
  | { readonly type: "peerInvalid" };

/** Stable codes of how a pairing ends without a contact. */
export type PairingFailure =
  | "invitation_expired"
  | "invitation_used"
  | "invitation_not_found"
  | "invitation_newer"
  | "code_wrong"
  /**
   * The other side's person typed three wrong codes; stopped it; or saw something that was not what
   * it should be.
   */
  | "pairing_burned"
  | "pairing_stopped"
  | "pairing_refused"
  | "pairing_cancelled"
  | "pairing_invalid"
  | "pairing_timeout"
  | "pairing_with_self"
  | "pairing_clocks_differ";

/**
 * The other person as the transcript has them. `role` is **ours**; `pairwise` is the secret of the
 * two (section 8).
 */
export type PeerInfo = {
  readonly card: Uint8Array;
  readonly certificate: Uint8Array;
  /**
   * For the inviter: the responder's key package, unchecked by this reducer, to be checked and
   * added.
   */
  readonly keyPackage?: Uint8Array;
  readonly pairwise: Uint8Array;
  readonly role: Role;
};

/**
 * What to do. To be saved in one transaction with the state of the same step, then done; doing one
 * twice is harmless.
 */
export type PairingEffect =
  | { readonly type: "put"; readonly name: PairingObject; readonly seed: Uint8Array; readonly bytes: Uint8Array }
  | { readonly type: "watch"; readonly name: PairingObject; readonly seed: Uint8Array; readonly maxBytes: number }
  | { readonly type: "unwatch"; readonly name: PairingObject }
  | { readonly type: "needSelf" }
  /** Who invites: shown while the other side is awaited. A claim until the code is typed. */
  | { readonly type: "invitedBy"; readonly name: string }
  /** Show these four to read out, ask for the other four. */
  | { readonly type: "code"; readonly say: string }
  | { readonly type: "wrongCode"; readonly attemptsLeft: number }
  | { readonly type: "needWelcome"; readonly peer: PeerInfo }
  | { readonly type: "join"; readonly welcome: Uint8Array; readonly peer: PeerInfo }
  | { readonly type: "paired"; readonly peer: PeerInfo }
  | { readonly type: "failed"; readonly code: PairingFailure };

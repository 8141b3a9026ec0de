import type { Role } from "../rules.ts";

/** What a device knows of the group at the moment. */
export type SuccessorView = {
  readonly now: number;
  readonly self: string;
  /** The epoch that it holds, by its number on this device; undefined: none. */
  readonly epoch?: number;
  /** Whether no label is left for a change in that epoch. */
  readonly isBlocked: boolean;
  /** Who may found a successor group: the owners who stay, or the heir. */
  readonly founders: readonly string[];
  /** Whether this device is about to found one: its operation waits. */
  readonly founds: boolean;
};

export type SuccessorEvent = { readonly view: SuccessorView } &
  /** A signed commit of this person was passed over in this epoch. */
  (
    | { readonly type: "suspected"; readonly epoch: number; readonly who: string }
    /** No label is left for a change of the group. */
    | { readonly type: "blocked" }
    /** A change was possible all the same. */
    | { readonly type: "freed" }
    | { readonly type: "membersChanged"; readonly added: readonly string[]; readonly removed: readonly string[] }
    /** The person of this device says whom to leave out. */
    | { readonly type: "decided"; readonly without: readonly string[] }
    /**
     * Nobody can bring this device back: the group continues in a new one. `gone`: who left;
     * `forgotten`: who came in since the old state of this device.
     */
    | { readonly type: "abandoned"; readonly gone: readonly string[]; readonly forgotten: readonly string[] }
    /** The call of this device is stored. */
    | { readonly type: "stored" }
    /**
     * Somebody calls in this epoch. `mayCall`: a founder by that epoch; `isHere`: it is of the
     * group that the device is in now; `offers`: how many key packages they had within a day.
     */
    | {
        readonly type: "called";
        readonly by: string;
        readonly without: readonly string[];
        readonly epoch: number;
        readonly mayCall: boolean;
        readonly isHere: boolean;
        readonly offers: number;
      }
    /**
     * Somebody comes along, with a key package of theirs for this person. `staying`: who is in the
     * group now and stays, with their roles; `isOffered`: one of theirs waits already.
     */
    | {
        readonly type: "offered";
        readonly by: string;
        readonly epoch: number;
        readonly keyPackage: string;
        readonly staying: Readonly<Record<string, Role>>;
        readonly isOffered: boolean;
      }
    /**
     * All who can be brought in now are: `ready`: how many wait to be added; `roles`: who is
     * awaited; `calledAt`: when this device called them in the old group, if it could.
     */
    | {
        readonly type: "gathered";
        readonly ready: number;
        readonly roles: Readonly<Record<string, Role>>;
        readonly without: readonly string[];
        readonly calledAt?: number;
      }
    /**
     * This device has come over by the invitation of `by`; `suspects`: who blocked the old group.
     */
    | { readonly type: "migrated"; readonly by: string; readonly suspects: readonly string[] }
    /** A timer ran out. `isCaughtUp`: the feed was read to its end. */
    | { readonly type: "timer"; readonly isCaughtUp: boolean }
    /** A day passed. */
    | { readonly type: "day"; readonly members: readonly string[] }
  );

export type SuccessorEffect =
  /** People see that the group is blocked; invitations that were kept may lead on now. */
  | { readonly type: "block"; readonly suspects: readonly string[] }
  | { readonly type: "unblock" }
  /** The operation of this device: `say` calls for it in the group. */
  | {
      readonly type: "enqueue";
      readonly without: readonly string[];
      readonly gone?: readonly string[];
      readonly forgotten?: readonly string[];
    }
  | { readonly type: "withdraw" }
  | { readonly type: "say"; readonly without: readonly string[] }
  /**
   * Once the call of this device is stored, contacts are brought in by key packages that they
   * handed over before: `gathered`.
   */
  | { readonly type: "gather" }
  /** A new MLS group, with this device alone in it. */
  | { readonly type: "found" }
  /** Gives this owner a key package, in the group of now or in the one that was left behind. */
  | { readonly type: "offer"; readonly to: string; readonly behind: boolean }
  | {
      readonly type: "bring";
      readonly profile: string;
      readonly role: Role;
      readonly keyPackage: string;
      readonly dueAt: number;
    }
  /** The old group is given up. */
  | { readonly type: "release"; readonly epoch: number }
  /** What this owner was given for it is of no use any more. */
  | { readonly type: "forgetOffers"; readonly to: string }
  | { readonly type: "note"; readonly line: "refounded"; readonly by: string; readonly without: readonly string[] };

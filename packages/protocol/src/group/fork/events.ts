import type { ForAll, Since } from "./state.ts";
import type { Marks } from "./weigh.ts";

/** What somebody tells of their history. `since`: the first epoch that they were in. */
export type ToldState = { readonly group: string; readonly marks: Marks; readonly since?: number };

/** What a device knows of the group at the moment. Numbers called `random` are from 0 to 1. */
export type ForkView = {
  readonly now: number;
  readonly self: string;
  /** Whether this device works in the group. */
  readonly works: boolean;
  readonly members: readonly string[];
  /** Its owners and admins. */
  readonly leaders: readonly string[];
  /** Contacts in the group who are not blocked, in random order. */
  readonly contacts: readonly string[];
  /** Those who said that they leave. */
  readonly leavers: readonly string[];
  readonly random: number;
  /** An epoch is announced to contacts after a time between these, in ms. */
  readonly delay: readonly [least: number, most: number];
};

/** An operation of this device, in the form in which the device keeps it. */
export type OwnChange = { readonly kind: string; readonly operation: string };

export type ForkEvent = { readonly view: ForkView } & (
  | {
      /** An epoch began, with the group or by a commit of `by`. */
      readonly type: "epochStarted";
      readonly group: string;
      readonly epoch: number;
      readonly mark: string;
      readonly since: Since;
      readonly by?: string;
      /** The label of the attempt behind that commit, hexadecimal. */
      readonly behind?: string;
      /**
       * Contacts to tell in any case; and those who came in, whom somebody else than their helper
       * tells.
       */
      readonly tell: readonly string[];
      readonly comers: readonly string[];
      /** Leaves of the group, and whether this device is one of those who tell: from 0 to 1. */
      readonly leaves: number;
      readonly chance: number;
    }
  | {
      /** This device came in by a welcome, which `by` sent. */
      readonly type: "joined";
      readonly by: string;
      readonly group: string;
      readonly epoch: number;
      readonly mark: string;
      readonly since: Since;
      /** Who came in since this device knew the group before. */
      readonly comers: readonly string[];
      /** Who was in a group that this device was led away from. */
      readonly former: readonly string[];
      /** The history as who brought this device in knows it. */
      readonly told?: ToldState;
      /**
       * The person was in the group before, and their device was not: others wrote to them
       * meanwhile.
       */
      readonly isLate?: true;
    }
  /** A commit put these people's devices back in the place of their old leaves, and added those. */
  | {
      readonly type: "broughtIn";
      readonly epoch: number;
      readonly back: readonly string[];
      readonly added: readonly string[];
    }
  /** The epoch began by our own commit, which did this. */
  | { readonly type: "changed"; readonly epoch: number; readonly changes: readonly OwnChange[] }
  /** The conversation with this contact began again: one of both may have been put back. */
  | { readonly type: "reached"; readonly who: string }
  /**
   * A contact tells their history. `leadsBack`: it is the MLS group from which somebody else led
   * this device away.
   */
  | { readonly type: "peerState"; readonly who: string; readonly said: ToldState; readonly leadsBack: boolean }
  /** Looks for the commits up to `newest`, of which this contact told. */
  | { readonly type: "lookingFor"; readonly who: string; readonly newest: number }
  /**
   * Somebody who is back says in the group which history they were in; or that they were in none.
   */
  | { readonly type: "memberReturned"; readonly who: string; readonly said: ToldState }
  /** After `rest` ms what is owed for them may be paid, and what is owed in the group. */
  | { readonly type: "mayOwe"; readonly rest: number }
  | { readonly type: "mayRepay"; readonly rest: number }
  /** The store shows another cell where the commit stood that began this epoch. */
  | { readonly type: "shownAgain"; readonly epoch: number }
  /** Somebody wrote at the attempt behind that commit, as if it were none. It may be noise. */
  | { readonly type: "passedOver"; readonly epoch: number }
  /**
   * This device is back in the group. `comers`: who came in since it knew the group before; `told`:
   * the history as who brought it back knows it.
   */
  | { readonly type: "cameBack"; readonly comers?: readonly string[]; readonly told?: ToldState }
  /**
   * Nobody was ahead: this device's history stays. `passed`: who made the commit that nobody could
   * open, and who stood beside us.
   */
  | { readonly type: "stays"; readonly passed?: { readonly who: string; readonly beside: readonly string[] } }
  | { readonly type: "timer" }
);

export type ForkEffect =
  /** `to` undefined: in the group. */
  | { readonly type: "tell"; readonly to?: string; readonly state: ToldState }
  /** Somebody believes to be in the group, and is not. */
  | { readonly type: "refuse"; readonly to: string }
  | { readonly type: "countFork" }
  /** Looks for a way into the other history, or to the newer epoch. */
  | { readonly type: "rejoin"; readonly cause: "fork" | "behind"; readonly via: string }
  /** Looks for newer commits, if this contact has not made it do so too often: `lookingFor`. */
  | { readonly type: "lookFor"; readonly who: string; readonly newest: number }
  /** Answered by `mayOwe`, and by `mayRepay`. */
  | { readonly type: "owe"; readonly to: string }
  | { readonly type: "repay" }
  /**
   * Says own messages again: behind this one, and none older than `since`. `sealedFrom`: those too
   * that were sealed, or sealed again, in this epoch or later, as the device counts them. `forAll`:
   * none but these.
   */
  | {
      readonly type: "resend";
      readonly behind: number;
      readonly since?: number;
      readonly sealedFrom?: number;
      readonly forAll?: ForAll;
    }
  | { readonly type: "enqueue"; readonly operation: string }
  | { readonly type: "note"; readonly line: "forkRepaired" };

import type { Relation } from "./place.ts";
import type { MemberState } from "./state.ts";

/**
 * Somebody who can be asked. `member`: in the group as far as is known here; `leads`: an owner or
 * admin of it.
 */
export type Helper = { readonly id: string; readonly member: boolean; readonly leads: boolean };

export type RejoinEvent =
  /**
   * Now and then. `helpers`: in random order, so that nobody is asked first for what their id is.
   * `others`: how many people are in the group beside this one.
   */
  | {
      readonly type: "looked";
      readonly now: number;
      readonly helpers: readonly Helper[];
      readonly others: number;
      readonly founds: boolean;
    }
  /**
   * Somebody who works in the group tells where they stand, as after a change of it: they may be
   * able to help now.
   */
  | { readonly type: "heardOf"; readonly now: number; readonly who: string; readonly relation: Relation }
  /** `leaf`: ours as it stands for them; none when we are not in it there. */
  | {
      readonly type: "answered";
      readonly now: number;
      readonly who: string;
      readonly standing: MemberState;
      readonly relation: Relation;
      readonly leaf?: LeafName;
    }
  /**
   * `leftOut`: they have founded a successor group as an owner, and said in the group that they
   * leave us out.
   */
  | { readonly type: "refused"; readonly now: number; readonly who: string; readonly leftOut: boolean };

/** A leaf of an MLS group, by its encryption key; both hexadecimal. */
export type LeafName = { readonly group: string; readonly encryptionKey: string };

export type RejoinEffect =
  /**
   * `leaf`: consent to being put in its place. None: in that of the leaf this device knows, if it
   * knows one.
   */
  | { readonly type: "ask"; readonly who: string; readonly leaf?: LeafName }
  /**
   * Nobody is ahead: this device continues from where it stands, and passes over the commit that
   * does not open.
   */
  | { readonly type: "resume" }
  /**
   * Nobody is left who could bring this owner back: a successor group is founded. `gone`: who says
   * that they have left it; `forgotten`: who came into it since, as far as this device can tell.
   */
  | { readonly type: "found"; readonly gone: readonly string[]; readonly forgotten: readonly string[] }
  /** It is out of the group, as several people say and nobody denies. */
  | { readonly type: "end" };

/**
 * How a member helps a device that cannot go on in a group: what the member answers, whether it
 * brings the device back, and from where on the device missed messages (docs/protocol.md, section
 * 8.4).
 */
import { ALL, type ForkState, type Since } from "../fork/state.ts";
import { relationOf, type Place } from "./place.ts";
import type { MemberState } from "./state.ts";

/** What a member knows of a device that asks. */
export interface Asked {
  /** Where the member itself stands in the group. */
  readonly self: MemberState;
  /** The device has a leaf in the epoch that the member holds. */
  readonly isMember: boolean;
  /** No label is left for a change of the group. */
  readonly isBlocked: boolean;
  /** The device gave a key package that may take the place of its leaf. */
  readonly consents: boolean;
}

/** `outside`: the device is in no group of theirs. What is answered names its leaf. */
export type Help = { readonly answer?: MemberState; readonly brings: boolean } | "outside";

export function helpFor({ self, isMember, isBlocked, consents }: Asked): Help {
  if (self !== "goesOn") return { answer: self, brings: false };
  if (!isMember) return "outside";
  if (isBlocked) return { answer: "stuck", brings: consents };
  return consents ? { brings: true } : { answer: "goesOn", brings: false };
}

/**
 * Behind which messages, and those too that were said, or said again, in the epoch `sealedFrom` or
 * later; undefined: from `epochId` on.
 */
export type Missed = Since & { readonly sealedFrom?: number };

/** Behind all that is here. */
const NOTHING: Since = { after: Number.MAX_SAFE_INTEGER, own: Number.MAX_SAFE_INTEGER };

/**
 * Behind which message of the member's the device of `who` can have missed some: those of its own
 * epoch too, which it may have forgotten; and if it does not know where it was, since this person
 * came in. Nothing from before that is theirs to read. `isOpen`: the group lets newcomers read what
 * was written before.
 */
export function missedSince(p: {
  readonly history: Pick<ForkState, "group" | "marks" | "came" | "begun"> | undefined;
  readonly who: string;
  readonly self: string;
  readonly place: Place | undefined;
  readonly isOpen: boolean;
}): Missed {
  const { history, who, self, place, isOpen } = p;
  const cameAs = (profile: string) => history?.came.find((one) => one.profile === profile);
  // Those who were there when the member came in have a right to all since then; what was before is
  // not known here.
  const came = cameAs(who) ?? cameAs(self);
  if (history === undefined || place === undefined) return isOpen ? ALL : sinceOf(came, NOTHING);
  const theirs = sinceOf(came, ALL);
  if (relationOf(history, place) === "apart") return theirs;
  const there = history.begun.findLast(({ epoch }) => epoch <= place.epoch) ?? ALL;
  const { epochId: sealedFrom } = there;
  return {
    ...theirs,
    after: Math.max(theirs.after, there.after),
    own: Math.max(theirs.own, there.own),
    ...(sealedFrom !== undefined && { sealedFrom }),
  };
}

function sinceOf(came: Since | undefined, otherwise: Since): Since {
  if (came === undefined) return otherwise;
  const { after, own, epochId } = came;
  return { after, own, ...(epochId !== undefined && { epochId }) };
}

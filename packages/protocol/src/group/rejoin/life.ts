/**
 * The whole life of a device that looks for a way back into a group: how it begins, and how it ends
 * (docs/protocol.md, section 8.4). In between is `stepRejoin`.
 */
import { unchanged, type Step } from "../reducer.ts";
import type { RejoinEffect, RejoinEvent } from "./events.ts";
import { MAX_PEOPLE, beginRejoin, type RejoinCause, type RejoinState } from "./state.ts";
import { stepRejoin } from "./step.ts";

export type RejoiningEvent =
  | RejoinEvent
  /**
   * This device cannot go on, or must move. `by`: who made it so; `via`: who is known to be able to
   * help.
   */
  | {
      readonly type: "began";
      readonly now: number;
      readonly cause: RejoinCause;
      readonly by?: string;
      readonly via?: string;
    }
  /** This device has followed a commit. */
  | { readonly type: "followed" }
  /** It is back, it resumes, or it is out. */
  | { readonly type: "ended" }
  /** What this person has answered counts no more. */
  | { readonly type: "forgotten"; readonly who: string };

export type RejoiningEffect =
  | RejoinEffect
  /** What this person writes waits, and so do changes of the group. */
  | { readonly type: "stop" }
  /** Looks at once: the event `looked`. */
  | { readonly type: "look" }
  /** The group continues here, by a commit of others. */
  | { readonly type: "continue"; readonly cause: RejoinCause; readonly by?: string };

type RejoiningStep = Step<RejoinState, RejoiningEffect>;

/** What stops a device from writing; the other causes leave it where it is. */
const STOPPING: ReadonlySet<RejoinCause> = new Set(["unopened", "lost", "old", "removed"]);
/** What makes it consent to being brought back at once, by its leaf as it knows it. */
const CONSENTING: ReadonlySet<RejoinCause> = new Set(["unopened", "lost", "old"]);
/** A graver cause takes the place of a lighter one. */
const GRAVITY: Readonly<Record<RejoinCause, number>> = { behind: 0, fork: 1, unopened: 2, lost: 2, old: 3, removed: 4 };

export const isStopped = ({ cause }: RejoinState): boolean => STOPPING.has(cause);

/**
 * Whether a question brings consent before it is known that the device is elsewhere than the other.
 */
export const consentsAtOnce = ({ cause }: RejoinState): boolean => CONSENTING.has(cause);

/** Whether this person may bring the device back: who was asked; after a removal, anybody. */
export function bringsIn({ asked, cause }: RejoinState, by: string): boolean {
  return asked[by] !== undefined || cause === "removed";
}

/** Who put the device out, when `by` brings it in again as somebody who was out. */
export function removerOf({ asked, cause, by: remover = "" }: RejoinState, by: string): string | undefined {
  const isBack = (asked[by]?.given ?? 0) > 0;
  return cause === "removed" && !isBack ? remover : undefined;
}

/** Repair path 3/9. One step. Without a state, nothing but `began` does anything. */
export function stepRejoining(state: RejoinState | undefined, event: RejoiningEvent): RejoiningStep {
  if (event.type === "began") return onBegan(state, event);
  if (state === undefined || event.type === "ended") return unchanged(undefined);
  if (event.type === "followed") return onFollowed(state);
  if (event.type === "forgotten") return unchanged(withoutAnswer(state, event.who));
  const stepped = stepRejoin(state, event);
  return { ...stepped, state: bounded(stepped.state) };
}

function onBegan(
  before: RejoinState | undefined,
  { now, cause, by, via }: RejoiningEvent & { readonly type: "began" },
): RejoiningStep {
  if (before !== undefined && GRAVITY[cause] <= GRAVITY[before.cause]) return unchanged(before);
  const known = before?.asked ?? {};
  const asked = via === undefined ? known : { [via]: { times: 1, at: now, given: 0 }, ...known };
  const state = { ...beginRejoin({ cause, now, ...(by !== undefined && { by }) }), asked };
  const effects: readonly RejoiningEffect[] = [
    ...(STOPPING.has(cause) ? [{ type: "stop" } as const] : []),
    ...(via === undefined ? [] : [{ type: "ask", who: via } as const]),
    { type: "look" },
  ];
  return { state: bounded(state), effects };
}

/** But for an old state, and for another history, it continues where the others are. */
function onFollowed(state: RejoinState): RejoiningStep {
  const { cause, by } = state;
  if (cause === "old" || cause === "fork") return unchanged(state);
  return { state: undefined, effects: [{ type: "continue", cause, ...(by !== undefined && { by }) }] };
}

function withoutAnswer(state: RejoinState, who: string): RejoinState {
  const { [who]: _, ...answers } = state.answers;
  return { ...state, answers };
}

/** Beyond the bound, who was asked the longest ago counts as never asked. */
function bounded(state: RejoinState): RejoinState {
  const { asked, answers } = state;
  if (Object.keys(asked).length <= MAX_PEOPLE) return state;
  const kept = Object.entries(asked)
    .toSorted(([, a], [, b]) => b.at - a.at)
    .slice(0, MAX_PEOPLE);
  const isKept = new Set(kept.map(([who]) => who));
  return {
    ...state,
    asked: Object.fromEntries(kept),
    answers: Object.fromEntries(Object.entries(answers).filter(([who]) => isKept.has(who))),
  };
}

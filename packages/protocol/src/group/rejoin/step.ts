/**
 * How a device that cannot go on in a group comes back (docs/protocol.md, section 8.4): whom it
 * asks, what it makes of their answers, and when it continues by itself because nobody is ahead of
 * it. A reducer: what happened goes in, what to do comes out, and a device that stops in between
 * takes up the saved state. Times are in milliseconds, people are profile ids in hexadecimal.
 */
import { helps, isAskedAtOnce, isNext, nextAsked } from "./asking.ts";
import type { RejoinEffect, RejoinEvent } from "./events.ts";
import { outcomeOf } from "./outcome.ts";
import type { Relation } from "./place.ts";
import { withAnswer, withAsked, withConsent, type Answer, type RejoinState } from "./state.ts";

/** One step of a device that looks for the others. */
export function stepRejoin(
  state: RejoinState,
  event: RejoinEvent,
): { readonly state: RejoinState; readonly effects: readonly RejoinEffect[] } {
  switch (event.type) {
    case "looked":
      return looked(state, event);
    case "heardOf":
      return heardOf(state, event);
    case "answered":
      return answered(state, event);
    case "refused":
      return refused(state, event);
  }
}

type Looked = RejoinEvent & { readonly type: "looked" };
type HeardOf = RejoinEvent & { readonly type: "heardOf" };
type Answered = RejoinEvent & { readonly type: "answered" };
type Refused = RejoinEvent & { readonly type: "refused" };

function looked(state: RejoinState, event: Looked): ReturnType<typeof stepRejoin> {
  const outcome = outcomeOf(state, event);
  const who = outcome === "resume" || outcome === "end" ? [] : nextAsked(state, event);
  const asked = who.reduce((before, id) => withAsked(before, id, event.now), state);
  const asks = who.map((id): RejoinEffect => ({ type: "ask", who: id }));
  return { state: asked, effects: outcome === undefined ? asks : [...asks, effectOf(state, outcome)] };
}

function heardOf(before: RejoinState, { now, who, relation }: HeardOf): ReturnType<typeof stepRejoin> {
  const state = hasComeElsewhere(before.answers[who], relation)
    ? withAnswer(before, who, answerOf(before, who, { standing: "goesOn", relation, now }))
    : before;
  if (!isAskedAtOnce(state, who, now)) return { state, effects: [] };
  return { state: withAsked(state, who, now), effects: [{ type: "ask", who }] };
}

/**
 * Who could not go on where this device stands has been brought on since: what they answered holds
 * no more.
 */
function hasComeElsewhere(answer: Answer | undefined, relation: Relation): boolean {
  const stoodHere = answer?.standing === "stuck" && answer.relation === "same";
  return stoodHere && (relation === "ahead" || relation === "apart");
}

function effectOf({ answers }: RejoinState, outcome: "resume" | "found" | "end"): RejoinEffect {
  if (outcome !== "found") return { type: outcome };
  return { type: outcome, gone: Object.keys(answers).filter((who) => answers[who]?.standing === "out") };
}

/**
 * Somebody who continues and knows our leaf brings us back, once we consent to that leaf's being
 * replaced. They take turns: who uses it and keeps the welcome to themselves comes after the others
 * who can help.
 */
function answered(state: RejoinState, event: Answered): ReturnType<typeof stepRejoin> {
  const { now, who, standing, relation, leaf } = event;
  if (state.asked[who] === undefined) return { state, effects: [] };
  const answer = answerOf(state, who, { standing, relation, now, names: leaf !== undefined });
  const next = withAnswer(state, who, answer);
  if (leaf === undefined || !helps(state, answer) || !isNext(next, who, now)) return { state: next, effects: [] };
  return { state: withConsent(withAsked(next, who, now), who, now), effects: [{ type: "ask", who, leaf }] };
}

function answerOf(
  { answers }: RejoinState,
  who: string,
  p: { standing: Answer["standing"]; relation: Relation; now: number; names?: boolean },
): Answer {
  const { standing, relation, now, names = false } = p;
  const before = answers[who];
  const first = before?.standing === standing ? before.first : now;
  return { standing, relation, at: now, first, ...(names && { leaf: true }) };
}

/**
 * Of a removal that the rules allow, or of a founding by an owner, one word more is enough: they
 * followed it.
 */
function refused(state: RejoinState, { now, who, leftOut }: Refused): ReturnType<typeof stepRejoin> {
  if (state.asked[who] === undefined) return { state, effects: [] };
  const next = withAnswer(state, who, answerOf(state, who, { standing: "refused", relation: "apart", now }));
  const isConfirmed = leftOut || (state.cause === "removed" && who !== state.by);
  return { state: next, effects: isConfirmed ? [{ type: "end" }] : [] };
}

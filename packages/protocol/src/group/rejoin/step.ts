/**
 * How a device that cannot go on in a group comes back (docs/protocol.md, section 8.4): whom it
 * asks, what it makes of their answers, and when it continues by itself because nobody is ahead of
 * it. A reducer: what happened goes in, what to do comes out, and a device that stops in between
 * takes up the saved state. Times are in milliseconds, people are profile ids in hexadecimal.
 */
import { helps, isAskedAtOnce, isNext, nextAsked } from "./asking.ts";
import type { Helper, LeafName, RejoinEffect, RejoinEvent } from "./events.ts";
import { outcomeOf } from "./outcome.ts";
import type { Relation } from "./place.ts";
import { KEY_CHARS, withAnswer, withAsked, withConsent, type Answer, type RejoinState } from "./state.ts";

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
  return { state: asked, effects: outcome === undefined ? asks : [...asks, effectOf(state, outcome, event)] };
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

function effectOf(state: RejoinState, outcome: "resume" | "found" | "end", { helpers }: Looked): RejoinEffect {
  if (outcome !== "found") return { type: outcome };
  const gone = Object.keys(state.answers).filter((who) => state.answers[who]?.standing === "out");
  return { type: outcome, gone, forgotten: forgottenBy(state, helpers) };
}

/**
 * Contacts who say to be in the group, and of whom this old state knows nothing: somebody added
 * them since. They name the leaf that is this device's now, as somebody does whom it knows: who was
 * never in the group cannot.
 */
function forgottenBy({ answers }: RejoinState, helpers: readonly Helper[]): readonly string[] {
  const known = new Set(helpers.flatMap(({ id, member }) => (member ? [id] : [])));
  const named = Object.entries(answers).flatMap(([who, { standing, key }]) =>
    standing === "stuck" && key !== undefined ? [{ who, key }] : [],
  );
  const keys = new Set(named.flatMap(({ who, key }) => (known.has(who) ? [key] : [])));
  return named.flatMap(({ who, key }) => (!known.has(who) && keys.has(key) ? [who] : []));
}

/**
 * Somebody who continues and knows our leaf brings us back, once we consent to that leaf's being
 * replaced. They take turns: who uses it and keeps the welcome to themselves comes after the others
 * who can help.
 */
function answered(state: RejoinState, event: Answered): ReturnType<typeof stepRejoin> {
  const { now, who, standing, relation, leaf } = event;
  if (state.asked[who] === undefined) return { state, effects: [] };
  const answer = answerOf(state, who, { standing, relation, now, ...(leaf && { leaf }) });
  const next = withAnswer(state, who, answer);
  if (leaf === undefined || !helps(state, answer) || !isNext(next, who, now)) return { state: next, effects: [] };
  return { state: withConsent(withAsked(next, who, now), who, now), effects: [{ type: "ask", who, leaf }] };
}

function answerOf(
  { answers }: RejoinState,
  who: string,
  p: { standing: Answer["standing"]; relation: Relation; now: number; leaf?: LeafName },
): Answer {
  const { standing, relation, now, leaf } = p;
  const before = answers[who];
  const first = before?.standing === standing ? before.first : now;
  const named = leaf && ({ leaf: true, key: leaf.encryptionKey.slice(0, KEY_CHARS) } as const);
  return { standing, relation, at: now, first, ...named };
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

import type { Crypto } from "../crypto/index.ts";
import { onConfirmed, onJoined, onTyped, onWelcome } from "./codes.ts";
import { fail, refused, unchanged, type PairingStep } from "./ending.ts";
import type { PairingEvent } from "./events.ts";
import { onHello, onInviterSelf, onReveal } from "./inviter.ts";
import { parseRefused } from "./messages.ts";
import { onAnswer, onBundle, onResponderSelf } from "./responder.ts";
import { standingEffects } from "./standing.ts";
import type { LiveState, PairingState } from "./state.ts";

/**
 * One step of a pairing: pure but for the randomness of `crypto`. Events that come twice, late or
 * out of turn change nothing; an object that is not what it should be ends the pairing
 * (`pairing_invalid`) and leaves nothing of it. Throws only on our own mistakes: a card of ours
 * that is none, a key package not brought, a welcome that is too long. Section 6.
 */
export function pairingStep(crypto: Crypto, state: PairingState, event: PairingEvent): PairingStep {
  if (state.phase === "ended") return unchanged(state);
  switch (event.type) {
    case "object":
      return onObject(crypto, state, event);
    case "brokenObject":
      return isAwaited(crypto, state, event.name) ? fail(crypto, state, "pairing_invalid") : unchanged(state);
    case "absentObject":
      return state.phase === "opened" && event.name === "bundle"
        ? fail(crypto, state, "invitation_not_found")
        : unchanged(state);
    case "taken":
      return onTaken(crypto, state, event);
    case "self":
      return onSelf(crypto, state, event);
    case "typed":
      return state.phase === "codes" ? onTyped(crypto, state, event.digits) : unchanged(state);
    case "welcome":
      return state.phase === "codes" ? onWelcome(crypto, state, event.bytes) : unchanged(state);
    case "joined":
      return state.phase === "codes" ? onJoined(crypto, state) : unchanged(state);
    case "peerInvalid":
      return state.phase === "codes" ? fail(crypto, state, "pairing_invalid") : unchanged(state);
    case "cancel":
      return fail(crypto, state, "pairing_cancelled");
    case "tick":
      return onTick(crypto, state, event.now);
  }
}

function onObject(crypto: Crypto, state: LiveState, { name, bytes }: PairingEvent & { type: "object" }): PairingStep {
  if (!isAwaited(crypto, state, name)) return unchanged(state);
  if (name === "revoked" || name === "inviterRefused" || name === "responderRefused")
    return onRefused(crypto, state, bytes);
  if (state.phase === "waiting") return onHello(crypto, state, bytes);
  if (state.phase === "answered") return onReveal(crypto, state, bytes);
  if (state.phase === "opened") return onBundle(crypto, state, bytes);
  if (state.phase === "greeting") return onAnswer(crypto, state, bytes);
  return state.phase === "codes" ? onConfirmed(crypto, state, bytes) : unchanged(state);
}

function onRefused(crypto: Crypto, state: LiveState, bytes: Uint8Array): PairingStep {
  const reason = parseRefused(bytes);
  return reason === undefined ? fail(crypto, state, "pairing_invalid") : refused(crypto, state, reason);
}

function onSelf(crypto: Crypto, state: LiveState, event: PairingEvent & { type: "self" }): PairingStep {
  if (state.phase === "greeted") return onInviterSelf(crypto, state, event);
  return state.phase === "invited" ? onResponderSelf(crypto, state, event) : unchanged(state);
}

/**
 * A hello slot already written is an invitation already used; any other label of ours taken is
 * somebody's interference.
 */
function onTaken(crypto: Crypto, state: LiveState, { name }: PairingEvent & { type: "taken" }): PairingStep {
  if (!isPutting(crypto, state, name)) return unchanged(state);
  return fail(crypto, state, name === "hello" ? "invitation_used" : "pairing_invalid");
}

function onTick(crypto: Crypto, state: LiveState, now: number): PairingStep {
  if (now <= state.deadline) return unchanged({ ...state, now });
  const untouched = state.phase === "waiting" || state.phase === "invited";
  return fail(crypto, state, untouched ? "invitation_expired" : "pairing_timeout");
}

function isAwaited(crypto: Crypto, state: LiveState, name: string): boolean {
  return standingEffects(crypto, state).some((effect) => effect.type === "watch" && effect.name === name);
}

function isPutting(crypto: Crypto, state: LiveState, name: string): boolean {
  return standingEffects(crypto, state).some((effect) => effect.type === "put" && effect.name === name);
}

import type { Crypto } from "../crypto/index.ts";
import type { PairingEffect, PairingFailure } from "./events.ts";
import { encodeRefused, type RefusalReason } from "./messages.ts";
import { refusedBy, type Role } from "./objects.ts";
import { newEffects, putOf } from "./standing.ts";
import type { Ended, LiveState, PairingState } from "./state.ts";

/** A step of a pairing: its new state and what to do. */
export type PairingStep = { readonly state: PairingState; readonly effects: readonly PairingEffect[] };

/** Nothing changes. */
export const unchanged = (state: PairingState): PairingStep => ({ state, effects: [] });

/** The pairing continues as `next`; `first` comes before what `next` asks for. */
export function goOn(
  crypto: Crypto,
  state: PairingState,
  next: PairingState,
  ...first: readonly PairingEffect[]
): PairingStep {
  return { state: next, effects: [...first, ...newEffects(crypto, state, next)] };
}

/** The reason that the other side gets, for the failures it does not know of. */
const TOLD: Partial<Record<PairingFailure, RefusalReason>> = {
  code_wrong: "burned",
  pairing_cancelled: "cancelled",
  pairing_timeout: "timeout",
  pairing_invalid: "invalid",
  pairing_with_self: "self",
  pairing_clocks_differ: "clocks",
};

/**
 * The pairing is over without a contact: nothing of it is kept, and the other side gets a refusal
 * when `state` can send one. `was` is the state before this step.
 */
export function fail(crypto: Crypto, state: LiveState, code: PairingFailure, was: LiveState = state): PairingStep {
  const reason = TOLD[code];
  const told = reason === undefined ? [] : refusal(crypto, state, reason);
  const next = ended(code);
  return { state: next, effects: [...newEffects(crypto, was, next), ...told, { type: "failed", code }] };
}

/** The other side refused, for the reason it gives. */
export function refused(crypto: Crypto, state: LiveState, reason: RefusalReason): PairingStep {
  const code = REFUSED[reason];
  const next = ended(code);
  return { state: next, effects: [...newEffects(crypto, state, next), { type: "failed", code }] };
}

export const ended = (how: Ended["how"]): Ended => ({ v: 1, phase: "ended", how });

const REFUSED: Readonly<Record<RefusalReason, PairingFailure>> = {
  burned: "pairing_burned",
  cancelled: "pairing_stopped",
  timeout: "pairing_timeout",
  invalid: "pairing_refused",
  self: "pairing_with_self",
  clocks: "pairing_clocks_differ",
};

function refusal(crypto: Crypto, state: LiveState, reason: RefusalReason): PairingEffect[] {
  const message = encodeRefused(reason);
  if (state.phase === "waiting") return [putOf(crypto, { link: state.secret }, "revoked", message)];
  const role = roleOf(state);
  return "channel" in state ? [putOf(crypto, { channel: state.channel }, refusedBy(role), message)] : [];
}

function roleOf(state: LiveState): Role {
  if (state.phase === "codes") return state.role;
  return state.phase === "greeted" || state.phase === "answered" || state.phase === "waiting" ? "inviter" : "responder";
}
